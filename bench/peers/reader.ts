import type { RunResult } from '../timing.ts';
import { type PeerCommand, PeerProgram } from './peer-program.ts';

/** What a reading program answers; `bench/peers/README.md` describes the conversation. */
interface ReadAnswer {
  readonly rows: number;
  readonly seconds: number;
  /** Until the first rows were there as Arrow. */
  readonly firstSeconds: number;
}

interface DigestAnswer {
  readonly rows: number;
  /** SHA-256 of each column, by its name. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Values of a result, so condensed that results of all clients can be compared. */
export type TableDigest = Readonly<Record<string, string>>;

/** A client that reads queries into Arrow, in a process of its own. */
export class Reader {
  readonly name: string;
  readonly #program: PeerProgram;

  private constructor(name: string, program: PeerProgram) {
    this.name = name;
    this.#program = program;
  }

  static async start(name: string, command: PeerCommand): Promise<Reader> {
    return new Reader(name, await PeerProgram.start(command));
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** Reads all queries at the same time, each to its end, and keeps nothing. */
  async read(sql: readonly string[]): Promise<RunResult & { readonly firstMilliseconds: number }> {
    const answer = await this.#program.ask<ReadAnswer>({ do: 'read', sql });
    return {
      rows: answer.rows,
      milliseconds: answer.seconds * 1000,
      firstMilliseconds: answer.firstSeconds * 1000,
    };
  }

  /** What the results hold, one behind the other. */
  async digest(sql: readonly string[]): Promise<TableDigest> {
    return (await this.#program.ask<DigestAnswer>({ do: 'digest', sql })).columns;
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}

/** What a stage says that has called {@link assertEqualDigests} and counts rows. */
export const EQUAL_DIGESTS = 'equal digests of every column before, the row count of every run';

/**
 * Fails unless all readers hold the same values in the same rows: a benchmark of something that is wrong is
 * worth nothing.
 */
export function assertEqualDigests(digests: Readonly<Record<string, TableDigest>>): void {
  const [first, ...others] = Object.entries(digests);
  if (first === undefined) return;
  const [reference, expected] = first;
  for (const [name, found] of others) {
    const columns = new Set([...Object.keys(expected), ...Object.keys(found)]);
    const different = [...columns].filter((column) => found[column] !== expected[column]);
    if (different.length > 0) {
      throw new Error(`${name} and ${reference} differ in the columns ${different.join(', ')}`);
    }
  }
}

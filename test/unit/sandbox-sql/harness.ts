import type { ColumnMetadata } from '../../../src/driver/wire/metadata.ts';
import type {
  Engine,
  EngineOutcome,
  EngineSession,
  EngineValue,
  LobRegistry,
} from '../../../src/sandbox/engine.ts';
import { SandboxError } from '../../../src/sandbox/engine.ts';
import { type DuckEngineOptions, openDuckEngine } from '../../../src/sandbox/sql/engine.ts';
import { type Cell, decodeRows } from './row-decoder.ts';

/** LOBs that were registered, in order; the locator of a LOB is its number. */
class KeptLobs implements LobRegistry {
  readonly contents: Uint8Array[] = [];

  register(content: Uint8Array): Uint8Array {
    this.contents.push(content);
    const locator = Buffer.alloc(8);
    locator.writeUInt32LE(this.contents.length);
    return locator;
  }
}

export interface QueryResult {
  readonly columns: readonly ColumnMetadata[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A session with shorthands. */
export class TestSession {
  readonly lobs = new KeptLobs();
  readonly session: EngineSession;

  constructor(session: EngineSession) {
    this.session = session;
  }

  async outcome(
    sql: string,
    rows: readonly (readonly EngineValue[])[] = [[]],
    autoCommit = true,
  ): Promise<EngineOutcome> {
    const statement = await this.session.prepare(sql);
    return statement.execute(rows, autoCommit);
  }

  async query(
    sql: string,
    parameters: readonly EngineValue[] = [],
    autoCommit = true,
  ): Promise<QueryResult> {
    const outcome = await this.outcome(sql, [parameters], autoCommit);
    if (outcome.kind !== 'rows') throw new Error(`no rows from ${sql}`);
    const rows: (readonly Cell[])[] = [];
    for (let last = false; !last; ) {
      const packet = await outcome.rows.next(1000, 1 << 20);
      rows.push(...decodeRows(packet.bytes, packet.rowCount, outcome.columns));
      last = packet.last;
    }
    return { columns: outcome.columns, rows };
  }

  /** All values of all rows, one after the other. */
  async values(sql: string, parameters: readonly EngineValue[] = []): Promise<readonly Cell[]> {
    return (await this.query(sql, parameters)).rows.flat();
  }

  async run(
    sql: string,
    rows: readonly (readonly EngineValue[])[] = [[]],
    autoCommit = true,
  ): Promise<readonly number[]> {
    const outcome = await this.outcome(sql, rows, autoCommit);
    if (outcome.kind !== 'count') throw new Error(`rows from ${sql}`);
    return outcome.affectedRows;
  }

  /** Counts of the rows of a batch, with the error's code in place of the count of one that failed. */
  async batch(
    sql: string,
    rows: readonly (readonly EngineValue[])[],
    autoCommit = true,
  ): Promise<readonly (number | string)[]> {
    const outcome = await this.outcome(sql, rows, autoCommit);
    if (outcome.kind !== 'count') throw new Error(`rows from ${sql}`);
    const { affectedRows, failures = [] } = outcome;
    return affectedRows.map((count, index) => {
      const failure = failures.find(({ row }) => row === index);
      return failure === undefined ? count : `error ${failure.code}`;
    });
  }

  /** The error that the statement ends with. */
  async failure(
    sql: string,
    rows: readonly (readonly EngineValue[])[] = [[]],
    autoCommit = true,
  ): Promise<SandboxError> {
    try {
      const outcome = await this.outcome(sql, rows, autoCommit);
      if (outcome.kind === 'rows') await outcome.rows.next(1000, 1 << 20);
    } catch (error) {
      if (error instanceof SandboxError) return error;
      throw error;
    }
    throw new Error(`no failure of ${sql}`);
  }
}

/** An engine with a small demo schema. */
export class TestEngine {
  readonly engine: Engine;
  readonly #sessions: EngineSession[] = [];
  #nextId = 1;

  private constructor(engine: Engine) {
    this.engine = engine;
  }

  static async open(options: Partial<DuckEngineOptions> = {}): Promise<TestEngine> {
    return new TestEngine(await openDuckEngine({ rows: 1000, ...options }));
  }

  async session(user = 'DEMO', dataFormatVersion = 8): Promise<TestSession> {
    const lobs = new KeptLobs();
    const identity = {
      connectionId: this.#nextId++,
      user,
      dataFormatVersion,
      clientHost: 'test',
    };
    const session = await this.engine.openSession(identity, lobs);
    this.#sessions.push(session);
    return Object.assign(new TestSession(session), { lobs });
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) await session.close();
    await this.engine.close();
  }
}

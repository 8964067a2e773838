import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How one case of a foreign program ended. */
export interface CaseReport {
  readonly case: string;
  readonly passed: boolean;
  readonly detail?: string;
  /** The table that the case read. */
  readonly columns?: readonly ReportedColumn[];
}

/** One column as a foreign client decoded it. */
export interface ReportedColumn {
  readonly name: string;
  /** In the client's own words. */
  readonly type: string;
  readonly nullable: boolean;
  readonly values: readonly CanonicalValue[];
}

/** Text for all but NULL, booleans and vectors. */
export type CanonicalValue = null | boolean | string | readonly CanonicalValue[];

const ENDS_WITHIN_MS = 600_000;

/** A program of another language that talks in lines of JSON. */
export class ForeignProgram {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #errors = '';

  constructor(executable: string, args: readonly string[]) {
    this.#child = spawn(executable, args, { timeout: ENDS_WITHIN_MS, killSignal: 'SIGKILL' });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString('utf8');
    });
    this.#child.on('error', (error) => {
      this.#errors += error.message;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** The next line, or undefined at the end. */
  async next<Line>(): Promise<Line | undefined> {
    const line = await this.#lines.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as Line);
  }

  /** As {@link next}, where the program owes a line. */
  async expectLine<Line>(): Promise<Line> {
    const line = await this.next<Line>();
    if (line === undefined) throw new Error(`the program ended early:\n${this.#errors}`);
    return line;
  }

  /** Sends an empty line: go on. */
  resume(): void {
    this.#child.stdin.write('\n');
  }

  /** Ends the program if it runs still. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }

  /** What the program wrote to standard error. */
  get errors(): string {
    return this.#errors;
  }
}

/** Runs a program of cases to its end. */
export async function runCases(
  executable: string,
  args: readonly string[],
): Promise<ReadonlyMap<string, CaseReport>> {
  const program = new ForeignProgram(executable, args);
  const reports = new Map<string, CaseReport>();
  for (;;) {
    const report = await program.next<CaseReport>();
    if (report === undefined) break;
    reports.set(report.case, report);
  }
  if (reports.size === 0) throw new Error(`the program reported no case:\n${program.errors}`);
  return reports;
}

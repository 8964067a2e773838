import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { env } from 'node:process';
import { createInterface } from 'node:readline';

/** What a program says once it is ready. */
export interface PeerGreeting {
  /** Where a server listens. */
  readonly port?: number;
  /** Size in Arrow of the rows that a filling program has read. */
  readonly bytes?: number;
}

/** How to start a program. */
export interface PeerCommand {
  readonly executable: string;
  readonly args: readonly string[];
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/**
 * A client in a process of its own. It is asked in lines of JSON and answers each with one, so that runs of
 * several clients can take turns; it greets with a line once it has logged on.
 */
export class PeerProgram {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #name: string;
  #errors = '';
  #greeting: PeerGreeting = {};

  private constructor({ executable, args, environment }: PeerCommand) {
    this.#name = [executable, ...args.slice(0, 2)].join(' ');
    this.#child = spawn(executable, args, { env: { ...env, ...environment } });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString('utf8');
    });
    this.#child.on('error', (error) => {
      this.#errors += error.message;
    });
    // A program that has ended says so when it owes the next line.
    this.#child.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts it and waits for its greeting. */
  static async start(command: PeerCommand): Promise<PeerProgram> {
    const program = new PeerProgram(command);
    program.#greeting = await program.#answer<PeerGreeting>();
    return program;
  }

  get greeting(): PeerGreeting {
    return this.#greeting;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ask<Answer>(question: object): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(question)}\n`);
    return this.#answer<Answer>();
  }

  /** Ends the program: its input is over. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.stdin.end();
    await once(this.#child, 'close');
  }

  async #answer<Answer>(): Promise<Answer> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`${this.#name} ended:\n${this.#errors}`);
    return JSON.parse(line.value) as Answer;
  }
}

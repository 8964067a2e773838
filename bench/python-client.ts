import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./python/ingest.py', import.meta.url));

export interface PythonClientOptions {
  readonly interpreter: string;
  /** Folder with packages that the interpreter's own do not have. */
  readonly packages?: string | undefined;
  /** Arguments of `bench/python/ingest.py`. */
  readonly args: readonly string[];
}

/** A client in a process of its own that fills tables on demand. */
export class PythonClient {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  #bytes = 0;
  #errors = '';

  private constructor({ interpreter, packages, args }: PythonClientOptions) {
    this.#child = spawn(interpreter, ['-B', PROGRAM, ...args], {
      env: { ...env, ...(packages === undefined ? {} : { PYTHONPATH: packages }) },
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#errors += chunk.toString('utf8');
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Starts it; it has logged on and read its rows when the promise is fulfilled. */
  static async start(options: PythonClientOptions): Promise<PythonClient> {
    const client = new PythonClient(options);
    const { bytes } = await client.#answer<{ bytes: number }>();
    client.#bytes = bytes;
    return client;
  }

  /** Size of the rows in Arrow. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @returns rows inserted. */
  async fill(table: string): Promise<number> {
    this.#child.stdin.write(`${table}\n`);
    return (await this.#answer<{ rows: number }>()).rows;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.stdin.end();
    await once(this.#child, 'close');
  }

  async #answer<Answer>(): Promise<Answer> {
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`the Python client ended:\n${this.#errors}`);
    return JSON.parse(line.value) as Answer;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const POLL_MS = 20;

export interface ServeOptions {
  /** Flags of `hana-flight serve`, beside the address and the level of the log. */
  readonly flags: readonly string[];
  /** Writes CPU profiles there when it ends. */
  readonly profileFolder?: string | undefined;
}

/** What the ready file says. */
interface Addresses {
  readonly flight: string;
  readonly hana: string;
}

/** `hana-flight serve` as a user runs it: a process of its own, compiled, on a free port. */
export class ServeProcess {
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'hana-flight-bench-'));
  #log = '';
  #addresses: Addresses = { flight: '', hana: '' };

  private constructor({ flags, profileFolder }: ServeOptions) {
    const profile =
      profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
    const serve = ['serve', '--listen', '127.0.0.1:0', '--log-level', 'warn', ...flags];
    this.#child = spawn(
      process.execPath,
      [...profile, MAIN, ...serve, '--ready-file', this.#readyFile],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log += chunk.toString('utf8');
      });
    }
  }

  /** Starts it and waits until it can be reached. */
  static async start(options: ServeOptions): Promise<ServeProcess> {
    const started = new ServeProcess(options);
    const file = started.#readyFile;
    while (!existsSync(file) || !readFileSync(file, 'utf8').endsWith('\n')) {
      if (started.#child.exitCode !== null) {
        throw new Error(`hana-flight ended at start-up:\n${started.#log}`);
      }
      await sleep(POLL_MS);
    }
    started.#addresses = JSON.parse(readFileSync(file, 'utf8')) as Addresses;
    return started;
  }

  /** `grpc://127.0.0.1:PORT` */
  get flight(): string {
    return this.#addresses.flight;
  }

  /** `host:port` of the HANA behind it. */
  get hana(): string {
    return new URL(this.#addresses.hana).host;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'close');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #readyFile(): string {
    return join(this.#folder, 'ready.json');
  }
}

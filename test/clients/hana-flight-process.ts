import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What `--ready-file` says: where the process can be reached. */
interface Addresses {
  readonly flight?: string;
  readonly hana?: string;
}

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Loading ten million rows of demo data takes most of it. */
const READY_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 40_000;
const POLL_MS = 50;

/** Users of the demo data. */
export const DEMO = { user: 'DEMO', password: 'Demo1234' } as const;

/** The installed command as a user runs it: a process of its own, built from `dist`. */
export class HanaFlightProcess {
  readonly #child: ChildProcess;
  readonly #folder: string;
  #addresses: Addresses = {};
  #log = '';

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    child.stdout?.on('data', (chunk: Buffer) => this.#append(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.#append(chunk));
  }

  /** Starts `hana-flight ARGS` on free ports and waits until it is ready. */
  static async start(...args: readonly string[]): Promise<HanaFlightProcess> {
    const folder = await mkdtemp(join(tmpdir(), 'hana-flight-clients-'));
    const readyFile = join(folder, 'ready.json');
    const child = spawn(process.execPath, [MAIN, ...args, '--ready-file', readyFile], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const started = new HanaFlightProcess(child, folder);
    try {
      started.#addresses = await started.#ready(readyFile);
    } catch (error) {
      await started.stop('SIGKILL');
      throw error;
    }
    return started;
  }

  /** Address for Flight clients, `grpc://host:port`. */
  get flight(): string {
    return this.#address('flight');
  }

  /** `host:port` of the sandbox. */
  get hana(): string {
    return new URL(this.#address('hana')).host;
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error('hana-flight was not started');
    return pid;
  }

  /** Standard output and standard error so far. */
  get log(): string {
    return this.#log;
  }

  /** Sends the signal, unless the process ended before, and waits for its end. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.#running()) {
      const closed = new Promise((resolve) => this.#child.once('close', resolve));
      this.#child.kill(signal);
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN_MS);
      await closed;
      clearTimeout(timer);
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #ready(readyFile: string): Promise<Addresses> {
    const until = Date.now() + READY_WITHIN_MS;
    while (Date.now() < until) {
      const text = await readFile(readyFile, 'utf8').catch(() => '');
      if (text.endsWith('\n')) return JSON.parse(text) as Addresses;
      if (!this.#running()) throw new Error(`hana-flight ended at start-up:\n${this.#log}`);
      await pause(POLL_MS);
    }
    throw new Error(`hana-flight was not ready within ${READY_WITHIN_MS} ms:\n${this.#log}`);
  }

  #running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #address(name: keyof Addresses): string {
    const address = this.#addresses[name];
    if (address === undefined) throw new Error(`the ready file has no address ${name}`);
    return address;
  }

  #append(chunk: Buffer): void {
    this.#log += chunk.toString('utf8');
  }
}

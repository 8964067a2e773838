import { fork } from 'node:child_process';
import { once } from 'node:events';
import { startSandbox } from '../../src/sandbox/server.ts';
import { openDuckEngine } from '../../src/sandbox/sql/engine.ts';
import { type Inserted, InsertMeter } from '../ingest/insert-meter.ts';
import { makeWorkload } from '../workloads/workload.ts';
import { findWorkload } from '../workloads/workloads.ts';
import { replayBefore } from './replay-engine.ts';

/** What a replay server serves. */
export interface ReplayOptions {
  readonly workload: string;
  readonly rows: number;
  readonly seed: number;
  /** Of each connection by itself; absent for no limit. */
  readonly bytesPerSecond?: number | undefined;
}

/**
 * A HANA in a process of its own, on loopback, that has every answer ready: what a client takes is then its
 * own time. It is the sandbox's server, so every client that can log on to that one can log on here.
 */
export interface ReplayServer {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Of the rows of the whole workload, as HANA writes them. */
  readonly byteCount: number;
  /** What was inserted since the last call; see InsertMeter. */
  takeInserted(): Promise<Inserted>;
  close(): void;
}

/** Starts the process and waits until it listens. */
export async function startReplayServer(options: ReplayOptions): Promise<ReplayServer> {
  const child = fork(import.meta.filename, [JSON.stringify(options)]);
  const { port, byteCount } = await new Promise<Greeting>((resolve, reject) => {
    child.once('message', (message: Greeting) => resolve(message));
    child.once('exit', (code) => reject(new Error(`replay server ended with code ${code}`)));
  });
  const pid = child.pid ?? 0;
  return {
    host: '127.0.0.1',
    port,
    pid,
    byteCount,
    takeInserted: async () => {
      child.send(TAKE_INSERTED);
      // The child sends nothing else once it listens.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const [inserted] = (await once(child, 'message')) as [Inserted];
      return inserted;
    },
    close: () => child.kill(),
  };
}

const TAKE_INSERTED = 'take inserted';

/** What the process says once it listens. */
interface Greeting {
  readonly port: number;
  readonly byteCount: number;
}

async function serve({ workload, rows, seed, bytesPerSecond }: ReplayOptions): Promise<void> {
  const made = makeWorkload(findWorkload(workload), { rows, seed });
  const meter = new InsertMeter();
  const engine = replayBefore(meter.before(await openDuckEngine({ rows: 1 })), [made]);
  const { port } = await startSandbox({ engine, shaping: { bytesPerSecond } });
  const greeting: Greeting = { port, byteCount: made.byteCount };
  process.send?.(greeting);
  process.on('message', (question) => {
    if (question === TAKE_INSERTED) process.send?.(meter.take());
  });
  process.once('disconnect', () => process.exit());
}

const [, script, options] = process.argv;
if (script === import.meta.filename && options !== undefined) await serve(JSON.parse(options));

import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { ArrowBatch } from '../../src/arrow/batch.ts';
import type { Authenticator, Session } from '../../src/auth/authenticator.ts';
import { startFlightServer } from '../../src/flight/server.ts';
import { makeWorkload } from '../workloads/workload.ts';
import { findWorkload } from '../workloads/workloads.ts';
import { prebuiltBatches } from './prebuilt-batches.ts';

/** What a memory server serves. */
export interface MemoryServerOptions {
  readonly workload: string;
  readonly rows: number;
  readonly seed: number;
  /** Writes a CPU profile there when it ends. */
  readonly profileFolder?: string | undefined;
}

/** hana-flight's Flight server, in a process of its own, before batches in memory; a ticket says how many times over. */
export interface MemoryServer {
  /** `grpc://127.0.0.1:PORT` */
  readonly url: string;
  readonly pid: number;
  close(): Promise<void>;
}

/** Starts the process and waits until it listens. */
export async function startMemoryServer(options: MemoryServerOptions): Promise<MemoryServer> {
  const { profileFolder } = options;
  const profile =
    profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const execArgv = [...process.execArgv, ...profile];
  const child = fork(import.meta.filename, [JSON.stringify(options)], { execArgv });
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message: string) => resolve(message));
    child.once('exit', (code) => reject(new Error(`memory server ended with code ${code}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    close: async () => {
      child.disconnect();
      await once(child, 'exit');
    },
  };
}

const ANYONE: Session = {
  principal: {
    user: 'ANYONE',
    credentials: { kind: 'password', user: 'ANYONE', password: '' },
  },
  token: 'anyone',
};

const anyone: Authenticator = {
  authenticate: async () => ANYONE.principal,
  logOn: async () => ANYONE,
};

async function* repeated(
  batches: readonly ArrowBatch[],
  times: number,
): AsyncGenerator<ArrowBatch> {
  for (let time = 0; time < times; time++) yield* batches;
}

async function serve({ workload, rows, seed }: MemoryServerOptions): Promise<void> {
  const made = makeWorkload(findWorkload(workload), { rows, seed });
  const { schema, batches } = prebuiltBatches(made);
  const { url } = await startFlightServer({
    host: '127.0.0.1',
    port: 0,
    authenticator: anyone,
    producer: {
      openFlight: async (ticket) => ({
        schema,
        batches: repeated(batches, Number(Buffer.from(ticket).toString())),
      }),
    },
  });
  process.send?.(url);
  process.once('disconnect', () => process.exit());
}

const [, script, options] = process.argv;
if (script === import.meta.filename && options !== undefined) await serve(JSON.parse(options));

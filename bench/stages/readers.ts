import { DEMO } from '../credentials.ts';
import { PEERS, program } from '../peers/peers.ts';
import { assertEqualDigests, Reader, type TableDigest } from '../peers/reader.ts';
import { requirePython } from '../peers/toolchains.ts';
import type { Resources } from '../resources.ts';
import type { ServeProcess } from '../serve-process.ts';
import type { StageOptions } from '../stage.ts';

/** Those that take part, and those that do not. */
export interface StartedPeers {
  readonly readers: readonly Reader[];
  /** `NAME: REASON` */
  readonly skipped: readonly string[];
}

/** Starts every peer that can read the workload, each with a connection to HANA of its own. */
export async function startPeers(
  hana: string,
  { peers, workload, only = '' }: StageOptions,
  resources: Resources,
): Promise<StartedPeers> {
  const readers: Reader[] = [];
  const skipped: string[] = [];
  for (const { name, always, cannot, provide } of PEERS) {
    if ((!peers && !always) || !name.includes(only)) continue;
    const reason = cannot[workload.name];
    const peer = reason === undefined ? await provide() : ({ state: 'missing', reason } as const);
    if (peer.state === 'missing') skipped.push(`${name}: ${peer.reason}`);
    else
      readers.push(
        resources.add(await Reader.start(name, peer.command(hana)), (each) => each.stop()),
      );
  }
  return { readers, skipped };
}

/** An ADBC client of a hana-flight server, which takes the endpoints of a query in turn. */
export function startAdbc(
  name: string,
  server: ServeProcess,
  resources: Resources,
): Promise<Reader> {
  return startClient('python/adbc_reader.py', { name, server, resources });
}

/** As many ADBC clients as a query has endpoints, each with one of them. */
export function startWorkers(
  name: string,
  server: ServeProcess,
  resources: Resources,
): Promise<Reader> {
  return startClient('python/partition_reader.py', { name, server, resources });
}

interface ClientOptions {
  readonly name: string;
  readonly server: ServeProcess;
  readonly resources: Resources;
}

async function startClient(
  path: string,
  { name, server, resources }: ClientOptions,
): Promise<Reader> {
  const args = ['-B', program(path), server.flight, DEMO.user, DEMO.password];
  const reader = await Reader.start(name, { executable: await requirePython(), args });
  return resources.add(reader, (each) => each.stop());
}

/** Lets each reader read once, not timed, and fails unless all hold the same. */
export async function assertEqualResults(
  reads: readonly {
    readonly reader: Reader;
    readonly name: string;
    readonly sql: readonly string[];
  }[],
): Promise<void> {
  const digests: Record<string, TableDigest> = {};
  for (const { reader, name, sql } of reads) digests[name] = await reader.digest(sql);
  assertEqualDigests(digests);
}

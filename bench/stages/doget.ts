import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ipcStreamOf } from '../digest.ts';
import type { FigureGroup } from '../figures.ts';
import { startMemoryServer } from '../flight/memory-server.ts';
import { type PrebuiltBatches, prebuiltBatches } from '../flight/prebuilt-batches.ts';
import { PeerProgram } from '../peers/peer-program.ts';
import { program } from '../peers/peers.ts';
import { assertEqualDigests, EQUAL_DIGESTS, Reader } from '../peers/reader.ts';
import { requirePython } from '../peers/toolchains.ts';
import { Resources } from '../resources.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { type Contender, interleave } from '../timing.ts';
import { makeWorkload } from '../workloads/workload.ts';

const BASELINE = 'pyarrow Flight server (C++)';
/** So many times over are the batches read: a stream of a few of them would be over too soon. */
const TIMES = 10;

interface Server {
  readonly name: string;
  readonly pid: number;
  readonly reader: Reader;
}

/** `npm run bench -- doget`: batches in memory to a client, beside Arrow's own server with the same batches. */
export const dogetStage: Stage = {
  name: 'doget',
  summary: "DoGet of batches in memory, pyarrow client, beside pyarrow's C++ Flight server",
  takesWorkload: true,
  short: { rows: 200_000, rounds: 3 },
  run: (options) => Resources.during(async (resources) => [await run(options, resources)]),
};

async function run(options: StageOptions, resources: Resources): Promise<FigureGroup> {
  const { workload, rows, seed, rounds, only, profileFolder } = options;
  const prebuilt = prebuiltBatches(makeWorkload(workload, { rows, seed }));
  const python = await requirePython();
  const startReader = async (url: string) => {
    const args = ['-B', program('python/flight_reader.py'), url];
    const reader = await Reader.start('pyarrow', { executable: python, args });
    return resources.add(reader, (each) => each.stop());
  };
  const peer = await startPyarrowServer(python, prebuilt, resources);
  const size = { workload: workload.name, rows, seed };
  const ours = await startMemoryServer({ ...size, profileFolder });
  resources.add(ours, (each) => each.close());
  const servers: readonly Server[] = [
    { name: BASELINE, pid: peer.pid, reader: await startReader(peer.url) },
    { name: 'hana-flight Flight server', pid: ours.pid, reader: await startReader(ours.url) },
  ];
  const [first, second] = servers;
  if (first !== undefined && second !== undefined) {
    assertEqualDigests({
      [first.name]: await first.reader.digest(['1']),
      [second.name]: await second.reader.digest(['1']),
    });
  }
  return interleave(servers.map(contender), {
    title: `${prebuilt.batches.length} batches, ${TIMES} times over`,
    baseline: BASELINE,
    rounds,
    rows: rows * TIMES,
    bytes: prebuilt.byteCount * TIMES,
    bytesOf: 'Arrow',
    checked: EQUAL_DIGESTS,
    only,
  });
}

function contender({ name, pid, reader }: Server): Contender {
  return {
    name,
    processes: { server: pid, client: reader.pid },
    run: () => reader.read([String(TIMES)]),
  };
}

/** Hands the batches over as a file, which that server reads into memory. */
async function startPyarrowServer(
  executable: string,
  { schema, batches }: PrebuiltBatches,
  resources: Resources,
): Promise<{ readonly url: string; readonly pid: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'hana-flight-bench-'));
  resources.add(folder, () => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'batches.arrows');
  const file = await open(path, 'w');
  for (const piece of ipcStreamOf(schema, batches)) await file.write(piece);
  await file.close();
  const args = ['-B', program('python/flight_server.py'), path];
  const server = await PeerProgram.start({ executable, args });
  resources.add(server, (each) => each.stop());
  return { url: `grpc://127.0.0.1:${server.greeting.port}`, pid: server.pid };
}

import type { FigureGroup } from '../figures.ts';
import { EQUAL_DIGESTS } from '../peers/reader.ts';
import { replayParts } from '../replay/replay-query.ts';
import { startReplayServer } from '../replay/replay-server.ts';
import { Resources } from '../resources.ts';
import { ServeProcess } from '../serve-process.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { interleave } from '../timing.ts';
import { assertEqualResults, startAdbc } from './readers.ts';

/** Names of the contenders, and what `--lanes` says for each. */
const LANES: Readonly<Record<string, number>> = {
  'in the main thread': 0,
  'with 1 lane': 1,
  'with 2 lanes': 2,
};
const BASELINE = 'in the main thread';
const ENDPOINTS = 4;
/** So many times over is the workload read: processor time is counted in hundredths of a second. */
const TIMES = 8;

/** `npm run bench -- lanes`: what threads cost in processor time, and gain in time where there are processors. */
export const lanesStage: Stage = {
  name: 'lanes',
  summary: `the same result of ${ENDPOINTS} endpoints with and without threads: time, and processor time of the server`,
  takesWorkload: true,
  short: { rows: 200_000, rounds: 2 },
  run: (options) => Resources.during(async (resources) => [await measure(options, resources)]),
};

async function measure(options: StageOptions, resources: Resources): Promise<FigureGroup> {
  const { workload, rows, seed, rounds, only, profileFolder } = options;
  const hana = await startReplayServer({ workload: workload.name, rows, seed });
  resources.add(hana, (each) => each.close());
  const sql = replayParts(workload.name, ENDPOINTS, TIMES);
  const reads = [];
  for (const [name, lanes] of Object.entries(LANES)) {
    const flags = ['--hana', `hdbsql://${hana.host}:${hana.port}`, '--lanes', `${lanes}`];
    const server = await ServeProcess.start({ flags, profileFolder });
    resources.add(server, (each) => each.stop());
    reads.push({ name, sql, server, reader: await startAdbc(name, server, resources) });
  }
  await assertEqualResults(reads);
  return interleave(
    reads.map(({ name, server, reader }) => ({
      name,
      processes: { server: server.pid, client: reader.pid, HANA: hana.pid },
      run: () => reader.read(sql),
    })),
    {
      title: `${workload.name.toLowerCase()}, ${ENDPOINTS} endpoints`,
      baseline: BASELINE,
      rows: rows * TIMES,
      bytes: hana.byteCount * TIMES,
      bytesOf: 'HANA',
      checked: EQUAL_DIGESTS,
      rounds,
      only,
    },
  );
}

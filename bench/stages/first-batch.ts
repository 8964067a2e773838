import type { FigureGroup } from '../figures.ts';
import { NODE_HDB } from '../peers/peers.ts';
import { EQUAL_DIGESTS, type Reader } from '../peers/reader.ts';
import { replayParts } from '../replay/replay-query.ts';
import { startReplayServer } from '../replay/replay-server.ts';
import { Resources } from '../resources.ts';
import { ServeProcess } from '../serve-process.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { type Contender, interleave } from '../timing.ts';
import { assertEqualResults, startAdbc, startPeers } from './readers.ts';

/** `npm run bench -- first-batch`: how long a client waits for the first rows of a large result. */
export const firstBatchStage: Stage = {
  name: 'first-batch',
  summary:
    'from the query to the first rows as Arrow, beside clients of HANA; the rest is read, not timed',
  takesWorkload: true,
  short: { rows: 200_000, rounds: 5 },
  rows: 300_000,
  run: (options) => Resources.during(async (resources) => [await run(options, resources)]),
};

async function run(options: StageOptions, resources: Resources): Promise<FigureGroup> {
  const { workload, rows, seed, rounds, only, profileFolder } = options;
  const hana = await startReplayServer({ workload: workload.name, rows, seed });
  resources.add(hana, (each) => each.close());
  const address = `${hana.host}:${hana.port}`;
  const { readers, skipped } = await startPeers(address, options, resources);
  const flags = ['--hana', `hdbsql://${address}`];
  const server = await ServeProcess.start({ flags, profileFolder });
  resources.add(server, (each) => each.stop());
  const ours = await startAdbc('hana-flight, ADBC', server, resources);
  const sql = replayParts(workload.name, 1);
  const all = [...readers, ours];
  await assertEqualResults(all.map((reader) => ({ name: reader.name, reader, sql })));
  return interleave(
    all.map((reader) => contender(reader, sql)),
    {
      title: 'time to the first batch',
      measure: 'time',
      baseline: NODE_HDB,
      rounds,
      rows,
      bytes: hana.byteCount,
      bytesOf: 'HANA',
      checked: EQUAL_DIGESTS,
      only,
      skipped,
    },
  );
}

function contender(reader: Reader, sql: readonly string[]): Contender {
  return {
    name: reader.name,
    processes: {},
    run: async () => {
      const { rows, firstMilliseconds } = await reader.read(sql);
      return { rows, milliseconds: firstMilliseconds };
    },
  };
}

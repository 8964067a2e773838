import type { FigureGroup } from '../figures.ts';
import { EQUAL_DIGESTS } from '../peers/reader.ts';
import { Resources } from '../resources.ts';
import { ServeProcess } from '../serve-process.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { interleave } from '../timing.ts';
import { assertEqualResults, startWorkers } from './readers.ts';

const ENDPOINTS = [1, 8];
const LINK_BYTES_PER_SECOND = 20_000_000;
/** Of a row of SALES.TRANSACTIONS on HANA's wire, about; for the rate that is shown. */
const ROW_BYTES = 81;

/**
 * `npm run bench -- partitioned`: a query that the planner divides, read by as many workers as it has
 * endpoints, when each connection to HANA has a limit. The sandbox answers from memory what it was asked before,
 * so that its own work is not what is measured.
 */
export const partitionedStage: Stage = {
  name: 'partitioned',
  summary: `a planned query by 1 and 8 workers, HANA limited to ${LINK_BYTES_PER_SECOND / 1e6} MB/s per connection`,
  takesWorkload: false,
  rows: 8_000_000,
  short: { rows: 200_000, rounds: 1 },
  run: async (options) => [await Resources.during((resources) => measure(options, resources))],
};

async function measure(
  { rows, rounds, only, profileFolder }: StageOptions,
  resources: Resources,
): Promise<FigureGroup> {
  const server = await ServeProcess.start({
    profileFolder,
    flags: [
      '--sandbox-rows',
      `${rows}`,
      '--replay-bytes',
      '4GiB',
      '--bytes-per-second',
      `${LINK_BYTES_PER_SECOND}`,
    ],
  });
  resources.add(server, (each) => each.stop());
  const reader = await startWorkers('workers', server, resources);
  const reads = ENDPOINTS.map((count) => ({
    name: `${count} endpoint${count === 1 ? '' : 's'}`,
    reader,
    // Bounds that are given are the same each time, and so are the statements that the sandbox remembers.
    sql: [`/*+ FLIGHT(endpoints=${count}, strategy=range) */ SELECT * FROM SALES.TRANSACTIONS`],
  }));
  await assertEqualResults(reads);
  return interleave(
    reads.map(({ name, sql }) => ({
      name,
      processes: { server: server.pid, client: reader.pid },
      run: () => reader.read(sql),
    })),
    {
      title: `HANA limited to ${LINK_BYTES_PER_SECOND / 1e6} MB/s per connection`,
      baseline: '1 endpoint',
      rows,
      bytes: rows * ROW_BYTES,
      bytesOf: 'HANA',
      skipped: [],
      checked: EQUAL_DIGESTS,
      rounds,
      only,
    },
  );
}

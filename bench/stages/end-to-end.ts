import type { FigureGroup } from '../figures.ts';
import { NODE_HDB } from '../peers/peers.ts';
import { EQUAL_DIGESTS, type Reader } from '../peers/reader.ts';
import { replayParts } from '../replay/replay-query.ts';
import { type ReplayServer, startReplayServer } from '../replay/replay-server.ts';
import { Resources } from '../resources.ts';
import { ServeProcess } from '../serve-process.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { type Contender, interleave, type TimingOptions } from '../timing.ts';
import { assertEqualResults, startAdbc, startPeers } from './readers.ts';

const ENDPOINTS = [1, 4, 8];
/** Of each connection, in the part about slow links. */
const LINK_BYTES_PER_SECOND = 20_000_000;
const MOST_ENDPOINTS = 8;
/** So many times over is the workload read then: what a query takes before its rows must not count. */
const SLOW_LINK_TIMES = 4;

/** What reads, and how it divides the query. */
interface Read {
  readonly name: string;
  readonly reader: Reader;
  readonly sql: readonly string[];
  /** Beside the reader itself. */
  readonly processes: Readonly<Record<string, number>>;
}

/** `npm run bench -- end-to-end`: a client's query through hana-flight, beside clients that ask HANA themselves. */
export const endToEndStage: Stage = {
  name: 'end-to-end',
  summary: 'an ADBC client reads through hana-flight, 1/4/8 endpoints, beside clients of HANA',
  takesWorkload: true,
  short: { rows: 200_000, rounds: 2 },
  run: async (options) => [await measureFastLink(options), await measureSlowLinks(options)],
};

const endpointName = (count: number): string =>
  `hana-flight, ADBC, ${count} endpoint${count === 1 ? '' : 's'}`;

function measureFastLink(options: StageOptions): Promise<FigureGroup> {
  return Resources.during(async (resources) => {
    const hana = await startHana(options, resources);
    const { readers, skipped } = await startPeers(`${hana.host}:${hana.port}`, options, resources);
    const { name } = options.workload;
    const processes = { HANA: hana.pid };
    const peers = readers.map((reader): Read => {
      return { name: reader.name, reader, sql: replayParts(name, 1), processes };
    });
    const ours = await readsThroughHanaFlight(hana, ENDPOINTS, options, resources);
    return measure([...peers, ...ours], options, {
      title: 'no limit on the link to HANA',
      baseline: NODE_HDB,
      rows: options.rows,
      bytes: hana.byteCount,
      skipped,
    });
  });
}

function measureSlowLinks(options: StageOptions): Promise<FigureGroup> {
  return Resources.during(async (resources) => {
    const hana = await startHana({ ...options, bytesPerSecond: LINK_BYTES_PER_SECOND }, resources);
    const longer = { ...options, times: SLOW_LINK_TIMES };
    const reads = await readsThroughHanaFlight(hana, [1, MOST_ENDPOINTS], longer, resources);
    const limited = reads.map((read) => ({ ...read, name: `limited: ${read.name}` }));
    return measure(limited, options, {
      title: `HANA limited to ${LINK_BYTES_PER_SECOND / 1e6} MB/s per connection`,
      baseline: `limited: ${endpointName(1)}`,
      rows: options.rows * SLOW_LINK_TIMES,
      bytes: hana.byteCount * SLOW_LINK_TIMES,
      skipped: [],
    });
  });
}

async function startHana(
  { workload, rows, seed, bytesPerSecond }: StageOptions & { readonly bytesPerSecond?: number },
  resources: Resources,
): Promise<ReplayServer> {
  const server = await startReplayServer({ workload: workload.name, rows, seed, bytesPerSecond });
  return resources.add(server, (each) => each.close());
}

async function readsThroughHanaFlight(
  { host, port, pid }: ReplayServer,
  endpoints: readonly number[],
  { workload, profileFolder, times = 1 }: StageOptions & { readonly times?: number },
  resources: Resources,
): Promise<readonly Read[]> {
  const flags = ['--hana', `hdbsql://${host}:${port}`];
  const server = await ServeProcess.start({ flags, profileFolder });
  resources.add(server, (each) => each.stop());
  const reader = await startAdbc('ADBC', server, resources);
  return endpoints.map((count) => ({
    name: endpointName(count),
    reader,
    sql: replayParts(workload.name, count, times),
    processes: { server: server.pid, HANA: pid },
  }));
}

async function measure(
  reads: readonly Read[],
  { rounds, only }: StageOptions,
  group: Pick<TimingOptions, 'title' | 'baseline' | 'rows' | 'bytes' | 'skipped'>,
): Promise<FigureGroup> {
  await assertEqualResults(reads);
  const contenders = reads.map(
    ({ name, reader, sql, processes }): Contender => ({
      name,
      processes: { ...processes, client: reader.pid },
      run: () => reader.read(sql),
    }),
  );
  return interleave(contenders, {
    ...group,
    bytesOf: 'HANA',
    checked: EQUAL_DIGESTS,
    rounds,
    only,
  });
}

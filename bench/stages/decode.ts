import type { RecordBatch } from 'apache-arrow';
import type { ArrowBatch } from '../../src/arrow/batch.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../src/driver/columnar/batch-stream.ts';
import { ReusedMemory } from '../../src/driver/columnar/column-memory.ts';
import { compileDecoder } from '../../src/driver/columnar/result-decoder.ts';
import type { HanaConnection, HanaCursor } from '../../src/driver/hana-connection.ts';
import { connectHana } from '../../src/driver/session/connect.ts';
import { THREAD_BLOCKS } from '../../src/driver/wire/block-memory.ts';
import { DEMO } from '../credentials.ts';
import { digestOf, digestOfBatches } from '../digest.ts';
import type { FigureGroup } from '../figures.ts';
import {
  type HdbClient,
  openHdbClient,
  openHdbResult,
  readRawPackets,
} from '../peers/node/node-hdb.ts';
import { canConvert, rowConverter } from '../peers/node/row-columns.ts';
import { assertEqualDigests, EQUAL_DIGESTS } from '../peers/reader.ts';
import { replaySql } from '../replay/replay-query.ts';
import { startReplayServer } from '../replay/replay-server.ts';
import { Resources } from '../resources.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { interleave } from '../timing.ts';
import { makeWorkload, packetsOf, type Workload } from '../workloads/workload.ts';

/** The most rows that HANA gives at a time. */
const ROWS_PER_PACKET = 32_767;

interface Bench {
  readonly workload: Workload;
  readonly packets: readonly Uint8Array[];
  readonly sql: string;
  readonly client: HdbClient;
  readonly connection: HanaConnection;
}

const BASELINE = 'node-hdb row objects, over a socket';
const RAW = 'node-hdb raw packets, over a socket, nothing decoded';

/** Each way to read the workload; every one counts its rows, so that none can cheat. */
const CONTENDERS: Readonly<Record<string, (bench: Bench) => number | Promise<number>>> = {
  [BASELINE]: async ({ client, sql }) => {
    let rows = 0;
    const result = await openHdbResult(client, sql);
    for await (const objects of result.createArrayStream()) rows += objects.length;
    return rows;
  },
  [RAW]: async ({ client, sql, workload }) => {
    const bytes = await readRawPackets(client, sql);
    return bytes === workload.byteCount ? workload.rowCount : -1;
  },
  'hana-flight batches as messages, over a socket': async (bench) => {
    let rows = 0;
    const { messages } = (await openCursor(bench.connection, bench.sql)).messages(
      DEFAULT_BATCH_OPTIONS,
    );
    for await (const { rowCount, onSent } of messages) {
      rows += rowCount;
      onSent?.();
    }
    return rows;
  },
  'hana-flight decoder, bytes in memory': ({ workload, packets }) => {
    let rows = 0;
    const memory = new ReusedMemory(THREAD_BLOCKS);
    const decoder = compileDecoder(workload.columns, { memory });
    for (const bytes of packets) {
      for (const { batch } of decoder.decode(bytes)) {
        rows += batch.rowCount;
        memory.reclaim();
      }
    }
    return rows + (decoder.finish()?.batch.rowCount ?? 0);
  },
};

/** `npm run bench -- decode`: HANA's bytes to Arrow, beside the row objects of node-hdb. */
export const decodeStage: Stage = {
  name: 'decode',
  summary: 'HANA rows to Arrow batches in one process, beside node-hdb',
  takesWorkload: true,
  short: { rows: 200_000, rounds: 3 },
  run: (options) => Resources.during(async (resources) => [await run(options, resources)]),
};

async function run(options: StageOptions, resources: Resources): Promise<FigureGroup> {
  const { workload: definition, rows, seed, rounds, only, profileFolder } = options;
  const workload = makeWorkload(definition, { rows, seed });
  const server = await startReplayServer({ workload: definition.name, rows, seed });
  resources.add(server, (each) => each.close());
  const { host, port } = server;
  const client = resources.add(await openHdbClient({ host, port, ...DEMO }), (each) => each.end());
  const connection = await connectHana({ host, port }, { kind: 'password', ...DEMO });
  resources.add(connection, (each) => each.close());
  const bench: Bench = {
    workload,
    packets: packetsOf(workload, ROWS_PER_PACKET),
    sql: replaySql({ workload: workload.name }),
    client,
    connection,
  };
  const skipped = await assertEqualResults(bench);
  const contenders = Object.entries(CONTENDERS).map(([name, read]) => ({
    name,
    processes: { client: process.pid, HANA: server.pid },
    run: async () => ({ rows: await read(bench) }),
  }));
  return interleave(contenders, {
    title: `${workload.name.toLowerCase()}, one connection`,
    baseline: BASELINE,
    rounds,
    rows,
    bytes: workload.byteCount,
    bytesOf: 'HANA',
    checked: EQUAL_DIGESTS,
    only,
    profileFolder,
    skipped,
  });
}

/** Compares with what node-hdb has decoded. @returns why that cannot be done, if so. */
async function assertEqualResults(bench: Bench): Promise<readonly string[]> {
  const { workload, client, sql } = bench;
  const batches: ArrowBatch[] = [];
  for await (const batch of await openBatches(bench)) batches.push(batch);
  const ours = digestOfBatches(compileDecoder(workload.columns).schema, batches);
  const result = await openHdbResult(client, sql);
  if (!canConvert(result.metadata)) {
    return ['comparison of values: node-hdb gives LOBs as streams, one by one'];
  }
  const convert = rowConverter(result.metadata);
  const converted: RecordBatch[] = [];
  for await (const rows of result.createArrayStream()) converted.push(convert(rows));
  assertEqualDigests({ 'node-hdb': digestOf(converted), 'hana-flight': ours });
  return [];
}

async function openBatches({ connection, sql }: Bench): Promise<AsyncIterable<ArrowBatch>> {
  return (await openCursor(connection, sql)).batches(DEFAULT_BATCH_OPTIONS).batches;
}

async function openCursor(connection: HanaConnection, sql: string): Promise<HanaCursor> {
  const outcome = await connection.execute(sql);
  if (outcome.kind === 'rows') return outcome.cursor;
  throw new Error('replay server: expected rows');
}

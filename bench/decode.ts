import { DEFAULT_BATCH_OPTIONS, readBatches } from '../src/driver/columnar/batch-stream.ts';
import { compileDecoder } from '../src/driver/columnar/result-decoder.ts';
import type { HanaConnection, HanaCursor } from '../src/driver/hana-connection.ts';
import { connectHana } from '../src/driver/session/connect.ts';
import { DEMO } from './credentials.ts';
import { assertEqualRows } from './equal-rows.ts';
import { type HdbClient, openHdbClient, readRawPackets, readRowObjects } from './node-hdb.ts';
import { startReplayServer } from './replay-server.ts';
import type { Figure, Stage, StageOptions } from './stage.ts';
import { interleave } from './timing.ts';
import { narrowWorkload, type Workload } from './workload.ts';

const ROWS_PER_PACKET = 32_767;

interface Bench {
  readonly workload: Workload;
  readonly client: HdbClient;
  readonly connection: HanaConnection;
}

/** Each way to read the workload; every one counts its rows, so that none can cheat. */
const CONTENDERS: Readonly<Record<string, (bench: Bench) => number | Promise<number>>> = {
  'node-hdb row objects, over a socket': async ({ client }) => {
    let rows = 0;
    for await (const objects of readRowObjects(client)) rows += objects.length;
    return rows;
  },
  'node-hdb raw packets, over a socket, nothing decoded': async ({ client, workload }) => {
    const bytes = await readRawPackets(client);
    return bytes === workload.byteCount ? workload.rowCount : -1;
  },
  'hana-flight batches, over a socket': async ({ connection }) => {
    let rows = 0;
    const { batches } = readBatches(await openCursor(connection), DEFAULT_BATCH_OPTIONS);
    for await (const { rowCount } of batches) rows += rowCount;
    return rows;
  },
  'hana-flight decoder, bytes in memory': ({ workload }) => {
    let rows = 0;
    const decoder = compileDecoder(workload.columns);
    for (const { bytes } of workload.packets) {
      for (const { batch } of decoder.decode(bytes)) rows += batch.rowCount;
    }
    return rows + (decoder.finish()?.batch.rowCount ?? 0);
  },
};

const BASELINE = 'node-hdb row objects, over a socket';

/** `npm run bench -- decode`: HANA's bytes to Arrow, beside the row objects of node-hdb. */
export const decodeStage: Stage = {
  name: 'decode',
  summary: 'HANA rows to Arrow batches, beside node-hdb, on 6 mixed columns (workload narrow)',
  run: async (options) => {
    const size = { rows: options.rows, rowsPerPacket: ROWS_PER_PACKET, seed: options.seed };
    const server = await startReplayServer(size);
    const client = await openHdbClient(server.port);
    const endpoint = { host: '127.0.0.1', port: server.port };
    const connection = await connectHana(endpoint, { kind: 'password', ...DEMO });
    try {
      return await measure({ workload: narrowWorkload(size), client, connection }, options);
    } finally {
      client.end();
      await connection.close();
      server.close();
    }
  },
};

async function measure(bench: Bench, options: StageOptions): Promise<readonly Figure[]> {
  const { workload, client, connection } = bench;
  const { batches } = readBatches(await openCursor(connection), DEFAULT_BATCH_OPTIONS);
  await assertEqualRows(readRowObjects(client), batches, workload.rowCount);
  const contenders = Object.entries(CONTENDERS).map(([name, read]) => ({
    name,
    run: async () => {
      const rows = await read(bench);
      if (rows !== workload.rowCount) {
        throw new Error(`${name}: expected ${workload.rowCount} rows, got ${rows}`);
      }
    },
  }));
  return interleave(contenders, {
    rounds: options.rounds,
    baseline: BASELINE,
    rows: workload.rowCount,
    bytes: workload.byteCount,
  });
}

async function openCursor(connection: HanaConnection): Promise<HanaCursor> {
  const outcome = await connection.execute('SELECT * FROM NARROW');
  if (outcome.kind === 'rows') return outcome.cursor;
  throw new Error('replay server: expected rows');
}

import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HanaFlightProcess } from '../test/clients/hana-flight-process.ts';
import { provide } from '../test/support/toolchain.ts';
import { DEMO } from './credentials.ts';
import { fetchHdbcli } from './hdbcli.ts';
import { IngestClient } from './ingest-client.ts';
import { asCsv, INGEST_COLUMNS, type IngestRow, ingestRows } from './ingest-workload.ts';
import { PythonClient } from './python-client.ts';
import type { Figure, Stage, StageOptions } from './stage.ts';
import { type Contender, interleave } from './timing.ts';

const BASELINE = 'node-hdb stmt.exec';
const TABLE = 'BENCH_INGEST';
/** Tried on the first rows, so that node-hdb is measured at its best. */
const BATCH_SIZES = [1_000, 10_000, 32_767, 100_000];
const TRIAL_ROWS = 100_000;

/** Fills the table and tells the rows that went in. */
type Fill = () => Promise<number>;

/** `npm run bench -- ingest`: rows into the sandbox by ADBC, beside clients that talk to it directly. */
export const ingestStage: Stage = {
  name: 'ingest',
  summary: 'rows into the sandbox by adbc_ingest, beside node-hdb and hdbcli (with --hdbcli)',
  run: async (options) => {
    const folder = mkdtempSync(join(tmpdir(), 'hana-flight-bench-'));
    const server = await HanaFlightProcess.start('serve', ...LISTEN);
    try {
      return await measure(server, folder, options);
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const LISTEN = ['--listen', '127.0.0.1:0', '--sandbox-rows', '1'];

async function measure(
  server: HanaFlightProcess,
  folder: string,
  { rows: rowCount, rounds, seed, hdbcli }: StageOptions,
): Promise<readonly Figure[]> {
  const rows = ingestRows(rowCount, seed);
  const csv = join(folder, 'rows.csv');
  await writeFile(csv, asCsv(rows));
  const { hostname, port } = new URL(`hdbsql://${server.hana}`);
  const client = await IngestClient.logOn({ host: hostname, port: Number(port) });
  const started: PythonClient[] = [];
  try {
    const start = async (name: string, address: string, packages?: string) => {
      const args = [name, address, DEMO.user, DEMO.password, csv];
      const python = await PythonClient.start({ interpreter: await interpreter(), packages, args });
      started.push(python);
      return python;
    };
    const adbc = await start('adbc', server.flight);
    const fills = new Map<string, Fill>([
      [BASELINE, await nodeHdb(client, rows)],
      ['ADBC adbc_ingest, through hana-flight', () => adbc.fill(TABLE)],
    ]);
    const packages = hdbcli ? fetchHdbcli(await interpreter()) : undefined;
    if (packages !== undefined) {
      const direct = await start('hdbcli', `hdbsql://${server.hana}`, packages);
      fills.set('hdbcli executemany', () => direct.fill(TABLE));
    }
    const contenders = [...fills].map(([name, fill]) => contender(name, fill, client, rowCount));
    for (const { prepare, run } of contenders) {
      await prepare?.();
      await run();
      await client.assertHolds(TABLE, rows);
    }
    return await interleave(contenders, {
      rounds,
      baseline: BASELINE,
      rows: rowCount,
      bytes: adbc.bytes,
    });
  } finally {
    client.end();
    for (const python of started) await python.stop();
  }
}

function contender(name: string, fill: Fill, client: IngestClient, rowCount: number): Contender {
  return {
    name,
    prepare: () => client.makeTable(TABLE, INGEST_COLUMNS),
    run: async () => {
      const filled = await fill();
      if (filled !== rowCount) throw new Error(`${name}: expected ${rowCount} rows, got ${filled}`);
    },
  };
}

/** node-hdb with the batch size that was fastest on the first rows. */
async function nodeHdb(client: IngestClient, rows: readonly IngestRow[]): Promise<Fill> {
  const trial = rows.slice(0, TRIAL_ROWS);
  let best = { size: 0, milliseconds: Number.POSITIVE_INFINITY };
  for (const size of BATCH_SIZES.filter((each) => each === BATCH_SIZES[0] || each <= rows.length)) {
    await client.makeTable(TABLE, INGEST_COLUMNS);
    const start = performance.now();
    await client.fill(TABLE, trial, size);
    const milliseconds = performance.now() - start;
    if (milliseconds < best.milliseconds) best = { size, milliseconds };
  }
  process.stdout.write(`node-hdb is fastest with batches of ${best.size} rows\n`);
  return () => client.fill(TABLE, rows, best.size);
}

async function interpreter(): Promise<string> {
  const provision = await provide('python');
  if (provision.state === 'missing') throw new Error(`python: ${provision.reason}`);
  return provision.executable;
}

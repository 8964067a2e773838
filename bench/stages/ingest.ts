import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO } from '../credentials.ts';
import type { FigureGroup } from '../figures.ts';
import { IngestClient } from '../ingest/ingest-client.ts';
import { asCsv, INGEST_COLUMNS, type IngestRow, ingestRows } from '../ingest/ingest-rows.ts';
import { type PeerCommand, PeerProgram } from '../peers/peer-program.ts';
import { program } from '../peers/peers.ts';
import { provideHdbcli, requirePython } from '../peers/toolchains.ts';
import { Resources } from '../resources.ts';
import { ServeProcess } from '../serve-process.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { type Contender, interleave } from '../timing.ts';

const BASELINE = 'node-hdb stmt.exec';
const TABLE = 'BENCH_INGEST';
/** Tried on the first rows, so that node-hdb is measured at its best. */
const BATCH_SIZES = [1_000, 10_000, 32_767, 100_000];
const TRIAL_ROWS = 100_000;

/** A way to fill the table. */
interface Filler {
  readonly name: string;
  readonly clientPid: number;
  /** @returns the rows that went in. */
  readonly fill: () => Promise<number>;
}

interface Bench {
  readonly server: ServeProcess;
  readonly client: IngestClient;
  readonly rows: readonly IngestRow[];
  readonly csv: string;
}

/** `npm run bench -- ingest`: rows into the sandbox by ADBC, beside clients that talk to it directly. */
export const ingestStage: Stage = {
  name: 'ingest',
  summary: 'rows into the sandbox by adbc_ingest, beside node-hdb and hdbcli',
  takesWorkload: false,
  short: { rows: 50_000, rounds: 2 },
  rows: 500_000,
  run: (options) => Resources.during(async (resources) => [await run(options, resources)]),
};

async function run(options: StageOptions, resources: Resources): Promise<FigureGroup> {
  const { rows: rowCount, seed, rounds, only, profileFolder } = options;
  const folder = mkdtempSync(join(tmpdir(), 'hana-flight-bench-'));
  resources.add(folder, () => rmSync(folder, { recursive: true, force: true }));
  const server = await ServeProcess.start({ flags: ['--sandbox-rows', '1'], profileFolder });
  resources.add(server, (each) => each.stop());
  const rows = ingestRows(rowCount, seed);
  const csv = join(folder, 'rows.csv');
  await writeFile(csv, asCsv(rows));
  const { hostname, port } = new URL(`hdbsql://${server.hana}`);
  const client = await IngestClient.logOn({ host: hostname, port: Number(port) });
  resources.add(client, (each) => each.end());
  const bench: Bench = { server, client, rows, csv };
  const { fillers, skipped, bytes } = await startFillers(bench, options, resources);
  for (const { fill } of fillers) {
    await client.makeTable(TABLE, INGEST_COLUMNS);
    await fill();
    await client.assertHolds(TABLE, rows);
  }
  return interleave(
    fillers.map((filler) => contender(filler, bench)),
    {
      title: '6 columns into an empty table',
      baseline: BASELINE,
      rounds,
      rows: rowCount,
      bytes,
      bytesOf: 'Arrow',
      checked: 'every value of the table after the first run of each, the row count of every run',
      only,
      skipped,
    },
  );
}

async function startFillers(
  { server, client, rows, csv }: Bench,
  { peers }: StageOptions,
  resources: Resources,
): Promise<{ fillers: readonly Filler[]; skipped: readonly string[]; bytes: number }> {
  const python = await requirePython();
  const start = async (
    kind: string,
    address: string,
    environment: PeerCommand['environment'] = {},
  ): Promise<PeerProgram> => {
    const args = ['-B', program('python/ingest.py'), kind, address, DEMO.user, DEMO.password, csv];
    const started = await PeerProgram.start({ executable: python, args, environment });
    return resources.add(started, (each) => each.stop());
  };
  const adbc = await start('adbc', server.flight);
  const { bytes = 0 } = adbc.greeting;
  const fillers = [
    { name: BASELINE, clientPid: process.pid, fill: await nodeHdb(client, rows) },
    fillBy('ADBC adbc_ingest, through hana-flight', adbc),
  ];
  if (!peers) return { fillers, skipped: [], bytes };
  const hdbcli = provideHdbcli(python);
  if (hdbcli.state === 'missing') return { fillers, skipped: [`hdbcli: ${hdbcli.reason}`], bytes };
  const packages = { PYTHONPATH: hdbcli.executable };
  const direct = await start('hdbcli', `hdbsql://${server.hana}`, packages);
  return { fillers: [...fillers, fillBy('hdbcli executemany', direct)], skipped: [], bytes };
}

function fillBy(name: string, from: PeerProgram): Filler {
  const fill = async () => (await from.ask<{ readonly rows: number }>({ table: TABLE })).rows;
  return { name, clientPid: from.pid, fill };
}

function contender({ name, clientPid, fill }: Filler, { client, server }: Bench): Contender {
  return {
    name,
    processes: { server: server.pid, client: clientPid },
    prepare: () => client.makeTable(TABLE, INGEST_COLUMNS),
    run: async () => ({ rows: await fill() }),
  };
}

/** node-hdb with the batch size that was fastest on the first rows. */
async function nodeHdb(
  client: IngestClient,
  rows: readonly IngestRow[],
): Promise<() => Promise<number>> {
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

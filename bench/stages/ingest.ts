import { ok } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO } from '../credentials.ts';
import type { FigureGroup } from '../figures.ts';
import { IngestClient } from '../ingest/ingest-client.ts';
import { asCsv, INGEST_COLUMNS, type IngestRow, ingestRows } from '../ingest/ingest-rows.ts';
import { DISCARDED_TABLE, type Inserted, KEPT_TABLE } from '../ingest/insert-meter.ts';
import { type PeerCommand, PeerProgram } from '../peers/peer-program.ts';
import { program } from '../peers/peers.ts';
import { provideHdbcli, requirePython } from '../peers/toolchains.ts';
import { type ReplayServer, startReplayServer } from '../replay/replay-server.ts';
import { Resources } from '../resources.ts';
import { ServeProcess } from '../serve-process.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { type Contender, interleave } from '../timing.ts';

const BASELINE = 'node-hdb stmt.exec';
/** Tried on the first rows, so that node-hdb is measured at its best. */
const BATCH_SIZES = [1_000, 10_000, 32_767, 100_000];
const TRIAL_ROWS = 100_000;

/** Of the bytes that were seen to hold every value: hdbcli writes them shorter from the second time on. */
const LEAST_BYTES = 0.95;

/** A way to fill a table. */
interface Filler {
  readonly name: string;
  readonly clientPid: number;
  readonly fill: (table: string) => Promise<unknown>;
}

interface Bench {
  readonly hana: ReplayServer;
  readonly server: ServeProcess;
  readonly client: IngestClient;
  readonly rows: readonly IngestRow[];
  readonly csv: string;
}

/** `npm run bench -- ingest`: rows into a table by ADBC, beside clients that talk to HANA directly. */
export const ingestStage: Stage = {
  name: 'ingest',
  summary:
    'rows by adbc_ingest, beside node-hdb and hdbcli, into a HANA that keeps none and into the sandbox',
  takesWorkload: false,
  short: { rows: 50_000, rounds: 2 },
  rows: 500_000,
  run: (options) => Resources.during((resources) => run(options, resources)),
};

async function run(options: StageOptions, resources: Resources): Promise<FigureGroup[]> {
  const { rows: rowCount, seed, profileFolder } = options;
  const folder = mkdtempSync(join(tmpdir(), 'hana-flight-bench-'));
  resources.add(folder, () => rmSync(folder, { recursive: true, force: true }));
  const hana = await startReplayServer({ workload: options.workload.name, rows: 1, seed });
  resources.add(hana, (each) => each.close());
  const { host, port } = hana;
  const server = await ServeProcess.start({
    flags: ['--hana', `hdbsql://${host}:${port}`],
    profileFolder,
  });
  resources.add(server, (each) => each.stop());
  const rows = ingestRows(rowCount, seed);
  const csv = join(folder, 'rows.csv');
  await writeFile(csv, asCsv(rows));
  const client = await IngestClient.logOn({ host, port });
  resources.add(client, (each) => each.end());
  const bench: Bench = { hana, server, client, rows, csv };
  const started = await startFillers(bench, options, resources);
  const expected = await insertedBy(started.fillers, bench);
  const measure = (table: string, title: string): Promise<FigureGroup> =>
    interleave(
      started.fillers.map((filler) => contender(filler, { bench, table, expected })),
      {
        title,
        baseline: BASELINE,
        rounds: options.rounds,
        rows: rowCount,
        bytes: started.bytes,
        bytesOf: 'Arrow',
        checked:
          'every value of the table after a first run of each; rows of every run, and about as many bytes at HANA',
        only: options.only,
        skipped: started.skipped,
      },
    );
  return [
    await measure(DISCARDED_TABLE, '6 columns into a HANA that counts rows and keeps none'),
    await measure(KEPT_TABLE, '6 columns into an empty table of the sandbox'),
  ];
}

/** What HANA gets of each, once the table was seen to hold every value. */
async function insertedBy(
  fillers: readonly Filler[],
  { hana, client, rows }: Bench,
): Promise<ReadonlyMap<string, Inserted>> {
  const inserted = new Map<string, Inserted>();
  for (const { name, fill } of fillers) {
    await client.makeTable(KEPT_TABLE, INGEST_COLUMNS);
    await hana.takeInserted();
    await fill(KEPT_TABLE);
    await client.assertHolds(KEPT_TABLE, rows);
    inserted.set(name, await hana.takeInserted());
  }
  return inserted;
}

async function startFillers(
  { hana, server, client, rows, csv }: Bench,
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
  const direct = await start('hdbcli', `hdbsql://${hana.host}:${hana.port}`, packages);
  return { fillers: [...fillers, fillBy('hdbcli executemany', direct)], skipped: [], bytes };
}

function fillBy(name: string, from: PeerProgram): Filler {
  const fill = (table: string) => from.ask({ table });
  return { name, clientPid: from.pid, fill };
}

/** Where and how a contender is measured. */
interface Measured {
  readonly bench: Bench;
  readonly table: string;
  /** What each sends, by its name. */
  readonly expected: ReadonlyMap<string, Inserted>;
}

function contender(
  { name, clientPid, fill }: Filler,
  { bench: { hana, server, client }, table, expected }: Measured,
): Contender {
  return {
    name,
    processes: { server: server.pid, client: clientPid, HANA: hana.pid },
    prepare: async () => {
      await client.makeTable(table, INGEST_COLUMNS);
      await hana.takeInserted();
    },
    run: async () => {
      const start = performance.now();
      await fill(table);
      const milliseconds = performance.now() - start;
      const { rows, bytes } = await hana.takeInserted();
      const least = (expected.get(name)?.bytes ?? 0) * LEAST_BYTES;
      ok(bytes >= least, `${name}: expected ${least} bytes of rows at HANA, ${bytes} came`);
      return { rows, milliseconds };
    },
  };
}

/** node-hdb with the batch size that was fastest on the first rows. */
async function nodeHdb(client: IngestClient, rows: readonly IngestRow[]): Promise<Filler['fill']> {
  const trial = rows.slice(0, TRIAL_ROWS);
  let best = { size: 0, milliseconds: Number.POSITIVE_INFINITY };
  for (const size of BATCH_SIZES.filter((each) => each === BATCH_SIZES[0] || each <= rows.length)) {
    await client.makeTable(DISCARDED_TABLE, INGEST_COLUMNS);
    const start = performance.now();
    await client.fill(DISCARDED_TABLE, trial, size);
    const milliseconds = performance.now() - start;
    if (milliseconds < best.milliseconds) best = { size, milliseconds };
  }
  process.stdout.write(`node-hdb is fastest with batches of ${best.size} rows\n`);
  return (table) => client.fill(table, rows, best.size);
}

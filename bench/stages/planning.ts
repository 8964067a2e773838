import { connectFlight } from '../../src/flight/client.ts';
import { DEMO } from '../credentials.ts';
import type { FigureGroup } from '../figures.ts';
import { openHdbClient, prepareAndDrop } from '../peers/node/node-hdb.ts';
import { replaySql } from '../replay/replay-query.ts';
import { startReplayServer } from '../replay/replay-server.ts';
import { Resources } from '../resources.ts';
import { ServeProcess } from '../serve-process.ts';
import type { Stage, StageOptions } from '../stage.ts';
import { interleave } from '../timing.ts';

const BASELINE = 'node-hdb prepares and drops';
/** Of one run: a single one would be over before the clock has moved. */
const CALLS = 50;

/** `npm run bench -- planning`: what a client waits for before it may ask for rows. */
export const planningStage: Stage = {
  name: 'planning',
  summary: `GetFlightInfo of a query ${CALLS} times, beside node-hdb's PREPARE`,
  takesWorkload: true,
  short: { rows: 1000, rounds: 3 },
  rows: 1000,
  run: (options) => Resources.during(async (resources) => [await run(options, resources)]),
};

async function run(options: StageOptions, resources: Resources): Promise<FigureGroup> {
  const { workload, rows, seed, rounds, only, profileFolder } = options;
  const hana = await startReplayServer({ workload: workload.name, rows, seed });
  resources.add(hana, (each) => each.close());
  const { host, port } = hana;
  const hdb = resources.add(await openHdbClient({ host, port, ...DEMO }), (each) => each.end());
  const flags = ['--hana', `hdbsql://${host}:${port}`];
  const server = await ServeProcess.start({ flags, profileFolder });
  resources.add(server, (each) => each.stop());
  const flight = await connectFlight({ url: server.flight, credentials: DEMO });
  resources.add(flight, (each) => each.close());
  const sql = replaySql({ workload: workload.name });
  const { schema, endpoints } = await flight.execute(sql);
  if (schema.fields.length !== workload.columns.length || endpoints.length === 0) {
    throw new Error(`expected ${workload.columns.length} columns and an endpoint`);
  }
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    [BASELINE]: () => prepareAndDrop(hdb, sql),
    'hana-flight GetFlightInfo': () => flight.execute(sql),
  };
  const contenders = Object.entries(calls).map(([name, call]) => ({
    name,
    processes: { server: server.pid, client: process.pid, HANA: hana.pid },
    run: async () => {
      for (let done = 0; done < CALLS; done++) await call();
      return { rows: CALLS };
    },
  }));
  return interleave(contenders, {
    title: `${CALLS} calls, one after the other`,
    measure: 'time',
    baseline: BASELINE,
    rounds,
    rows: CALLS,
    bytes: 0,
    bytesOf: 'no',
    checked: 'the number of columns',
    only,
  });
}

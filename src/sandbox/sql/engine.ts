import type { Engine, EngineSession, LobRegistry, SessionIdentity } from '../engine.ts';
import type { SessionRegistry } from '../session-registry.ts';
import { Catalog, SYSTEM_SCHEMA, SYSTEM_USER } from './catalog/catalog.ts';
import { newTable } from './catalog/definitions.ts';
import { registerSystemViews } from './catalog/system-views.ts';
import { CommitClock } from './commit-clock.ts';
import { createTableSql } from './create-table.ts';
import { loadDemo } from './demo/load-demo.ts';
import { DuckConnections } from './duck-connections.ts';
import { DuckEngineSession } from './engine-session.ts';
import { createHanaFunctions } from './hana-functions.ts';
import { ReplayStore } from './replay.ts';
import { DuckSession, type SharedState } from './session.ts';
import { hanaType } from './types/hana-type.ts';

export interface DuckEngineOptions {
  /** Rows of SALES.TRANSACTIONS and of SALES.TRANSACTION_HISTORY. */
  readonly rows: number;
  /** Users and their passwords in place of the built-in ones; names in upper case. */
  readonly users?: Readonly<Record<string, string>>;
  /** The server's sessions: for the monitoring views and for ALTER SYSTEM CANCEL SESSION. */
  readonly registry?: SessionRegistry;
  /** Memory for results that are served again as they were encoded; default 0, none. */
  readonly replayBytes?: number | undefined;
}

/** DEMO reads and writes the demo schema, SYSTEM everything, RESTRICTED owns nothing. */
export const DEFAULT_USERS: Readonly<Record<string, string>> = {
  DEMO: 'Demo1234',
  SYSTEM: 'Manager1',
  RESTRICTED: 'Restricted1',
};

/** Opens the sandbox's database: DuckDB in memory, loaded with the demo data. */
export async function openDuckEngine(options: DuckEngineOptions): Promise<Engine> {
  const connections = await DuckConnections.create();
  const users = options.users ?? DEFAULT_USERS;
  const shared: SharedState = {
    connections,
    clock: new CommitClock(connections),
    replay: new ReplayStore(options.replayBytes ?? 0),
    catalog: new Catalog(),
    registry: options.registry,
    users: Object.keys(users),
    explained: [],
    transactions: new Map(),
  };
  await createSchemas(shared);
  await loadDemo(shared, options.rows);
  return {
    passwordOf: (user) => (Object.hasOwn(users, user) ? users[user] : undefined),
    openSession: async (identity: SessionIdentity, lobs: LobRegistry): Promise<EngineSession> =>
      new DuckEngineSession(await DuckSession.open(identity, shared, lobs)),
    close: () => {
      connections.close();
      return Promise.resolve();
    },
  };
}

async function createSchemas({ connections, catalog, users }: SharedState): Promise<void> {
  const connection = await connections.acquire();
  await createHanaFunctions(connection);
  for (const schema of [SYSTEM_SCHEMA, ...users]) {
    await connection.run(`CREATE SCHEMA "${schema}"`);
    catalog.addSchema(schema, schema === SYSTEM_SCHEMA ? SYSTEM_USER : schema);
  }
  await connection.run(createTableSql(DUMMY));
  await connection.run(`INSERT INTO "SYS"."DUMMY" VALUES ('X')`);
  catalog.put(DUMMY);
  registerSystemViews(catalog);
  connections.release(connection);
}

/** The table of one row that a SELECT without a table reads. */
const DUMMY = newTable({
  schemaName: SYSTEM_SCHEMA,
  name: 'DUMMY',
  owner: SYSTEM_USER,
  columnStore: false,
  columns: [{ name: 'DUMMY', type: hanaType('VARCHAR', 1), nullable: true }],
});

import type { DuckDBConnection } from '@duckdb/node-api';
import type { LobRegistry, SessionIdentity } from '../engine.ts';
import type { SessionRegistry } from '../session-registry.ts';
import { type Catalog, SYSTEM_SCHEMA } from './catalog/catalog.ts';
import { refreshSystemViews, sessionViewTablesSql } from './catalog/system-views.ts';
import type { ExplainedOperator } from './catalog/views/system-view.ts';
import type { CommitClock } from './commit-clock.ts';
import type { DuckConnections } from './duck-connections.ts';
import type { QueryCursor } from './query-cursor.ts';
import { quoteName } from './rendered-sql.ts';
import type { ReplayStore } from './replay.ts';
import type { CompileContext } from './rewrites/rewrite.ts';
import { SessionTransaction, type TransactionFacts } from './transaction.ts';
import type { ColumnFact, ColumnOrigin } from './types/column-fact.ts';

/** What all sessions share. */
export interface SharedState {
  readonly connections: DuckConnections;
  readonly clock: CommitClock;
  readonly replay: ReplayStore;
  readonly catalog: Catalog;
  readonly registry: SessionRegistry | undefined;
  readonly users: readonly string[];
  /** Rows of EXPLAIN_PLAN_TABLE. */
  readonly explained: ExplainedOperator[];
  /** Transactions by connection id. */
  readonly transactions: Map<number, { readonly facts: TransactionFacts }>;
}

interface RunningWork {
  readonly connection: DuckDBConnection;
  readonly ended: Promise<unknown>;
}

/** What one connection has: its transaction, schema, variables and open cursors. */
export class DuckSession {
  readonly identity: SessionIdentity;
  readonly shared: SharedState;
  readonly lobs: LobRegistry;
  readonly transaction: SessionTransaction;
  /** For compiling and for DDL, which commits: never inside the session's transaction. */
  readonly utility: DuckDBConnection;
  readonly sessionSchema: string;
  /** SET TRANSACTION READ ONLY: holds for the session until READ WRITE. */
  readOnly = false;
  readonly #main: DuckDBConnection;
  readonly #variables = new Map<string, string>();
  readonly #cursors = new Map<QueryCursor, DuckDBConnection | undefined>();
  readonly #running = new Set<RunningWork>();
  #currentSchema: string;
  #epoch = 0;
  #closed = false;

  private constructor(
    identity: SessionIdentity,
    shared: SharedState,
    lobs: LobRegistry,
    [main, utility]: readonly [DuckDBConnection, DuckDBConnection],
  ) {
    this.identity = identity;
    this.shared = shared;
    this.lobs = lobs;
    this.#main = main;
    this.utility = utility;
    this.transaction = new SessionTransaction(main, shared.clock);
    shared.transactions.set(identity.connectionId, this.transaction);
    this.sessionSchema = `_SYS_SESSION_${identity.connectionId}`;
    this.#currentSchema = identity.user;
  }

  static async open(
    identity: SessionIdentity,
    shared: SharedState,
    lobs: LobRegistry,
  ): Promise<DuckSession> {
    const { connections, catalog } = shared;
    const pair = [await connections.acquire(), await connections.acquire()] as const;
    const session = new DuckSession(identity, shared, lobs, pair);
    await session.utility.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(session.sessionSchema)}`);
    await session.utility.run(sessionViewTablesSql(session.sessionSchema));
    catalog.addSchema(session.sessionSchema, identity.user);
    return session;
  }

  get currentSchema(): string {
    return this.#currentSchema;
  }

  set currentSchema(name: string) {
    this.#currentSchema = name;
    this.#epoch++;
  }

  /** Changes whenever a compiled statement may have become wrong. */
  get version(): string {
    return `${this.#epoch} ${this.shared.catalog.version}`;
  }

  compileContext(sql: string): CompileContext {
    return {
      catalog: this.shared.catalog,
      sql,
      user: this.identity.user,
      currentSchema: this.#currentSchema,
      connectionId: this.identity.connectionId,
      sessionSchema: this.sessionSchema,
      variable: (name) => this.#variables.get(name),
      systemViews: new Set(),
      tables: [],
    };
  }

  async commit(): Promise<void> {
    await this.transaction.commit();
  }

  async rollback(): Promise<void> {
    await this.transaction.rollback();
  }

  interrupt(): void {
    this.#main.interrupt();
    this.utility.interrupt();
    for (const { connection } of this.#running) connection.interrupt();
    for (const [cursor, connection] of this.#cursors) {
      cursor.cancel();
      connection?.interrupt();
    }
  }

  setVariable(name: string, value: string): void {
    this.#variables.set(name, value);
    this.#epoch++;
  }

  unsetVariable(name: string): void {
    this.#variables.delete(name);
    this.#epoch++;
  }

  /** What the catalogue says about a column of a table or of the session's copy of a SYS view. */
  columnFact(origin: ColumnOrigin): ColumnFact | undefined {
    const { catalog } = this.shared;
    const isCopy = origin.schemaName === this.sessionSchema && !origin.tableName.startsWith('#');
    return catalog.columnFact(isCopy ? { ...origin, schemaName: SYSTEM_SCHEMA } : origin);
  }

  /** Runs a statement that commits by itself. */
  change(sql: string): Promise<unknown> {
    return this.shared.clock.commit(() => this.utility.run(sql));
  }

  /** Runs `work` on a connection that {@link interrupt} reaches; {@link close} waits for it. */
  async running<T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> {
    const running = work();
    const entry = { connection, ended: running.catch(() => undefined) };
    this.#running.add(entry);
    try {
      return await running;
    } finally {
      this.#running.delete(entry);
    }
  }

  /** The same for work on the transaction's connection. */
  runningInTransaction<T>(work: () => Promise<T>): Promise<T> {
    return this.running(this.#main, work);
  }

  /** @param connection the cursor's own connection; undefined when it reads on the transaction's. */
  addCursor(cursor: QueryCursor, connection: DuckDBConnection | undefined): void {
    this.#cursors.set(cursor, connection);
    if (connection === undefined) this.transaction.addCursor(cursor);
  }

  removeCursor(cursor: QueryCursor): void {
    this.#cursors.delete(cursor);
    this.transaction.removeCursor(cursor);
  }

  /** Brings the session's copies of SYS views up to date on the connection that will read them. */
  async refresh(views: ReadonlySet<string>, connection: DuckDBConnection): Promise<void> {
    if (views.size === 0) return;
    const context = {
      ...this.shared,
      identity: this.identity,
      currentSchema: this.#currentSchema,
      variables: this.#variables,
    };
    await refreshSystemViews(views, this.sessionSchema, context, connection);
  }

  /** Ends what is running, rolls back and gives the connections back. May be called twice. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#running.size > 0) this.interrupt();
    for (const { ended } of Array.from(this.#running)) await ended;
    // Closing a cursor takes it out of the map.
    for (const cursor of Array.from(this.#cursors.keys())) await cursor.close();
    await this.transaction.rollback();
    await this.utility.run(`DROP SCHEMA IF EXISTS ${quoteName(this.sessionSchema)} CASCADE`);
    this.shared.catalog.dropSchema(this.sessionSchema);
    this.shared.transactions.delete(this.identity.connectionId);
    this.shared.connections.release(this.#main);
    this.shared.connections.release(this.utility);
  }
}

import type { ArrowSchema } from '../arrow/types.ts';
import { HanaFlightError } from '../core/errors.ts';
import type { HanaConnection } from '../driver/hana-connection.ts';
import type {
  DbSchemaFilter,
  DbSchemaInfo,
  ForeignKeyColumn,
  PrimaryKeyColumn,
  TableFilter,
  TableInfo,
  TableRef,
  XdbcTypeInfo,
} from '../flight/catalog.ts';
import type {
  BatchStream,
  Call,
  CancelStatus,
  FlightSqlProducer,
  IngestRequest,
  PreparedStatement,
  ResultStream,
  SessionOptionError,
  SessionOptionValue,
  SqlInfoValue,
  StatementEndpoint,
  StatementPlan,
  StatementQuery,
} from '../flight/producer.ts';
import {
  readCrossReference,
  readDbSchemas,
  readExportedKeys,
  readImportedKeys,
  readPrimaryKeys,
  readTables,
  TABLE_TYPES,
} from './catalog.ts';
import type { CatalogOptions } from './catalog-columns.ts';
import { ingest } from './ingest/ingest.ts';
import type { Snapshots } from './partitioning/snapshots.ts';
import type { Connections } from './sessions/connections.ts';
import { getSessionOptions, setSessionOptions } from './sessions/session-options.ts';
import type { Sessions } from './sessions/sessions.ts';
import type { Transaction } from './sessions/transaction.ts';
import type { Transactions } from './sessions/transactions.ts';
import { hanaSqlInfo, type SqlInfoFactsOfServer } from './sql-info.ts';
import type { DescribedStatements } from './statements/described-statements.ts';
import type { PreparedStatements } from './statements/prepared-statements.ts';
import type { QueryReads } from './statements/query-reads.ts';
import type { RunningStatements } from './statements/running-statements.ts';
import type { QueryTicket, StatementHandles } from './statements/statement-handles.ts';
import type { StatementTask } from './statements/statement-task.ts';
import type { Statements } from './statements/statements.ts';
import { xdbcTypes } from './xdbc-types.ts';

export interface HanaProducerOptions {
  readonly connections: Connections;
  readonly sessions: Sessions;
  readonly transactions: Transactions;
  readonly statements: Statements;
  readonly prepared: PreparedStatements;
  readonly reads: QueryReads;
  readonly running: RunningStatements;
  readonly snapshots: Snapshots;
  readonly handles: StatementHandles;
  readonly described: DescribedStatements;
  readonly facts: SqlInfoFactsOfServer;
  readonly catalog: CatalogOptions;
}

/** Answers Flight SQL with SAP HANA: finds what a request is about, and lets the parts do the work. */
export class HanaProducer implements FlightSqlProducer {
  readonly #options: HanaProducerOptions;

  constructor(options: HanaProducerOptions) {
    this.#options = options;
  }

  async planStatement(query: StatementQuery, call: Call): Promise<StatementPlan> {
    return this.#options.statements.plan(this.#taskOf(query, call));
  }

  async describeStatement(query: StatementQuery, call: Call): Promise<ArrowSchema> {
    return this.#options.statements.describe(this.#taskOf(query, call));
  }

  async executeUpdate(query: StatementQuery, call: Call): Promise<number> {
    return this.#options.statements.execute(this.#taskOf(query, call), undefined);
  }

  async openStatement(handle: Uint8Array, call: Call): Promise<ResultStream> {
    const { handles, statements, reads } = this.#options;
    const ticket = await handles.openTicket(handle, call.principal);
    if (ticket.kind === 'done') return statements.empty();
    const transaction = this.#transactionOf(ticket, call);
    return reads.open(ticket, { call, transaction, schema: ticket.schema });
  }

  async createPreparedStatement(query: StatementQuery, call: Call): Promise<PreparedStatement> {
    return this.#options.prepared.create(this.#taskOf(query, call));
  }

  closePreparedStatement(handle: Uint8Array, call: Call): Promise<void> {
    return this.#options.prepared.close(handle, call);
  }

  bindParameters(handle: Uint8Array, parameters: BatchStream, call: Call): Promise<void> {
    return this.#options.prepared.bind(handle, parameters, call);
  }

  planPreparedStatement(handle: Uint8Array, call: Call): Promise<StatementPlan> {
    return this.#options.prepared.plan(handle, call);
  }

  describePreparedStatement(handle: Uint8Array, call: Call): Promise<ArrowSchema> {
    return this.#options.prepared.describe(handle, call);
  }

  executePreparedUpdate(
    handle: Uint8Array,
    parameters: BatchStream | undefined,
    call: Call,
  ): Promise<number> {
    return this.#options.prepared.execute(handle, parameters, call);
  }

  async ingest(request: IngestRequest, rows: BatchStream, call: Call): Promise<number> {
    const { connections, sessions, transactions } = this.#options;
    const id = request.transactionId;
    // ADBC leaves the transaction out of an ingest, although all its other statements name it.
    const transaction =
      id === undefined ? sessions.find(call)?.soleTransaction : transactions.find(textOf(id), call);
    if (request.temporary && transaction === undefined && call.session.id === undefined) {
      throw new HanaFlightError(
        'failed-precondition',
        'a temporary table lives in a session, and this client has none: log on by Handshake or keep cookies',
      );
    }
    transaction?.markDirty();
    this.#options.described.forgetAll();
    return connections.use({ call, transaction }, ({ connection }) =>
      ingest(connection, request, { stream: rows, signal: call.signal }),
    );
  }

  async beginTransaction(call: Call): Promise<Uint8Array> {
    return bytesOf(this.#options.transactions.begin(call).id);
  }

  endTransaction(id: Uint8Array, ending: 'commit' | 'rollback', call: Call): Promise<void> {
    return this.#options.transactions.end(textOf(id), ending, call);
  }

  async beginSavepoint(id: Uint8Array, name: string, call: Call): Promise<Uint8Array> {
    return bytesOf(await this.#options.transactions.beginSavepoint(textOf(id), name, call));
  }

  endSavepoint(id: Uint8Array, ending: 'release' | 'rollback', call: Call): Promise<void> {
    return this.#options.transactions.endSavepoint(textOf(id), ending, call);
  }

  async cancelStatement(handles: readonly Uint8Array[], call: Call): Promise<CancelStatus> {
    const tickets = await Promise.all(
      handles.map((handle) => this.#options.handles.openTicket(handle, call.principal)),
    );
    const queries = tickets.filter((ticket): ticket is QueryTicket => ticket.kind === 'query');
    if (queries.length === 0) return 'not-cancellable';
    const { running, snapshots } = this.#options;
    const ids = new Set(queries.map(({ id }) => id));
    const ended = await Promise.all([...ids].map((id) => running.cancel(id)));
    for (const { snapshot } of queries) if (snapshot !== undefined) snapshots.cancel(snapshot.id);
    return ended.every(Boolean) ? 'cancelled' : 'cancelling';
  }

  async renewStatement(handle: Uint8Array, call: Call): Promise<StatementEndpoint> {
    const { handles } = this.#options;
    const ticket = await handles.openTicket(handle, call.principal);
    return handles.sealTicket(ticket, call.principal);
  }

  setSessionOptions(
    options: ReadonlyMap<string, SessionOptionValue | undefined>,
    call: Call,
  ): Promise<ReadonlyMap<string, SessionOptionError>> {
    const { sessions, connections, described } = this.#options;
    described.forgetAll();
    return setSessionOptions(options, { call, sessions, connections });
  }

  getSessionOptions(call: Call): Promise<ReadonlyMap<string, SessionOptionValue>> {
    const { sessions, connections } = this.#options;
    return getSessionOptions({ call, sessions, connections });
  }

  async closeSession(call: Call): Promise<'closed'> {
    await this.#options.sessions.end(call);
    return 'closed';
  }

  /** None: a tenant is chosen at logon and never named in SQL. */
  async catalogs(): Promise<readonly string[]> {
    return [];
  }

  dbSchemas(filter: DbSchemaFilter, call: Call): Promise<readonly DbSchemaInfo[]> {
    return this.#read(call, (connection) => readDbSchemas(connection, filter));
  }

  tables(filter: TableFilter, call: Call): Promise<readonly TableInfo[]> {
    return this.#read(call, (connection) => readTables(connection, filter, this.#options.catalog));
  }

  async tableTypes(): Promise<readonly string[]> {
    return TABLE_TYPES;
  }

  primaryKeys(table: TableRef, call: Call): Promise<readonly PrimaryKeyColumn[]> {
    return this.#read(call, (connection) => readPrimaryKeys(connection, table));
  }

  exportedKeys(table: TableRef, call: Call): Promise<readonly ForeignKeyColumn[]> {
    return this.#read(call, (connection) => readExportedKeys(connection, table));
  }

  importedKeys(table: TableRef, call: Call): Promise<readonly ForeignKeyColumn[]> {
    return this.#read(call, (connection) => readImportedKeys(connection, table));
  }

  crossReference(
    primary: TableRef,
    foreign: TableRef,
    call: Call,
  ): Promise<readonly ForeignKeyColumn[]> {
    return this.#read(call, (connection) => readCrossReference(connection, primary, foreign));
  }

  async xdbcTypes(dataType: number | undefined): Promise<readonly XdbcTypeInfo[]> {
    return xdbcTypes(dataType);
  }

  async sqlInfo(): Promise<ReadonlyMap<number, SqlInfoValue>> {
    return hanaSqlInfo(this.#options.facts);
  }

  /**
   * The transaction that a ticket must be read in. A query that only reads was planned outside of it, and is
   * read there unless the transaction has changed something since, which it must see.
   */
  #transactionOf({ transaction: id, detached }: QueryTicket, call: Call): Transaction | undefined {
    const { transactions } = this.#options;
    if (id === undefined) return undefined;
    if (detached !== true) return transactions.find(id, call);
    const transaction = transactions.findOpen(id, call);
    return transaction?.untouched === false ? transaction : undefined;
  }

  #taskOf({ sql, transactionId }: StatementQuery, call: Call): StatementTask {
    const { transactions, connections } = this.#options;
    if (transactionId === undefined) return { sql, call, schema: connections.schemaOf(call) };
    return { sql, call, transaction: transactions.find(textOf(transactionId), call) };
  }

  #read<T>(call: Call, work: (connection: HanaConnection) => Promise<T>): Promise<T> {
    return this.#options.connections.use({ call }, ({ connection }) => work(connection));
  }
}

/** Ids are ASCII text on our side, bytes on the wire. */
function bytesOf(id: string): Uint8Array {
  return Buffer.from(id, 'latin1');
}

function textOf(id: Uint8Array): string {
  if (id.length === 0)
    throw new HanaFlightError('invalid-argument', 'expected an id, got no bytes');
  return Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('latin1');
}

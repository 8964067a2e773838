import type { ArrowBatch } from '../arrow/batch.ts';
import type { BodyCompression } from '../arrow/body-compression.ts';
import type { EncodedBatch } from '../arrow/ipc-batch.ts';
import type { ArrowSchema } from '../arrow/types.ts';
import type { Principal } from '../auth/principal.ts';
import type {
  DbSchemaFilter,
  DbSchemaInfo,
  ForeignKeyColumn,
  PrimaryKeyColumn,
  TableFilter,
  TableInfo,
  TableRef,
  XdbcTypeInfo,
} from './catalog.ts';
import type { ReaderProgress } from './reader-progress.ts';

/** What a backend learns about the call it serves. */
export interface Call {
  readonly principal: Principal;
  readonly session: CallSession;
  /** Aborted when the client cancelled, vanished, or the deadline passed; never after a normal end. */
  readonly signal: AbortSignal;
  /** Request headers, lower-case names, binary and `authorization` headers left out. */
  readonly headers: ReadonlyMap<string, string>;
  /** Of the batches of a result that the backend makes into messages itself; absent: none. */
  readonly compression?: BodyCompression | undefined;
}

/** Which session a call belongs to: the one in its bearer token, else that of its cookie. */
export interface CallSession {
  /** Undefined when the client showed neither. */
  readonly id: string | undefined;
  /** The id; a client without one gets one with the answer, as a cookie. */
  open(): string;
}

/** SQL text as a client sent it. */
export interface StatementQuery {
  readonly sql: string;
  /** Never empty. */
  readonly transactionId?: Uint8Array | undefined;
}

/** A Substrait plan as a client sent it. */
export interface SubstraitQuery {
  readonly plan: Uint8Array;
  readonly version: string;
  readonly transactionId?: Uint8Array | undefined;
}

/** The answer to GetFlightInfo of a statement: the endpoints hold opaque handles that DoGet brings back. */
export interface StatementPlan {
  readonly schema: ArrowSchema;
  readonly endpoints: readonly StatementEndpoint[];
  /** Rows in the result or affected by an update; -1 when unknown. */
  readonly totalRecords: number;
  /** True when the endpoints, read one after the other, keep the order of the statement. */
  readonly ordered: boolean;
  readonly appMetadata?: Uint8Array | undefined;
}

export interface StatementEndpoint {
  readonly handle: Uint8Array;
  /** When the handle stops being good for DoGet; absent: never, as far as is known. */
  readonly expiresAt?: Date | undefined;
}

/** Rows on their way: one schema, then batches. Leaving the loop early frees what stands behind it. */
export interface BatchStream {
  readonly schema: ArrowSchema;
  readonly batches: AsyncIterable<ArrowBatch>;
}

/** A result on its way to the client. */
export interface ResultStream {
  readonly schema: ArrowSchema;
  /** Batches, or the messages that a backend has made of them as the call asks for. */
  readonly batches: AsyncIterable<ArrowBatch | EncodedBatch>;
  /** Shared by the results that one client reads in turn; absent: the result stands alone. */
  readonly progress?: ReaderProgress | undefined;
}

export interface PreparedStatement {
  /** Opaque and constant for the life of the statement. */
  readonly handle: Uint8Array;
  /** Schema of the result; no fields for DML and DDL. */
  readonly datasetSchema: ArrowSchema;
  /** One nullable field per parameter marker. */
  readonly parameterSchema: ArrowSchema;
  readonly isUpdate: boolean;
}

/** What CommandStatementIngest asks for. */
export interface IngestRequest {
  readonly table: string;
  readonly dbSchema: string | undefined;
  readonly catalog: string | undefined;
  readonly temporary: boolean;
  readonly ifNotExists: 'create' | 'fail';
  readonly ifExists: 'fail' | 'append' | 'replace';
  readonly transactionId: Uint8Array | undefined;
  /** Options of the backend's own. */
  readonly options: ReadonlyMap<string, string>;
}

export type CancelStatus = 'unspecified' | 'cancelled' | 'cancelling' | 'not-cancellable';

export type SessionOptionValue = string | boolean | bigint | number | readonly string[];

/** Why an option could not be set. */
export type SessionOptionError = 'invalid-name' | 'invalid-value' | 'error';

/** A value of GetSqlInfo, by the member of its dense union. */
export type SqlInfoValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'bigint'; readonly value: bigint }
  | { readonly kind: 'int32'; readonly value: number }
  | { readonly kind: 'string-list'; readonly value: readonly string[] }
  | { readonly kind: 'int32-map'; readonly value: ReadonlyMap<number, readonly number[]> };

/** The answer to GetFlightInfo of what is not Flight SQL. */
export interface FlightPlan {
  readonly schema: ArrowSchema;
  readonly endpoints: readonly FlightEndpoint[];
  /** -1 when unknown. */
  readonly totalRecords: number;
  readonly ordered: boolean;
  readonly appMetadata?: Uint8Array | undefined;
}

export interface FlightEndpoint {
  readonly ticket: Uint8Array;
  /** Absent or empty: where the FlightInfo came from. */
  readonly locations?: readonly string[] | undefined;
  readonly expiresAt?: Date | undefined;
  readonly appMetadata?: Uint8Array | undefined;
}

/** The answer to PollFlightInfo. */
export interface FlightProgress {
  readonly plan: FlightPlan;
  /** Command to poll with the next time; absent when the work is done. */
  readonly nextCommand?: Uint8Array | undefined;
  /** From 0 to 1. */
  readonly progress?: number | undefined;
  readonly expiresAt?: Date | undefined;
}

/**
 * What a backend offers. Every method is optional: what is absent is answered UNIMPLEMENTED, so a
 * backend grows method by method. A method throws HanaFlightError; anything else becomes INTERNAL.
 */
export interface FlightSqlProducer {
  /** CommandStatementQuery in GetFlightInfo: learns the schema without executing a query. */
  planStatement?(query: StatementQuery, call: Call): Promise<StatementPlan>;
  /** CommandStatementQuery in GetSchema. Never executes anything. */
  describeStatement?(query: StatementQuery, call: Call): Promise<ArrowSchema>;
  /** DoGet of an endpoint handle made by a plan. */
  openStatement?(handle: Uint8Array, call: Call): Promise<ResultStream>;
  /**
   * CommandStatementUpdate in DoPut: executes it, once.
   * @returns rows affected; -1 when unknown.
   */
  executeUpdate?(query: StatementQuery, call: Call): Promise<number>;

  createPreparedStatement?(query: StatementQuery, call: Call): Promise<PreparedStatement>;
  closePreparedStatement?(handle: Uint8Array, call: Call): Promise<void>;
  /**
   * CommandPreparedStatementQuery in DoPut: keeps the rows for the next executions in place of those
   * bound before. The handle stays the same.
   */
  bindParameters?(handle: Uint8Array, parameters: BatchStream, call: Call): Promise<void>;
  /** CommandPreparedStatementQuery in GetFlightInfo, with what was bound last. */
  planPreparedStatement?(handle: Uint8Array, call: Call): Promise<StatementPlan>;
  /** CommandPreparedStatementQuery in GetSchema. */
  describePreparedStatement?(handle: Uint8Array, call: Call): Promise<ArrowSchema>;
  /**
   * CommandPreparedStatementUpdate in DoPut: executes once a row of `parameters`; without them once a
   * row of what was bound before, or just once.
   * @returns rows affected; -1 when unknown.
   */
  executePreparedUpdate?(
    handle: Uint8Array,
    parameters: BatchStream | undefined,
    call: Call,
  ): Promise<number>;

  /** CommandStatementSubstraitPlan in GetFlightInfo. */
  planSubstrait?(query: SubstraitQuery, call: Call): Promise<StatementPlan>;
  /** CommandStatementSubstraitPlan in GetSchema. */
  describeSubstrait?(query: SubstraitQuery, call: Call): Promise<ArrowSchema>;
  /** CommandStatementSubstraitPlan in DoPut. */
  executeSubstraitUpdate?(query: SubstraitQuery, call: Call): Promise<number>;
  createPreparedSubstraitPlan?(query: SubstraitQuery, call: Call): Promise<PreparedStatement>;

  /**
   * CommandStatementIngest in DoPut.
   * @returns rows ingested; -1 when unknown.
   */
  ingest?(request: IngestRequest, rows: BatchStream, call: Call): Promise<number>;

  /** @returns the id of the transaction, never empty. */
  beginTransaction?(call: Call): Promise<Uint8Array>;
  endTransaction?(id: Uint8Array, ending: 'commit' | 'rollback', call: Call): Promise<void>;
  /** @returns the id of the savepoint, never empty. */
  beginSavepoint?(transactionId: Uint8Array, name: string, call: Call): Promise<Uint8Array>;
  endSavepoint?(id: Uint8Array, ending: 'release' | 'rollback', call: Call): Promise<void>;

  /**
   * Ends the work behind endpoints: CancelFlightInfo and CancelQuery. A handle is what a plan gave, or
   * the ticket of a plain flight.
   */
  cancelStatement?(handles: readonly Uint8Array[], call: Call): Promise<CancelStatus>;
  /** RenewFlightEndpoint: the same endpoint, good for longer. */
  renewStatement?(handle: Uint8Array, call: Call): Promise<StatementEndpoint>;

  /** An undefined value takes the option away. @returns the options that could not be set. */
  setSessionOptions?(
    options: ReadonlyMap<string, SessionOptionValue | undefined>,
    call: Call,
  ): Promise<ReadonlyMap<string, SessionOptionError>>;
  getSessionOptions?(call: Call): Promise<ReadonlyMap<string, SessionOptionValue>>;
  closeSession?(call: Call): Promise<'closed' | 'closing' | 'not-closeable'>;

  /** Catalogs by name. Lists of the methods below may come in any order; they are sorted for the answer. */
  catalogs?(call: Call): Promise<readonly string[]>;
  dbSchemas?(filter: DbSchemaFilter, call: Call): Promise<readonly DbSchemaInfo[]>;
  tables?(filter: TableFilter, call: Call): Promise<readonly TableInfo[]>;
  tableTypes?(call: Call): Promise<readonly string[]>;
  primaryKeys?(table: TableRef, call: Call): Promise<readonly PrimaryKeyColumn[]>;
  /** Foreign keys that point to the table. */
  exportedKeys?(table: TableRef, call: Call): Promise<readonly ForeignKeyColumn[]>;
  /** Foreign keys of the table. */
  importedKeys?(table: TableRef, call: Call): Promise<readonly ForeignKeyColumn[]>;
  /** Foreign keys of `foreign` that point to `primary`. */
  crossReference?(
    primary: TableRef,
    foreign: TableRef,
    call: Call,
  ): Promise<readonly ForeignKeyColumn[]>;
  /** All types, or those with a SQL data type code. */
  xdbcTypes?(dataType: number | undefined, call: Call): Promise<readonly XdbcTypeInfo[]>;

  /** All SqlInfo values by id. Ids outside 0-9, 100, 101, 500-576 are sent only when asked for by number. */
  sqlInfo?(call: Call): Promise<ReadonlyMap<number, SqlInfoValue>>;

  /** GetFlightInfo of a descriptor whose command is not Flight SQL. */
  planFlight?(command: Uint8Array, call: Call): Promise<FlightPlan>;
  /** DoGet of a ticket that is not Flight SQL. */
  openFlight?(ticket: Uint8Array, call: Call): Promise<ResultStream>;
  /**
   * PollFlightInfo of a command. Without it, or when it answers undefined, the plan of GetFlightInfo is
   * the complete answer.
   */
  pollFlight?(command: Uint8Array, call: Call): Promise<FlightProgress | undefined>;
  /** DoAction of a type that neither Flight nor Flight SQL defines. @returns the bodies of the results. */
  runAction?(type: string, body: Uint8Array, call: Call): Promise<readonly Uint8Array[]>;
}

import type { ArrowBatch } from '../arrow/batch.ts';
import type { ArrowSchema } from '../arrow/types.ts';
import type { Principal } from '../auth/principal.ts';

/** What a backend learns about the call it serves. */
export interface Call {
  readonly principal: Principal;
  /** Aborted when the client cancelled, vanished, or the deadline passed; never after a normal end. */
  readonly signal: AbortSignal;
  /** Request headers, lower-case names, binary and `authorization` headers left out. */
  readonly headers: ReadonlyMap<string, string>;
}

/** SQL text as a client sent it. */
export interface StatementQuery {
  readonly sql: string;
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
}

export interface StatementEndpoint {
  readonly handle: Uint8Array;
}

/** A result on its way: one schema, then batches. Leaving the loop early frees what stands behind it. */
export interface BatchStream {
  readonly schema: ArrowSchema;
  readonly batches: AsyncIterable<ArrowBatch>;
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

/** A value of GetSqlInfo, by the member of its dense union. */
export type SqlInfoValue =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'bigint'; readonly value: bigint }
  | { readonly kind: 'int32'; readonly value: number }
  | { readonly kind: 'string-list'; readonly value: readonly string[] }
  | { readonly kind: 'int32-map'; readonly value: ReadonlyMap<number, readonly number[]> };

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
  openStatement?(handle: Uint8Array, call: Call): Promise<BatchStream>;

  /**
   * CommandStatementUpdate in DoPut: executes it, once.
   * @returns rows affected; -1 when unknown.
   */
  executeUpdate?(query: StatementQuery, call: Call): Promise<number>;

  createPreparedStatement?(query: StatementQuery, call: Call): Promise<PreparedStatement>;
  closePreparedStatement?(handle: Uint8Array, call: Call): Promise<void>;
  /** CommandPreparedStatementQuery in GetFlightInfo. */
  planPreparedStatement?(handle: Uint8Array, call: Call): Promise<StatementPlan>;
  /** CommandPreparedStatementQuery in GetSchema. */
  describePreparedStatement?(handle: Uint8Array, call: Call): Promise<ArrowSchema>;
  /**
   * CommandPreparedStatementUpdate in DoPut, without parameters: executes it, once.
   * @returns rows affected; -1 when unknown.
   */
  executePreparedUpdate?(handle: Uint8Array, call: Call): Promise<number>;

  /** All SqlInfo values by id. Ids outside 0-9, 100, 101, 500-576 are sent only when asked for by number. */
  sqlInfo?(call: Call): Promise<ReadonlyMap<number, SqlInfoValue>>;
}

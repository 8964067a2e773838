import type { ArrowSchema } from '../arrow/types.ts';
import { HanaFlightError } from '../core/errors.ts';
import { type BatchOptions, readBatches } from '../driver/columnar/batch-stream.ts';
import { resultSchema } from '../driver/columnar/result-schema.ts';
import type { HanaStatement } from '../driver/hana-connection.ts';
import type { HanaPool, Lease } from '../driver/pool/pool.ts';
import type {
  BatchStream,
  Call,
  FlightSqlProducer,
  PreparedStatement,
  SqlInfoValue,
  StatementPlan,
  StatementQuery,
} from '../flight/producer.ts';
import { LeasedBatches } from './leased-batches.ts';
import { parameterSchema } from './parameter-schema.ts';
import { schemaFingerprint } from './schema-fingerprint.ts';
import { hanaSqlInfo } from './sql-info.ts';
import type { StatementHandles } from './statement-handles.ts';

export interface HanaProducerOptions {
  readonly pool: HanaPool;
  readonly handles: StatementHandles;
  readonly versions: { readonly server: string; readonly arrow: string };
  /** How result sets become Arrow batches. */
  readonly batches: BatchOptions;
}

const NO_COLUMNS: ArrowSchema = { fields: [] };

async function* noBatches(): AsyncGenerator<never> {}

/** Answers Flight SQL with SAP HANA. Keeps no state of its own: what it needs later travels in sealed handles. */
export class HanaProducer implements FlightSqlProducer {
  readonly #options: HanaProducerOptions;

  constructor(options: HanaProducerOptions) {
    this.#options = options;
  }

  /** A query is only compiled here; DML and DDL are executed here, once, because DoGet may come twice or never. */
  planStatement(query: StatementQuery, call: Call): Promise<StatementPlan> {
    return this.#withStatement(query, call, async (statement) => {
      refuseParameters(statement);
      return statement.columns.length > 0
        ? this.#planQuery(query.sql, this.#schemaOf(statement), call)
        : this.#planExecuted(await affectedRows(statement), call);
    });
  }

  executeUpdate(query: StatementQuery, call: Call): Promise<number> {
    return this.#withStatement(query, call, async (statement) => {
      refuseParameters(statement);
      refuseRows(statement);
      return affectedRows(statement);
    });
  }

  describeStatement(query: StatementQuery, call: Call): Promise<ArrowSchema> {
    return this.#withStatement(query, call, async (statement) => this.#schemaOf(statement));
  }

  async openStatement(handle: Uint8Array, call: Call): Promise<BatchStream> {
    const ticket = await this.#options.handles.openTicket(handle, call.principal);
    return ticket.kind === 'done'
      ? { schema: NO_COLUMNS, batches: noBatches() }
      : this.#openQuery(ticket.sql, ticket.fingerprint, call);
  }

  createPreparedStatement(query: StatementQuery, call: Call): Promise<PreparedStatement> {
    return this.#withStatement(query, call, async (statement) => ({
      handle: await this.#options.handles.sealPrepared(query.sql, call.principal),
      datasetSchema: this.#schemaOf(statement),
      parameterSchema: parameterSchema(statement.parameters, this.#options.batches.types),
      isUpdate: statement.columns.length === 0,
    }));
  }

  /** Nothing is kept for a prepared statement, so nothing is freed; the handle itself is still checked. */
  async closePreparedStatement(handle: Uint8Array, call: Call): Promise<void> {
    await this.#options.handles.openPrepared(handle, call.principal);
  }

  async planPreparedStatement(handle: Uint8Array, call: Call): Promise<StatementPlan> {
    return this.planStatement(await this.#queryOf(handle, call), call);
  }

  async describePreparedStatement(handle: Uint8Array, call: Call): Promise<ArrowSchema> {
    return this.describeStatement(await this.#queryOf(handle, call), call);
  }

  async executePreparedUpdate(handle: Uint8Array, call: Call): Promise<number> {
    return this.executeUpdate(await this.#queryOf(handle, call), call);
  }

  async sqlInfo(): Promise<ReadonlyMap<number, SqlInfoValue>> {
    return hanaSqlInfo(this.#options.versions);
  }

  async #queryOf(handle: Uint8Array, call: Call): Promise<StatementQuery> {
    return { sql: await this.#options.handles.openPrepared(handle, call.principal) };
  }

  #schemaOf(statement: HanaStatement): ArrowSchema {
    return resultSchema(statement.columns, this.#options.batches.types);
  }

  async #planQuery(sql: string, schema: ArrowSchema, call: Call): Promise<StatementPlan> {
    const fingerprint = schemaFingerprint(schema);
    const handle = await this.#options.handles.sealTicket(
      { kind: 'query', sql, fingerprint },
      call.principal,
    );
    return { schema, endpoints: [{ handle }], totalRecords: -1, ordered: true };
  }

  async #planExecuted(totalRecords: number, call: Call): Promise<StatementPlan> {
    const handle = await this.#options.handles.sealTicket({ kind: 'done' }, call.principal);
    return { schema: NO_COLUMNS, endpoints: [{ handle }], totalRecords, ordered: true };
  }

  #openQuery(sql: string, fingerprint: string, call: Call): Promise<BatchStream> {
    return this.#onLease(call, async (lease) => {
      const outcome = await lease.connection.execute(sql);
      if (outcome.kind === 'count') {
        throw new HanaFlightError(
          'internal',
          'expected a result set of the query, HANA sent a row count',
        );
      }
      const { cursor } = outcome;
      const { schema, batches } = readBatches(cursor, this.#options.batches);
      const stream = new LeasedBatches({ lease, cursor, batches }, call.signal);
      if (schemaFingerprint(schema) !== fingerprint) {
        await stream.return();
        throw new HanaFlightError(
          'failed-precondition',
          'the columns of the result changed after GetFlightInfo described them; call GetFlightInfo again',
        );
      }
      return { schema, batches: stream };
    });
  }

  /** Compiles the text on a leased connection and drops the statement again, whatever `work` does. */
  async #withStatement<T>(
    query: StatementQuery,
    call: Call,
    work: (statement: HanaStatement) => Promise<T>,
  ): Promise<T> {
    checkQuery(query);
    return this.#onLease(call, async (lease) => {
      const statement = await lease.connection.prepare(query.sql);
      try {
        return await work(statement);
      } finally {
        await dropQuietly(statement);
        lease.release();
      }
    });
  }

  /**
   * Leases a connection for `work`, which ends the lease when it succeeds or hands it on; a failure ends
   * it here. While `work` runs, the end of the call closes the connection, and with it what HANA is doing.
   */
  async #onLease<T>(call: Call, work: (lease: Lease) => Promise<T>): Promise<T> {
    const { signal, principal } = call;
    const lease = await this.#options.pool.lease(principal.credentials, signal);
    const giveUp = (): void => lease.discard(abandoned(call));
    signal.addEventListener('abort', giveUp, { once: true });
    // The call may have ended between the lease and the listener.
    if (signal.aborted) giveUp();
    try {
      return await work(lease);
    } catch (cause) {
      lease.release();
      throw cause;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }
}

/** Executes DML or DDL. */
async function affectedRows(statement: HanaStatement): Promise<number> {
  const outcome = await statement.execute();
  if (outcome.kind === 'count') return outcome.affectedRows;
  await outcome.cursor.close();
  throw new HanaFlightError(
    'unimplemented',
    'the statement returned rows that HANA did not announce when it was prepared, as procedures do',
  );
}

/** A handle that cannot be dropped belongs to a lost connection; what `work` threw says more. */
async function dropQuietly(statement: HanaStatement): Promise<void> {
  try {
    await statement.drop();
  } catch {
    // HANA frees the statement with its session.
  }
}

function abandoned(call: Call): HanaFlightError {
  return new HanaFlightError('cancelled', 'the call ended while HANA was working on it', {
    cause: call.signal.reason,
  });
}

function refuseParameters(statement: HanaStatement): void {
  if (statement.parameters.length === 0) return;
  throw new HanaFlightError(
    'unimplemented',
    `the statement has ${statement.parameters.length} parameter marker(s); binding values is not offered yet`,
  );
}

function refuseRows(statement: HanaStatement): void {
  if (statement.columns.length === 0) return;
  throw new HanaFlightError(
    'invalid-argument',
    `expected a statement that changes data, got one that returns rows (${statement.columns.length} column(s)); use GetFlightInfo`,
  );
}

/** HANA's answer to no text at all is a protocol error that costs the connection. */
function checkQuery({ sql, transactionId }: StatementQuery): void {
  if (sql.trim() === '') {
    throw new HanaFlightError('invalid-argument', 'expected SQL text, got an empty one');
  }
  if (transactionId !== undefined && transactionId.length > 0) {
    throw new HanaFlightError(
      'unimplemented',
      'transactions are not offered; send no transaction_id',
    );
  }
}

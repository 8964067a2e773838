import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { BatchOptions } from '../../driver/columnar/batch-stream.ts';
import { resultSchema } from '../../driver/columnar/result-schema.ts';
import {
  expectedRowBytes,
  expectedStreamBytes,
  StreamMemory,
} from '../../driver/columnar/stream-memory.ts';
import { transactionCommand } from '../../driver/dialect/transaction-command.ts';
import type { HanaConnection, HanaStatement } from '../../driver/hana-connection.ts';
import type { EndpointTurn } from '../../driver/pool/endpoint-query.ts';
import type { Lease } from '../../driver/pool/pool.ts';
import { FunctionCode } from '../../driver/wire/function-code.ts';
import type { BatchStream, Call, StatementEndpoint, StatementPlan } from '../../flight/producer.ts';
import type { ReaderProgress } from '../../flight/reader-progress.ts';
import type { Connections, Task } from '../sessions/connections.ts';
import type { ParameterRows } from './bound-parameters.ts';
import { LeasedBatches } from './leased-batches.ts';
import { parameterRows, parameterText } from './parameter-text.ts';
import { QueryReaders } from './query-readers.ts';
import { openParameterQuery, openQuery, type QueryResult } from './query-result.ts';
import { executeAll, type RowStream } from './row-execution.ts';
import type { RunningStatements } from './running-statements.ts';
import { schemaFingerprint } from './schema-fingerprint.ts';
import type { QueryTicket, StatementHandles } from './statement-handles.ts';

/** A statement to run: its text, what it is part of, the values of its parameter markers. */
export interface StatementTask extends Task {
  readonly sql: string;
  readonly parameters?: ParameterRows | undefined;
}

export interface StatementsOptions {
  readonly connections: Connections;
  readonly handles: StatementHandles;
  readonly running: RunningStatements;
  /** How result sets become Arrow batches. */
  readonly batches: BatchOptions;
  /** Rows asked for with each fetch. */
  readonly fetchRows: number;
}

/** A result that is about to be read. */
interface Opening {
  readonly ticket: QueryTicket;
  readonly task: Task;
  readonly progress: ReaderProgress;
  /** To be called when nothing of it runs any more. */
  readonly ended: () => void;
}

const NO_COLUMNS: ArrowSchema = { fields: [] };

async function* noBatches(): AsyncGenerator<never> {}

/** Plans, describes and executes SQL. What a query needs later travels in its sealed ticket. */
export class Statements {
  readonly #options: StatementsOptions;
  readonly #readers = new QueryReaders();

  constructor(options: StatementsOptions) {
    this.#options = options;
  }

  /** A query is only compiled here; DML and DDL are executed here, once, because DoGet may come twice or never. */
  async plan(task: StatementTask): Promise<StatementPlan> {
    if (await endsTransaction(task)) return this.#planExecuted(0, task.call);
    return this.compile(task, async (statement, connection) => {
      if (statement.columns.length > 0) {
        checkParameters(statement, task.parameters);
        return this.#planQuery(task, statement);
      }
      return this.#planExecuted(
        await affectedRows(statement, connection, task.parameters),
        task.call,
      );
    });
  }

  /** The schema of the result; executes nothing. */
  describe(task: StatementTask): Promise<ArrowSchema> {
    return this.compile(task, async (statement) => this.#schemaOf(statement));
  }

  /** Executes DML or DDL. @returns rows affected. */
  async execute(task: StatementTask, rows: RowStream | undefined): Promise<number> {
    if (await endsTransaction(task)) return 0;
    return this.compile(task, async (statement, connection) => {
      refuseRows(statement);
      return affectedRows(statement, connection, rows);
    });
  }

  /** Starts to read the result behind a ticket; without a turn it is the only endpoint of its query. */
  async open(ticket: QueryTicket, task: Task): Promise<BatchStream> {
    const running = this.#options.running.enter(ticket.id, task.call);
    const turn = this.#turnOf(ticket, task.turn);
    const { progress, left } = this.#readers.enter(turn.query);
    const ended = (): void => {
      running.ended();
      left();
    };
    try {
      const opened = { ...task, call: running.call, turn };
      return await this.#open({ ticket, task: opened, progress, ended });
    } catch (cause) {
      ended();
      throw cause;
    }
  }

  /** The result of a statement that was executed already. */
  empty(): BatchStream {
    return { schema: NO_COLUMNS, batches: noBatches() };
  }

  /** Compiles the text and drops the statement again, whatever `work` does. */
  compile<T>(
    task: StatementTask,
    work: (statement: HanaStatement, connection: HanaConnection) => Promise<T>,
  ): Promise<T> {
    // HANA's answer to no text at all is a protocol error that costs the connection.
    if (task.sql.trim() === '') {
      throw new HanaFlightError('invalid-argument', 'expected SQL text, got an empty one');
    }
    return this.#options.connections.use(task, async ({ connection }) => {
      const statement = await connection.prepare(task.sql);
      if (statement.functionCode !== FunctionCode.SELECT) task.transaction?.markDirty();
      try {
        // A client that has left meanwhile does not want it executed.
        task.call.signal.throwIfAborted();
        return await work(statement, connection);
      } finally {
        await dropQuietly(statement);
      }
    });
  }

  #schemaOf(statement: HanaStatement): ArrowSchema {
    return resultSchema(statement.columns, this.#options.batches.types);
  }

  async #planQuery(task: StatementTask, statement: HanaStatement): Promise<StatementPlan> {
    const { handles } = this.#options;
    const schema = this.#schemaOf(statement);
    const { parameters } = task;
    const endpoint = await handles.sealTicket(
      {
        kind: 'query',
        id: handles.newTicketId(),
        sql: task.sql,
        fingerprint: schemaFingerprint(schema),
        transaction: task.transaction?.id,
        schema: task.schema,
        parameters: parameters && [...parameterText(parameters)],
        rowBytes: expectedRowBytes(statement.columns),
      },
      task.call.principal,
    );
    return planOf(schema, endpoint, -1);
  }

  async #planExecuted(totalRecords: number, call: Call): Promise<StatementPlan> {
    const { handle } = await this.#options.handles.sealTicket({ kind: 'done' }, call.principal);
    return planOf(NO_COLUMNS, { handle }, totalRecords);
  }

  #open({ ticket, task, progress, ended }: Opening): Promise<BatchStream> {
    const { connections } = this.#options;
    return connections.use(task, async ({ connection, keep }) => {
      const lease = keep();
      const result = await progress.during(() => this.#execute(ticket, connection, lease));
      const batches = new LeasedBatches(
        {
          lease,
          batches: result.batches,
          close: () => result.close(),
          cancel: () => connections.cancel(lease, task.call),
          onEnd: ended,
        },
        task.call.signal,
      );
      if (schemaFingerprint(result.schema) === ticket.fingerprint) {
        return { schema: result.schema, batches, progress };
      }
      await batches.return();
      throw new HanaFlightError(
        'failed-precondition',
        'the columns of the result changed after GetFlightInfo described them; call GetFlightInfo again',
      );
    });
  }

  #execute(
    { sql, parameters }: QueryTicket,
    connection: HanaConnection,
    lease: Lease,
  ): Promise<QueryResult> {
    const { batches } = this.#options;
    const memory = new StreamMemory(batches.targetBytes, (bytes) => lease.holds(bytes));
    const options = { ...batches, onPacket: (bytes: number) => memory.add(bytes) };
    if (parameters === undefined) return openQuery(connection, sql, options);
    return openParameterQuery(connection, sql, { parameters: parameterRows(parameters), options });
  }

  /** A query that was divided is large; one that was not is mostly small, and its first packet tells. */
  #turnOf({ id, rowBytes }: QueryTicket, turn: EndpointTurn | undefined): EndpointTurn {
    const { fetchRows, batches } = this.#options;
    if (turn === undefined) return { query: id, endpoint: 0, of: 1 };
    if (turn.of === 1 || rowBytes === undefined) return turn;
    const batchBytes = batches.targetBytes;
    return { ...turn, streamBytes: expectedStreamBytes({ rowBytes, fetchRows, batchBytes }) };
  }
}

/** COMMIT or ROLLBACK as SQL text ends what the client's transaction has done so far; the client goes on with it. */
async function endsTransaction({ sql, transaction }: StatementTask): Promise<boolean> {
  const ending = transactionCommand(sql);
  if (transaction === undefined || ending === undefined) return false;
  await transaction.endAndGoOn(ending);
  return true;
}

function planOf(
  schema: ArrowSchema,
  endpoint: StatementEndpoint,
  totalRecords: number,
): StatementPlan {
  return { schema, endpoints: [endpoint], totalRecords, ordered: true };
}

/** Executes DML or DDL, once a row of parameters if there are any. */
async function affectedRows(
  statement: HanaStatement,
  connection: HanaConnection,
  rows: RowStream | undefined,
): Promise<number> {
  checkParameters(statement, rows);
  if (rows !== undefined && statement.parameters.length > 0) {
    return (await executeAll(connection, statement, rows)).affectedRows;
  }
  const outcome = await statement.execute();
  if (outcome.kind === 'count') return outcome.affectedRows;
  await outcome.cursor.close();
  throw new HanaFlightError(
    'unimplemented',
    'the statement returned rows that HANA did not announce when it was prepared, as procedures do',
  );
}

/** A handle that cannot be dropped belongs to a lost connection; what the work threw says more. */
async function dropQuietly(statement: HanaStatement): Promise<void> {
  try {
    await statement.drop();
  } catch {
    // HANA frees the statement with its session.
  }
}

/** @throws HanaFlightError `invalid-argument` unless there is one column of values a marker. */
function checkParameters(
  { parameters }: HanaStatement,
  rows: { readonly schema: ArrowSchema } | undefined,
): void {
  const given = rows?.schema.fields.length ?? 0;
  if (given === parameters.length) return;
  throw new HanaFlightError(
    'invalid-argument',
    `expected values for ${parameters.length} parameter marker(s) of the statement, got ${given}`,
  );
}

function refuseRows(statement: HanaStatement): void {
  if (statement.columns.length === 0) return;
  throw new HanaFlightError(
    'invalid-argument',
    `expected a statement that changes data, got one that returns rows (${statement.columns.length} column(s)); use GetFlightInfo`,
  );
}

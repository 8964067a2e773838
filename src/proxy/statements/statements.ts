import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { RecentlyUsed } from '../../core/recently-used.ts';
import { resultSchema } from '../../driver/columnar/result-schema.ts';
import type { TypeOptions } from '../../driver/columnar/type-mapping.ts';
import { transactionCommand } from '../../driver/dialect/transaction-command.ts';
import type { HanaConnection, HanaStatement } from '../../driver/hana-connection.ts';
import { FunctionCode } from '../../driver/wire/function-code.ts';
import type { BatchStream, Call, StatementPlan } from '../../flight/producer.ts';
import type { Query } from '../../planner/sql/query.ts';
import { readQuery } from '../../planner/sql/read-query.ts';
import type { Connections } from '../sessions/connections.ts';
import type { DescribedStatements, StatementShape } from './described-statements.ts';
import type { PlaceOfQuery, PlannedStatement, QueryPlans } from './query-plans.ts';
import { executeAll, type RowStream } from './row-execution.ts';
import type { StatementHandles } from './statement-handles.ts';
import type { StatementTask } from './statement-task.ts';

export interface StatementsOptions {
  readonly connections: Connections;
  readonly handles: StatementHandles;
  readonly plans: QueryPlans;
  readonly described: DescribedStatements;
  readonly types: TypeOptions;
}

/** A statement that HANA has compiled. */
export interface Compiled extends PlaceOfQuery {
  readonly statement: HanaStatement;
}

const MAX_KNOWN_QUERIES = 200;
/** What is read of a text takes several times its length. */
const MAX_KNOWN_CHARACTERS = 8_192;

const NO_COLUMNS: ArrowSchema = { fields: [] };

async function* noBatches(): AsyncGenerator<never> {}

/** Plans, describes and executes SQL. What a query needs later travels in its sealed tickets. */
export class Statements {
  readonly #options: StatementsOptions;
  /** By text: a query is prepared, planned, and often asked again. */
  readonly #queries = new RecentlyUsed<Query>(MAX_KNOWN_QUERIES);

  constructor(options: StatementsOptions) {
    this.#options = options;
  }

  /** A query is only compiled here; DML and DDL are executed here, once, because DoGet may come twice or never. */
  async plan(task: StatementTask): Promise<StatementPlan> {
    if (await endsTransaction(task)) return this.#planExecuted(0, task.call);
    const { shape } = task;
    if (shape !== undefined) {
      const planned = await this.#place(task, (place) => this.#planQuery(task, shape, place));
      return this.#options.plans.seal(task, planned);
    }
    const outcome = await this.compile(task, async ({ statement, ...place }) =>
      statement.columns.length === 0
        ? affectedRows(statement, place.connection, task.parameters)
        : this.#planQuery(task, statement, place),
    );
    return typeof outcome === 'number'
      ? this.#planExecuted(outcome, task.call)
      : this.#options.plans.seal(task, outcome);
  }

  /** The schema of the result; executes nothing. */
  describe(task: StatementTask): Promise<ArrowSchema> {
    return this.compile(task, async ({ statement }) =>
      resultSchema(statement.columns, this.#options.types),
    );
  }

  /** Executes DML or DDL. @returns rows affected. */
  async execute(task: StatementTask, rows: RowStream | undefined): Promise<number> {
    if (await endsTransaction(task)) return 0;
    return this.compile(task, async ({ statement, connection }) => {
      refuseRows(statement);
      return affectedRows(statement, connection, rows);
    });
  }

  /** The result of a statement that was executed already. */
  empty(): BatchStream {
    return { schema: NO_COLUMNS, batches: noBatches() };
  }

  /**
   * Compiles the text and drops the statement again, whatever `work` does. FLIGHT hints are ours, so HANA does
   * not see them.
   */
  compile<T>(task: StatementTask, work: (compiled: Compiled) => Promise<T>): Promise<T> {
    return this.#place(task, async (place) => {
      const statement = await place.connection.prepare(place.query.text);
      if (statement.functionCode !== FunctionCode.SELECT) {
        this.#options.described.forgetAll();
        if (!place.detached) task.transaction?.markDirty();
      }
      try {
        // A client that has left meanwhile does not want it executed.
        task.call.signal.throwIfAborted();
        return await work({ ...place, statement });
      } finally {
        statement.drop();
      }
    });
  }

  /**
   * Where a statement is compiled and executed. What only reads does so outside of a transaction that has
   * changed nothing: many clients open one with every connection, and it would hold a connection to HANA
   * for nothing.
   */
  #place<T>(task: StatementTask, work: (place: PlaceOfQuery) => Promise<T>): Promise<T> {
    // HANA's answer to no text at all is a protocol error that costs the connection.
    if (task.sql.trim() === '') {
      throw new HanaFlightError('invalid-argument', 'expected SQL text, got an empty one');
    }
    const query = this.#queryIn(task.sql);
    const detached = query.readsOnly && task.transaction?.untouched === true;
    const place = detached ? { ...task, transaction: undefined } : task;
    return this.#options.connections.use(place, ({ connection }) =>
      work({ query, connection, detached }),
    );
  }

  #queryIn(sql: string): Query {
    const query = this.#queries.get(sql) ?? readQuery(sql);
    if (sql.length <= MAX_KNOWN_CHARACTERS) this.#queries.set(sql, query);
    return query;
  }

  #planQuery(
    task: StatementTask,
    shape: StatementShape,
    place: PlaceOfQuery,
  ): Promise<PlannedStatement> {
    checkParameters(shape, task.parameters);
    return this.#options.plans.plan(task, { ...place, shape });
  }

  async #planExecuted(totalRecords: number, call: Call): Promise<StatementPlan> {
    const { handle } = await this.#options.handles.sealTicket({ kind: 'done' }, call.principal);
    return { schema: NO_COLUMNS, endpoints: [{ handle }], totalRecords, ordered: true };
  }
}

/** COMMIT or ROLLBACK as SQL text ends what the client's transaction has done so far; the client goes on with it. */
async function endsTransaction({ sql, transaction }: StatementTask): Promise<boolean> {
  const ending = transactionCommand(sql);
  if (transaction === undefined || ending === undefined) return false;
  await transaction.endAndGoOn(ending);
  return true;
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

/** @throws HanaFlightError `invalid-argument` unless there is one column of values a marker. */
function checkParameters(
  { parameters }: StatementShape,
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

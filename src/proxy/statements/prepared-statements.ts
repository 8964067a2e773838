import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { resultSchema } from '../../driver/columnar/result-schema.ts';
import type { TypeOptions } from '../../driver/columnar/type-mapping.ts';
import type { BatchStream, Call, PreparedStatement, StatementPlan } from '../../flight/producer.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Transaction } from '../sessions/transaction.ts';
import type { Transactions } from '../sessions/transactions.ts';
import type { BoundParameters } from './bound-parameters.ts';
import type { DescribedStatements } from './described-statements.ts';
import { parameterSchema } from './parameter-schema.ts';
import type { StatementHandles } from './statement-handles.ts';
import type { StatementTask } from './statement-task.ts';
import type { Statements } from './statements.ts';

export interface PreparedStatementsOptions {
  readonly statements: Statements;
  readonly handles: StatementHandles;
  readonly bound: BoundParameters;
  readonly described: DescribedStatements;
  readonly sessions: Sessions;
  readonly transactions: Transactions;
  readonly types: TypeOptions;
}

/**
 * Prepared statements of Flight SQL. A handle is the sealed text, so nothing is kept for it but the
 * parameters that were bound last; HANA compiles the text again for each execution, from its plan cache.
 */
export class PreparedStatements {
  readonly #options: PreparedStatementsOptions;

  constructor(options: PreparedStatementsOptions) {
    this.#options = options;
  }

  async create(task: StatementTask): Promise<PreparedStatement> {
    const { sql, call, transaction } = task;
    const { statements, handles, described, types } = this.#options;
    const [handle, { columns, parameters }] = await Promise.all([
      handles.sealPrepared({ sql, transaction: transaction?.id }, call.principal),
      statements.compile(task, async ({ statement }) => statement),
    ]);
    const isUpdate = columns.length === 0;
    if (!isUpdate) described.remember(handle, { columns, parameters });
    return {
      handle,
      datasetSchema: resultSchema(columns, types),
      parameterSchema: parameterSchema(parameters, types, call.headers.get('user-agent')),
      isUpdate,
    };
  }

  async close(handle: Uint8Array, call: Call): Promise<void> {
    await this.#options.handles.openPrepared(handle, call.principal);
    this.#options.bound.forget(handle);
    this.#options.described.take(handle);
  }

  async bind(handle: Uint8Array, parameters: BatchStream, call: Call): Promise<void> {
    await this.#options.handles.openPrepared(handle, call.principal);
    await this.#options.bound.bind(handle, parameters);
  }

  async plan(handle: Uint8Array, call: Call): Promise<StatementPlan> {
    const task = await this.#taskOf(handle, call);
    const { bound, described, statements } = this.#options;
    const parameters = bound.find(handle);
    const shape = described.take(handle);
    return statements.plan({ ...task, parameters, shape });
  }

  async describe(handle: Uint8Array, call: Call): Promise<ArrowSchema> {
    return this.#options.statements.describe(await this.#taskOf(handle, call));
  }

  /** Without `parameters`, those that were bound before count: Rust binds first and then executes. */
  async execute(
    handle: Uint8Array,
    parameters: BatchStream | undefined,
    call: Call,
  ): Promise<number> {
    const task = await this.#taskOf(handle, call);
    const { signal } = call;
    const rows =
      parameters === undefined ? this.#options.bound.find(handle) : { ...parameters, signal };
    return this.#options.statements.execute(task, rows);
  }

  async #taskOf(handle: Uint8Array, call: Call): Promise<StatementTask> {
    const { sql, transaction } = await this.#options.handles.openPrepared(handle, call.principal);
    if (transaction === undefined) return { sql, call };
    return { sql, call, transaction: this.#transactionOf(transaction, call) };
  }

  /**
   * The transaction that the statement was prepared in. When that is over, the one that its session has
   * open instead, if any: ADBC goes on with its statements after a commit.
   */
  #transactionOf(id: string, call: Call): Transaction | undefined {
    const { transactions, sessions } = this.#options;
    const own = transactions.findOpen(id, call);
    if (own !== undefined) return own;
    if (call.session.id !== undefined) return sessions.find(call)?.soleTransaction;
    throw new HanaFlightError(
      'failed-precondition',
      'the transaction that the statement was prepared in is over; prepare it again',
    );
  }
}

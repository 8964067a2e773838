import { FunctionCode } from '../driver/wire/function-code.ts';
import { encodeResultSet } from '../driver/wire/parts/result-set.ts';
import { encodeResultSetId } from '../driver/wire/parts/result-set-id.ts';
import { encodeResultSetMetadata } from '../driver/wire/parts/result-set-metadata.ts';
import { encodeRowsAffected, ROW_FAILED } from '../driver/wire/parts/rows-affected.ts';
import { type Cursor, CursorTable, cancelled, isCancelled } from './cursors.ts';
import type { EngineOutcome, EngineSession, EngineValue, SandboxError } from './engine.ts';
import type { ArmedFault, FaultPlan } from './faults.ts';
import type { LobStore } from './lobs.ts';
import { errorsReply, makeReply, type Reply } from './reply.ts';
import type { ActiveStatement, ActiveTransaction, SessionRegistry } from './session-registry.ts';
import { prepareSessionStatement } from './session-statements.ts';
import { CompiledStatement } from './statements.ts';

/** Sizes of result-set packets. */
export interface FetchLimits {
  /** Rows that come with the reply to EXECUTE, unless the client says how many it wants. */
  readonly firstRows: number;
  /** The first packet ends once it is longer than this. */
  readonly firstBytes: number;
  /** Larger fetch sizes of clients are taken as this. */
  readonly maxFetchRows: number;
  /** A fetched packet ends once it is longer than this. */
  readonly maxFetchBytes: number;
}

/** What a session needs of its server and its engine. */
export interface SessionContext {
  readonly engine: EngineSession;
  readonly lobs: LobStore;
  readonly registry: SessionRegistry;
  readonly faults: FaultPlan;
  readonly limits: FetchLimits;
  /** A number for a statement or a transaction, unique in the server. */
  readonly nextNumber: () => number;
}

/** How a request wants its statement executed. */
export interface ExecutionTerms {
  readonly autoCommit: boolean;
  /** Bits of CommandOption. */
  readonly commandOptions: number;
  /** Rows that the client would like with the reply. */
  readonly fetchSize: number | undefined;
}

interface ResultSetTerms extends ExecutionTerms {
  readonly resultSetId: bigint;
  readonly fault: ArmedFault | undefined;
}

type ParameterRows = readonly (readonly EngineValue[])[];

interface RunningStatement {
  readonly statementId: string;
  readonly text: string;
  readonly startedAt: Date;
}

/** Runs the statements of one session: its transaction, its cursors, and what cancels them. */
export class StatementRunner {
  readonly #context: SessionContext;
  readonly #cursors: CursorTable;
  #transaction: ActiveTransaction | undefined;
  #running: RunningStatement | undefined;
  #engineBusy = false;
  #cancelRequested = false;

  constructor(context: SessionContext) {
    this.#context = context;
    this.#cursors = new CursorTable(context.lobs);
  }

  get transaction(): ActiveTransaction | undefined {
    return this.#transaction;
  }

  /** Serves one request; a cancelled one ends the transaction. */
  async serve(answer: () => Promise<Reply>): Promise<Reply> {
    this.#cancelRequested = false;
    try {
      return await answer();
    } catch (error) {
      if (isCancelled(error)) await this.rollback();
      throw error;
    } finally {
      this.#running = undefined;
    }
  }

  async compile(sql: string): Promise<CompiledStatement> {
    this.#begin(sql);
    const own = prepareSessionStatement(sql, {
      registry: this.#context.registry,
      commit: () => this.commit(),
      rollback: () => this.rollback(),
    });
    const compiled = own ?? (await this.#inEngine(() => this.#context.engine.prepare(sql)));
    return new CompiledStatement(sql, compiled);
  }

  /** Executes once per row of parameters; the reply has the first rows of a result. */
  async run(
    statement: CompiledStatement,
    rows: ParameterRows,
    terms: ExecutionTerms,
  ): Promise<Reply> {
    this.#begin(statement.sql);
    const fault = this.#context.faults.find(statement.sql);
    const corruption = fault?.rowsBefore(0) === 0 ? fault.strike(0) : undefined;
    if (!terms.autoCommit) this.#beginTransaction();
    const resultSetId = this.#cursors.reserveId();
    const outcome = await this.#inEngine(() => statement.engine.execute(rows, terms.autoCommit));
    const reply =
      outcome.kind === 'rows'
        ? await this.#openResultSet(statement, outcome, { ...terms, fault, resultSetId })
        : countReply(outcome);
    return corruption === undefined ? reply : { ...reply, corruption };
  }

  async fetch(resultSetId: bigint, fetchSize: number): Promise<Reply> {
    const cursor = this.#cursors.require(resultSetId);
    const { maxFetchRows, maxFetchBytes } = this.#context.limits;
    const rows = Math.min(Math.max(fetchSize, 1), maxFetchRows);
    this.#running = cursor;
    const { part, corruption } = await this.#fetchPart(cursor, rows, maxFetchBytes);
    return { ...makeReply(FunctionCode.FETCH, [part]), corruption };
  }

  closeResultSet(resultSetId: bigint): Promise<void> {
    return this.#cursors.close(resultSetId);
  }

  async commit(): Promise<void> {
    await this.#context.engine.commit();
    this.#transaction = undefined;
    await this.#cursors.endTransaction('commit');
  }

  async rollback(): Promise<void> {
    await this.#context.engine.rollback();
    this.#transaction = undefined;
    await this.#cursors.endTransaction('rollback');
  }

  /** Ends the running statement and the open cursors with error 139. */
  cancel(): void {
    this.#cancelRequested = true;
    for (const cursor of this.#cursors.all()) cursor.cancel();
    if (this.#engineBusy) this.#context.engine.interrupt();
  }

  /** The running statement and those with rows left to fetch. */
  activeStatements(): readonly ActiveStatement[] {
    const running = this.#running;
    const open = this.#cursors.all().filter((cursor) => !cursor.exhausted);
    const cursors = open.map(
      (cursor): ActiveStatement => ({
        statementId: cursor.statementId,
        text: cursor.text,
        startedAt: cursor.startedAt,
        status: cursor.statementId === running?.statementId ? 'running' : 'suspended',
        fetchedRows: cursor.sentRows,
      }),
    );
    if (running === undefined || cursors.some((one) => one.status === 'running')) return cursors;
    const { statementId, text, startedAt } = running;
    return [{ statementId, text, startedAt, status: 'running', fetchedRows: 0 }, ...cursors];
  }

  close(): Promise<void> {
    return this.#cursors.closeAll();
  }

  #begin(sql: string): void {
    if (this.#running?.text === sql) return;
    const statementId = String(this.#context.nextNumber());
    this.#running = { statementId, text: sql, startedAt: new Date() };
  }

  #beginTransaction(): void {
    this.#transaction ??= { transactionId: this.#context.nextNumber(), startedAt: new Date() };
  }

  /** A cancel that arrives while nothing runs in the engine would otherwise be lost. */
  async #inEngine<T>(work: () => Promise<T>): Promise<T> {
    if (this.#cancelRequested) throw cancelled();
    this.#engineBusy = true;
    try {
      return await work();
    } finally {
      this.#engineBusy = false;
    }
  }

  async #openResultSet(
    statement: CompiledStatement,
    outcome: EngineOutcome & { readonly kind: 'rows' },
    terms: ResultSetTerms,
  ): Promise<Reply> {
    statement.hold();
    const { limits } = this.#context;
    const cursor = this.#cursors.open(terms.resultSetId, {
      rows: outcome.rows,
      statementId: this.#running?.statementId ?? String(this.#context.nextNumber()),
      text: statement.sql,
      commandOptions: terms.commandOptions,
      fault: terms.fault,
      release: () => statement.release(),
    });
    const wanted = Math.min(Math.max(terms.fetchSize ?? limits.firstRows, 1), limits.maxFetchRows);
    const metadata = encodeResultSetMetadata(outcome.columns);
    const { part, corruption } = await this.#fetchPart(cursor, wanted, limits.firstBytes);
    const parts = [metadata, encodeResultSetId(cursor.id), part];
    return { ...makeReply(outcome.functionCode, parts), corruption };
  }

  async #fetchPart(cursor: Cursor, maxRows: number, targetBytes: number) {
    try {
      const { packet, corruption } = await this.#inEngine(() => cursor.fetch(maxRows, targetBytes));
      if (packet.closed) await this.#cursors.close(cursor.id);
      return { part: encodeResultSet(packet), corruption };
    } catch (error) {
      // A client drops a cursor that failed without closing it.
      await this.#cursors.close(cursor.id);
      throw error;
    }
  }
}

/** DDL counts nothing, but hdbconnect wants one number in every reply that is not a result. */
function countReply(outcome: EngineOutcome & { readonly kind: 'count' }): Reply {
  const { affectedRows, failures = [] } = outcome;
  if (failures.length > 0) return batchErrorReply(affectedRows, failures);
  const counts = affectedRows.length > 0 ? affectedRows : [0];
  return makeReply(outcome.functionCode, [encodeRowsAffected(counts)]);
}

/** The k-th error belongs to the k-th row that is marked as failed: go-hdb and hdbconnect count so. */
function batchErrorReply(
  affectedRows: readonly number[],
  failures: readonly SandboxError[],
): Reply {
  const failed = new Set(failures.map(({ row }) => row));
  const counts = affectedRows.map((count, row) => (failed.has(row) ? ROW_FAILED : count));
  return errorsReply(failures, [encodeRowsAffected(counts)]);
}

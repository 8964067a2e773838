import { FunctionCode } from '../driver/wire/function-code.ts';
import { PartKind } from '../driver/wire/part-kind.ts';
import { encodeOptions } from '../driver/wire/parts/options.ts';
import { encodeResultSet } from '../driver/wire/parts/result-set.ts';
import { encodeResultSetId } from '../driver/wire/parts/result-set-id.ts';
import { encodeResultSetMetadata } from '../driver/wire/parts/result-set-metadata.ts';
import { encodeRowsAffected, ROW_FAILED } from '../driver/wire/parts/rows-affected.ts';
import { TransactionFlag } from '../driver/wire/parts/transaction-flags.ts';
import { type Cursor, CursorTable, cancelled, isCancelled } from './cursors.ts';
import type {
  EngineOutcome,
  EngineSession,
  EngineValue,
  PackedRows,
  SandboxError,
} from './engine.ts';
import type { ArmedFault, FaultPlan } from './faults.ts';
import type { LobStore } from './lobs.ts';
import { errorReply, errorsReply, makeReply, type Reply } from './reply.ts';
import type { ActiveStatement, ActiveTransaction, SessionRegistry } from './session-registry.ts';
import { prepareSessionStatement } from './session-statements.ts';
import type { SlotRequest, StatementSlots } from './statement-slots.ts';
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
  readonly user: string;
  readonly faults: FaultPlan;
  readonly limits: FetchLimits;
  readonly slots: StatementSlots;
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

const WRITES: ReadonlySet<number> = new Set([
  FunctionCode.INSERT,
  FunctionCode.UPDATE,
  FunctionCode.DELETE,
]);

const INTERRUPT_INTERVAL_MS = 100;

/** Runs the statements of one session: its transaction, its cursors, and what cancels them. */
export class StatementRunner {
  readonly #context: SessionContext;
  readonly #cursors: CursorTable;
  #transaction: ActiveTransaction | undefined;
  #running: RunningStatement | undefined;
  #engineBusy = false;
  /** What the request being served has asked for last. */
  #slot: SlotRequest | undefined;
  #cancelRequested = false;
  /** The transaction has changed rows. */
  #hasWritten = false;
  /** What the request being served has done to the transaction: ids of TransactionFlag. */
  readonly #flags = new Set<number>();

  constructor(context: SessionContext) {
    this.#context = context;
    this.#cursors = new CursorTable(context.lobs);
  }

  get transaction(): ActiveTransaction | undefined {
    return this.#transaction;
  }

  /** Serves one request; a cancelled one ends the transaction, and the reply says so. */
  async serve(answer: () => Promise<Reply>): Promise<Reply> {
    this.#cancelRequested = false;
    this.#flags.clear();
    try {
      return this.#withFlags(await answer());
    } catch (error) {
      if (!isCancelled(error)) throw error;
      await this.rollback();
      return this.#withFlags(errorReply(error));
    } finally {
      this.#running = undefined;
    }
  }

  async compile(sql: string): Promise<CompiledStatement> {
    this.#begin(sql);
    const own = prepareSessionStatement(sql, {
      registry: this.#context.registry,
      user: this.#context.user,
      commit: () => this.commit(),
      rollback: () => this.rollback(),
    });
    if (own !== undefined) return new CompiledStatement(sql, own, 'server');
    const compiled = await this.#inEngine(() => this.#context.engine.prepare(sql));
    return new CompiledStatement(sql, compiled, 'engine');
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
    const execute = () => statement.engine.execute(rows, terms.autoCommit);
    // A cancel must not wait for what it cancels.
    const outcome = await (statement.place === 'server' ? execute() : this.#inEngine(execute));
    this.#noteOutcome(outcome, terms);
    const reply =
      outcome.kind === 'rows'
        ? await this.#openResultSet(statement, outcome, { ...terms, fault, resultSetId })
        : countReply(outcome);
    return corruption === undefined ? reply : { ...reply, corruption };
  }

  /**
   * Executes for rows as they came; undefined, and nothing done, when they must be taken apart for
   * {@link run}.
   */
  async runPacked(
    statement: CompiledStatement,
    rows: PackedRows,
    terms: ExecutionTerms,
  ): Promise<Reply | undefined> {
    const { engine, sql } = statement;
    if (engine.executePacked === undefined || this.#context.faults.find(sql) !== undefined) {
      return undefined;
    }
    this.#begin(sql);
    if (!terms.autoCommit) this.#beginTransaction();
    const outcome = await this.#inEngine(async () =>
      engine.executePacked?.(rows, terms.autoCommit),
    );
    if (outcome?.kind !== 'count') return undefined;
    this.#noteOutcome(outcome, terms);
    return countReply(outcome);
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
    this.#endTransaction(TransactionFlag.COMMITTED);
    await this.#cursors.endTransaction('commit');
  }

  async rollback(): Promise<void> {
    await this.#context.engine.rollback();
    this.#endTransaction(TransactionFlag.ROLLED_BACK);
    await this.#cursors.endTransaction('rollback');
  }

  /** Ends the running statement and the open cursors with error 139. */
  cancel(): void {
    this.#cancelRequested = true;
    for (const cursor of this.#cursors.all()) cursor.cancel();
    this.#slot?.abandon();
    this.#interrupt();
  }

  /** The running statement and those with rows left to fetch. */
  activeStatements(): readonly ActiveStatement[] {
    const running = this.#running;
    const open = this.#cursors.all().filter((cursor) => !cursor.over);
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

  /** More than once: what comes between two steps of a statement does not reach the second. */
  #interrupt(): void {
    if (!this.#engineBusy || !this.#cancelRequested) return;
    this.#context.engine.interrupt();
    setTimeout(() => this.#interrupt(), INTERRUPT_INTERVAL_MS).unref();
  }

  #endTransaction(flag: number): void {
    this.#transaction = undefined;
    this.#hasWritten = false;
    this.#flags.add(flag);
  }

  /**
   * Notes what a statement has done to the transaction. An autocommit that follows a write is not
   * reported; whether HANA does is not known.
   */
  #noteOutcome(outcome: EngineOutcome, terms: ExecutionTerms): void {
    if (outcome.kind === 'count' && outcome.committed === true) {
      this.#endTransaction(TransactionFlag.COMMITTED);
    }
    const writes = !terms.autoCommit && WRITES.has(outcome.functionCode);
    if (!writes || this.#hasWritten) return;
    this.#hasWritten = true;
    this.#flags.add(TransactionFlag.WRITE_TRANSACTION_STARTED);
  }

  #withFlags(reply: Reply): Reply {
    if (this.#flags.size === 0) return reply;
    const flags = [...this.#flags].map((id) => [id, { type: 'boolean', value: true }] as const);
    const part = encodeOptions(PartKind.TRANSACTIONFLAGS, new Map(flags));
    return { ...reply, parts: [...reply.parts, part] };
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
    const { slots } = this.#context;
    const slot = slots.request();
    this.#slot = slot;
    if (!(await slot.granted)) throw cancelled();
    try {
      if (this.#cancelRequested) throw cancelled();
      this.#engineBusy = true;
      return await work();
    } finally {
      this.#engineBusy = false;
      slots.release();
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

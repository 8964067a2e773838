import type { DuckDBConnection } from '@duckdb/node-api';
import { type EngineValue, type PackedRows, SandboxError } from '../engine.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { HANA_ERRORS } from './errors.ts';
import type { PackedInsert } from './packed-insert/packed-insert.ts';
import type { QueryCursor } from './query-cursor.ts';
import { executeAll, SingleRowWrite, type Write, type WriteResult } from './write-execution.ts';

/** READ COMMITTED takes a snapshot per statement, the others per transaction. */
export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/** Does again what a statement of the transaction has done. */
type Replay = (connection: DuckDBConnection) => Promise<unknown>;

/**
 * A session's transaction on a DuckDB connection of its own, begun when it is first needed.
 *
 * A failed statement ends DuckDB's transaction, while in HANA only the statement is undone. So the
 * statements of the transaction are kept and, after a failure, executed again in a new transaction;
 * SAVEPOINT works by the same means.
 */
export class SessionTransaction {
  readonly #connection: DuckDBConnection;
  readonly #cursors = new Set<QueryCursor>();
  readonly #savepoints = new Map<string, number>();
  #journal: Replay[] = [];
  #open = false;
  isolation: IsolationLevel = 'READ COMMITTED';

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** The connection, free of open results, inside the transaction. */
  async connection(): Promise<DuckDBConnection> {
    const failures = await this.#freeConnection();
    if (failures && this.#open) await this.#replay(this.#journal.length);
    if (!this.#open) {
      await this.#connection.run('BEGIN TRANSACTION');
      this.#open = true;
    }
    return this.#connection;
  }

  /** Tells that a result is open on the connection. */
  addCursor(cursor: QueryCursor): void {
    this.#cursors.add(cursor);
  }

  removeCursor(cursor: QueryCursor): void {
    this.#cursors.delete(cursor);
  }

  /**
   * Executes a write for each of its rows. Of several rows, those that fail undo themselves alone; a
   * single one, or a cancel, rejects.
   */
  async write(write: Write): Promise<WriteResult> {
    const connection = await this.connection();
    try {
      const counts = await executeAll(connection, write);
      this.#journal.push((again) => executeAll(again, write));
      return { counts, failures: [] };
    } catch (error) {
      await this.recover(error);
      if (write.rows.length < 2 || !this.#open) throw error;
      return this.#writeOneByOne(write);
    }
  }

  /**
   * Inserts rows as they came from the wire. False, and nothing done, when they must be written as rows
   * of values: one of them is wrong, or is none that this way takes.
   */
  async writePacked(insert: PackedInsert, rows: PackedRows): Promise<boolean> {
    const connection = await this.connection();
    try {
      if (!(await insert.append(connection, rows))) return false;
    } catch (error) {
      await this.recover(error);
      return false;
    }
    this.#journal.push((again) => insert.append(again, rows));
    return true;
  }

  /**
   * Brings the transaction back to where it was before a statement failed. A cancelled statement takes
   * the whole transaction with it.
   */
  async recover(failure: unknown): Promise<void> {
    if (!this.#open) return;
    const cancelled = failure instanceof SandboxError && failure.code === HANA_ERRORS.cancelled[0];
    if (cancelled) await this.rollback();
    else await this.#replay(this.#journal.length);
  }

  /** A name set before moves. */
  setSavepoint(name: string): void {
    this.#savepoints.delete(name);
    this.#savepoints.set(name, this.#journal.length);
  }

  /** Forgets a savepoint and those set after it. False when there is no such savepoint. */
  releaseSavepoint(name: string): boolean {
    if (!this.#savepoints.has(name)) return false;
    this.#forgetSavepointsAfter(name);
    return this.#savepoints.delete(name);
  }

  /** The savepoint itself stays. False when there is no such savepoint. */
  async rollbackTo(name: string): Promise<boolean> {
    const length = this.#savepoints.get(name);
    if (length === undefined) return false;
    this.#forgetSavepointsAfter(name);
    if (!this.#open) return true;
    await this.#freeConnection();
    await this.#replay(length);
    return true;
  }

  async commit(): Promise<void> {
    await this.#end('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.#end('ROLLBACK');
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  async #end(command: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    this.#savepoints.clear();
    if (!this.#open) return;
    if (await this.#freeConnection()) await this.#replay(this.#journal.length);
    this.#open = false;
    this.#journal = [];
    try {
      await this.#connection.run(command);
    } catch (error) {
      throw hanaErrorOf(error, undefined);
    }
  }

  /** A Map keeps the order in which its entries were set. */
  #forgetSavepointsAfter(name: string): void {
    const names = [...this.#savepoints.keys()];
    for (const later of names.slice(names.indexOf(name) + 1)) this.#savepoints.delete(later);
  }

  /** Takes open results off the connection; true when one failed, and the transaction with it. */
  async #freeConnection(): Promise<boolean> {
    let failed = false;
    for (const cursor of this.#cursors) {
      if ((await cursor.buffer()) !== undefined) failed = true;
    }
    this.#cursors.clear();
    return failed;
  }

  /** Goes on after each row that fails; the journal keeps the others. */
  async #writeOneByOne(write: Write): Promise<WriteResult> {
    const done: (readonly EngineValue[])[] = [];
    const counts: number[] = [];
    const failures: SandboxError[] = [];
    this.#journal.push((again) => executeAll(again, { ...write, rows: done }));
    const step = new SingleRowWrite(await this.connection(), write);
    try {
      for (const [index, row] of write.rows.entries()) {
        const outcome = await step.execute(row, index);
        counts.push(typeof outcome === 'number' ? outcome : 0);
        if (typeof outcome === 'number') {
          done.push(row);
          continue;
        }
        failures.push(outcome.failure);
        if (!outcome.aborted) continue;
        step.close();
        await this.recover(outcome.failure);
        if (!this.#open) throw outcome.failure;
      }
    } finally {
      step.close();
    }
    return { counts, failures };
  }

  async #replay(length: number): Promise<void> {
    const kept = this.#journal.slice(0, length);
    await this.#connection.run('ROLLBACK');
    this.#open = false;
    const connection = await this.connection();
    for (const replay of kept) await replay(connection);
    this.#journal = kept;
  }
}

import type { DuckDBConnection } from '@duckdb/node-api';
import { type EngineValue, type PackedRows, SandboxError } from '../engine.ts';
import type { TableDefinition } from './catalog/definitions.ts';
import { type CommitClock, tellStamp, UTC_NOW } from './commit-clock.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { HANA_ERRORS, hanaError } from './errors.ts';
import type { PackedInsert } from './packed-insert/packed-insert.ts';
import type { QueryCursor } from './query-cursor.ts';
import { stampVersions } from './system-versioning.ts';
import { executeAll, SingleRowWrite, type Write, type WriteResult } from './write-execution.ts';

/** READ COMMITTED takes a snapshot per statement, the others per transaction. */
export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/** What M_TRANSACTIONS shows of a transaction. */
export interface TransactionFacts {
  readonly isolation: IsolationLevel;
  /** Stamp of its first snapshot; undefined before it has one. */
  readonly startStamp: bigint | undefined;
  /** Stamp of the snapshot that its latest statement used. */
  readonly snapshotStamp: bigint | undefined;
}

/** Does again what a statement of the transaction has done. */
type Replay = (connection: DuckDBConnection) => Promise<unknown>;

/**
 * A session's transaction on a DuckDB connection of its own, begun when it is first needed.
 *
 * A failed statement ends DuckDB's transaction, while in HANA only the statement is undone. So the
 * statements of the transaction are kept and, after a failure, executed again in a new transaction;
 * SAVEPOINT works by the same means. A new transaction of DuckDB's has a new snapshot: above READ COMMITTED
 * that is an error, unless nothing was committed in between.
 */
export class SessionTransaction {
  readonly #connection: DuckDBConnection;
  readonly #clock: CommitClock;
  readonly #cursors = new Set<QueryCursor>();
  readonly #savepoints = new Map<string, number>();
  /** Tables with a period that the transaction has changed, by object id. */
  readonly #versioned = new Map<number, TableDefinition>();
  #journal: Replay[] = [];
  #open = false;
  #isolation: IsolationLevel = 'READ COMMITTED';
  #startStamp: bigint | undefined;
  #snapshotStamp: bigint | undefined;

  constructor(connection: DuckDBConnection, clock: CommitClock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** All statements of the transaction read one snapshot. */
  get keepsSnapshot(): boolean {
    return this.#isolation !== 'READ COMMITTED';
  }

  get facts(): TransactionFacts {
    return {
      isolation: this.#isolation,
      startStamp: this.#startStamp,
      snapshotStamp: this.#snapshotStamp,
    };
  }

  /** For the transaction that is open, or else for the next one; its end brings READ COMMITTED back. */
  setIsolation(level: IsolationLevel): void {
    this.#isolation = level;
  }

  /** Notes the snapshot that a statement of this transaction reads on a connection of its own. */
  noteSnapshot(stamp: bigint): void {
    this.#startStamp ??= stamp;
    this.#snapshotStamp = stamp;
  }

  /** The connection, free of open results, inside the transaction. */
  async connection(): Promise<DuckDBConnection> {
    const failures = await this.#freeConnection();
    if (failures && this.#open) await this.#replay(this.#journal.length);
    if (!this.#open) {
      const stamp = await this.#clock.begin(this.#connection, 'READ WRITE');
      this.#open = true;
      this.noteSnapshot(stamp);
      await tellStamp(this.#connection, stamp);
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
    if (write.versioned !== undefined)
      this.#versioned.set(write.versioned.objectId, write.versioned);
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
    if (this.#open) {
      const failed = await this.#freeConnection();
      if (failed && command === 'COMMIT') await this.#replay(this.#journal.length);
    }
    const wasOpen = this.#open;
    const changed = this.#journal.length > 0;
    const versioned = [...this.#versioned.values()];
    this.#forget();
    if (!wasOpen) return;
    try {
      if (!changed || command === 'ROLLBACK') await this.#connection.run(command);
      else await this.#clock.commit(() => this.#commitChanges(versioned));
    } catch (error) {
      throw hanaErrorOf(error, undefined);
    }
  }

  async #commitChanges(versioned: readonly TableDefinition[]): Promise<void> {
    try {
      if (versioned.length > 0) {
        const times = { start: UTC_NOW, commit: await this.#clock.commitTime() };
        for (const table of versioned) await stampVersions(this.#connection, table, times);
      }
      await this.#connection.run('COMMIT');
    } catch (error) {
      // A failed COMMIT ends DuckDB's transaction by itself, anything before it does not.
      await this.#connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /** The next transaction begins with nothing of this one. */
  #forget(): void {
    this.#open = false;
    this.#journal = [];
    this.#versioned.clear();
    this.#isolation = 'READ COMMITTED';
    this.#startStamp = undefined;
    this.#snapshotStamp = undefined;
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
    const stamp = this.#snapshotStamp;
    await this.#connection.run('ROLLBACK');
    this.#open = false;
    const connection = await this.connection();
    if (this.keepsSnapshot && this.#snapshotStamp !== stamp) {
      await this.rollback();
      throw hanaError(
        'snapshotLost',
        'transaction rolled back or statement cancelled: the snapshot of the transaction is lost',
      );
    }
    for (const replay of kept) await replay(connection);
    this.#journal = kept;
  }
}

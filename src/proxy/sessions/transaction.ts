import { HanaFlightError } from '../../core/errors.ts';
import { statements } from '../../driver/dialect/statements.ts';
import type { Lease } from '../../driver/pool/pool.ts';
import type { SharedLease } from './shared-lease.ts';

export interface TransactionOptions {
  readonly id: string;
  /** HANA user; nobody else may use the transaction. */
  readonly user: string;
  /** Gets a connection when the first statement comes. */
  readonly connect: (signal: AbortSignal) => Promise<SharedLease>;
  /** Takes the connection back when the transaction is over. */
  readonly disconnect: (shared: SharedLease) => void;
  readonly now: () => number;
}

export type TransactionEnding = 'commit' | 'rollback';

/**
 * A transaction of Flight SQL. Python's database interface opens one with every connection, so it
 * takes a connection to HANA only with its first statement, and gives an idle one back when nothing
 * would be lost by that.
 */
export class Transaction {
  readonly id: string;
  readonly user: string;
  readonly #options: TransactionOptions;
  #connecting: Promise<SharedLease> | undefined;
  #shared: SharedLease | undefined;
  /** True once a statement may have changed or locked something. */
  #dirty = false;
  #ended = false;
  #lostBy: HanaFlightError | undefined;
  #lastUsedMs: number;

  constructor(options: TransactionOptions) {
    this.id = options.id;
    this.user = options.user;
    this.#options = options;
    this.#lastUsedMs = options.now();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Milliseconds since it was last used; 0 while a statement runs. */
  get idleMs(): number {
    if (this.#connecting !== undefined || this.#shared?.idle === false) return 0;
    return this.#options.now() - this.#lastUsedMs;
  }

  /** True while it has a connection to HANA. */
  get connected(): boolean {
    return this.#shared !== undefined;
  }

  /**
   * True while no statement has changed, locked or set up anything: what only reads sees the same outside of
   * it, as HANA gives each statement a snapshot of its own.
   */
  get untouched(): boolean {
    return !this.#dirty && this.#lostBy === undefined && this.#shared?.connection.altered !== true;
  }

  /**
   * The connection, for one task.
   * @throws HanaFlightError `aborted` when the transaction is lost, `failed-precondition` when it is over.
   */
  async borrow(signal: AbortSignal): Promise<Lease> {
    if (this.#ended) throw over();
    this.#checkAlive();
    this.#lastUsedMs = this.#options.now();
    const shared = this.#shared ?? (await this.#connect(signal));
    this.#checkAlive();
    return shared.borrow();
  }

  /** Says that a statement of the transaction may change something. */
  markDirty(): void {
    this.#dirty = true;
  }

  /** @throws HanaFlightError `aborted` for a commit of what is lost already; else what HANA throws. */
  async end(ending: TransactionEnding): Promise<void> {
    try {
      await this.endAndGoOn(ending);
    } finally {
      this.#ended = true;
    }
  }

  /** As {@link end}, but what comes afterwards is a new transaction of the same id: SQL's own COMMIT. */
  async endAndGoOn(ending: TransactionEnding): Promise<void> {
    if (this.#ended) throw over();
    if (ending === 'commit') this.#checkAlive();
    await this.#finish(ending);
    this.#lostBy = undefined;
  }

  async setSavepoint(name: string, signal: AbortSignal): Promise<void> {
    this.markDirty();
    await this.#execute(statements.setSavepoint(name), signal);
  }

  async endSavepoint(
    name: string,
    ending: 'release' | 'rollback',
    signal: AbortSignal,
  ): Promise<void> {
    const sql =
      ending === 'release' ? statements.releaseSavepoint(name) : statements.rollbackTo(name);
    await this.#execute(sql, signal);
  }

  /**
   * Rolls back and gives the connection up because nobody used it. One that changed nothing goes on
   * with another connection later; one that did is lost, and every later statement is told so.
   */
  async expire(idleTimeoutMs: number): Promise<void> {
    if (this.#dirty) {
      this.#lostBy = new HanaFlightError(
        'aborted',
        `the transaction was rolled back because it was idle for ${idleTimeoutMs} ms (--transaction-idle-timeout)`,
      );
    }
    await this.#finish('rollback').catch(() => {});
  }

  async #connect(signal: AbortSignal): Promise<SharedLease> {
    this.#connecting ??= this.#options.connect(signal).then((shared) => {
      shared.connection.autoCommit = false;
      this.#shared = shared;
      return shared;
    });
    try {
      return await this.#connecting;
    } finally {
      this.#connecting = undefined;
    }
  }

  async #execute(sql: string, signal: AbortSignal): Promise<void> {
    const lease = await this.borrow(signal);
    try {
      await lease.connection.execute(sql);
    } finally {
      lease.release();
    }
  }

  async #finish(ending: TransactionEnding): Promise<void> {
    const shared = this.#shared;
    this.#shared = undefined;
    this.#dirty = false;
    if (shared === undefined) return;
    try {
      await (ending === 'commit' ? shared.connection.commit() : shared.connection.rollback());
      shared.connection.autoCommit = true;
      this.#options.disconnect(shared);
    } catch (cause) {
      const gone = !shared.connection.usable;
      shared.discard(HanaFlightError.from(cause));
      // HANA rolls back what a lost connection had begun.
      if (ending === 'rollback' && gone) return;
      throw cause;
    }
  }

  /** HANA rolls back on its own after a deadlock, a cancel, a lost connection. */
  #checkAlive(): void {
    const { connection } = this.#shared ?? {};
    if (connection !== undefined && this.#lostBy === undefined) {
      const { rolledBackBy, usable } = connection;
      if (rolledBackBy !== undefined) this.#lostBy = lost(rolledBackBy.message, rolledBackBy);
      else if (!usable) this.#lostBy = lost('the connection to HANA was lost');
    }
    if (this.#lostBy !== undefined) throw this.#lostBy;
  }
}

function lost(reason: string, cause?: unknown): HanaFlightError {
  return new HanaFlightError(
    'aborted',
    `the transaction was rolled back by HANA and must be ended: ${reason}`,
    { cause },
  );
}

function over(): HanaFlightError {
  return new HanaFlightError('failed-precondition', 'the transaction is over');
}

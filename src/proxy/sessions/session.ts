import { HanaFlightError } from '../../core/errors.ts';
import type { SessionOptionValue } from '../../flight/producer.ts';
import type { SharedLease } from './shared-lease.ts';
import type { Transaction } from './transaction.ts';

/** What is kept for one client between its calls. */
export class Session {
  /** HANA user of all its calls. */
  readonly user: string;
  readonly options = new Map<string, SessionOptionValue>();
  readonly transactions = new Set<Transaction>();
  /**
   * The connection that statements such as SET or CREATE LOCAL TEMPORARY TABLE have made this client's
   * own; all its later statements run there.
   */
  #pinned: SharedLease | undefined;
  #lostBy: HanaFlightError | undefined;
  #lastUsedMs: number;
  readonly #now: () => number;

  constructor(user: string, now: () => number) {
    this.user = user;
    this.#now = now;
    this.#lastUsedMs = now();
  }

  /** Milliseconds since the last call; 0 while its connection is in use. */
  get idleMs(): number {
    return this.#pinned?.idle === false ? 0 : this.#now() - this.#lastUsedMs;
  }

  touch(): void {
    this.#lastUsedMs = this.#now();
  }

  /** The only open transaction; undefined when there is none or more than one. */
  get soleTransaction(): Transaction | undefined {
    const open = [...this.transactions].filter(({ ended }) => !ended);
    return open.length === 1 ? open[0] : undefined;
  }

  /**
   * Undefined when the client has none of its own.
   * @throws HanaFlightError `aborted`, once, when it is gone and with it what the client had set up there.
   */
  get pinned(): SharedLease | undefined {
    if (this.#pinned !== undefined && !this.#pinned.connection.usable) {
      this.#pinned = undefined;
      this.#lostBy = new HanaFlightError(
        'aborted',
        'the connection of this session to HANA was lost, and with it its temporary tables and SET values; set them up again',
      );
    }
    const failure = this.#lostBy;
    this.#lostBy = undefined;
    if (failure !== undefined) throw failure;
    return this.#pinned;
  }

  /** Makes a connection the client's own. */
  pin(shared: SharedLease): void {
    this.#pinned = shared;
    this.touch();
  }

  get hasPinned(): boolean {
    return this.#pinned !== undefined;
  }

  isPinned(shared: SharedLease): boolean {
    return this.#pinned === shared;
  }

  /** Gives the connection up because nobody used it; the next statement is told so. */
  unpinIdle(idleTimeoutMs: number): void {
    this.#pinned?.end();
    this.#pinned = undefined;
    this.#lostBy = new HanaFlightError(
      'aborted',
      `the session was idle for ${idleTimeoutMs} ms (--session-idle-timeout): its temporary tables and SET values are gone; set them up again`,
    );
  }

  /** Rolls back what is open and gives the connection up. Never rejects. */
  async close(): Promise<void> {
    const open = [...this.transactions].filter(({ ended }) => !ended);
    await Promise.allSettled(open.map((transaction) => transaction.end('rollback')));
    this.transactions.clear();
    this.options.clear();
    this.#pinned?.end();
    this.#pinned = undefined;
  }
}

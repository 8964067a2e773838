import { HanaFlightError } from '../../core/errors.ts';
import type { HanaCredentials } from '../../core/hana-credentials.ts';
import { statements } from '../dialect/statements.ts';
import type { HanaConnection } from '../hana-connection.ts';
import { type Clock, systemClock } from './clock.ts';
import { CredentialsKeys } from './credentials-key.ts';
import { Turns } from './turns.ts';
import { WaitingLine } from './waiting-line.ts';

export interface PoolOptions {
  /** Opens a logged-on connection; `signal` ends the attempt. */
  readonly connect: (credentials: HanaCredentials, signal: AbortSignal) => Promise<HanaConnection>;
  readonly limits?: Partial<PoolLimits>;
  readonly clock?: Clock;
}

export interface PoolLimits {
  /** Most connections at a time, over all users; those being opened or closed count. */
  readonly poolMax: number;
  /** Most connections of one user at a time. */
  readonly poolMaxPerUser: number;
  /** Most connections kept although nobody uses them. */
  readonly poolMaxIdle: number;
  /** Longest wait for a connection to become free. */
  readonly acquireTimeoutMs: number;
  /** A connection that nobody used for this long is closed. */
  readonly idleTimeoutMs: number;
  /** A connection that nobody used for this long is tried before it is handed out. */
  readonly validateAfterMs: number;
  /** Longest wait for HANA's answer to that, or to a cancel; then the connection is given up. */
  readonly validateTimeoutMs: number;
  /** A connection older than this is not used again: HANA frees what a long session gathers. */
  readonly maxAgeMs: number;
}

const DEFAULT_LIMITS: PoolLimits = {
  poolMax: 32,
  poolMaxPerUser: Number.POSITIVE_INFINITY,
  poolMaxIdle: Number.POSITIVE_INFINITY,
  acquireTimeoutMs: 30_000,
  idleTimeoutMs: 300_000,
  validateAfterMs: 10_000,
  validateTimeoutMs: 5_000,
  maxAgeMs: 3_600_000,
};

/** Connections for cancelling that may be open beside those of the limits. */
const MAX_CANCELLING = 4;

/** A connection for one task. Exactly one of the two endings counts: the first that is called. */
export interface Lease {
  readonly connection: HanaConnection;
  /** Gives the connection back. It is used again only if it is {@link HanaConnection.reusable}. */
  release(): void;
  /** Closes the connection at once; what is in flight on it rejects with `cause`. */
  discard(cause: Error): void;
}

export interface PoolStats {
  readonly leased: number;
  readonly idle: number;
  readonly closing: number;
  readonly waiting: number;
}

/** Room for one connection, from before it is opened until after it is closed. */
interface Slot {
  readonly owner: string;
  connection: HanaConnection | undefined;
  openedAt: number;
  idleSince: number;
}

/** The connections to one HANA. A connection serves only callers with the credentials it was opened with. */
export class HanaPool {
  readonly #connect: PoolOptions['connect'];
  readonly #limits: PoolLimits;
  readonly #clock: Clock;
  readonly #keys = new CredentialsKeys();
  readonly #slots = new Set<Slot>();
  readonly #line: WaitingLine<Slot>;
  readonly #shutdown = new AbortController();
  /** Longest idle first. */
  #idle: Slot[] = [];
  readonly #closing = new Set<Slot>();
  readonly #cancelling = new Turns(MAX_CANCELLING);
  #stopSweep: () => void = () => {};
  #onEmpty: () => void = () => {};

  constructor(options: PoolOptions) {
    this.#connect = options.connect;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#line = new WaitingLine(this.#clock);
  }

  get stats(): PoolStats {
    const [idle, closing] = [this.#idle.length, this.#closing.size];
    const leased = this.#slots.size - idle - closing;
    return { leased, idle, closing, waiting: this.#line.length };
  }

  /**
   * A connection that is logged on with `credentials`.
   * @throws HanaFlightError `resource-exhausted` when none becomes free in time, `unauthenticated` when
   * HANA refuses the credentials, `unavailable` when it cannot be reached or the pool is closed.
   */
  async lease(credentials: HanaCredentials, signal: AbortSignal): Promise<Lease> {
    if (this.#shutdown.signal.aborted) throw closed();
    const owner = this.#keys.keyOf(credentials);
    const { acquireTimeoutMs: timeoutMs } = this.#limits;
    const turn = this.#line.join(
      owner,
      { timeoutMs, exhausted: () => this.#exhausted(owner) },
      signal,
    );
    this.#serve();
    const slot = await turn;
    try {
      const connection =
        (await this.#stillGood(slot)) ?? (await this.#open(slot, credentials, signal));
      return this.#leaseOf(slot, connection);
    } catch (cause) {
      this.#free(slot);
      throw this.#shutdown.signal.aborted ? closed() : cause;
    }
  }

  /**
   * Ends what runs in the HANA session `connectionId`, on another connection of the same user: an idle one
   * or one beside the limits of the pool, so that a full pool can be cancelled too. Resolves when HANA has
   * taken the order; the statement fails with error 139 soon.
   * @throws HanaFlightError what HANA answers: `permission-denied` for the session of another user, any
   * other code for one that is gone; `unavailable` when it does not answer.
   */
  cancel(credentials: HanaCredentials, connectionId: number): Promise<void> {
    return this.#cancelling.run(async () => {
      if (this.#shutdown.signal.aborted) throw closed();
      this.#idle = this.#idle.filter((slot) => this.#alive(slot));
      const slot = this.#takeIdle(this.#keys.keyOf(credentials));
      const idle = slot && (await this.#stillGood(slot));
      if (slot !== undefined && idle === undefined) this.#free(slot);
      const connection = idle ?? (await this.#connect(credentials, this.#shutdown.signal));
      try {
        await this.#limited(connection, () =>
          connection.execute(statements.cancelSession(connectionId)),
        );
      } finally {
        if (slot !== undefined && idle !== undefined) this.#takeBack(slot, idle);
        else void connection.close();
      }
    });
  }

  /**
   * Hands out no more connections, and closes them as they come back.
   * @param graceMs after this long, those still out are closed all the same.
   */
  async close(graceMs: number): Promise<void> {
    this.#shutdown.abort(closed());
    this.#stopSweep();
    this.#line.dismiss(closed());
    for (const slot of this.#idle.splice(0)) this.#retire(slot);
    if (this.#slots.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    const stopClock = this.#clock.after(graceMs, () => {
      for (const { connection } of this.#slots) connection?.destroy(closed());
      this.#slots.clear();
      this.#onEmpty();
    });
    await empty;
    stopClock();
  }

  #leaseOf(slot: Slot, connection: HanaConnection): Lease {
    let ended = false;
    const once = (ending: () => void) => (): void => {
      if (ended) return;
      ended = true;
      ending();
    };
    return {
      connection,
      release: once(() => this.#takeBack(slot, connection)),
      discard: (cause) =>
        once(() => {
          connection.destroy(cause);
          this.#free(slot);
        })(),
    };
  }

  #takeBack(slot: Slot, connection: HanaConnection): void {
    const now = this.#clock.now();
    const keep =
      connection.reusable &&
      !this.#shutdown.signal.aborted &&
      now - slot.openedAt < this.#limits.maxAgeMs &&
      this.#idle.length < this.#limits.poolMaxIdle;
    if (!keep) {
      this.#retire(slot);
      return;
    }
    slot.idleSince = now;
    this.#idle.push(slot);
    if (this.#idle.length === 1) this.#armSweep();
    this.#serve();
  }

  /** Says goodbye on a connection; its room is free once HANA has closed it as well. */
  #retire(slot: Slot): void {
    this.#closing.add(slot);
    void slot.connection?.close().finally(() => this.#free(slot));
  }

  #free(slot: Slot): void {
    this.#closing.delete(slot);
    this.#slots.delete(slot);
    this.#serve();
    if (this.#slots.size === 0) this.#onEmpty();
  }

  /** Gives those who wait what there is, and makes room for those it did not suffice for. */
  #serve(): void {
    this.#idle = this.#idle.filter((slot) => this.#alive(slot));
    let short = 0;
    this.#line.serve((owner) => {
      const slot = this.#takeIdle(owner) ?? this.#takeRoom(owner);
      if (slot === undefined && this.#connectionsOf(owner) < this.#limits.poolMaxPerUser) short++;
      return slot;
    });
    // Connections that other users do not need at present give way, the longest idle first.
    const evictions = Math.min(short - this.#closing.size, this.#idle.length);
    for (const slot of this.#idle.splice(0, Math.max(evictions, 0))) this.#retire(slot);
  }

  #alive(slot: Slot): boolean {
    if (slot.connection?.usable) return true;
    this.#slots.delete(slot);
    return false;
  }

  #takeIdle(owner: string): Slot | undefined {
    const place = this.#idle.findLastIndex((slot) => slot.owner === owner);
    return place < 0 ? undefined : this.#idle.splice(place, 1)[0];
  }

  #takeRoom(owner: string): Slot | undefined {
    const { poolMax, poolMaxPerUser } = this.#limits;
    if (this.#slots.size >= poolMax || this.#connectionsOf(owner) >= poolMaxPerUser) {
      return undefined;
    }
    const slot: Slot = { owner, connection: undefined, openedAt: 0, idleSince: 0 };
    this.#slots.add(slot);
    return slot;
  }

  #connectionsOf(owner: string): number {
    let count = 0;
    for (const slot of this.#slots) if (slot.owner === owner) count++;
    return count;
  }

  /** The slot's connection if it can be used; one that was idle for long is tried first. */
  async #stillGood(slot: Slot): Promise<HanaConnection | undefined> {
    const { connection } = slot;
    if (connection === undefined) return undefined;
    const now = this.#clock.now();
    if (now - slot.openedAt < this.#limits.maxAgeMs) {
      if (now - slot.idleSince < this.#limits.validateAfterMs) return connection;
      if (await this.#limited(connection, () => connection.validate())) return connection;
    }
    slot.connection = undefined;
    await connection.close();
    return undefined;
  }

  /** Gives the connection up when HANA takes longer than `validateTimeoutMs`. */
  async #limited<T>(connection: HanaConnection, work: () => Promise<T>): Promise<T> {
    const { validateTimeoutMs } = this.#limits;
    const stopClock = this.#clock.after(validateTimeoutMs, () =>
      connection.destroy(silent(validateTimeoutMs)),
    );
    try {
      return await work();
    } finally {
      stopClock();
    }
  }

  async #open(
    slot: Slot,
    credentials: HanaCredentials,
    signal: AbortSignal,
  ): Promise<HanaConnection> {
    const either = AbortSignal.any([signal, this.#shutdown.signal]);
    const connection = await this.#connect(credentials, either);
    slot.connection = connection;
    slot.openedAt = this.#clock.now();
    return connection;
  }

  #armSweep(): void {
    const [longest] = this.#idle;
    if (longest === undefined) return;
    const delayMs = longest.idleSince + this.#limits.idleTimeoutMs - this.#clock.now();
    this.#stopSweep = this.#clock.after(Math.max(delayMs, 1), () => this.#sweep());
  }

  #sweep(): void {
    const limit = this.#clock.now() - this.#limits.idleTimeoutMs;
    const expired = this.#idle.filter((slot) => slot.idleSince <= limit);
    this.#idle = this.#idle.filter((slot) => slot.idleSince > limit);
    for (const slot of expired) this.#retire(slot);
    this.#armSweep();
  }

  #exhausted(owner: string): HanaFlightError {
    const { poolMax, poolMaxPerUser, acquireTimeoutMs } = this.#limits;
    const limit =
      this.#connectionsOf(owner) >= poolMaxPerUser
        ? `all ${poolMaxPerUser} connections of this user (--pool-max)`
        : `all ${poolMax} connections (--pool-total)`;
    return new HanaFlightError(
      'resource-exhausted',
      `expected a free connection to HANA within ${acquireTimeoutMs} ms (--acquire-timeout), ${limit} stayed in use`,
    );
  }
}

function closed(): HanaFlightError {
  return new HanaFlightError('unavailable', 'the pool of connections to HANA is closed');
}

function silent(timeoutMs: number): HanaFlightError {
  return new HanaFlightError(
    'unavailable',
    `HANA did not answer a short request within ${timeoutMs} ms (validateTimeoutMs)`,
  );
}

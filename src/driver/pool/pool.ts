import { HanaFlightError } from '../../core/errors.ts';
import type { HanaCredentials } from '../../core/hana-credentials.ts';
import { statements } from '../dialect/statements.ts';
import type { HanaConnection } from '../hana-connection.ts';
import { Admission, type Claim } from './admission.ts';
import { type Clock, systemClock } from './clock.ts';
import { CredentialsKeys } from './credentials-key.ts';
import type { EndpointTurn } from './endpoint-query.ts';
import { DEFAULT_LIMITS, type PoolLimits } from './pool-limits.ts';
import { type Slot, Slots } from './slots.ts';
import { Turns } from './turns.ts';
import { WaitingLine } from './waiting-line.ts';

export interface PoolOptions {
  /** Opens a logged-on connection; `signal` ends the attempt. */
  readonly connect: (credentials: HanaCredentials, signal: AbortSignal) => Promise<HanaConnection>;
  readonly limits?: Partial<PoolLimits>;
  readonly clock?: Clock;
}

/** Connections for cancelling that may be open beside those of the limits. */
const MAX_CANCELLING = 4;

/** A connection for one task. Exactly one of the two endings counts: the first that is called. */
export interface Lease {
  readonly connection: HanaConnection;
  /** Gives the connection back. It is used again only if it is {@link HanaConnection.reusable}. */
  release(): void;
  /** Closes the connection at once; what is in flight on it rejects with `cause`. */
  discard(cause: Error): void;
  /**
   * Tells what the stream of the endpoint may hold in memory, in bytes, in place of what was assumed. No
   * effect on a lease that is not for an endpoint.
   */
  holds(bytes: number): void;
}

export interface PoolStats {
  readonly leased: number;
  readonly idle: number;
  readonly closing: number;
  /** Those who wait for a connection, endpoints included. */
  readonly waiting: number;
  readonly waitingEndpoints: number;
  /** What the streams of the endpoints that have a connection may hold in memory. */
  readonly endpointBytes: number;
}

/** The connections to one HANA. A connection serves only callers with the credentials it was opened with. */
export class HanaPool {
  readonly #connect: PoolOptions['connect'];
  readonly #limits: PoolLimits;
  readonly #clock: Clock;
  readonly #keys = new CredentialsKeys();
  readonly #slots: Slots;
  readonly #admission: Admission;
  readonly #line: WaitingLine<Slot>;
  readonly #shutdown = new AbortController();
  readonly #cancelling = new Turns(MAX_CANCELLING);
  #stopSweep: () => void = () => {};
  #onEmpty: () => void = () => {};

  constructor(options: PoolOptions) {
    this.#connect = options.connect;
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#clock = options.clock ?? systemClock;
    this.#slots = new Slots(this.#limits);
    this.#admission = new Admission(this.#limits, this.#clock);
    this.#line = new WaitingLine({
      admission: this.#admission,
      source: this.#slots,
      clock: this.#clock,
      timeoutMs: this.#limits.acquireTimeoutMs,
      exhausted: ({ owner }) => this.#exhausted(owner),
    });
  }

  get stats(): PoolStats {
    const { leased, idle, closing } = this.#slots;
    return {
      leased,
      idle: idle.length,
      closing,
      waiting: this.#line.length,
      waitingEndpoints: this.#admission.waitingEndpoints,
      endpointBytes: this.#admission.usedBytes,
    };
  }

  /**
   * A connection that is logged on with `credentials`. Whoever reads an endpoint of a large result says so
   * by `turn`, and may have to wait for lower ones; see {@link Admission}. Everybody else is served first.
   * @throws HanaFlightError `resource-exhausted` when none becomes free in time, `unauthenticated` when
   * HANA refuses the credentials, `unavailable` when it cannot be reached or the pool is closed.
   */
  async lease(
    credentials: HanaCredentials,
    signal: AbortSignal,
    turn?: EndpointTurn,
  ): Promise<Lease> {
    if (this.#shutdown.signal.aborted) throw closed();
    const owner = this.#keys.keyOf(credentials);
    const { claim, value: slot } = await this.#line.join(owner, turn, signal);
    try {
      const connection =
        (await this.#stillGood(slot)) ?? (await this.#open(slot, credentials, signal));
      return this.#leaseOf(slot, connection, claim);
    } catch (cause) {
      this.#admission.end(claim);
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
      const slot = this.#slots.takeIdle(this.#keys.keyOf(credentials));
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
    this.#closeIdle(() => true);
    if (this.#slots.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    const stopClock = this.#clock.after(graceMs, () => {
      for (const { connection } of this.#slots.clear()) connection?.destroy(closed());
      this.#onEmpty();
    });
    await empty;
    stopClock();
  }

  #leaseOf(slot: Slot, connection: HanaConnection, claim: Claim): Lease {
    let ended = false;
    const once = (ending: () => void) => (): void => {
      if (ended) return;
      ended = true;
      this.#admission.end(claim);
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
      holds: (bytes) => {
        if (ended) return;
        this.#admission.resize(claim, bytes);
        this.#line.serve();
      },
    };
  }

  #takeBack(slot: Slot, connection: HanaConnection): void {
    const now = this.#clock.now();
    const keep =
      connection.reusable &&
      !this.#shutdown.signal.aborted &&
      now - slot.openedAt < this.#limits.maxAgeMs &&
      this.#slots.idle.length < this.#limits.poolMaxIdle;
    if (!keep) {
      this.#slots.retire(slot);
      this.#sayGoodbye(slot);
      // Memory is free at once, the connection only when it is closed.
      this.#line.serve();
      return;
    }
    this.#slots.rest(slot, now);
    if (this.#slots.idle.length === 1) this.#armSweep();
    this.#line.serve();
  }

  #closeIdle(test: (slot: Slot) => boolean): void {
    for (const slot of this.#slots.retireIdle(test)) this.#sayGoodbye(slot);
  }

  /** The room of a connection is free once HANA has closed it as well. */
  #sayGoodbye(slot: Slot): void {
    void slot.connection?.close().finally(() => this.#free(slot));
  }

  #free(slot: Slot): void {
    this.#slots.free(slot);
    this.#line.serve();
    if (this.#slots.size === 0) this.#onEmpty();
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
    this.#stopSweep();
    const [longest] = this.#slots.idle;
    if (longest === undefined) return;
    const delayMs = longest.idleSince + this.#limits.idleTimeoutMs - this.#clock.now();
    this.#stopSweep = this.#clock.after(Math.max(delayMs, 1), () => this.#sweep());
  }

  #sweep(): void {
    const limit = this.#clock.now() - this.#limits.idleTimeoutMs;
    this.#closeIdle((slot) => slot.idleSince <= limit);
    this.#armSweep();
  }

  #exhausted(owner: string): HanaFlightError {
    return new HanaFlightError(
      'resource-exhausted',
      `expected a free connection to HANA within ${this.#limits.acquireTimeoutMs} ms (--acquire-timeout), ${this.#shortage(owner)}`,
    );
  }

  #shortage(owner: string): string {
    const { poolMax, poolMaxPerUser, memoryBudgetBytes, spareConnections } = this.#limits;
    if (this.#slots.takenBy(owner) >= poolMaxPerUser) {
      return `all ${poolMaxPerUser} connections of this user (--pool-max) stayed in use`;
    }
    if (this.#slots.freeInAll <= 0) {
      return `all ${poolMax} connections (--pool-total) stayed in use`;
    }
    const used = this.#admission.usedBytes;
    return `what is free was kept for lower endpoints or by --pool-spare ${spareConnections}, or results in flight took ${used} of ${memoryBudgetBytes} bytes (--memory-budget)`;
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

import type { Principal } from '../../auth/principal.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { HanaConnection } from '../../driver/hana-connection.ts';
import type { EndpointTurn } from '../../driver/pool/endpoint-query.ts';
import type { HanaPool, Lease } from '../../driver/pool/pool.ts';
import { cancelRunning } from '../../driver/pool/statement-cancel.ts';
import type { Call, SessionOptionValue } from '../../flight/producer.ts';
import type { SnapshotConnections } from '../partitioning/snapshots.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';
import { SharedLease } from './shared-lease.ts';
import type { Transaction } from './transaction.ts';

/** Something that needs a connection to HANA. */
export interface Task {
  readonly call: Call;
  /** The transaction it is part of; without one every statement commits itself. */
  readonly transaction?: Transaction | undefined;
  /** Schema that unqualified names refer to; absent: the session's, else that of the user. */
  readonly schema?: string | undefined;
  /** Takes the connection to work on, where it is one that is kept for the task. */
  readonly borrow?: (() => Lease) | undefined;
  /** Which endpoint of a large result it reads; absent: it gives its connection back soon. */
  readonly turn?: EndpointTurn | undefined;
}

/** Where a task works. */
export interface Workplace {
  readonly connection: HanaConnection;
  /** Takes over the connection for a result that outlives the task; its holder releases it. */
  readonly keep: () => Lease;
}

/** Session option that holds the current schema. */
export const SCHEMA_OPTION = 'schema';

/** A logon takes some time, even where there is room for one more connection. */
const FREE_WITHIN_MS = 1_000;

/**
 * Decides which connection a task works on: that of its transaction, the one its session has made its
 * own, or any of the pool.
 */
export class Connections {
  readonly #pool: HanaPool;
  readonly #sessions: Sessions;

  constructor(pool: HanaPool, sessions: Sessions) {
    this.#pool = pool;
    this.#sessions = sessions;
  }

  /**
   * Runs `work` on a connection and gives it back afterwards, unless `work` kept it. When the call ends
   * meanwhile, the running statement is cancelled inside HANA.
   */
  async use<T>(task: Task, work: (place: Workplace) => Promise<T>): Promise<T> {
    const { signal } = task.call;
    signal.throwIfAborted();
    const lease = await this.#leaseFor(task);
    let kept = false;
    let cancelling: Promise<void> | undefined;
    const cancel = (): void => {
      cancelling ??= this.cancel(lease, task.call);
    };
    signal.addEventListener('abort', cancel, { once: true });
    try {
      // The call may have ended between the lease and the listener.
      signal.throwIfAborted();
      const keep = (): Lease => {
        kept = true;
        return lease;
      };
      return await work({ connection: lease.connection, keep });
    } catch (cause) {
      kept = false;
      throw signal.aborted ? HanaFlightError.from(signal.reason) : cause;
    } finally {
      signal.removeEventListener('abort', cancel);
      // Only then may somebody else have the connection: a late cancel would hit his statement.
      await cancelling;
      if (!kept) lease.release();
    }
  }

  /** Schema that unqualified names refer to in the session of a call; undefined for the user's own. */
  schemaOf(call: Call): string | undefined {
    return schemaOf(this.#sessions.find(call));
  }

  /** Options of the session of a call; none without a session. */
  optionsOf(call: Call): ReadonlyMap<string, SessionOptionValue> {
    return this.#sessions.find(call)?.options ?? new Map();
  }

  /** Whether the session of a call has a connection of its own, where all its statements run. */
  isPinned(call: Call): boolean {
    return this.#sessions.find(call)?.hasPinned === true;
  }

  /** Connections for a snapshot of the task's query. */
  forSnapshot({ call, schema }: Task): SnapshotConnections {
    const inSchema = schema ?? this.schemaOf(call);
    return {
      lease: () => this.#leaseOfPool(call, inSchema),
      leaseFree: () => this.#leaseFree(call, inSchema),
    };
  }

  /** Ends what runs on the connection, inside HANA if it takes long. Never rejects. */
  cancel(lease: Lease, call: Call): Promise<void> {
    return cancelRunning(lease, { pool: this.#pool, credentials: call.principal.credentials });
  }

  /** The connection for a transaction: the session's own if it is free, else one of the pool. */
  async connectTransaction(
    principal: Principal,
    session: Session,
    signal: AbortSignal,
  ): Promise<SharedLease> {
    const pinned = session.pinned;
    if (pinned !== undefined && pinned.connection.autoCommit) return pinned;
    const schema = schemaOf(session);
    return new SharedLease(await this.#leaseOfPool({ principal, signal }, schema));
  }

  /** Takes back the connection of a transaction that is over. */
  disconnectTransaction(session: Session, shared: SharedLease): void {
    if (session.isPinned(shared)) return;
    if (shared.connection.altered && !session.hasPinned) session.pin(shared);
    else shared.end();
  }

  async #leaseFor(task: Task): Promise<Lease> {
    const { call, transaction, borrow } = task;
    if (borrow !== undefined) return borrow();
    if (transaction !== undefined) return transaction.borrow(call.signal);
    const session = this.#sessions.find(call);
    const pinned = session?.pinned;
    if (pinned?.connection.autoCommit) return pinned.borrow();
    const schema = task.schema ?? schemaOf(session);
    return this.#pinning(await this.#leaseOfPool(call, schema, task.turn), call);
  }

  /** Undefined when none becomes free at once. */
  async #leaseFree(call: Call, schema: string | undefined): Promise<Lease | undefined> {
    const soon = AbortSignal.timeout(FREE_WITHIN_MS);
    const signal = AbortSignal.any([call.signal, soon]);
    try {
      return await this.#leaseOfPool({ principal: call.principal, signal }, schema);
    } catch (cause) {
      call.signal.throwIfAborted();
      const { code } = HanaFlightError.from(cause);
      if (soon.aborted || code === 'resource-exhausted') return undefined;
      throw cause;
    }
  }

  async #leaseOfPool(
    { principal, signal }: Pick<Call, 'principal' | 'signal'>,
    schema: string | undefined,
    turn?: EndpointTurn,
  ): Promise<Lease> {
    const lease = await this.#pool.lease(principal.credentials, signal, turn);
    try {
      await lease.connection.setCurrentSchema(schema);
      return lease;
    } catch (cause) {
      lease.release();
      throw cause;
    }
  }

  /** A lease whose connection stays with the session when a statement has changed it, as SET does. */
  #pinning(lease: Lease, call: Call): Lease {
    const { connection } = lease;
    let returned = false;
    return {
      connection,
      discard: (cause) => lease.discard(cause),
      holds: (bytes) => lease.holds(bytes),
      release: () => {
        if (returned) return;
        returned = true;
        const session =
          connection.altered && connection.usable && call.session.id !== undefined
            ? this.#sessions.open(call)
            : undefined;
        if (session === undefined || session.hasPinned) lease.release();
        else session.pin(new SharedLease(lease));
      },
    };
  }
}

function schemaOf(session: Session | undefined): string | undefined {
  const schema = session?.options.get(SCHEMA_OPTION);
  return typeof schema === 'string' ? schema : undefined;
}

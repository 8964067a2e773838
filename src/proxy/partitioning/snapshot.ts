import { HanaFlightError } from '../../core/errors.ts';
import type { Lease } from '../../driver/pool/pool.ts';
import { SharedLease } from '../sessions/shared-lease.ts';

/**
 * Connections whose transactions all see the same committed data, kept for the endpoints of one query. Each
 * endpoint belongs to one connection; a connection serves its endpoints side by side.
 */
export class Snapshot {
  readonly id: string;
  /** HANA user; nobody else may read it. */
  readonly user: string;
  /** HANA's name for the state of the data. */
  readonly stamp: string;
  readonly #members: readonly SharedLease[];
  readonly #unread: Set<number>;
  #over: HanaFlightError | undefined;

  /** @param endpoints how many will be read; when each was read to its end, {@link spent} is true. */
  constructor(
    { id, user, stamp }: { readonly id: string; readonly user: string; readonly stamp: string },
    leases: readonly Lease[],
    endpoints: number,
  ) {
    this.id = id;
    this.user = user;
    this.stamp = stamp;
    this.#members = leases.map((lease) => new SharedLease(lease));
    this.#unread = new Set(Array.from({ length: endpoints }, (_, endpoint) => endpoint));
  }

  /** Number of its connections. */
  get size(): number {
    return this.#members.length;
  }

  /** True once every endpoint was read to its end. */
  get spent(): boolean {
    return this.#unread.size === 0;
  }

  /**
   * One of its connections, from 0; it shows what all of them show.
   * @throws HanaFlightError `failed-precondition` when the snapshot is over.
   */
  borrow(index: number): Lease {
    if (this.#over !== undefined) throw this.#over;
    const member = this.#members[index];
    if (member === undefined || !member.connection.usable) {
      throw new HanaFlightError(
        'failed-precondition',
        'the connection that held the snapshot of the query was lost; call GetFlightInfo again',
      );
    }
    return member.borrow();
  }

  markRead(endpoint: number): void {
    this.#unread.delete(endpoint);
  }

  /** Gives the connections back, each as soon as nobody reads on it any more. */
  end(reason: HanaFlightError): void {
    if (this.#over !== undefined) return;
    this.#over = reason;
    for (const member of this.#members) member.end((lease) => void giveBack(lease));
  }

  /** Ends at once; what is being read fails with `reason`. */
  cut(reason: HanaFlightError): void {
    this.#over ??= reason;
    for (const member of this.#members) {
      if (!member.idle) member.discard(reason);
      else member.end((lease) => void giveBack(lease));
    }
  }
}

/** Never rejects: a connection that cannot end its transaction is closed, which ends it as well. */
export async function giveBack(lease: Lease): Promise<void> {
  try {
    await lease.connection.endSnapshot();
    lease.release();
  } catch (cause) {
    lease.discard(HanaFlightError.from(cause));
  }
}

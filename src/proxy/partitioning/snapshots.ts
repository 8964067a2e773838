import { randomBytes } from 'node:crypto';
import { HanaFlightError } from '../../core/errors.ts';
import type { Lease } from '../../driver/pool/pool.ts';
import type { Call } from '../../flight/producer.ts';
import { giveBack, Snapshot } from './snapshot.ts';

/** Where the connections of a snapshot come from. */
export interface SnapshotConnections {
  /** Waits for a connection as every task does. */
  readonly lease: () => Promise<Lease>;
  /** Undefined when none is free at once: whoever holds one and waits for another may wait for ever. */
  readonly leaseFree: () => Promise<Lease | undefined>;
}

export interface SnapshotLimits {
  /** A snapshot older than this is given up, as HANA keeps every old version of a row for its sake. */
  readonly maxAgeMs: number;
  /** Most connections of one snapshot. */
  readonly maxConnections: number;
}

interface Stamped {
  readonly lease: Lease;
  readonly stamp: string;
}

/**
 * How often connections that came too late or too early are tried again. Between two of the tries other
 * sessions commit, so on a busy system some never meet; the largest group that has met is used then.
 */
const MAX_TRIES = 10;
const ID_BYTES = 12;

/** The snapshots that are open in this process. Their tickets can be read here only. */
export class Snapshots {
  readonly #limits: SnapshotLimits;
  readonly #open = new Map<
    string,
    { readonly snapshot: Snapshot; readonly timer: NodeJS.Timeout }
  >();

  constructor(limits: SnapshotLimits) {
    this.#limits = limits;
  }

  /**
   * Opens transactions until enough of them see the same data. One connection always does, so this
   * reaches its level however busy HANA is: only the number of connections that work side by side is less.
   */
  async open(endpoints: number, from: SnapshotConnections, call: Call): Promise<Snapshot> {
    const wanted = Math.max(1, Math.min(endpoints, this.#limits.maxConnections));
    const leases = [await from.lease()];
    try {
      while (leases.length < wanted) {
        const lease = await from.leaseFree();
        if (lease === undefined) break;
        leases.push(lease);
      }
      const group = await meet(leases, call.signal);
      return this.#keep(group, endpoints, call.principal.user);
    } catch (cause) {
      for (const lease of leases) void giveBack(lease);
      throw cause;
    }
  }

  /** @throws HanaFlightError `failed-precondition` for one that is over, or of another process. */
  find(id: string, call: Call): Snapshot {
    const snapshot = this.#open.get(id)?.snapshot;
    if (snapshot !== undefined && snapshot.user === call.principal.user) return snapshot;
    throw new HanaFlightError(
      'failed-precondition',
      'the snapshot of this query is over, or another server process holds it; call GetFlightInfo again',
    );
  }

  /** Says that an endpoint was read to its end; after the last one the connections go back. */
  markRead(id: string, endpoint: number): void {
    const snapshot = this.#open.get(id)?.snapshot;
    snapshot?.markRead(endpoint);
    if (snapshot?.spent !== true) return;
    this.#forget(snapshot);
    snapshot.end(
      new HanaFlightError(
        'failed-precondition',
        'every endpoint of the snapshot was read, so it was given up; call GetFlightInfo again',
      ),
    );
  }

  /** Gives a snapshot up because its query was cancelled. */
  cancel(id: string): void {
    const snapshot = this.#open.get(id)?.snapshot;
    if (snapshot === undefined) return;
    this.#forget(snapshot);
    snapshot.end(new HanaFlightError('cancelled', 'the query was cancelled by request'));
  }

  close(): void {
    const reason = new HanaFlightError('unavailable', 'the server is shutting down');
    for (const { snapshot } of this.#open.values()) {
      this.#forget(snapshot);
      snapshot.cut(reason);
    }
  }

  #keep(group: readonly Stamped[], endpoints: number, user: string): Snapshot {
    const id = randomBytes(ID_BYTES).toString('base64url');
    const leases = group.map(({ lease }) => lease);
    const snapshot = new Snapshot({ id, user, stamp: group[0]?.stamp ?? '' }, leases, endpoints);
    const timer = setTimeout(() => this.#expire(snapshot), this.#limits.maxAgeMs);
    timer.unref();
    this.#open.set(id, { snapshot, timer });
    return snapshot;
  }

  #expire(snapshot: Snapshot): void {
    this.#forget(snapshot);
    snapshot.cut(
      new HanaFlightError(
        'aborted',
        `the snapshot was given up at an age of ${this.#limits.maxAgeMs} ms (--snapshot-max-age); call GetFlightInfo again`,
      ),
    );
  }

  #forget({ id }: Snapshot): void {
    clearTimeout(this.#open.get(id)?.timer);
    this.#open.delete(id);
  }
}

/** The largest group of connections with one stamp after a few tries; the others are given back. */
async function meet(leases: readonly Lease[], signal: AbortSignal): Promise<readonly Stamped[]> {
  let stamped = await Promise.all(leases.map(begin));
  for (let tries = 1; tries < MAX_TRIES; tries++) {
    const newest = newestStamp(stamped);
    const late = stamped.filter(({ stamp }) => stamp !== newest);
    if (late.length === 0) break;
    signal.throwIfAborted();
    const again = await Promise.all(late.map(beginAgain));
    stamped = [...stamped.filter(({ stamp }) => stamp === newest), ...again];
  }
  const best = largestGroup(stamped);
  for (const member of stamped) if (!best.includes(member)) void giveBack(member.lease);
  return best;
}

async function begin(lease: Lease): Promise<Stamped> {
  return { lease, stamp: await lease.connection.beginSnapshot() };
}

async function beginAgain({ lease }: Stamped): Promise<Stamped> {
  await lease.connection.rollback();
  return begin(lease);
}

/** Stamps are counters: the one that others can still reach is the largest. */
function newestStamp(stamped: readonly Stamped[]): string {
  const stamps = stamped.map(({ stamp }) => stamp);
  return stamps.reduce((newest, stamp) => (isNewer(stamp, newest) ? stamp : newest));
}

function isNewer(stamp: string, than: string): boolean {
  return stamp.length === than.length ? stamp > than : stamp.length > than.length;
}

function largestGroup(stamped: readonly Stamped[]): readonly Stamped[] {
  const groups = stamped.map(({ stamp }) => stamped.filter((other) => other.stamp === stamp));
  return groups.reduce((best, group) => (group.length > best.length ? group : best));
}

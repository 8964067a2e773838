import type { Clock } from './clock.ts';
import { EndpointQueries } from './endpoint-queries.ts';
import type { EndpointClaim, EndpointTurn } from './endpoint-query.ts';

export interface AdmissionLimits {
  /** How long an endpoint is kept a place that its client has not asked for yet, after others of its query. */
  readonly patienceMs: number;
  /**
   * Connections that only short requests and the lowest endpoints of queries get: a client that stops in
   * the middle of a large result, to ask something else, must be answered.
   */
  readonly spareConnections: number;
  /** What the streams of all endpoints together may hold in memory. */
  readonly memoryBudgetBytes: number;
  /** What one is taken to hold until it tells, unless its turn says more. */
  readonly streamBytes: number;
}

/** How many connections can be handed out at once. */
export interface FreeConnections {
  readonly freeInAll: number;
  /** Never more than {@link freeInAll}. */
  freeFor(owner: string): number;
}

/** A request for a connection that gives it back soon, or at least never waits for one of an endpoint. */
interface ShortClaim {
  readonly owner: string;
  readonly arrivedAtMs: number;
  readonly query: undefined;
}

/** Somebody who waits for a connection or, when it was his turn, has it. */
export type Claim = ShortClaim | EndpointClaim;

/** A query of which an endpoint waits. */
interface Candidate {
  readonly claim: EndpointClaim;
  /** It is the lowest unfinished endpoint of its query. */
  readonly isLowest: boolean;
}

/** What all queries together have and need. */
interface Situation {
  readonly candidates: readonly Candidate[];
  /** Connections of endpoints. */
  readonly connections: Totals;
  /** Queries whose lowest unfinished endpoint has no connection. */
  readonly lacking: Totals;
  /** Those of them that could have one now, were it their turn: an owner has no more than his limit. */
  readonly lackingNow: number;
  /** Memory that the endpoints behind {@link lackingNow} will want. */
  readonly lackingBytes: number;
  readonly usedBytes: number;
  /** The lowest unfinished endpoint of some query is being read. */
  readonly progressing: boolean;
}

/**
 * Decides who gets a connection next; knows nothing of waiting.
 *
 * A client may open all endpoints of a query at once, in any order, and read them one after the other. So
 * an endpoint that is not the lowest unfinished one of its query must be able to wait for as long as the
 * lower ones take, and must not take what these need: it gets a connection only if, afterwards, there is
 * one left for the lowest endpoint of each query that has none yet. What a lowest endpoint gives back
 * goes, if it is wanted, to a lowest endpoint again, so at any time one of them runs, and ends. Memory
 * follows the same rule.
 */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #queries: EndpointQueries;
  /** In the order they came. */
  readonly #short = new Set<ShortClaim>();
  #waitingEndpoints = 0;
  #served = 0;

  constructor(limits: AdmissionLimits, clock: Pick<Clock, 'now'>) {
    this.#limits = limits;
    this.#clock = clock;
    this.#queries = new EndpointQueries(limits);
  }

  get waitingEndpoints(): number {
    return this.#waitingEndpoints;
  }

  /** What the streams of the endpoints that have a connection may hold in memory. */
  get usedBytes(): number {
    let bytes = 0;
    for (const query of this.#queries) bytes += query.bytes;
    return bytes;
  }

  /** When the answer of {@link next} may change by itself; undefined when it will not. */
  get patienceEndsAtMs(): number | undefined {
    if (this.#waitingEndpoints === 0) return undefined;
    const now = this.#clock.now();
    let soonest: number | undefined;
    for (const query of this.#queries) {
      const endsAt = query.patienceEndsAtMs(now);
      if (endsAt !== undefined) soonest = Math.min(endsAt, soonest ?? endsAt);
    }
    return soonest;
  }

  /** Puts a request on the list; one without a turn is taken to be short. */
  arrive(owner: string, turn: EndpointTurn | undefined): Claim {
    const now = this.#clock.now();
    if (turn === undefined) {
      const claim: ShortClaim = { owner, arrivedAtMs: now, query: undefined };
      this.#short.add(claim);
      return claim;
    }
    this.#waitingEndpoints++;
    return this.#queries.open(owner, turn, now).arrive(turn, now);
  }

  /** Whose turn it is, of those who can be served from what is free. He has the connection from now on. */
  next(free: FreeConnections): Claim | undefined {
    if (free.freeInAll <= 0) return undefined;
    const claim = this.#nextShort(free) ?? this.#nextEndpoint(free);
    if (claim === undefined) return undefined;
    const now = this.#clock.now();
    const owner = this.#queries.owner(claim.owner);
    if (owner !== undefined) owner.movedAtMs = now;
    if (claim.query === undefined) {
      this.#short.delete(claim);
      return claim;
    }
    this.#waitingEndpoints--;
    claim.query.connect(claim, now);
    claim.query.servedOrder = ++this.#served;
    if (owner !== undefined) owner.servedOrder = this.#served;
    return claim;
  }

  /** The connection of a claim is given back, or nobody waits for it any more. */
  end(claim: Claim): void {
    if (claim.query === undefined) {
      this.#short.delete(claim);
      return;
    }
    const now = this.#clock.now();
    const owner = this.#queries.owner(claim.owner);
    if (!claim.connected) this.#waitingEndpoints--;
    else if (owner !== undefined) owner.movedAtMs = now;
    claim.query.end(claim, now);
    this.#queries.settle(claim.query);
  }

  /** What the stream of a claim holds in memory, in place of what was assumed. */
  resize(claim: Claim, bytes: number): void {
    claim.query?.resize(claim, bytes);
  }

  /**
   * The moment from which the patience of a claim counts. An endpoint whose lower ones are being read, or
   * whose owner has just had a connection, does not wait in vain.
   */
  waitsSinceMs(claim: Claim): number {
    if (claim.query === undefined) return claim.arrivedAtMs;
    if (claim.query.readsBelow(claim.endpoint)) return this.#clock.now();
    const movedAtMs = this.#queries.owner(claim.owner)?.movedAtMs ?? claim.arrivedAtMs;
    return Math.max(claim.arrivedAtMs, movedAtMs);
  }

  #nextShort(free: FreeConnections): Claim | undefined {
    for (const claim of this.#short) if (free.freeFor(claim.owner) > 0) return claim;
    return undefined;
  }

  #nextEndpoint(free: FreeConnections): Claim | undefined {
    if (this.#waitingEndpoints === 0) return undefined;
    const situation = this.#survey(free);
    let best: Candidate | undefined;
    for (const candidate of situation.candidates) {
      if (!this.#mayConnect(candidate, situation, free)) continue;
      if (best === undefined || this.#goesBefore(candidate, best, situation)) best = candidate;
    }
    return best?.claim;
  }

  #mayConnect(
    { claim, isLowest }: Candidate,
    situation: Situation,
    free: FreeConnections,
  ): boolean {
    const { memoryBudgetBytes, spareConnections } = this.#limits;
    const { lacking, lackingNow, lackingBytes, usedBytes, progressing } = situation;
    const freeForOwner = free.freeFor(claim.owner);
    if (freeForOwner <= 0) return false;
    const bytes = usedBytes + claim.query.streamBytes;
    // Too large for the budget or not, one query must get on.
    if (isLowest) return bytes <= memoryBudgetBytes || !progressing;
    return (
      freeForOwner - 1 >= lacking.of(claim.owner) + spareConnections &&
      free.freeInAll - 1 >= lackingNow + spareConnections &&
      bytes + lackingBytes <= memoryBudgetBytes
    );
  }

  /**
   * Lowest endpoints go first, by turns: they are what keeps their queries going. The others go where
   * there are the fewest connections, first of the owner, then of the query.
   */
  #goesBefore(one: Candidate, other: Candidate, { connections }: Situation): boolean {
    const rank = ({ claim: { owner, query }, isLowest }: Candidate): readonly number[] => [
      isLowest ? 0 : 1,
      isLowest ? 0 : connections.of(owner),
      isLowest ? 0 : query.connections,
      this.#queries.owner(owner)?.servedOrder ?? 0,
      query.servedOrder,
    ];
    return comesBefore(rank(one), rank(other));
  }

  #survey(free: FreeConnections): Situation {
    const now = this.#clock.now();
    const candidates: Candidate[] = [];
    const [connections, lacking] = [new Totals(), new Totals()];
    let [lackingNow, lackingBytes, usedBytes, progressing] = [0, 0, 0, false];
    for (const query of this.#queries) {
      const lowest = query.lowest(now);
      const claim = query.firstWaiting;
      if (lowest !== undefined && query.reads(lowest)) progressing = true;
      else if (lowest !== undefined) {
        lacking.add(query.owner, 1);
        if (lacking.of(query.owner) <= free.freeFor(query.owner)) {
          lackingNow++;
          lackingBytes += query.streamBytes;
        }
      }
      connections.add(query.owner, query.connections);
      usedBytes += query.bytes;
      if (claim === undefined) continue;
      // Somebody who reads again what is being read has no claim to what the others need.
      candidates.push({ claim, isLowest: claim.endpoint === lowest && !query.reads(lowest) });
    }
    return { candidates, connections, lacking, lackingNow, lackingBytes, usedBytes, progressing };
  }
}

/** A sum by owner. */
class Totals {
  readonly #byOwner = new Map<string, number>();

  of(owner: string): number {
    return this.#byOwner.get(owner) ?? 0;
  }

  add(owner: string, count: number): void {
    this.#byOwner.set(owner, this.of(owner) + count);
  }
}

function comesBefore(one: readonly number[], other: readonly number[]): boolean {
  for (const [place, rank] of one.entries()) {
    const difference = rank - (other[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

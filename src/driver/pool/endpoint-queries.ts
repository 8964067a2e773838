import { EndpointQuery, type EndpointQueryOptions, type EndpointTurn } from './endpoint-query.ts';

/** How long a query of which nothing waits or runs is remembered: what was read of it counts when it goes on. */
const MEMORY_MS = 60_000;

/** Such queries that are remembered, at most. */
const MAX_RESTING = 1_000;

/** What the queries of one owner have in common. */
export interface QueryOwner {
  queries: number;
  /** As that of a query. */
  servedOrder: number;
  /** Last time that a connection of the owner was handed out, or an endpoint came to its end. */
  movedAtMs: number;
}

/** The queries whose endpoints are read here, and for a while those whose are not any more. */
export class EndpointQueries {
  readonly #assumptions: Pick<EndpointQueryOptions, 'patienceMs' | 'streamBytes'>;
  /** Those that rest are in the order in which they came to rest. */
  readonly #queries = new Map<string, EndpointQuery>();
  readonly #owners = new Map<string, QueryOwner>();

  constructor(assumptions: Pick<EndpointQueryOptions, 'patienceMs' | 'streamBytes'>) {
    this.#assumptions = assumptions;
  }

  [Symbol.iterator](): Iterator<EndpointQuery> {
    return this.#queries.values();
  }

  /** The owner of a query that is known, else undefined. */
  owner(owner: string): QueryOwner | undefined {
    return this.#owners.get(owner);
  }

  /** The query of a turn, from now on known. */
  open(owner: string, turn: EndpointTurn, nowMs: number): EndpointQuery {
    this.#forgetOld(nowMs);
    const key = keyOf(owner, turn.query);
    const known = this.#queries.get(key);
    if (known !== undefined) return known;
    const query = new EndpointQuery({ owner, turn, ...this.#assumptions });
    this.#queries.set(key, query);
    const its = this.#owners.get(owner) ?? {
      queries: 0,
      servedOrder: 0,
      movedAtMs: Number.NEGATIVE_INFINITY,
    };
    its.queries++;
    this.#owners.set(owner, its);
    return query;
  }

  /** Takes note that a claim on a query is over. */
  settle(query: EndpointQuery): void {
    if (!query.resting) return;
    const key = keyOf(query.owner, query.name);
    if (query.complete) {
      this.#forget(query);
      return;
    }
    // To the end of the order.
    this.#queries.delete(key);
    this.#queries.set(key, query);
  }

  #forgetOld(nowMs: number): void {
    const resting = [...this.#queries.values()].filter((query) => query.resting);
    for (const [place, query] of resting.entries()) {
      const tooMany = place < resting.length - MAX_RESTING;
      if (tooMany || nowMs - query.touchedAtMs >= MEMORY_MS) this.#forget(query);
    }
  }

  #forget(query: EndpointQuery): void {
    this.#queries.delete(keyOf(query.owner, query.name));
    const its = this.#owners.get(query.owner);
    if (its !== undefined && --its.queries === 0) this.#owners.delete(query.owner);
  }
}

/** Owners are names without line breaks; see CredentialsKeys. */
function keyOf(owner: string, query: string): string {
  return `${owner}\n${query}`;
}

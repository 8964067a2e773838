/** Which part of a large result a connection is for. */
export interface EndpointTurn {
  /** Names the query: the same for all its endpoints, and for no other query of the user. */
  readonly query: string;
  /** Number of the endpoint, from 0, in the order in which it is to be read. */
  readonly endpoint: number;
  /** How many endpoints the query has. */
  readonly of: number;
  /** Bytes that its stream is expected to hold in memory; absent: `streamBytes` of the limits. */
  readonly streamBytes?: number | undefined;
}

/** An endpoint that somebody waits to read or, once connected, reads. */
export interface EndpointClaim {
  readonly owner: string;
  readonly arrivedAtMs: number;
  readonly query: EndpointQuery;
  readonly endpoint: number;
  connected: boolean;
  /** What its stream may hold in memory; counts while it is connected. */
  bytes: number;
}

export interface EndpointQueryOptions {
  readonly owner: string;
  readonly turn: EndpointTurn;
  /** How long an endpoint that nobody has asked for is expected; see {@link EndpointQuery.lowest}. */
  readonly patienceMs: number;
  /** What a stream is taken to hold until one has told. */
  readonly streamBytes: number;
}

/** What is known here of one query: which endpoints are waited for, read, and read to their end. */
export class EndpointQuery {
  readonly owner: string;
  readonly name: string;
  /** Grows each time one of its endpoints is connected, over all queries; 0: none was yet. */
  servedOrder = 0;
  readonly #patienceMs: number;
  readonly #claims = new Set<EndpointClaim>();
  readonly #ended = new Set<number>();
  #of: number;
  #highest = -1;
  #touchedAtMs = Number.NEGATIVE_INFINITY;
  /** The client reads only some of the endpoints here: one was expected in vain. */
  #readsSome = false;
  #streamBytes: number;
  #streamBytesTold = false;

  constructor({ owner, turn, patienceMs, streamBytes }: EndpointQueryOptions) {
    this.owner = owner;
    this.name = turn.query;
    this.#of = turn.of;
    this.#patienceMs = patienceMs;
    this.#streamBytes = turn.streamBytes ?? streamBytes;
  }

  /** Time of the last arrival, connection or end. */
  get touchedAtMs(): number {
    return this.#touchedAtMs;
  }

  /** Nobody waits for it, and nobody reads it. */
  get resting(): boolean {
    return this.#claims.size === 0;
  }

  /** Every endpoint was read here. */
  get complete(): boolean {
    return this.resting && this.#firstMissing() === undefined;
  }

  /** Connections it has. */
  get connections(): number {
    return this.#sum(() => 1);
  }

  /** What its streams may hold in memory. */
  get bytes(): number {
    return this.#sum(({ bytes }) => bytes);
  }

  /** What its next stream may hold in memory. */
  get streamBytes(): number {
    return this.#streamBytes;
  }

  /** The lowest endpoint that waits; of equals the one that came first. */
  get firstWaiting(): EndpointClaim | undefined {
    let first: EndpointClaim | undefined;
    for (const claim of this.#claims) {
      if (!claim.connected && claim.endpoint < (first?.endpoint ?? Number.POSITIVE_INFINITY)) {
        first = claim;
      }
    }
    return first;
  }

  arrive({ endpoint, of }: EndpointTurn, nowMs: number): EndpointClaim {
    this.#touch(nowMs);
    const isNew = !this.#ended.delete(endpoint) && !this.#isClaimed(endpoint);
    if (isNew && endpoint < this.#highest) this.#readsSome = false;
    this.#highest = Math.max(this.#highest, endpoint);
    this.#of = Math.max(this.#of, of, endpoint + 1);
    const claim = {
      owner: this.owner,
      arrivedAtMs: nowMs,
      query: this,
      endpoint,
      connected: false,
      bytes: 0,
    };
    this.#claims.add(claim);
    return claim;
  }

  connect(claim: EndpointClaim, nowMs: number): void {
    this.#touch(nowMs);
    claim.connected = true;
    claim.bytes = this.#streamBytes;
  }

  /** Takes note that a claim is over: read to the end or given up, or no longer waited for. */
  end(claim: EndpointClaim, nowMs: number): void {
    this.#touch(nowMs);
    this.#claims.delete(claim);
    if (claim.connected && !this.#isClaimed(claim.endpoint)) this.#ended.add(claim.endpoint);
    // Who waited for nothing is not expected to come back at once.
    if (!claim.connected && this.resting) this.#touchedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Corrects what a stream holds; the others of the query are taken to be like it. */
  resize(claim: EndpointClaim, bytes: number): void {
    claim.bytes = bytes;
    this.#streamBytes = this.#streamBytesTold ? Math.max(this.#streamBytes, bytes) : bytes;
    this.#streamBytesTold = true;
  }

  /**
   * The lowest unfinished endpoint: what a client that reads in order needs next, however many others it
   * has opened. One that nobody has asked for counts for `patienceMs` after the last event; then the
   * client does without it here, and the lowest that somebody wants counts. Undefined: there is none.
   */
  lowest(nowMs: number): number | undefined {
    const wanted = this.#lowestWanted();
    const missing = this.#expectsMore(nowMs) ? this.#firstMissing() : undefined;
    return missing === undefined ? wanted : Math.min(missing, wanted ?? missing);
  }

  /** When an endpoint that nobody has asked for stops to count; undefined while none counts. */
  patienceEndsAtMs(nowMs: number): number | undefined {
    const lowest = this.lowest(nowMs);
    if (lowest === undefined || this.#isClaimed(lowest)) return undefined;
    return this.#touchedAtMs + this.#patienceMs;
  }

  /** True while the endpoint is read. */
  reads(endpoint: number): boolean {
    return this.#some((claim) => claim.connected && claim.endpoint === endpoint);
  }

  /** True while a lower endpoint is read: a client that reads in order must come to its end first. */
  readsBelow(endpoint: number): boolean {
    return this.#some((claim) => claim.connected && claim.endpoint < endpoint);
  }

  #touch(nowMs: number): void {
    if (nowMs - this.#touchedAtMs >= this.#patienceMs && this.#hasGap()) this.#readsSome = true;
    this.#touchedAtMs = nowMs;
  }

  #expectsMore(nowMs: number): boolean {
    return !this.#readsSome && nowMs - this.#touchedAtMs < this.#patienceMs;
  }

  #hasGap(): boolean {
    const missing = this.#firstMissing();
    return missing !== undefined && this.#some(({ endpoint }) => endpoint > missing);
  }

  #firstMissing(): number | undefined {
    const claimed = new Set([...this.#claims].map(({ endpoint }) => endpoint));
    for (let endpoint = 0; endpoint < this.#of; endpoint++) {
      if (!this.#ended.has(endpoint) && !claimed.has(endpoint)) return endpoint;
    }
    return undefined;
  }

  #lowestWanted(): number | undefined {
    let lowest: number | undefined;
    for (const { endpoint } of this.#claims) lowest = Math.min(endpoint, lowest ?? endpoint);
    return lowest;
  }

  #isClaimed(endpoint: number): boolean {
    return this.#some((claim) => claim.endpoint === endpoint);
  }

  #some(test: (claim: EndpointClaim) => boolean): boolean {
    for (const claim of this.#claims) if (test(claim)) return true;
    return false;
  }

  #sum(of: (claim: EndpointClaim) => number): number {
    let sum = 0;
    for (const claim of this.#claims) if (claim.connected) sum += of(claim);
    return sum;
  }
}

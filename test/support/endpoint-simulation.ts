import { Admission, type AdmissionLimits, type Claim } from '../../src/driver/pool/admission.ts';
import { type Slot, Slots } from '../../src/driver/pool/slots.ts';

/** Milliseconds that a step of the simulation takes. */
const STEP_MS = 10;

/** A client that opens the endpoints of a query and reads them one after the other, as ADBC's driver does. */
export interface SimulatedQuery {
  readonly owner: string;
  readonly endpoints: number;
  /** Numbers of the endpoints in the order they are opened; those left out are read elsewhere. */
  readonly opened: readonly number[];
  /** The step in which each of them is opened. */
  readonly openedAt: readonly number[];
  /** Batches of each endpoint. */
  readonly batches: number;
  /** Batches of an endpoint that find room before the client reads it. */
  readonly buffer: number;
}

/** Something that takes a connection for a while, whatever endpoints there are. */
export interface SimulatedTransaction {
  readonly owner: string;
  readonly startsAt: number;
  readonly steps: number;
}

export interface Scenario {
  readonly poolMax: number;
  readonly poolMaxPerUser: number;
  readonly limits: AdmissionLimits;
  readonly queries: readonly SimulatedQuery[];
  readonly transactions: readonly SimulatedTransaction[];
}

export interface SimulatedRun {
  /** The step in which each query was read to its end; undefined for one that never was. */
  readonly finishedAt: readonly (number | undefined)[];
  /** Most connections at a time, and most of one owner. */
  readonly mostConnections: number;
  readonly mostOfOneOwner: number;
  readonly mostBytes: number;
  /** Endpoints read at a time, at most. */
  readonly mostEndpoints: number;
}

interface Reading {
  readonly query: Reader;
  readonly endpoint: number;
  readonly claim: Claim;
  slot: Slot | undefined;
  sent: number;
  taken: number;
}

interface Reader {
  readonly plan: SimulatedQuery;
  readonly readings: Map<number, Reading>;
  /** What is still to be read, in order. */
  readonly left: number[];
  finishedAt: number | undefined;
}

interface Holding {
  readonly claim: Claim;
  readonly steps: number;
  slot: Slot | undefined;
  endsAt: number;
}

/** Plays a scenario until all queries are read, or until nothing has moved for `patience` steps. */
export function simulate(scenario: Scenario, patience = 2_000): SimulatedRun {
  const simulation = new Simulation(scenario);
  while (!simulation.over && simulation.quietSteps < patience) simulation.step();
  return simulation.result;
}

class Simulation {
  quietSteps = 0;
  readonly #scenario: Scenario;
  readonly #slots: Slots;
  readonly #admission: Admission;
  readonly #readers: readonly Reader[];
  readonly #byClaim = new Map<Claim, Reading | Holding>();
  #now = 0;
  #most = { connections: 0, ofOneOwner: 0, bytes: 0, endpoints: 0 };

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#slots = new Slots(scenario);
    this.#admission = new Admission(scenario.limits, { now: () => this.#now * STEP_MS });
    this.#readers = scenario.queries.map((plan) => ({
      plan,
      readings: new Map(),
      left: plan.opened.toSorted((a, b) => a - b),
      finishedAt: undefined,
    }));
  }

  get over(): boolean {
    return this.#readers.every(({ finishedAt }) => finishedAt !== undefined);
  }

  get result(): SimulatedRun {
    return {
      finishedAt: this.#readers.map(({ finishedAt }) => finishedAt),
      mostConnections: this.#most.connections,
      mostOfOneOwner: this.#most.ofOneOwner,
      mostBytes: this.#most.bytes,
      mostEndpoints: this.#most.endpoints,
    };
  }

  step(): void {
    this.#now++;
    this.quietSteps++;
    this.#arrivals();
    this.#serve();
    for (const one of Array.from(this.#byClaim.values())) {
      if (one.slot === undefined) continue;
      if ('steps' in one) this.#hold(one);
      else this.#send(one);
    }
    for (const [number, reader] of this.#readers.entries()) this.#take(reader, number);
  }

  #arrivals(): void {
    for (const [number, { plan, readings }] of this.#readers.entries()) {
      for (const [place, endpoint] of plan.opened.entries()) {
        if (plan.openedAt[place] !== this.#now) continue;
        const turn = { query: `query ${number}`, endpoint, of: plan.endpoints };
        const claim = this.#admission.arrive(plan.owner, turn);
        const query = this.#readers[number];
        if (query === undefined) continue;
        const reading: Reading = { query, endpoint, claim, slot: undefined, sent: 0, taken: 0 };
        readings.set(endpoint, reading);
        this.#byClaim.set(claim, reading);
        this.#moved();
        // As the pool does: who comes first is served before the next has come.
        this.#serve();
      }
    }
    for (const { owner, startsAt, steps } of this.#scenario.transactions) {
      if (startsAt !== this.#now) continue;
      const claim = this.#admission.arrive(owner, undefined);
      this.#byClaim.set(claim, { claim, steps, slot: undefined, endsAt: 0 });
    }
  }

  #serve(): void {
    const admission = this.#admission;
    for (let claim = admission.next(this.#slots); claim; claim = admission.next(this.#slots)) {
      const one = this.#byClaim.get(claim);
      if (one === undefined) throw new Error('a connection for nobody');
      one.slot = this.#slots.take(claim.owner);
      if ('steps' in one) one.endsAt = this.#now + one.steps;
      this.#moved();
    }
    this.#measure();
  }

  #hold(one: Holding): void {
    if (one.endsAt <= this.#now) this.#giveBack(one);
  }

  #send(reading: Reading): void {
    const { batches, buffer } = reading.query.plan;
    const room = buffer - (reading.sent - reading.taken);
    if (reading.sent < batches && room > 0) {
      reading.sent++;
      this.#moved();
    }
    if (reading.sent === batches) this.#giveBack(reading);
  }

  #take(reader: Reader, number: number): void {
    const [endpoint] = reader.left;
    const reading = endpoint === undefined ? undefined : reader.readings.get(endpoint);
    if (reading === undefined) return;
    if (reading.taken < reading.sent) {
      reading.taken++;
      this.#moved();
    }
    if (reading.taken < reader.plan.batches) return;
    reader.left.shift();
    const done = this.#readers[number];
    if (reader.left.length === 0 && done !== undefined) done.finishedAt = this.#now;
  }

  #giveBack(one: Reading | Holding): void {
    if (one.slot === undefined) return;
    this.#byClaim.delete(one.claim);
    this.#admission.end(one.claim);
    this.#slots.free(one.slot);
    this.#moved();
    this.#serve();
  }

  #moved(): void {
    this.quietSteps = 0;
  }

  #measure(): void {
    const most = this.#most;
    const owners = this.#scenario.queries.map(({ owner }) => this.#slots.takenBy(owner));
    const endpoints = [...this.#byClaim.values()].filter(
      (one) => one.slot !== undefined && !('steps' in one),
    );
    this.#most = {
      connections: Math.max(most.connections, this.#slots.size),
      ofOneOwner: Math.max(most.ofOneOwner, ...owners),
      bytes: Math.max(most.bytes, this.#admission.usedBytes),
      endpoints: Math.max(most.endpoints, endpoints.length),
    };
  }
}

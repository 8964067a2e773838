import { HanaFlightError } from '../../core/errors.ts';
import type { HanaConnection } from '../hana-connection.ts';
import type { FreeConnections } from './admission.ts';
import type { PoolLimits } from './pool-limits.ts';

/** Room for one connection, from before it is opened until after it is closed. */
export interface Slot {
  owner: string;
  connection: HanaConnection | undefined;
  openedAt: number;
  idleSince: number;
}

/** The room for connections within the limits: who has it, which of it is idle. */
export class Slots implements FreeConnections {
  readonly #limits: Pick<PoolLimits, 'poolMax' | 'poolMaxPerUser'>;
  readonly #slots = new Set<Slot>();
  /** Those that are not idle, by owner. */
  readonly #taken = new Map<string, number>();
  /** Longest idle first. */
  #idle: Slot[] = [];
  readonly #closing = new Set<Slot>();

  constructor(limits: Pick<PoolLimits, 'poolMax' | 'poolMaxPerUser'>) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#slots.size;
  }

  get idle(): readonly Slot[] {
    return this.#idle;
  }

  get closing(): number {
    return this.#closing.size;
  }

  get leased(): number {
    return this.#slots.size - this.#idle.length - this.#closing.size;
  }

  /** An idle connection counts, for it gives way to one of another owner. */
  get freeInAll(): number {
    return this.#limits.poolMax - this.#slots.size + this.#idle.length;
  }

  freeFor(owner: string): number {
    return Math.min(this.#limits.poolMaxPerUser - this.takenBy(owner), this.freeInAll);
  }

  /** Slots of the owner that are leased or being closed. */
  takenBy(owner: string): number {
    return this.#taken.get(owner) ?? 0;
  }

  /**
   * An idle slot of the owner, else a new one, else the one of others that was idle for longest; its
   * connection is too old then, whatever its age.
   */
  take(owner: string): Slot {
    const slot = this.takeIdle(owner) ?? this.#takeNew(owner) ?? this.#takeOver(owner);
    if (slot !== undefined) return slot;
    throw new HanaFlightError('internal', 'expected a free connection, there was none');
  }

  takeIdle(owner: string): Slot | undefined {
    this.#dropLost();
    const place = this.#idle.findLastIndex((slot) => slot.owner === owner);
    const [slot] = place < 0 ? [] : this.#idle.splice(place, 1);
    if (slot !== undefined) this.#count(owner, 1);
    return slot;
  }

  /** Keeps the connection of a slot for whoever needs one next. */
  rest(slot: Slot, now: number): void {
    slot.idleSince = now;
    this.#count(slot.owner, -1);
    this.#idle.push(slot);
  }

  /** Marks a leased slot as being closed. */
  retire(slot: Slot): void {
    this.#closing.add(slot);
  }

  /** Takes out idle slots, to be closed. */
  retireIdle(test: (slot: Slot) => boolean): readonly Slot[] {
    const retired = this.#idle.filter(test);
    this.#idle = this.#idle.filter((slot) => !test(slot));
    for (const slot of retired) {
      this.#count(slot.owner, 1);
      this.retire(slot);
    }
    return retired;
  }

  /** The connection of a slot that is not idle is closed. */
  free(slot: Slot): void {
    this.#closing.delete(slot);
    if (this.#slots.delete(slot)) this.#count(slot.owner, -1);
  }

  /** Forgets all slots. @returns those there were. */
  clear(): readonly Slot[] {
    const slots = [...this.#slots];
    this.#slots.clear();
    this.#taken.clear();
    this.#closing.clear();
    this.#idle = [];
    return slots;
  }

  /** Forgets idle connections that were lost. */
  #dropLost(): void {
    this.#idle = this.#idle.filter((slot) => {
      if (slot.connection?.usable) return true;
      this.#slots.delete(slot);
      return false;
    });
  }

  #takeNew(owner: string): Slot | undefined {
    if (this.#slots.size >= this.#limits.poolMax) return undefined;
    const slot: Slot = { owner, connection: undefined, openedAt: 0, idleSince: 0 };
    this.#slots.add(slot);
    this.#count(owner, 1);
    return slot;
  }

  #takeOver(owner: string): Slot | undefined {
    const slot = this.#idle.shift();
    if (slot === undefined) return undefined;
    slot.owner = owner;
    slot.openedAt = Number.NEGATIVE_INFINITY;
    this.#count(owner, 1);
    return slot;
  }

  #count(owner: string, change: number): void {
    const count = this.takenBy(owner) + change;
    if (count > 0) this.#taken.set(owner, count);
    else this.#taken.delete(owner);
  }
}

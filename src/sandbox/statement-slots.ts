/** A place in the queue. */
export interface SlotRequest {
  /** Resolves to true when the slot is there, to false after {@link abandon}. */
  readonly granted: Promise<boolean>;
  /** Leaves the queue; a slot that was granted must be given back all the same. */
  abandon(): void;
}

interface Waiting {
  settle: (granted: boolean) => void;
}

/**
 * Limits how many statements the engine runs at once, as HANA's admission control does. DuckDB runs a
 * statement on a thread of Node's pool, where logons are computed as well: were all of them busy, nobody
 * could log on to cancel anything.
 */
export class StatementSlots {
  readonly #waiting: Waiting[] = [];
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  request(): SlotRequest {
    if (this.#free > 0) {
      this.#free--;
      return { granted: Promise.resolve(true), abandon: () => undefined };
    }
    const place: Waiting = { settle: () => undefined };
    const granted = new Promise<boolean>((resolve) => {
      place.settle = resolve;
    });
    this.#waiting.push(place);
    return {
      granted,
      abandon: () => {
        const index = this.#waiting.indexOf(place);
        if (index < 0) return;
        this.#waiting.splice(index, 1);
        place.settle(false);
      },
    };
  }

  /** Gives a slot back: to who has waited longest. */
  release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next.settle(true);
  }
}

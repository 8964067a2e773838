/** Where the values of a row come from: the number of the row, and as many numbers as it takes. */
export interface Numbers {
  /** From 0 on. */
  readonly row: number;
  /** From 0 to 2^32 - 1. */
  next(): number;
}

/** Numbers by Marsaglia's xorshift; the low bits are as good as the high ones. The same seed gives the same. */
export class SeededNumbers implements Numbers {
  row = 0;
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  next(): number {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state >>> 0;
  }
}

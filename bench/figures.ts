/** The middle of several measurements, and the ends. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** What one contender did. */
export interface Figure {
  readonly name: string;
  /** Of one run. */
  readonly rows: number;
  readonly milliseconds: Spread;
  readonly rowsPerSecond: number;
  /** Of the data in the form that the group says. */
  readonly megabytesPerSecond: number;
  /** How many times as fast as the baseline, taken within each round. */
  readonly ratio: Spread;
  /** Processor seconds for a million rows, by process: `server`, `client`, `HANA`. */
  readonly cpuPerMillionRows: Readonly<Record<string, number>>;
  /** Highest resident memory of the server, in MiB, where the stage is about memory. */
  readonly peakMiB?: Spread | undefined;
  /** Milliseconds of every round, in order. */
  readonly rounds: readonly number[];
}

/** Contenders that took turns on the same task. */
export interface FigureGroup {
  readonly title: string;
  /** What is compared: rows a second, the time of a run, or the memory that it takes. */
  readonly measure: 'rate' | 'time' | 'memory';
  /** Name of the contender that the ratios refer to. */
  readonly baseline: string;
  /** Whose bytes `megabytesPerSecond` counts, e.g. `Arrow`. */
  readonly bytesOf: string;
  /** How the results of all contenders were found to be equal, before or while they were timed. */
  readonly checked: string;
  readonly figures: readonly Figure[];
  /** Peers that did not take part, each with the reason. */
  readonly skipped: readonly string[];
  /** Courses over time, by name; for the file of results only. */
  readonly series?: Readonly<Record<string, readonly number[]>> | undefined;
}

/** @throws Error when there is nothing to take the middle of. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const lowest = sorted[0];
  const highest = sorted.at(-1);
  if (lowest === undefined || highest === undefined) throw new Error('no measurement');
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? highest;
  const lower = sorted.length % 2 === 1 ? upper : (sorted[middle - 1] ?? upper);
  return { median: (lower + upper) / 2, lowest, highest };
}

/** Speed-ups of `times` over `base`, round by round: what disturbs a whole round is not in them. */
export function ratiosOf(base: readonly number[], times: readonly number[]): readonly number[] {
  return times.map((time, round) => (base[round] ?? Number.NaN) / time);
}

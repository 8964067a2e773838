import type { Figure } from './stage.ts';

export interface Contender {
  readonly name: string;
  /** What each run needs before it; not timed. */
  readonly prepare?: () => Promise<void>;
  readonly run: () => Promise<void>;
}

export interface TimingOptions {
  readonly rounds: number;
  /** Name of the contender that the ratios refer to. */
  readonly baseline: string;
  /** Rows and bytes of one run. */
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Times all contenders in turn, round by round, after one round that is not counted. What disturbs the
 * machine for a while then disturbs all of them, and ratios within a round hardly feel it.
 */
export async function interleave(
  contenders: readonly Contender[],
  { rounds, baseline, rows, bytes }: TimingOptions,
): Promise<readonly Figure[]> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const { name, prepare, run } of contenders) {
      await prepare?.();
      const start = performance.now();
      await run();
      if (round > 0) times.get(name)?.push(performance.now() - start);
    }
  }
  const base = times.get(baseline) ?? [];
  return contenders.map(({ name }) => {
    const taken = times.get(name) ?? [];
    const milliseconds = median(taken);
    return {
      name,
      milliseconds,
      rowsPerSecond: (rows / milliseconds) * 1000,
      megabytesPerSecond: bytes / milliseconds / 1000,
      ratio: median(taken.map((time, round) => (base[round] ?? 0) / time)),
      rounds: taken,
    };
  });
}

/** The middle value, or the mean of the two in the middle. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

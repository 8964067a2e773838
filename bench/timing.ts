import { type Figure, type FigureGroup, ratiosOf, spreadOf } from './figures.ts';
import { processorSeconds } from './processor-time.ts';
import { profileWhile } from './profile/profiler.ts';

/** What a run did. */
export interface RunResult {
  readonly rows: number;
  /** Taken by a clock of the contender's own, which starts when its task does; absent: the bench's clock. */
  readonly milliseconds?: number | undefined;
}

export interface Contender {
  readonly name: string;
  /** Process ids by role; their processor time is counted. */
  readonly processes: Readonly<Record<string, number>>;
  /** What each run needs before it; not timed. */
  readonly prepare?: () => Promise<void>;
  readonly run: () => Promise<RunResult>;
}

export interface TimingOptions {
  readonly title: string;
  readonly measure?: 'rate' | 'time';
  readonly rounds: number;
  /** Name of the contender that the ratios refer to. */
  readonly baseline: string;
  /** Rows that every run must yield: one that yields others ends the bench. */
  readonly rows: number;
  /** Bytes of one run, and what form of the data they are of. */
  readonly bytes: number;
  readonly bytesOf: string;
  /** See {@link FigureGroup.checked}; the row counts of every run are checked here. */
  readonly checked: string;
  readonly only?: string | undefined;
  /** Profiles this process there, while the contenders run. */
  readonly profileFolder?: string | undefined;
  /** Rounds before the first that counts; 1 when absent. */
  readonly warmUpRounds?: number;
  readonly skipped?: readonly string[];
}

interface Measurement {
  readonly milliseconds: number;
  readonly cpuSeconds: Readonly<Record<string, number>>;
}

/**
 * Times all contenders in turn, round by round, after one round that is not counted. What disturbs the
 * machine for a while then disturbs all of them, and ratios within a round hardly feel it. Every other
 * round goes backwards, so that nobody always comes after the same one.
 */
export async function interleave(
  all: readonly Contender[],
  options: TimingOptions,
): Promise<FigureGroup> {
  const { only = '', profileFolder } = options;
  const contenders = all.filter(({ name }) => name.includes(only));
  const measureAll = () => measureInTurn(contenders, options);
  const measured = await (profileFolder === undefined
    ? measureAll()
    : profileWhile(profileFolder, measureAll));
  const { title, measure: compared = 'rate', baseline, bytesOf, checked, skipped = [] } = options;
  const base = (measured.get(baseline) ?? []).map(({ milliseconds }) => milliseconds);
  const figures = contenders.map(({ name }) =>
    figureOf(name, measured.get(name) ?? [], { ...options, base }),
  );
  return { title, measure: compared, baseline, bytesOf, checked, figures, skipped };
}

/** Every round of every contender, by its name. */
async function measureInTurn(
  contenders: readonly Contender[],
  { rows, rounds, warmUpRounds = 1 }: TimingOptions,
): Promise<ReadonlyMap<string, readonly Measurement[]>> {
  const measured = new Map(contenders.map(({ name }) => [name, [] as Measurement[]]));
  for (let round = -warmUpRounds; round < rounds; round++) {
    const inTurn = round % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of inTurn) {
      const measurement = await measure(contender, rows);
      if (round >= 0) measured.get(contender.name)?.push(measurement);
    }
  }
  return measured;
}

async function measure(contender: Contender, rows: number): Promise<Measurement> {
  await contender.prepare?.();
  const before = cpuOf(contender);
  const start = performance.now();
  const result = await contender.run();
  const milliseconds = result.milliseconds ?? performance.now() - start;
  const after = cpuOf(contender);
  if (result.rows !== rows) {
    throw new Error(`${contender.name}: expected ${rows} rows, got ${result.rows}`);
  }
  const cpuSeconds = Object.fromEntries(
    Object.entries(after).map(([role, seconds]) => [role, seconds - (before[role] ?? 0)]),
  );
  return { milliseconds, cpuSeconds };
}

function cpuOf({ processes }: Contender): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(processes).map(([role, pid]) => [role, processorSeconds(pid)]),
  );
}

function figureOf(
  name: string,
  measurements: readonly Measurement[],
  { rows, bytes, base }: TimingOptions & { readonly base: readonly number[] },
): Figure {
  const rounds = measurements.map(({ milliseconds }) => milliseconds);
  const milliseconds = spreadOf(rounds);
  const roles = Object.keys(measurements[0]?.cpuSeconds ?? {});
  const cpu = (role: string) =>
    spreadOf(measurements.map(({ cpuSeconds }) => cpuSeconds[role] ?? Number.NaN)).median;
  return {
    name,
    rows,
    milliseconds,
    rowsPerSecond: (rows / milliseconds.median) * 1000,
    megabytesPerSecond: bytes / milliseconds.median / 1000,
    ratio: spreadOf(ratiosOf(base, rounds)),
    cpuPerMillionRows: Object.fromEntries(roles.map((role) => [role, cpu(role) / (rows / 1e6)])),
    rounds,
  };
}

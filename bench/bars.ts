import { type Figure, type FigureGroup, ratiosOf, spreadOf } from './figures.ts';

/** A ratio that the project has promised to reach. */
interface Bar {
  readonly stage: string;
  /** Texts that the names of the two contenders begin with. */
  readonly subject: string;
  readonly against: string;
  /** How many times as fast, or how many times as much memory or processor time. */
  readonly bar: number;
  readonly goal: number;
  readonly of: 'speed' | 'memory' | 'processor time';
}

/** Held against the workload narrow; ratios of others are only shown. */
const BARS: readonly Bar[] = [
  speed('decode', 'hana-flight batches', 'node-hdb row objects', [10, 20]),
  speed('decode', 'hana-flight batches', 'node-hdb raw packets', [0.55, 0.8]),
  speed('doget', 'hana-flight', 'pyarrow', [0.75, 1]),
  speed('end-to-end', 'hana-flight, ADBC, 1 endpoint', 'node-hdb', [8, 15]),
  speed('end-to-end', 'hana-flight, ADBC, 1 endpoint', 'hdbcli', [5, 10]),
  speed('end-to-end', 'hana-flight, ADBC, 1 endpoint', 'Rust', [2, 5]),
  speed('end-to-end', 'limited: hana-flight, ADBC, 8', 'limited: hana-flight, ADBC, 1', [7.5, 7.9]),
  speed('partitioned', '8 endpoints', '1 endpoint', [7, 7.9]),
  speed('ingest', 'ADBC', 'node-hdb', [10, 20]),
  speed('first-batch', 'hana-flight', 'node-hdb', [1 / 1.5, 1 / 1.2]),
  {
    stage: 'lanes',
    subject: 'with 2 lanes',
    against: 'in the main thread',
    bar: 1.15,
    goal: 1.05,
    of: 'processor time',
  },
  {
    stage: 'memory',
    subject: 'many rows',
    against: 'few rows',
    bar: 1.15,
    goal: 1.05,
    of: 'memory',
  },
];

function speed(
  stage: string,
  subject: string,
  against: string,
  [bar, goal]: readonly [number, number],
): Bar {
  return { stage, subject, against, bar, goal, of: 'speed' };
}

/** How a promise fared. */
export interface Verdict {
  readonly subject: string;
  readonly against: string;
  readonly ratio: number;
  readonly bar: number;
  readonly goal: number;
  readonly verdict: 'goal reached' | 'bar reached' | 'bar NOT reached';
}

/** The verdict on every promise whose two contenders took part in a group. */
export function verdictsOn(stage: string, groups: readonly FigureGroup[]): readonly Verdict[] {
  return BARS.filter((bar) => bar.stage === stage).flatMap((bar) =>
    groups.flatMap(({ figures }) => {
      const subject = figures.find(({ name }) => name.startsWith(bar.subject));
      const against = figures.find(({ name }) => name.startsWith(bar.against));
      return subject === undefined || against === undefined ? [] : [judge(bar, subject, against)];
    }),
  );
}

function judge(bar: Bar, subject: Figure, against: Figure): Verdict {
  const ratio = RATIOS[bar.of](subject, against);
  const reaches = (limit: number) => (bar.of === 'speed' ? ratio >= limit : ratio <= limit);
  const reached = reaches(bar.goal) ? 'goal reached' : 'bar reached';
  return {
    subject: subject.name,
    against: against.name,
    ratio,
    bar: bar.bar,
    goal: bar.goal,
    verdict: reaches(bar.bar) ? reached : 'bar NOT reached',
  };
}

const RATIOS: Readonly<Record<Bar['of'], (subject: Figure, against: Figure) => number>> = {
  speed: (subject, against) => spreadOf(ratiosOf(against.rounds, subject.rounds)).median,
  memory: (subject, against) =>
    (subject.peakMiB?.median ?? Number.NaN) / (against.peakMiB?.median ?? Number.NaN),
  'processor time': (subject, against) =>
    (subject.cpuPerMillionRows['server'] ?? Number.NaN) /
    (against.cpuPerMillionRows['server'] ?? Number.NaN),
};

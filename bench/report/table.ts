import type { Verdict } from '../bars.ts';
import type { Figure, FigureGroup, Spread } from '../figures.ts';

/** A column of the printed table, for the measures that it says something of. */
interface TableColumn {
  readonly head: string;
  readonly of: readonly FigureGroup['measure'][];
  readonly text: (figure: Figure) => string;
}

const COLUMNS: readonly TableColumn[] = [
  {
    head: 'M rows/s',
    of: ['rate', 'memory'],
    text: ({ rowsPerSecond }) => (rowsPerSecond / 1e6).toFixed(3),
  },
  {
    head: 'MB/s',
    of: ['rate', 'memory'],
    text: ({ megabytesPerSecond }) => megabytesPerSecond.toFixed(0),
  },
  {
    head: 'ms',
    of: ['rate', 'time', 'memory'],
    text: ({ milliseconds }) => short(milliseconds.median),
  },
  { head: 'from..to', of: ['rate', 'time'], text: ({ milliseconds }) => ends(milliseconds) },
  { head: 'ratio', of: ['rate', 'time'], text: ({ ratio }) => `${short(ratio.median)}x` },
  { head: 'from..to', of: ['rate', 'time'], text: ({ ratio }) => ends(ratio) },
  {
    head: 'CPU s per M rows',
    of: ['rate', 'memory'],
    text: ({ cpuPerMillionRows }) => cpuText(cpuPerMillionRows, 1),
  },
  {
    head: 'CPU ms',
    of: ['time'],
    text: ({ rows, cpuPerMillionRows }) => cpuText(cpuPerMillionRows, rows / 1000),
  },
  { head: 'peak MiB', of: ['memory'], text: ({ peakMiB }) => short(peakMiB?.median ?? Number.NaN) },
  {
    head: 'from..to',
    of: ['memory'],
    text: ({ peakMiB }) => (peakMiB === undefined ? '' : ends(peakMiB)),
  },
];

/** The group as lines of text. */
export function tableOf({
  title,
  measure,
  baseline,
  bytesOf,
  checked,
  figures,
  skipped,
}: FigureGroup): string {
  const nameWidth = Math.max(0, ...figures.map(({ name }) => name.length));
  const said = COLUMNS.filter(
    ({ of, text }) => of.includes(measure) && figures.some((figure) => text(figure) !== ''),
  );
  const columns = said.map(({ head, text }) => {
    const texts = [head, ...figures.map(text)];
    const width = Math.max(...texts.map(({ length }) => length));
    return texts.map((each) => each.padStart(width));
  });
  const lines = ['', ...figures.map(({ name }) => name)].map((name, row) =>
    [name.padEnd(nameWidth), ...columns.map((texts) => texts[row] ?? '')].join('  '),
  );
  const skips = skipped.length === 0 ? [] : [`SKIPPED ${skipped.length}:`, ...skipped];
  return [
    `${title} (${legend(measure, baseline, bytesOf)})`,
    ...lines,
    `checked: ${checked}`,
    ...skips,
    '',
  ].join('\n');
}

function legend(measure: FigureGroup['measure'], baseline: string, bytesOf: string): string {
  const megabytes = `MB are ${bytesOf}'s`;
  if (measure === 'memory') return megabytes;
  const ratio = `ratio: times as fast as ${baseline}, within each round`;
  return measure === 'time' ? ratio : `${megabytes}; ${ratio}`;
}

function ends({ lowest, highest }: Spread): string {
  return `${short(lowest)}..${short(highest)}`;
}

function cpuText(secondsByRole: Figure['cpuPerMillionRows'], factor: number): string {
  return Object.entries(secondsByRole)
    .map(([role, seconds]) => `${role} ${short(seconds * factor)}`)
    .join(', ');
}

/** One line for each promise. */
export function verdictLines(verdicts: readonly Verdict[]): string {
  return verdicts
    .map(
      ({ subject, against, ratio, bar, goal, verdict }) =>
        `${verdict}: ${subject} / ${against} = ${short(ratio)} (bar ${short(bar)}, goal ${short(goal)})\n`,
    )
    .join('');
}

/** Three digits that count. */
function short(value: number): string {
  if (Number.isNaN(value)) return '?';
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

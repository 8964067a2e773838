import type { Verdict } from '../bars.ts';
import type { Figure, FigureGroup } from '../figures.ts';

/** A column of the printed table; absent figures are blank. */
interface TableColumn {
  readonly head: string;
  readonly text: (figure: Figure) => string;
}

const COLUMNS: readonly TableColumn[] = [
  { head: 'M rows/s', text: ({ rowsPerSecond }) => (rowsPerSecond / 1e6).toFixed(3) },
  { head: 'MB/s', text: ({ megabytesPerSecond }) => megabytesPerSecond.toFixed(0) },
  { head: 'ms', text: ({ milliseconds }) => short(milliseconds.median) },
  {
    head: 'from..to',
    text: ({ milliseconds: { lowest, highest } }) => `${short(lowest)}..${short(highest)}`,
  },
  {
    head: 'ratio',
    text: ({ ratio }) => (Number.isNaN(ratio.median) ? '' : `${short(ratio.median)}x`),
  },
  {
    head: 'from..to',
    text: ({ ratio: { lowest, highest } }) =>
      Number.isNaN(lowest) ? '' : `${short(lowest)}..${short(highest)}`,
  },
  {
    head: 'CPU s per M rows',
    text: ({ cpuPerMillionRows }) =>
      Object.entries(cpuPerMillionRows)
        .map(([role, seconds]) => `${role} ${short(seconds)}`)
        .join(', '),
  },
  {
    head: 'peak MiB',
    text: ({ peakMiB }) => (peakMiB === undefined ? '' : peakMiB.median.toFixed(0)),
  },
];

/** The group as lines of text. */
export function tableOf({ title, baseline, bytesOf, figures, skipped }: FigureGroup): string {
  const columns = COLUMNS.map(({ head, text }) => {
    const texts = figures.map(text);
    const width = Math.max(head.length, ...texts.map(({ length }) => length));
    return {
      head: head.padStart(width),
      texts: texts.map((each) => each.padStart(width)),
      all: texts,
    };
  }).filter(({ all }) => all.some((text) => text !== ''));
  const nameWidth = Math.max(0, ...figures.map(({ name }) => name.length));
  const lines = figures.map(({ name }, row) =>
    [name.padEnd(nameWidth), ...columns.map(({ texts }) => texts[row] ?? '')].join('  '),
  );
  return [
    `${title} (MB of ${bytesOf}'s bytes; ratio: times as fast as ${baseline}, within each round)`,
    [''.padEnd(nameWidth), ...columns.map(({ head }) => head)].join('  '),
    ...lines,
    ...(skipped.length > 0
      ? [`SKIPPED ${skipped.length}:`, ...skipped.map((each) => `  ${each}`)]
      : []),
    '',
  ].join('\n');
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

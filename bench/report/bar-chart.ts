import type { Figure, FigureGroup, Spread } from '../figures.ts';

const WIDTH = 860;
const LABEL_WIDTH = 330;
const VALUE_WIDTH = 150;
const ROW_HEIGHT = 26;
const BAR_HEIGHT = 16;
const TOP = 46;
const BOTTOM = 26;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
/** Contenders that are hana-flight, or read through it. */
const OURS = /hana-flight|rows$/;
/** Readable on white and on black. */
const COLORS = { ours: '#1f77b4', other: '#8c8c8c', text: '#666666' } as const;

/** What a bar shows, and how its length is written out. */
const MEASURES: Readonly<Record<FigureGroup['measure'], (figure: Figure) => BarValue>> = {
  rate: ({ rowsPerSecond, ratio }) => ({
    length: rowsPerSecond,
    text: `${(rowsPerSecond / 1e6).toFixed(2)} M rows/s${factor(ratio)}`,
  }),
  time: ({ milliseconds: { median }, ratio }) => ({
    length: median,
    text: `${median.toFixed(1)} ms${factor(ratio)}`,
  }),
  memory: ({ peakMiB }) => ({
    length: peakMiB?.median ?? 0,
    text: `${(peakMiB?.median ?? 0).toFixed(0)} MiB`,
  }),
};

interface BarValue {
  readonly length: number;
  readonly text: string;
}

/** A group as a bar chart in SVG, our own bars in another colour. */
export function barChart(
  heading: string,
  { figures, measure }: Pick<FigureGroup, 'figures' | 'measure'>,
  footer: string,
): string {
  const values = figures.map(MEASURES[measure]);
  const longest = Math.max(...values.map(({ length }) => length), Number.MIN_VALUE);
  const bars = figures.map(({ name }, index) => {
    const { length = 0, text = '' } = values[index] ?? {};
    const y = TOP + index * ROW_HEIGHT;
    const width = Math.max(1, (length / longest) * PLOT_WIDTH);
    const color = OURS.test(name) ? COLORS.ours : COLORS.other;
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${y + 12}" text-anchor="end">${escape(name)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" fill="${color}"/>`,
      `<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${y + 12}">${text}</text>`,
    ].join('\n');
  });
  const height = TOP + figures.length * ROW_HEIGHT + BOTTOM;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="${COLORS.text}">
<text x="8" y="22" font-size="15">${escape(heading)}</text>
${bars.join('\n')}
<text x="8" y="${height - 8}" font-size="10">${escape(footer)}</text>
</svg>
`;
}

function factor({ median }: Spread): string {
  return Number.isNaN(median) ? '' : ` (${median.toFixed(1)}x)`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

import type { FigureGroup } from '../figures.ts';

const WIDTH = 860;
const LABEL_WIDTH = 330;
const VALUE_WIDTH = 150;
const ROW_HEIGHT = 26;
const BAR_HEIGHT = 16;
const TOP = 46;
const BOTTOM = 26;
const PLOT_WIDTH = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
/** Readable on white and on black. */
const COLORS = { ours: '#1f77b4', other: '#8c8c8c', text: '#666666' } as const;

/** The rates of a group as a bar chart in SVG, our own bars in another colour. */
export function barChart(
  heading: string,
  { figures }: Pick<FigureGroup, 'figures'>,
  footer: string,
): string {
  const longest = Math.max(...figures.map(({ rowsPerSecond }) => rowsPerSecond), 1);
  const bars = figures.map(({ name, rowsPerSecond, ratio }, index) => {
    const y = TOP + index * ROW_HEIGHT;
    const width = Math.max(1, (rowsPerSecond / longest) * PLOT_WIDTH);
    const color =
      name.startsWith('hana-flight') || name.startsWith('ADBC') ? COLORS.ours : COLORS.other;
    const factor = Number.isNaN(ratio.median) ? '' : ` (${ratio.median.toFixed(1)}x)`;
    const value = `${(rowsPerSecond / 1e6).toFixed(2)} M rows/s${factor}`;
    return [
      `<text x="${LABEL_WIDTH - 8}" y="${y + 12}" text-anchor="end">${escape(name)}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" fill="${color}"/>`,
      `<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${y + 12}">${value}</text>`,
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

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

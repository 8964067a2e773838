import type { PartitionReport } from '../partition-report.ts';
import { grouped } from '../progress.ts';
import { drawTable, printable } from './table.ts';

/** Bounds that are shown; the table of endpoints says the rest in words. */
const SHOWN_BOUNDS = 8;

/**
 * A report of partitioning for people: what, why, and a line for each endpoint.
 * @param width of the terminal; undefined: as wide as it is.
 */
export function explanationText(report: PartitionReport, width: number | undefined): string {
  const facts = [
    ['strategy', report.strategy],
    ['reason', report.reason],
    ['key', report.key.join(', ') || 'none'],
    ['bounds', boundsText(report.bounds)],
    ['rows', rowsText(report.rows)],
    ['ordered', report.ordered ? 'yes' : 'no'],
    ['consistency', consistencyText(report.consistency)],
  ];
  const lines = facts.map(([name = '', text = '']) => `${name.padEnd(13)}${printable(text)}\n`);
  return `${lines.join('')}\n${endpointTable(report, width)}`;
}

function endpointTable({ endpoints }: PartitionReport, width: number | undefined): string {
  const columns = [
    { name: 'endpoint', numeric: true, cells: endpoints.map((_, index) => String(index + 1)) },
    { name: 'rows', numeric: true, cells: endpoints.map(({ rows }) => rowsText(rows)) },
    { name: 'share', numeric: false, cells: endpoints.map(({ share }) => printable(share)) },
  ];
  return drawTable(
    columns.map((column) => ({ ...column, elastic: !column.numeric })),
    endpoints.length,
    width,
  );
}

function boundsText(bounds: readonly string[]): string {
  if (bounds.length === 0) return 'none';
  const shown = bounds.slice(0, SHOWN_BOUNDS).join(', ');
  return bounds.length <= SHOWN_BOUNDS ? shown : `${shown}, … (${bounds.length} in all)`;
}

/** What the catalog or a sample says, never a count of the result. */
function rowsText(rows: number | null): string {
  return rows === null ? 'unknown' : `about ${grouped(Math.round(rows))}`;
}

function consistencyText(consistency: PartitionReport['consistency']): string {
  if (consistency === undefined) return 'unknown';
  const { asked, reached } = consistency;
  return asked === reached ? reached : `${reached}, although ${asked} was asked for`;
}

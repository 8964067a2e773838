import { type ErrorCode, HanaFlightError } from '../../core/errors.ts';
import { planningStatements } from '../dialect/planning-statements.ts';
import type { HanaConnection } from '../hana-connection.ts';
import { readRows } from './catalog-rows.ts';

/** What data statistics say of the values of a column. */
export interface CatalogHistogram {
  readonly column: string;
  /** In the order HANA has them in: each holds values up to its upper one. */
  readonly buckets: readonly { readonly upper: string; readonly rows: number }[];
}

const SHAPE = { DATA_SOURCE_COLUMN_NAMES: 'text?', DATA_STATISTICS_CONTENT: 'text?' } as const;

/** Older releases have no such view or column, and it takes a privilege of its own: nobody needs statistics. */
const WITHOUT_STATISTICS: ReadonlySet<ErrorCode> = new Set([
  'not-found',
  'permission-denied',
  'invalid-argument',
  'unimplemented',
]);

/** Histograms of single columns of a table, one for each of its parts; none where HANA shows none. */
export async function readHistograms(
  connection: HanaConnection,
  table: { readonly schema: string; readonly name: string },
): Promise<readonly CatalogHistogram[]> {
  const histograms: CatalogHistogram[] = [];
  try {
    const rows = readRows(connection, planningStatements.histograms(table), SHAPE);
    for await (const row of rows) {
      const buckets = readBuckets(row.DATA_STATISTICS_CONTENT ?? '');
      const column = row.DATA_SOURCE_COLUMN_NAMES;
      if (column !== undefined && buckets.length > 0) histograms.push({ column, buckets });
    }
  } catch (error) {
    const { code } = HanaFlightError.from(error);
    if (!WITHOUT_STATISTICS.has(code)) throw error;
  }
  return histograms;
}

/**
 * The buckets of a histogram, none for what is not understood. HANA documents that the content is JSON with bucket boundaries and counts, not what they are called. Read is
 * `{"content": {"buckets": [{"upper": "9", "count": 9}]}}`; whatever else there is counts as no histogram.
 */
export function readBuckets(content: string): CatalogHistogram['buckets'] {
  const buckets = memberOf(memberOf(parsed(content), 'content'), 'buckets');
  if (!Array.isArray(buckets)) return [];
  const read = buckets.map((bucket: unknown) => ({
    upper: memberOf(bucket, 'upper'),
    rows: Number(memberOf(bucket, 'count')),
  }));
  const known = read.flatMap(({ upper, rows }) =>
    (typeof upper === 'string' || typeof upper === 'number') && rows >= 0
      ? [{ upper: String(upper), rows }]
      : [],
  );
  return known.length === buckets.length ? known : [];
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

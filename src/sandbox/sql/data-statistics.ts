import type { DuckDBConnection } from '@duckdb/node-api';
import type { DataStatistics, StatisticsContent, TableDefinition } from './catalog/definitions.ts';
import { partCount, partitionCondition } from './partition-condition.ts';
import { objectName, quoteName } from './rendered-sql.ts';

/** Buckets of a histogram, or values of TOPK, when the statement does not say. HANA's defaults are not known. */
const DEFAULT_BUCKETS = 100;

type StatisticsDefinition = Pick<DataStatistics, 'type' | 'column' | 'buckets'>;

/**
 * What the statistics say now, per part of the table. HANA documents that the content is JSON, that it has
 * a section of content (bucket boundaries and counts, or values and frequencies) and one of properties, and
 * the names of the properties; what the rest is called, and how values are written, only a real HANA can
 * tell. Here values are text as TO_VARCHAR writes it.
 */
export async function statisticsContents(
  table: TableDefinition,
  statistics: StatisticsDefinition,
  connection: DuckDBConnection,
): Promise<readonly StatisticsContent[]> {
  const { partitioning } = table;
  const parts =
    partitioning === undefined
      ? [{ partId: 0, condition: 'TRUE' }]
      : Array.from({ length: partCount(partitioning) }, (_, index) => ({
          partId: index + 1,
          condition: partitionCondition(partitioning, index + 1),
        }));
  const contents: StatisticsContent[] = [];
  for (const { partId, condition } of parts) {
    const rows =
      `SELECT ${quoteName(statistics.column)} AS x ` +
      `FROM ${objectName(table.schemaName, table.name)} WHERE ${condition}`;
    const reader = await connection.runAndReadAll(jsonQuery(rows, statistics));
    const [[json] = []] = reader.getRowsJson();
    contents.push({ partId, json: typeof json === 'string' ? json : '' });
  }
  return contents;
}

/** DuckDB's query for the JSON; the CTE `counted` has the values with their numbers of rows. */
function jsonQuery(
  rows: string,
  { type, buckets = DEFAULT_BUCKETS }: StatisticsDefinition,
): string {
  const content = { HISTOGRAM: HISTOGRAM_CONTENT, TOPK: TOPK_CONTENT, SIMPLE: undefined }[type];
  return `
    WITH sampled AS (${rows}),
    counted AS (SELECT x, count(*) AS n FROM sampled WHERE x IS NOT NULL GROUP BY x)
    SELECT CAST(json_object(
      ${content === undefined ? '' : `'content', ${content(buckets)},`}
      'properties', json_object(
        ${content === undefined ? '' : `'BUCKETS', ${buckets},`}
        'COUNT', (SELECT count(*) FROM sampled),
        'DISTINCT COUNT', (SELECT count(*) FROM counted),
        'NULL COUNT', (SELECT count(*) FROM sampled WHERE x IS NULL),
        'MIN VALUE', (SELECT TO_VARCHAR(min(x)) FROM counted),
        'MAX VALUE', (SELECT TO_VARCHAR(max(x)) FROM counted))) AS VARCHAR)`;
}

/** Buckets of about the same number of rows; one value is never in two. */
const HISTOGRAM_CONTENT = (buckets: number): string => `
  json_object('buckets', (SELECT to_json(coalesce(list(json_object(
      'lower', TO_VARCHAR(lower), 'upper', TO_VARCHAR(upper),
      'count', n, 'distinct count', d) ORDER BY bucket), []))
    FROM (SELECT bucket, min(x) AS lower, max(x) AS upper, sum(n)::BIGINT AS n, count(*) AS d
      FROM (SELECT x, n, (sum(n) OVER (ORDER BY x) - n) * ${buckets} // (SELECT sum(n) FROM counted)
        AS bucket FROM counted) GROUP BY bucket)))`;

const TOPK_CONTENT = (values: number): string => `
  json_object('values', (SELECT to_json(coalesce(list(json_object(
      'value', TO_VARCHAR(x), 'count', n) ORDER BY n DESC, x), []))
    FROM (SELECT * FROM counted ORDER BY n DESC, x LIMIT ${values})))`;

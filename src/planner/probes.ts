import { HanaFlightError } from '../core/errors.ts';
import type { Division } from './division.ts';
import type { Probe, ProbeAnswer, TableFacts, TextRow } from './facts.ts';
import type { Key } from './keys/key.ts';
import { quoteIdentifier } from './literals.ts';

/** Every query that planning sends to HANA. All columns of all answers are NVARCHAR. */

/** The present, as FOR SYSTEM_TIME AS OF takes it: HANA keeps the times of history in UTC. */
export const MOMENT_SQL =
  "SELECT TO_NVARCHAR(CURRENT_UTCTIMESTAMP, 'YYYY-MM-DD HH24:MI:SS.FF7') AS C1 FROM DUMMY";

/** Rows that a probe reads. */
export interface ProbeSource {
  readonly table: TableFacts;
  readonly filter: Division['filter'];
  /** Of one part only. */
  readonly part?: number | undefined;
  /** Of a sample; 100 is all rows. */
  readonly percent?: number | undefined;
}

/** The smallest and the largest value of a key of one column, and the number of rows. */
export function extentSql(source: ProbeSource, [column]: Key): string {
  if (column === undefined) throw new RangeError('an extent needs a column');
  const name = quoteIdentifier(column.column);
  const { text } = column.keyType;
  return (
    `SELECT ${text(`MIN(${name})`)} AS C1, ${text(`MAX(${name})`)} AS C2,` +
    ` TO_NVARCHAR(COUNT(*)) AS C3 FROM ${sourceSql(source)}`
  );
}

/**
 * The smallest keys of `tiles` groups of rows of about the same size, in ascending order, and behind them
 * the number of rows that were read. HANA sorts; only the few rows come over the wire.
 */
export function quantilesSql(source: ProbeSource, key: Key, tiles: number): string {
  const places = key.map((_, place) => `K${place + 1}`);
  const columns = key.map(({ column }, place) => `${quoteIdentifier(column)} AS K${place + 1}`);
  const order = key.map(({ column }) => quoteIdentifier(column)).join(', ');
  const texts = key.map(
    ({ keyType }, place) => `${keyType.text(`K${place + 1}`)} AS C${place + 1}`,
  );
  const tiled =
    `SELECT ${columns.join(', ')}, NTILE(${tiles}) OVER (ORDER BY ${order}) AS TILE,` +
    ` COUNT(*) OVER () AS ALL_ROWS FROM ${sourceSql(source)}`;
  const placed =
    `SELECT ${places.join(', ')}, TILE, ALL_ROWS,` +
    ` ROW_NUMBER() OVER (PARTITION BY TILE ORDER BY ${places.join(', ')}) AS PLACE` +
    ` FROM (${tiled}) AS TILED`;
  return (
    `SELECT ${texts.join(', ')}, TO_NVARCHAR(ALL_ROWS) AS C${key.length + 1}` +
    ` FROM (${placed}) AS PLACED WHERE PLACE = 1 ORDER BY TILE`
  );
}

/** The quantiles of several parts in one answer: the part id is the last column. */
export function quantilesOfPartsSql(
  sources: readonly ProbeSource[],
  key: Key,
  tilesOf: (part: number) => number,
): string {
  const columns = Array.from({ length: key.length + 1 }, (_, place) => `C${place + 1}`).join(', ');
  return sources
    .map(({ part = 0, ...source }) => {
      const rows = quantilesSql({ ...source, part }, key, tilesOf(part));
      return `SELECT ${columns}, TO_NVARCHAR(${part}) AS C${key.length + 2} FROM (${rows}) AS OF_PART`;
    })
    .join(' UNION ALL ');
}

/** The filter sees the sample, not the other way round: so what is left says how much it lets through. */
function sourceSql({ table, filter, part, percent }: ProbeSource): string {
  const restricted = part === undefined ? '' : ` PARTITION (${part})`;
  // Row by row: as even as it gets, and of a column store it reads no more than the key of those rows.
  const sampled =
    percent === undefined || percent >= 100 ? '' : ` TABLESAMPLE BERNOULLI (${percent})`;
  const rows = `${quoteIdentifier(table.schema)}.${quoteIdentifier(table.name)}${restricted}${sampled}`;
  if (filter === undefined) return rows;
  return `(SELECT * FROM ${rows}) AS ${filter.qualifier} WHERE ${filter.where}`;
}

/** Asks for rows. @throws HanaFlightError `internal` when something else is answered. */
export function* askRows(
  sql: string,
  columns: number,
  why: string,
): Generator<Probe, readonly TextRow[], ProbeAnswer> {
  const answer = yield { kind: 'rows', sql, columns, why };
  if (answer.kind === 'rows') return answer.rows;
  throw new HanaFlightError(
    'internal',
    `planning asked for rows and was answered a ${answer.kind}`,
  );
}

/** Asks for the facts of a table or view; undefined when there is none. */
export function* askTable(
  schema: string | undefined,
  name: string,
): Generator<Probe, TableFacts | undefined, ProbeAnswer> {
  const answer = yield { kind: 'table', schema, name };
  if (answer.kind === 'table') return answer.facts;
  throw new HanaFlightError(
    'internal',
    `planning asked for a table and was answered ${answer.kind}`,
  );
}

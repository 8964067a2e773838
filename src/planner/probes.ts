import { HanaFlightError } from '../core/errors.ts';
import type { Probe, ProbeAnswer, TableFacts, TextRow } from './facts.ts';
import { columnText, type KeyColumn } from './key.ts';

/** Asks one question; answered by whoever drives the planning. */
export type Asking<T> = Generator<Probe, T, ProbeAnswer>;

/** Where values are looked at: SQL text behind FROM, and a condition on its rows. */
export interface Sampled {
  readonly from: string;
  readonly where: string | undefined;
}

/** Rows of a sample: enough for even quantiles of 256 endpoints. */
const SAMPLE_ROWS = 20_000;

export function* tableFacts(
  schema: string | undefined,
  name: string,
): Asking<TableFacts | undefined> {
  const answer = yield { kind: 'table', schema, name };
  if (answer.kind !== 'table') throw wrongAnswer(answer);
  return answer.facts;
}

function* textRows(sql: string, columns: number, why: string): Asking<readonly TextRow[]> {
  const answer = yield { kind: 'rows', sql, columns, why };
  if (answer.kind !== 'rows') throw wrongAnswer(answer);
  return answer.rows;
}

export interface Extent {
  /** Rows that the conditions let through, those without a key among them. */
  readonly rows: number;
  /** Undefined when there is no key at all. */
  readonly least: string | undefined;
  readonly greatest: string | undefined;
}

/** Number of rows, smallest and largest key: one pass over one column. */
export function* extent(key: KeyColumn, { from, where }: Sampled): Asking<Extent> {
  const inner = `SELECT COUNT(*) AS N, MIN(${key.sql}) AS LEAST_KEY, MAX(${key.sql}) AS GREATEST_KEY FROM ${from}${whereClause([where])}`;
  const least = columnText({ ...key, sql: 'LEAST_KEY' });
  const greatest = columnText({ ...key, sql: 'GREATEST_KEY' });
  const sql = `SELECT TO_NVARCHAR(N) AS C1, ${least} AS C2, ${greatest} AS C3 FROM (${inner})`;
  const [row] = yield* textRows(sql, 3, 'number of rows, smallest and largest key');
  return { rows: Number(row?.[0] ?? 0), least: row?.[1], greatest: row?.[2] };
}

/** Keys that cut a sample into `count` equal pieces: `count - 1` or fewer, in HANA's order. */
export function* quantiles(
  key: readonly KeyColumn[],
  { from, where }: Sampled,
  { count, rows }: { readonly count: number; readonly rows: number },
): Asking<readonly TextRow[]> {
  const names = key.map((_, index) => `K${index + 1}`);
  const columns = key.map(({ sql }, index) => `${sql} AS ${names[index]}`).join(', ');
  const order = key.map(({ sql }) => sql).join(', ');
  const present = key.map(({ sql }) => `${sql} IS NOT NULL`);
  const ranked =
    `SELECT ${columns}, ROW_NUMBER() OVER (ORDER BY ${order}) AS R, COUNT(*) OVER () AS N` +
    ` FROM ${from}${sampleClause(rows)}${whereClause([where, ...present])}`;
  // The row with which each piece but the first begins.
  const begins = `FLOOR((R - 1) * ${count} / N) > FLOOR((R - 2) * ${count} / N) AND R > 1`;
  const texts = key.map(
    (column, index) => `${columnText({ ...column, sql: names[index] ?? '' })} AS C${index + 1}`,
  );
  const sql = `SELECT ${texts.join(', ')} FROM (${ranked}) WHERE ${begins} ORDER BY R`;
  return yield* textRows(sql, key.length, 'keys that cut the table into equal pieces');
}

/** Percentage of a table that is sampled; undefined when it is small enough to be read whole. */
export function samplePercentage(rows: number): string | undefined {
  const percentage = (100 * SAMPLE_ROWS) / Math.max(rows, 1);
  return percentage >= 100 ? undefined : String(Number(percentage.toPrecision(3)));
}

export function* currentMoment(): Asking<string> {
  const sql =
    "SELECT TO_NVARCHAR(CURRENT_UTCTIMESTAMP, 'YYYY-MM-DD HH24:MI:SS.FF7') AS C1 FROM DUMMY";
  const [row] = yield* textRows(sql, 1, 'the moment that all endpoints show');
  const moment = row?.[0];
  if (moment !== undefined) return moment;
  throw new HanaFlightError('malformed-packet', 'expected the time of HANA, got no row');
}

function sampleClause(rows: number): string {
  const percentage = samplePercentage(rows);
  return percentage === undefined ? '' : ` TABLESAMPLE BERNOULLI (${percentage})`;
}

function whereClause(conditions: readonly (string | undefined)[]): string {
  const present = conditions.filter((condition) => condition !== undefined);
  return present.length === 0 ? '' : ` WHERE ${present.map((each) => `(${each})`).join(' AND ')}`;
}

function wrongAnswer({ kind }: ProbeAnswer): HanaFlightError {
  return new HanaFlightError('internal', `planning got an answer to another question: ${kind}`);
}

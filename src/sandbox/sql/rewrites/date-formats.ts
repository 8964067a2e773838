import { quoteText } from '../rendered-sql.ts';
import { sqlToken, type Token } from '../token.ts';

/** HANA's letters in a date format and DuckDB's, the longer ones first. */
const FORMAT_LETTERS: readonly (readonly [hana: string, duckDb: string])[] = [
  ['YYYY', '%Y'],
  ['HH24', '%H'],
  ['HH12', '%I'],
  ['MONTH', '%B'],
  ['MON', '%b'],
  ['DAY', '%A'],
  ['DDD', '%j'],
  ['FF7', '%f0'],
  ['FF6', '%f'],
  ['FF3', '%g'],
  ['FF', '%f'],
  ['YY', '%y'],
  ['MM', '%m'],
  ['DD', '%d'],
  ['HH', '%H'],
  ['MI', '%M'],
  ['SS', '%S'],
  ['AM', '%p'],
];

const LETTERS = new RegExp(FORMAT_LETTERS.map(([hana]) => hana).join('|'), 'gi');

/** A format such as `YYYY-MM-DD HH24:MI:SS` in DuckDB's letters. */
function duckDbFormat(format: string): string {
  const duckDb = new Map(FORMAT_LETTERS);
  return format
    .replaceAll('%', '%%')
    .replace(LETTERS, (letters) => duckDb.get(letters.toUpperCase()) ?? letters);
}

/** DuckDB's type that a conversion with a format yields; VARCHAR writes, the others read. */
const FORMAT_CONVERSIONS: Readonly<Record<string, string>> = {
  TO_VARCHAR: 'VARCHAR',
  TO_NVARCHAR: 'VARCHAR',
  TO_CHAR: 'VARCHAR',
  TO_NCHAR: 'VARCHAR',
  TO_DATE: 'DATE',
  TO_TIME: 'TIME',
  TO_SECONDDATE: 'TIMESTAMP_S',
  TO_TIMESTAMP: 'TIMESTAMP',
};

/**
 * `TO_DATE(x, 'YYYYMMDD')` and kin: the format is a constant to DuckDB, so no macro can hand it on.
 * Undefined when the call has no literal format.
 */
export function formatConversion(
  name: Token,
  args: readonly (readonly Token[])[],
): readonly Token[] | undefined {
  const [value, format] = args;
  const type = FORMAT_CONVERSIONS[name.value];
  const literal = format?.length === 1 ? format[0] : undefined;
  if (type === undefined || value === undefined || literal?.kind !== 'string') return undefined;
  const text = quoteText(duckDbFormat(literal.value));
  const sql = (code: string): Token => sqlToken(code, name);
  if (type !== 'VARCHAR') {
    return [sql('CAST(strptime('), ...value, sql(`, ${text}) AS ${type})`)];
  }
  const isEmpty = [sql('CASE WHEN IS_EMPTY_MOMENT('), ...value, sql(") THEN ''")];
  return [...isEmpty, sql('ELSE strftime(MOMENT_OF('), ...value, sql(`), ${text}) END`)];
}

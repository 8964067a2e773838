import type { DuckDBConnection } from '@duckdb/node-api';
import type { NewTable, RowTime, TableName } from './catalog/definitions.ts';
import { columnNamed } from './catalog/definitions.ts';
import { objectName, quoteName } from './rendered-sql.ts';
import { sqlToken, type Token } from './token.ts';

/** The end of a current row's validity: the last microsecond of HANA's calendar. */
const END_OF_TIME = "TIMESTAMP '9999-12-31 23:59:59.999999'";

/** Stands for the time of a change until the transaction commits and {@link stampVersions} knows it. */
const PENDING = "TIMESTAMP '9999-12-31 00:00:00'";

/** What DuckDB fills a column with that the system generates. */
export const ROW_TIME_DEFAULTS: Readonly<Record<RowTime, string | undefined>> = {
  'ROW START': PENDING,
  'ROW START COMMIT': PENDING,
  'ROW END': END_OF_TIME,
  'ROW COMMIT': undefined,
};

/** Columns of a table that a statement may set. */
export const settableColumns = (table: NewTable): NewTable['columns'] =>
  table.columns.filter(({ rowTime }) => rowTime === undefined || rowTime === 'ROW COMMIT');

/** `"VALID_FROM" = …` for a changed row, behind the other assignments; undefined without a period. */
export const versionAssignment = ({ period }: NewTable): string | undefined =>
  period && `${quoteName(period.startColumn)} = ${PENDING}`;

/**
 * The statement that copies rows into the history table before they are changed. A row that the same
 * transaction has made or changed before was never valid for anybody else, and leaves no history.
 * @param condition DuckDB tokens that pick the rows; undefined for all of them.
 * @param source the table in DuckDB, with its alias.
 */
export function historyCopy(
  table: NewTable,
  source: string,
  condition: readonly Token[] | undefined,
  like: Token,
): readonly Token[] | undefined {
  const { period, history } = table;
  if (period === undefined || history === undefined) return undefined;
  const names = table.columns.map(({ name }) => quoteName(name));
  const end = quoteName(period.endColumn);
  const values = names.map((name) => (name === end ? PENDING : name));
  const head =
    `INSERT INTO ${objectName(history.schemaName, history.name)} (${names.join(', ')}) ` +
    `SELECT ${values.join(', ')} FROM ${source} WHERE ${quoteName(period.startColumn)} <> ${PENDING}`;
  if (condition === undefined) return [sqlToken(head, like)];
  return [sqlToken(`${head} AND (`, like), ...condition, sqlToken(')', like)];
}

/** The condition for the row of a table whose key is among the values. */
export function sameKey(
  key: readonly string[],
  columns: NewTable['columns'],
  values: readonly (readonly Token[])[],
  like: Token,
): readonly Token[] {
  return key.flatMap((name, index) => {
    const value = values[columns.findIndex((column) => column.name === name)];
    const start = `${index === 0 ? '' : 'AND '}${quoteName(name)} =`;
    return [sqlToken(start, like), ...(value ?? [sqlToken('NULL', like)])];
  });
}

/** Times that a committing transaction offers, as SQL of DuckDB's. */
export interface TransactionTimes {
  readonly start: string;
  readonly commit: string;
}

/** Gives the rows that the transaction on `connection` has changed their times; just before its commit. */
export async function stampVersions(
  connection: DuckDBConnection,
  table: NewTable,
  times: TransactionTimes,
): Promise<void> {
  const { period, history } = table;
  if (period === undefined) return;
  const { rowTime } = columnNamed(table, period.startColumn) ?? {};
  const time = rowTime === 'ROW START COMMIT' ? times.commit : times.start;
  const stamp = async (target: TableName, column: string): Promise<void> => {
    const name = objectName(target.schemaName, target.name);
    const quoted = quoteName(column);
    await connection.run(`UPDATE ${name} SET ${quoted} = ${time} WHERE ${quoted} = ${PENDING}`);
  };
  await stamp(table, period.startColumn);
  if (history !== undefined) await stamp(history, period.endColumn);
}

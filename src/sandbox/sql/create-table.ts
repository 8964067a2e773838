import { type ColumnDefinition, type NewTable } from './catalog/definitions.ts';
import { objectName, quoteName } from './rendered-sql.ts';
import { ROW_TIME_DEFAULTS } from './system-versioning.ts';
import { type HanaType, storageOf } from './types/hana-type.ts';

/** DuckDB's CREATE TABLE for a table of the catalogue, keys and checks included. */
export function createTableSql(table: NewTable, name = table.name): string {
  const columns = table.columns.map(columnSql);
  const keys = table.keys.map(({ primary, columns: names }) => {
    const list = names.map(quoteName).join(', ');
    return `${primary ? 'PRIMARY KEY' : 'UNIQUE'} (${list})`;
  });
  const parts = [...columns, ...keys].join(', ');
  return `CREATE TABLE ${objectName(table.schemaName, name)} (${parts})`;
}

function columnSql(column: ColumnDefinition): string {
  const name = quoteName(column.name);
  const parts = [name, storageOf(column.type)];
  if (!column.nullable) parts.push('NOT NULL');
  const generated = column.rowTime && ROW_TIME_DEFAULTS[column.rowTime];
  const defaultValue = generated ?? column.defaultValue;
  if (defaultValue !== undefined) parts.push(`DEFAULT ${defaultValue}`);
  const check = lengthCheck(name, column.type);
  if (check !== undefined) parts.push(`CHECK (${check})`);
  return parts.join(' ');
}

const SIZED_TEXT: ReadonlySet<string> = new Set([
  'CHAR',
  'VARCHAR',
  'NCHAR',
  'NVARCHAR',
  'SHORTTEXT',
  'ALPHANUM',
]);

/** DuckDB's VARCHAR has no length: a check holds HANA's. */
function lengthCheck(name: string, type: HanaType): string | undefined {
  if (SIZED_TEXT.has(type.name)) return `length(${name}) <= ${type.length}`;
  const sizedBytes = type.name === 'BINARY' || type.name === 'VARBINARY';
  return sizedBytes ? `octet_length(${name}) <= ${type.length}` : undefined;
}

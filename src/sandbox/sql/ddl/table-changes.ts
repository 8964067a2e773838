import type { NewTable, TableDefinition } from '../catalog/definitions.ts';
import { createTableSql } from '../create-table.ts';
import { objectName, quoteName, quoteText } from '../rendered-sql.ts';
import type { DuckSession } from '../session.ts';

const tableText = (table: Pick<NewTable, 'schemaName' | 'name'>): string =>
  objectName(table.schemaName, table.name);

/** Creates a table in DuckDB and the catalogue. */
export async function createTable(table: NewTable, session: DuckSession): Promise<TableDefinition> {
  for (const { name, identity } of table.columns) {
    if (identity !== undefined) await session.change(`CREATE SEQUENCE ${sequence(table, name)}`);
  }
  await session.change(createTableSql(withIdentities(table)));
  return session.shared.catalog.put(table);
}

const sequence = (table: NewTable, column: string): string =>
  objectName(table.schemaName, `_SYS_SEQUENCE_${table.name}_${column}`);

/** An identity column is filled from a sequence of its own. */
function withIdentities(table: NewTable): NewTable {
  const columns = table.columns.map((column) =>
    column.identity === undefined
      ? column
      : { ...column, defaultValue: `nextval(${quoteText(sequence(table, column.name))})` },
  );
  return { ...table, columns };
}

export async function dropTable(table: TableDefinition, session: DuckSession): Promise<void> {
  await session.change(`DROP ${table.kind} ${tableText(table)}`);
  for (const { name, identity } of table.columns) {
    if (identity !== undefined) await session.change(`DROP SEQUENCE ${sequence(table, name)}`);
  }
  session.shared.catalog.dropTable(table.schemaName, table.name);
}

/**
 * Gives a table another definition by building it anew: DuckDB's ALTER TABLE refuses much of what HANA
 * allows, such as dropping a column that a check or a key names.
 * @param values per column of the new table, the expression over the old one.
 */
export async function rebuildTable(
  old: TableDefinition,
  changed: NewTable,
  values: readonly string[],
  session: DuckSession,
): Promise<void> {
  const interim = { ...withIdentities(changed), name: `_SYS_REBUILD_${changed.name}` };
  await inOneCommit(
    [
      createTableSql(interim),
      `INSERT INTO ${tableText(interim)} SELECT ${values.join(', ')} FROM ${tableText(old)}`,
      `DROP TABLE ${tableText(old)}`,
      `ALTER TABLE ${tableText(interim)} RENAME TO ${quoteName(changed.name)}`,
    ],
    session,
  );
  if (old.name !== changed.name) session.shared.catalog.dropTable(old.schemaName, old.name);
  session.shared.catalog.put(changed);
}

/** Runs the query that a new table is made from. */
export const fillTable = (sql: string, session: DuckSession): Promise<void> =>
  inOneCommit([sql], session);

/** Long work goes before the commit: nobody can take a snapshot while that lasts. */
async function inOneCommit(statements: readonly string[], session: DuckSession): Promise<void> {
  const { utility, shared } = session;
  await utility.run('BEGIN TRANSACTION');
  try {
    for (const statement of statements) await utility.run(statement);
    await shared.clock.commit(() => utility.run('COMMIT'));
  } catch (error) {
    await utility.run('ROLLBACK');
    throw error;
  }
}

import type { NewTable, TableDefinition } from '../catalog/definitions.ts';
import { createTableSql } from '../create-table.ts';
import { objectName, quoteName, quoteText } from '../rendered-sql.ts';
import type { DuckSession } from '../session.ts';

const tableText = (table: Pick<NewTable, 'schemaName' | 'name'>): string =>
  objectName(table.schemaName, table.name);

/** Creates a table in DuckDB and the catalogue. */
export async function createTable(table: NewTable, session: DuckSession): Promise<TableDefinition> {
  for (const { name, identity } of table.columns) {
    if (identity !== undefined)
      await session.utility.run(`CREATE SEQUENCE ${sequence(table, name)}`);
  }
  await session.utility.run(createTableSql(withIdentities(table)));
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
  await session.utility.run(`DROP ${table.kind} ${tableText(table)}`);
  for (const { name, identity } of table.columns) {
    if (identity !== undefined) await session.utility.run(`DROP SEQUENCE ${sequence(table, name)}`);
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
  const { utility, shared } = session;
  const interim = { ...withIdentities(changed), name: `_SYS_REBUILD_${changed.name}` };
  await utility.run('BEGIN TRANSACTION');
  try {
    await utility.run(createTableSql(interim));
    await utility.run(
      `INSERT INTO ${tableText(interim)} SELECT ${values.join(', ')} FROM ${tableText(old)}`,
    );
    await utility.run(`DROP TABLE ${tableText(old)}`);
    await utility.run(`ALTER TABLE ${tableText(interim)} RENAME TO ${quoteName(changed.name)}`);
    await utility.run('COMMIT');
  } catch (error) {
    await utility.run('ROLLBACK');
    throw error;
  }
  if (old.name !== changed.name) shared.catalog.dropTable(old.schemaName, old.name);
  shared.catalog.put(changed);
}

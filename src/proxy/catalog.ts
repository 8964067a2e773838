import {
  type CatalogForeignKeyColumn,
  type CatalogKeyColumn,
  readForeignKeyColumns,
  readPrimaryKeyColumns,
} from '../driver/catalog/keys.ts';
import { exactName, nameCondition } from '../driver/catalog/name-pattern.ts';
import {
  type CatalogColumns,
  type CatalogTable,
  readTables as readCatalogTables,
  readColumns,
  readSchemas,
  TABLE_TYPES,
} from '../driver/catalog/tables.ts';
import type { TableCondition } from '../driver/dialect/catalog-statements.ts';
import type { HanaConnection } from '../driver/hana-connection.ts';
import type {
  DbSchemaFilter,
  DbSchemaInfo,
  ForeignKeyColumn,
  KeyRule,
  PrimaryKeyColumn,
  TableFilter,
  TableInfo,
  TableRef,
} from '../flight/catalog.ts';
import { type CatalogOptions, tableSchema } from './catalog-columns.ts';

/*
 * HANA's catalog as Flight SQL wants it. HANA is shown without catalogs: there is one database behind a
 * connection, and no name of another can stand before that of a schema. So a filter on a catalog finds
 * nothing, unless it is the empty one, which asks for what is in none. Every table is in a schema, so the
 * empty schema finds nothing.
 */

export type { CatalogOptions };
/** Types of tables that {@link readTables} finds. */
export { TABLE_TYPES };

/** Schemas that the user may see. */
export async function readDbSchemas(
  connection: HanaConnection,
  { catalog, dbSchemaPattern }: DbSchemaFilter,
): Promise<readonly DbSchemaInfo[]> {
  if (namesCatalog(catalog)) return [];
  const names = await readSchemas(connection, nameCondition(dbSchemaPattern));
  return names.map((dbSchema) => ({ catalog: undefined, dbSchema }));
}

/** Tables and views that the user may see: one statement, and one more for the schemas of all of them. */
export async function readTables(
  connection: HanaConnection,
  filter: TableFilter,
  options: CatalogOptions,
): Promise<readonly TableInfo[]> {
  if (namesCatalog(filter.catalog)) return [];
  const types = new Set<string>(filter.tableTypes.length === 0 ? TABLE_TYPES : filter.tableTypes);
  const condition: TableCondition = {
    schema: nameCondition(filter.dbSchemaPattern),
    table: nameCondition(filter.tableNamePattern),
  };
  const tables = await readCatalogTables(connection, condition, types);
  if (!filter.includeSchema || tables.length === 0) return tables.map(tableInfo);
  const columns = await readColumns(connection, condition, types);
  return tables.map((table) => new DescribedTable(table, columns, options));
}

/** The primary key of a table; without a schema, of all tables of the name. */
export async function readPrimaryKeys(
  connection: HanaConnection,
  table: TableRef,
): Promise<readonly PrimaryKeyColumn[]> {
  if (namesCatalog(table.catalog)) return [];
  const columns = await readPrimaryKeyColumns(connection, conditionOf(table));
  return columns.map(({ constraint, position, ...column }) => ({
    ...keyColumn(column),
    keySequence: position,
    keyName: constraint,
  }));
}

/** Foreign keys that point to a table. */
export function readExportedKeys(
  connection: HanaConnection,
  table: TableRef,
): Promise<readonly ForeignKeyColumn[]> {
  return readForeignKeys(connection, table, ANY_TABLE);
}

/** Foreign keys of a table. */
export function readImportedKeys(
  connection: HanaConnection,
  table: TableRef,
): Promise<readonly ForeignKeyColumn[]> {
  return readForeignKeys(connection, ANY_TABLE, table);
}

/** Foreign keys of one table that point to another. */
export function readCrossReference(
  connection: HanaConnection,
  primary: TableRef,
  foreign: TableRef,
): Promise<readonly ForeignKeyColumn[]> {
  return readForeignKeys(connection, primary, foreign);
}

/** A table whose schema is made when it is looked at: those of all tables at once would be large. */
class DescribedTable implements TableInfo {
  readonly catalog = undefined;
  readonly dbSchema: string;
  readonly table: string;
  readonly tableType: string;
  readonly #facts: CatalogTable;
  readonly #columns: CatalogColumns;
  readonly #options: CatalogOptions;

  constructor(facts: CatalogTable, columns: CatalogColumns, options: CatalogOptions) {
    this.dbSchema = facts.schema;
    this.table = facts.name;
    this.tableType = facts.type;
    this.#facts = facts;
    this.#columns = columns;
    this.#options = options;
  }

  get schema(): ReturnType<typeof tableSchema> {
    return tableSchema(this.#facts, this.#columns.of(this.#facts), this.#options);
  }
}

function tableInfo({ schema, name, type }: CatalogTable): TableInfo {
  return { catalog: undefined, dbSchema: schema, table: name, tableType: type };
}

type TableName = Omit<TableRef, 'table'> & { readonly table: string | undefined };

const ANY_TABLE: TableName = { catalog: undefined, dbSchema: undefined, table: undefined };

async function readForeignKeys(
  connection: HanaConnection,
  primary: TableName,
  foreign: TableName,
): Promise<readonly ForeignKeyColumn[]> {
  if (namesCatalog(primary.catalog) || namesCatalog(foreign.catalog)) return [];
  const columns = await readForeignKeyColumns(
    connection,
    conditionOf(primary),
    conditionOf(foreign),
  );
  return columns.map(foreignKeyColumn);
}

function foreignKeyColumn(column: CatalogForeignKeyColumn): ForeignKeyColumn {
  return {
    primary: keyColumn(column.primary),
    foreign: keyColumn(column.foreign),
    keySequence: column.position,
    primaryKeyName: column.primaryConstraint,
    foreignKeyName: column.foreignConstraint,
    updateRule: ruleOf(column.updateRule),
    deleteRule: ruleOf(column.deleteRule),
  };
}

function keyColumn({ schema, table, column }: CatalogKeyColumn): TableRef & { column: string } {
  return { catalog: undefined, dbSchema: schema, table, column };
}

const KEY_RULES_BY_WORDS: ReadonlyMap<string, KeyRule> = new Map([
  ['CASCADE', 'cascade'],
  ['RESTRICT', 'restrict'],
  ['SET NULL', 'set-null'],
  ['SET DEFAULT', 'set-default'],
]);

function ruleOf(words: string): KeyRule {
  return KEY_RULES_BY_WORDS.get(words) ?? 'no-action';
}

function conditionOf({ dbSchema, table }: TableName): TableCondition {
  return { schema: exactName(dbSchema), table: exactName(table) };
}

function namesCatalog(catalog: string | undefined): boolean {
  return catalog !== undefined && catalog !== '';
}

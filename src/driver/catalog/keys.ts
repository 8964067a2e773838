import { catalogStatements, type TableCondition } from '../dialect/catalog-statements.ts';
import type { HanaConnection } from '../hana-connection.ts';
import { readRows } from './catalog-rows.ts';

export interface CatalogKeyColumn {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

export interface CatalogPrimaryKeyColumn extends CatalogKeyColumn {
  /** From 1. */
  readonly position: number;
  readonly constraint: string | undefined;
}

export interface CatalogForeignKeyColumn {
  readonly primary: CatalogKeyColumn;
  readonly foreign: CatalogKeyColumn;
  /** From 1. */
  readonly position: number;
  readonly primaryConstraint: string | undefined;
  readonly foreignConstraint: string | undefined;
  /** In HANA's words, such as `SET NULL`. */
  readonly updateRule: string;
  readonly deleteRule: string;
}

/** Columns of primary keys, in no order. */
export async function readPrimaryKeyColumns(
  connection: HanaConnection,
  condition: TableCondition,
): Promise<readonly CatalogPrimaryKeyColumn[]> {
  const columns: CatalogPrimaryKeyColumn[] = [];
  const query = catalogStatements.primaryKeys(condition);
  for await (const row of readRows(connection, query, PRIMARY_KEY_SHAPE)) {
    columns.push({
      schema: row.SCHEMA_NAME,
      table: row.TABLE_NAME,
      column: row.COLUMN_NAME,
      position: row.POSITION,
      constraint: row.CONSTRAINT_NAME,
    });
  }
  return columns;
}

/** Columns of the foreign keys of tables `foreign` that point to tables `primary`, in no order. */
export async function readForeignKeyColumns(
  connection: HanaConnection,
  primary: TableCondition,
  foreign: TableCondition,
): Promise<readonly CatalogForeignKeyColumn[]> {
  const columns: CatalogForeignKeyColumn[] = [];
  const query = catalogStatements.foreignKeys(primary, foreign);
  for await (const row of readRows(connection, query, FOREIGN_KEY_SHAPE)) {
    columns.push({
      primary: {
        schema: row.REFERENCED_SCHEMA_NAME,
        table: row.REFERENCED_TABLE_NAME,
        column: row.REFERENCED_COLUMN_NAME,
      },
      foreign: { schema: row.SCHEMA_NAME, table: row.TABLE_NAME, column: row.COLUMN_NAME },
      position: row.POSITION,
      primaryConstraint: row.REFERENCED_CONSTRAINT_NAME,
      foreignConstraint: row.CONSTRAINT_NAME,
      updateRule: row.UPDATE_RULE,
      deleteRule: row.DELETE_RULE,
    });
  }
  return columns;
}

const PRIMARY_KEY_SHAPE = {
  SCHEMA_NAME: 'text',
  TABLE_NAME: 'text',
  COLUMN_NAME: 'text',
  POSITION: 'integer',
  CONSTRAINT_NAME: 'text?',
} as const;

const FOREIGN_KEY_SHAPE = {
  ...PRIMARY_KEY_SHAPE,
  REFERENCED_SCHEMA_NAME: 'text',
  REFERENCED_TABLE_NAME: 'text',
  REFERENCED_COLUMN_NAME: 'text',
  REFERENCED_CONSTRAINT_NAME: 'text?',
  UPDATE_RULE: 'text',
  DELETE_RULE: 'text',
} as const;

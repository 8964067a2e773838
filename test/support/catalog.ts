import { DEFAULT_TYPE_OPTIONS } from '../../src/driver/columnar/type-mapping.ts';
import { quoteName } from '../../src/driver/dialect/identifier.ts';
import type { HanaConnection } from '../../src/driver/hana-connection.ts';
import type { TableFilter, TableRef } from '../../src/flight/catalog.ts';
import type { CatalogOptions } from '../../src/proxy/catalog-columns.ts';

export const DEFAULT_CATALOG_OPTIONS: CatalogOptions = {
  types: DEFAULT_TYPE_OPTIONS,
  vectors: false,
};

/** A filter that everything passes but for what is said. */
export function tableFilter(filter: Partial<TableFilter> = {}): TableFilter {
  return {
    catalog: undefined,
    dbSchemaPattern: undefined,
    tableNamePattern: undefined,
    tableTypes: [],
    includeSchema: false,
    ...filter,
  };
}

export function tableRef(dbSchema: string | undefined, table: string): TableRef {
  return { catalog: undefined, dbSchema, table };
}

/** Executes statements that answer with no rows, one after the other. */
export async function runAll(connection: HanaConnection, sqls: readonly string[]): Promise<void> {
  for (const sql of sqls) await connection.execute(sql);
}

/** A table of one INTEGER column. */
export function createTableSql(schema: string, table: string): string {
  return `CREATE COLUMN TABLE ${quoteName(schema, table)} (ID INTEGER)`;
}

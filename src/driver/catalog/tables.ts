import {
  type BoundQuery,
  catalogStatements,
  type NameCondition,
  type ObjectKinds,
  type TableCondition,
} from '../dialect/catalog-statements.ts';
import type { HanaConnection } from '../hana-connection.ts';
import { type RowOf, readRows } from './catalog-rows.ts';
import type { CatalogType } from './column-types.ts';

/**
 * Types of tables by the names SAP's JDBC driver has for them. Synonyms are left out: they are names of
 * what is listed already, and every system view has one. So are local temporary tables, which
 * stand in no catalog view.
 */
export const TABLE_TYPES = [
  'TABLE',
  'SYSTEM TABLE',
  'GLOBAL TEMPORARY',
  'VIEW',
  'CALC VIEW',
  'HIERARCHY VIEW',
  'JOIN VIEW',
  'OLAP VIEW',
] as const satisfies readonly string[];

export type TableType = (typeof TABLE_TYPES)[number];

/** Types of views by VIEW_TYPE; those of later releases are just views. */
const VIEW_TYPES: ReadonlyMap<string, TableType> = new Map([
  ['ROW', 'VIEW'],
  ['CALC', 'CALC VIEW'],
  ['HIERARCHY', 'HIERARCHY VIEW'],
  ['JOIN', 'JOIN VIEW'],
  ['OLAP', 'OLAP VIEW'],
]);

const BASE_TABLE_TYPES: ReadonlySet<TableType> = new Set([
  'TABLE',
  'SYSTEM TABLE',
  'GLOBAL TEMPORARY',
]);

/** A table or view. */
export interface CatalogTable {
  readonly schema: string;
  readonly name: string;
  readonly type: TableType;
}

/** A column that `SELECT *` shows. */
export interface CatalogColumn {
  readonly name: string;
  /** From 1, in the order of `SELECT *`; hidden columns leave gaps. */
  readonly position: number;
  readonly type: CatalogType;
  readonly nullable: boolean;
  /** SQL text of the default, as HANA keeps it. */
  readonly defaultValue: string | undefined;
  readonly comment: string | undefined;
  /** `always`: no value can be given, HANA computes or counts it. */
  readonly generated: 'no' | 'by-default' | 'always';
  /** HANA counts its values. */
  readonly identity: boolean;
}

/** Columns of tables, in order, by schema and table. */
export class CatalogColumns {
  readonly #tables = new Map<string, Map<string, CatalogColumn[]>>();

  add(schema: string, table: string, column: CatalogColumn): void {
    const tables = this.#tables.get(schema) ?? new Map<string, CatalogColumn[]>();
    const columns = tables.get(table) ?? [];
    columns.push(column);
    this.#tables.set(schema, tables.set(table, columns));
  }

  /** Empty when the user may see none, or the table went in the meantime. */
  of({ schema, name }: CatalogTable): readonly CatalogColumn[] {
    const columns = this.#tables.get(schema)?.get(name) ?? [];
    return columns.toSorted((left, right) => left.position - right.position);
  }
}

/** Names of the schemas that the user may see. */
export async function readSchemas(
  connection: HanaConnection,
  schema: NameCondition,
): Promise<readonly string[]> {
  const names: string[] = [];
  const rows = readRows(connection, catalogStatements.schemas(schema), { SCHEMA_NAME: 'text' });
  for await (const { SCHEMA_NAME } of rows) names.push(SCHEMA_NAME);
  return names;
}

/** Tables and views of some types: one statement, however many there are. No type means none is asked for. */
export async function readTables(
  connection: HanaConnection,
  condition: TableCondition,
  types: ReadonlySet<string>,
): Promise<readonly CatalogTable[]> {
  const kinds = kindsOf(types);
  if (kinds === undefined) return [];
  const tables: CatalogTable[] = [];
  const query = catalogStatements.objects(condition, kinds);
  for await (const row of readRows(connection, query, OBJECT_SHAPE)) {
    const type = tableTypeOf(row);
    if (types.has(type)) tables.push({ schema: row.SCHEMA_NAME, name: row.OBJECT_NAME, type });
  }
  return tables;
}

/** Columns of the tables and views of some types: one statement, however many there are. */
export async function readColumns(
  connection: HanaConnection,
  condition: TableCondition,
  types: ReadonlySet<string>,
): Promise<CatalogColumns> {
  const columns = new CatalogColumns();
  const kinds = kindsOf(types);
  if (kinds === undefined) return columns;
  const query: BoundQuery = catalogStatements.columns(condition, kinds);
  for await (const row of readRows(connection, query, COLUMN_SHAPE)) {
    if (row.IS_HIDDEN !== 'TRUE') columns.add(row.SCHEMA_NAME, row.OBJECT_NAME, columnOf(row));
  }
  return columns;
}

const OBJECT_SHAPE = {
  SCHEMA_NAME: 'text',
  OBJECT_NAME: 'text',
  OBJECT_KIND: 'text',
  IS_TEMPORARY: 'text?',
  IS_SYSTEM_TABLE: 'text?',
} as const;

const COLUMN_SHAPE = {
  SCHEMA_NAME: 'text',
  OBJECT_NAME: 'text',
  COLUMN_NAME: 'text',
  POSITION: 'integer',
  DATA_TYPE_NAME: 'text',
  LENGTH: 'integer?',
  SCALE: 'integer?',
  IS_NULLABLE: 'text?',
  DEFAULT_VALUE: 'text?',
  COMMENTS: 'text?',
  GENERATION_TYPE: 'text?',
  IS_HIDDEN: 'text?',
} as const;

function kindsOf(types: ReadonlySet<string>): ObjectKinds | undefined {
  const wanted = TABLE_TYPES.filter((type) => types.has(type));
  const tables = wanted.some((type) => BASE_TABLE_TYPES.has(type));
  const views = wanted.some((type) => !BASE_TABLE_TYPES.has(type));
  return tables || views ? { tables, views } : undefined;
}

function tableTypeOf(row: RowOf<typeof OBJECT_SHAPE>): TableType {
  if (row.OBJECT_KIND !== 'TABLE') return VIEW_TYPES.get(row.OBJECT_KIND) ?? 'VIEW';
  if (row.IS_TEMPORARY === 'TRUE') return 'GLOBAL TEMPORARY';
  return row.IS_SYSTEM_TABLE === 'TRUE' ? 'SYSTEM TABLE' : 'TABLE';
}

function columnOf(row: RowOf<typeof COLUMN_SHAPE>): CatalogColumn {
  const generation = row.GENERATION_TYPE ?? '';
  return {
    name: row.COLUMN_NAME,
    position: row.POSITION,
    type: { name: row.DATA_TYPE_NAME, length: row.LENGTH, scale: row.SCALE },
    // Only what is certain to hold no NULL is promised.
    nullable: row.IS_NULLABLE !== 'FALSE',
    defaultValue: row.DEFAULT_VALUE,
    comment: row.COMMENTS,
    generated: generatedBy(generation),
    identity: generation.endsWith('IDENTITY'),
  };
}

/** GENERATION_TYPE: `ALWAYS AS`, `ALWAYS AS IDENTITY`, `BY DEFAULT AS IDENTITY`, or nothing. */
function generatedBy(generation: string): CatalogColumn['generated'] {
  if (generation.startsWith('ALWAYS')) return 'always';
  return generation === '' ? 'no' : 'by-default';
}

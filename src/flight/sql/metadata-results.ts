import type { ArrowBatch } from '../../arrow/batch.ts';
import {
  type ArrowColumn,
  boolColumn,
  int32Column,
  listColumn,
  makeBatch,
  uint8Column,
  utf8Column,
} from '../../arrow/columns.ts';
import {
  type DbSchemaInfo,
  type ForeignKeyColumn,
  KEY_RULES,
  type PrimaryKeyColumn,
  type XdbcTypeInfo,
} from '../catalog.ts';
import { type SortKey, sortedBy } from './metadata-order.ts';

/** Rows of CATALOGS_SCHEMA, by name. */
export function catalogsBatch(names: readonly string[]): ArrowBatch {
  return makeBatch(names.length, [utf8Column(sortedBy(names, (name) => [name]))]);
}

/** Rows of DB_SCHEMAS_SCHEMA, by catalog and name. */
export function dbSchemasBatch(schemas: readonly DbSchemaInfo[]): ArrowBatch {
  const rows = sortedBy(schemas, ({ catalog, dbSchema }) => [catalog, dbSchema]);
  return makeBatch(rows.length, [
    textColumn(rows, ({ catalog }) => catalog),
    textColumn(rows, ({ dbSchema }) => dbSchema),
  ]);
}

/** Rows of TABLE_TYPES_SCHEMA, by name. */
export function tableTypesBatch(types: readonly string[]): ArrowBatch {
  return makeBatch(types.length, [utf8Column(sortedBy(types, (type) => [type]))]);
}

/** Rows of PRIMARY_KEYS_SCHEMA, by catalog, schema, table, key and position. */
export function primaryKeysBatch(columns: readonly PrimaryKeyColumn[]): ArrowBatch {
  const rows = sortedBy(columns, ({ catalog, dbSchema, table, keyName, keySequence }) => [
    catalog,
    dbSchema,
    table,
    keyName,
    keySequence,
  ]);
  return makeBatch(rows.length, [
    textColumn(rows, ({ catalog }) => catalog),
    textColumn(rows, ({ dbSchema }) => dbSchema),
    textColumn(rows, ({ table }) => table),
    textColumn(rows, ({ column }) => column),
    numberColumn(rows, ({ keySequence }) => keySequence),
    textColumn(rows, ({ keyName }) => keyName),
  ]);
}

/** Which side of foreign keys their rows are sorted by. */
export type ForeignKeyOrder = 'by-primary' | 'by-foreign';

const FOREIGN_KEY_ORDER: Readonly<Record<ForeignKeyOrder, (row: ForeignKeyColumn) => SortKey>> = {
  'by-primary': ({ primary, primaryKeyName, keySequence, foreignKeyName }) => [
    primary.catalog,
    primary.dbSchema,
    primary.table,
    primaryKeyName,
    keySequence,
    foreignKeyName,
  ],
  'by-foreign': ({ foreign, foreignKeyName, keySequence }) => [
    foreign.catalog,
    foreign.dbSchema,
    foreign.table,
    foreignKeyName,
    keySequence,
  ],
};

/** Rows of FOREIGN_KEYS_SCHEMA, by catalog, schema, table and key of one side, and by position. */
export function foreignKeysBatch(
  columns: readonly ForeignKeyColumn[],
  order: ForeignKeyOrder,
): ArrowBatch {
  const rows = sortedBy(columns, FOREIGN_KEY_ORDER[order]);
  return makeBatch(rows.length, [
    textColumn(rows, ({ primary }) => primary.catalog),
    textColumn(rows, ({ primary }) => primary.dbSchema),
    textColumn(rows, ({ primary }) => primary.table),
    textColumn(rows, ({ primary }) => primary.column),
    textColumn(rows, ({ foreign }) => foreign.catalog),
    textColumn(rows, ({ foreign }) => foreign.dbSchema),
    textColumn(rows, ({ foreign }) => foreign.table),
    textColumn(rows, ({ foreign }) => foreign.column),
    numberColumn(rows, ({ keySequence }) => keySequence),
    textColumn(rows, ({ foreignKeyName }) => foreignKeyName),
    textColumn(rows, ({ primaryKeyName }) => primaryKeyName),
    uint8Column(rows.map(({ updateRule }) => KEY_RULES.indexOf(updateRule))),
    uint8Column(rows.map(({ deleteRule }) => KEY_RULES.indexOf(deleteRule))),
  ]);
}

/** Rows of XDBC_TYPES_SCHEMA, by code and name. */
export function xdbcTypesBatch(types: readonly XdbcTypeInfo[]): ArrowBatch {
  const rows = sortedBy(types, ({ dataType, typeName }) => [dataType, typeName]);
  return makeBatch(rows.length, [
    textColumn(rows, ({ typeName }) => typeName),
    numberColumn(rows, ({ dataType }) => dataType),
    numberColumn(rows, ({ columnSize }) => columnSize),
    textColumn(rows, ({ literalPrefix }) => literalPrefix),
    textColumn(rows, ({ literalSuffix }) => literalSuffix),
    listColumn(
      rows.map(({ createParams }) => createParams ?? null),
      utf8Column,
    ),
    numberColumn(rows, ({ nullable }) => nullable),
    flagColumn(rows, ({ caseSensitive }) => caseSensitive),
    numberColumn(rows, ({ searchable }) => searchable),
    flagColumn(rows, ({ unsigned }) => unsigned),
    flagColumn(rows, ({ fixedPrecisionScale }) => fixedPrecisionScale),
    flagColumn(rows, ({ autoIncrement }) => autoIncrement),
    textColumn(rows, ({ localTypeName }) => localTypeName),
    numberColumn(rows, ({ minimumScale }) => minimumScale),
    numberColumn(rows, ({ maximumScale }) => maximumScale),
    numberColumn(rows, ({ sqlDataType }) => sqlDataType),
    numberColumn(rows, ({ datetimeSubcode }) => datetimeSubcode),
    numberColumn(rows, ({ numericPrecisionRadix }) => numericPrecisionRadix),
    numberColumn(rows, ({ intervalPrecision }) => intervalPrecision),
  ]);
}

function textColumn<T>(rows: readonly T[], valueOf: (row: T) => string | undefined): ArrowColumn {
  return utf8Column(rows.map((row) => valueOf(row) ?? null));
}

function numberColumn<T>(rows: readonly T[], valueOf: (row: T) => number | undefined): ArrowColumn {
  return int32Column(rows.map((row) => valueOf(row) ?? null));
}

function flagColumn<T>(rows: readonly T[], valueOf: (row: T) => boolean | undefined): ArrowColumn {
  return boolColumn(rows.map((row) => valueOf(row) ?? null));
}

import type { ArrowBatch } from '../../arrow/batch.ts';
import { type ArrowColumn, binaryColumn, makeBatch, utf8Column } from '../../arrow/columns.ts';
import { encodeSchemaMessage } from '../../arrow/ipc-schema.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { TableInfo } from '../catalog.ts';
import { sortedBy } from './metadata-order.ts';

/**
 * A batch is cut before its schemas have more bytes than this. It leaves room under the 4 MiB that many
 * clients receive at most, and is more than one table's columns need, which ADBC looks for in the first
 * batch only.
 */
const MAX_SCHEMA_BYTES = 2 * 1024 * 1024;

/**
 * Rows of TABLES_SCHEMA, or TABLES_WITH_SCHEMA_SCHEMA, by catalog, schema, name and type; at least one
 * batch. Schemas are encoded as the batches are asked for.
 * @throws HanaFlightError `internal` when a table comes without the schema that is wanted.
 */
export function* tablesBatches(
  tables: readonly TableInfo[],
  includeSchema: boolean,
): Generator<ArrowBatch, void, undefined> {
  const rows = sortedBy(tables, ({ catalog, dbSchema, table, tableType }) => [
    catalog,
    dbSchema,
    table,
    tableType,
  ]);
  if (includeSchema) yield* batchesWithSchema(rows);
  else yield makeBatch(rows.length, nameColumns(rows));
}

function* batchesWithSchema(rows: readonly TableInfo[]): Generator<ArrowBatch, void, undefined> {
  let first = 0;
  let schemas: Uint8Array[] = [];
  let bytes = 0;
  for (const [row, table] of rows.entries()) {
    const schema = encodedSchema(table);
    if (schemas.length > 0 && bytes + schema.length > MAX_SCHEMA_BYTES) {
      yield batchWithSchema(rows.slice(first, row), schemas);
      first = row;
      schemas = [];
      bytes = 0;
    }
    schemas.push(schema);
    bytes += schema.length;
  }
  yield batchWithSchema(rows.slice(first), schemas);
}

function batchWithSchema(rows: readonly TableInfo[], schemas: readonly Uint8Array[]): ArrowBatch {
  return makeBatch(rows.length, [...nameColumns(rows), binaryColumn(schemas)]);
}

function nameColumns(rows: readonly TableInfo[]): readonly ArrowColumn[] {
  return [
    utf8Column(rows.map(({ catalog }) => catalog ?? null)),
    utf8Column(rows.map(({ dbSchema }) => dbSchema ?? null)),
    utf8Column(rows.map(({ table }) => table)),
    utf8Column(rows.map(({ tableType }) => tableType)),
  ];
}

function encodedSchema({ dbSchema, table, schema }: TableInfo): Uint8Array {
  if (schema !== undefined) return encodeSchemaMessage(schema);
  const name = dbSchema === undefined ? table : `${dbSchema}.${table}`;
  throw new HanaFlightError('internal', `the schema of table ${name} was wanted, and did not come`);
}

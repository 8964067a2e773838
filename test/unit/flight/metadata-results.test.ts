import { tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import type { ArrowBatch } from '../../../src/arrow/batch.ts';
import { makeBatch } from '../../../src/arrow/columns.ts';
import { encodeBatch } from '../../../src/arrow/ipc-batch.ts';
import { encapsulateMessage } from '../../../src/arrow/ipc-message.ts';
import { encodeSchemaMessage } from '../../../src/arrow/ipc-schema.ts';
import type { ArrowField, ArrowSchema, ArrowType } from '../../../src/arrow/types.ts';
import type { ForeignKeyColumn, TableInfo, XdbcTypeInfo } from '../../../src/flight/catalog.ts';
import { compareText } from '../../../src/flight/sql/metadata-order.ts';
import {
  catalogsBatch,
  dbSchemasBatch,
  foreignKeysBatch,
  primaryKeysBatch,
  tableTypesBatch,
  xdbcTypesBatch,
} from '../../../src/flight/sql/metadata-results.ts';
import { tablesBatches } from '../../../src/flight/sql/metadata-tables.ts';
import {
  CATALOGS_SCHEMA,
  DB_SCHEMAS_SCHEMA,
  FOREIGN_KEYS_SCHEMA,
  PRIMARY_KEYS_SCHEMA,
  TABLE_TYPES_SCHEMA,
  TABLES_SCHEMA,
  TABLES_WITH_SCHEMA_SCHEMA,
  XDBC_TYPES_SCHEMA,
} from '../../../src/flight/sql/reference-schemas.ts';
import { rowsOf } from '../../support/arrow-rows.ts';
import { thrownBy } from '../../support/failure.ts';

/** The schemas as FlightSql.proto and the reference implementations have them; `!` is not nullable. */
const specification: readonly (readonly [string, ArrowSchema, string])[] = [
  ['GetCatalogs', CATALOGS_SCHEMA, 'catalog_name utf8!'],
  ['GetDbSchemas', DB_SCHEMAS_SCHEMA, 'catalog_name utf8?, db_schema_name utf8!'],
  [
    'GetTables without schemas',
    TABLES_SCHEMA,
    'catalog_name utf8?, db_schema_name utf8?, table_name utf8!, table_type utf8!',
  ],
  [
    'GetTables with schemas',
    TABLES_WITH_SCHEMA_SCHEMA,
    'catalog_name utf8?, db_schema_name utf8?, table_name utf8!, table_type utf8!, table_schema binary!',
  ],
  ['GetTableTypes', TABLE_TYPES_SCHEMA, 'table_type utf8!'],
  [
    'GetPrimaryKeys',
    PRIMARY_KEYS_SCHEMA,
    'catalog_name utf8?, db_schema_name utf8?, table_name utf8!, column_name utf8!, key_sequence int32!, key_name utf8?',
  ],
  [
    'GetImportedKeys, GetExportedKeys and GetCrossReference',
    FOREIGN_KEYS_SCHEMA,
    'pk_catalog_name utf8?, pk_db_schema_name utf8?, pk_table_name utf8!, pk_column_name utf8!, ' +
      'fk_catalog_name utf8?, fk_db_schema_name utf8?, fk_table_name utf8!, fk_column_name utf8!, ' +
      'key_sequence int32!, fk_key_name utf8?, pk_key_name utf8?, update_rule uint8!, delete_rule uint8!',
  ],
  [
    'GetXdbcTypeInfo',
    XDBC_TYPES_SCHEMA,
    'type_name utf8!, data_type int32!, column_size int32?, literal_prefix utf8?, literal_suffix utf8?, ' +
      'create_params list<item utf8!>?, nullable int32!, case_sensitive bool!, searchable int32!, ' +
      'unsigned_attribute bool?, fixed_prec_scale bool!, auto_increment bool?, local_type_name utf8?, ' +
      'minimum_scale int32?, maximum_scale int32?, sql_data_type int32!, datetime_subcode int32?, ' +
      'num_prec_radix int32?, interval_precision int32?',
  ],
];

function textOf({ name, type, nullable }: ArrowField): string {
  return `${name} ${typeText(type)}${nullable ? '?' : '!'}`;
}

function typeText(type: ArrowType): string {
  if (type.kind === 'int') return `${type.signed ? '' : 'u'}int${type.bits}`;
  return type.kind === 'list' ? `list<${textOf(type.item)}>` : type.kind;
}

/** What apache-arrow reads, in plain JavaScript. */
function read(schema: ArrowSchema, ...batches: ArrowBatch[]): readonly unknown[] {
  const messages = batches.map((batch) => {
    const { header, body } = encodeBatch(batch);
    const bytes = new Uint8Array(body.byteLength);
    body.writeTo(bytes, 0);
    return Buffer.concat([encapsulateMessage(header), bytes]);
  });
  const rows = rowsOf(tableFromIPC(Buffer.concat([encodeSchemaMessage(schema), ...messages])));
  return JSON.parse(JSON.stringify(rows)) as unknown[];
}

const INTEGER_FIELD: ArrowField = {
  name: 'N',
  type: { kind: 'int', bits: 32, signed: true },
  nullable: false,
};

function table(name: string, more: Partial<TableInfo> = {}): TableInfo {
  return { catalog: undefined, dbSchema: 'S', table: name, tableType: 'TABLE', ...more };
}

function foreignKey(more: Partial<ForeignKeyColumn>): ForeignKeyColumn {
  return {
    primary: { catalog: undefined, dbSchema: 'S', table: 'PARENT', column: 'ID' },
    foreign: { catalog: undefined, dbSchema: 'S', table: 'CHILD', column: 'PARENT_ID' },
    keySequence: 1,
    foreignKeyName: 'FK',
    primaryKeyName: 'PK',
    updateRule: 'restrict',
    deleteRule: 'restrict',
    ...more,
  };
}

const INTEGER_TYPE: XdbcTypeInfo = {
  typeName: 'INTEGER',
  dataType: 4,
  columnSize: 10,
  literalPrefix: undefined,
  literalSuffix: undefined,
  createParams: undefined,
  nullable: 1,
  caseSensitive: false,
  searchable: 3,
  unsigned: false,
  fixedPrecisionScale: false,
  autoIncrement: false,
  localTypeName: undefined,
  minimumScale: 0,
  maximumScale: 0,
  sqlDataType: 4,
  datetimeSubcode: undefined,
  numericPrecisionRadix: 10,
  intervalPrecision: undefined,
};

describe('schemas of the metadata commands', () => {
  it.each(specification)(
    '%s has the fields that clients compare with',
    (_command, schema, text) => {
      expect(schema.fields.map(textOf).join(', ')).toBe(text);
      expect(schema.fields.filter(({ metadata }) => metadata !== undefined)).toEqual([]);
    },
  );
});

describe('rows of the metadata commands', () => {
  it('are sorted by code points, not by UTF-16 units or a locale', () => {
    const sorted = ['', 'A', 'AA', 'Z', '_', 'a', 'Ä', '￿', '😀', '😀A'];
    expect(sorted.toReversed().toSorted(compareText)).toEqual(sorted);
    const bytes = sorted.map((text) => Buffer.from(text, 'utf8'));
    expect(bytes.toSorted((left, right) => left.compare(right))).toEqual(bytes);
    expect(read(CATALOGS_SCHEMA, catalogsBatch(sorted.toReversed()))).toEqual(
      sorted.map((catalog_name) => ({ catalog_name })),
    );
  });

  it('of GetDbSchemas stand in the order of catalog and schema, those without a catalog first', () => {
    const schemas = [
      { catalog: 'C', dbSchema: 'A' },
      { catalog: undefined, dbSchema: 'b' },
      { catalog: undefined, dbSchema: 'B' },
    ];
    expect(read(DB_SCHEMAS_SCHEMA, dbSchemasBatch(schemas))).toEqual([
      { catalog_name: null, db_schema_name: 'B' },
      { catalog_name: null, db_schema_name: 'b' },
      { catalog_name: 'C', db_schema_name: 'A' },
    ]);
  });

  it('of GetTableTypes are sorted, and may be none at all', () => {
    expect(read(TABLE_TYPES_SCHEMA, tableTypesBatch(['VIEW', 'TABLE']))).toEqual([
      { table_type: 'TABLE' },
      { table_type: 'VIEW' },
    ]);
    expect(read(TABLE_TYPES_SCHEMA, tableTypesBatch([]))).toEqual([]);
  });

  it('of GetTables stand in the order of schema, name and type', () => {
    const tables = [table('T', { tableType: 'VIEW' }), table('T'), table('A', { dbSchema: 'T' })];
    const rows = read(TABLES_SCHEMA, ...tablesBatches(tables, false));
    expect(rows).toEqual([
      { catalog_name: null, db_schema_name: 'S', table_name: 'T', table_type: 'TABLE' },
      { catalog_name: null, db_schema_name: 'S', table_name: 'T', table_type: 'VIEW' },
      { catalog_name: null, db_schema_name: 'T', table_name: 'A', table_type: 'TABLE' },
    ]);
  });

  it('of GetTables carry schemas as encapsulated messages', () => {
    const schema = { fields: [INTEGER_FIELD] };
    const [batch, ...rest] = [...tablesBatches([table('T', { schema })], true)];
    expect(rest).toEqual([]);
    expect(read(TABLES_WITH_SCHEMA_SCHEMA, batch ?? makeBatch(0, []))).toMatchObject([
      { table_name: 'T', table_type: 'TABLE' },
    ]);
    const message = Buffer.from(batch?.buffers.at(-1) ?? []);
    expect(message).toEqual(Buffer.from(encodeSchemaMessage(schema)));
    // The mark that Go's reader looks for before anything else.
    expect(message.subarray(0, 4).toString('hex')).toBe('ffffffff');
    expect(tableFromIPC(message).schema.fields.map(String)).toEqual(['N: Int32']);
  });

  it('of GetTables come in one batch up to 2 MiB of schemas, and then in several', () => {
    const schema = {
      fields: [{ ...INTEGER_FIELD, metadata: { REMARKS: 'x'.repeat(900_000) } }],
    };
    const tables = Array.from({ length: 5 }, (_, index) => table(`T${index}`, { schema }));
    const batches = [...tablesBatches(tables, true)];
    expect(batches.map(({ rowCount }) => rowCount)).toEqual([2, 2, 1]);
    const names = batches.map(({ buffers }) => Buffer.from(buffers[8] ?? []).toString('utf8'));
    expect(names).toEqual(['T0T1', 'T2T3', 'T4']);
    expect([...tablesBatches([], true)].map(({ rowCount }) => rowCount)).toEqual([0]);
  });

  it('of GetTables without the schema that is wanted are a fault of the backend', () => {
    const error = thrownBy(() => [...tablesBatches([table('T')], true)]);
    expect(error).toMatchObject({ code: 'internal' });
    expect(error.message).toContain('S.T');
  });

  it('of GetPrimaryKeys stand in the order of the key', () => {
    const key = { catalog: undefined, dbSchema: 'S', table: 'T', keyName: undefined };
    const columns = [
      { ...key, column: 'A', keySequence: 10 },
      { ...key, column: 'B', keySequence: 9 },
    ];
    const place = { catalog_name: null, db_schema_name: 'S', table_name: 'T', key_name: null };
    expect(read(PRIMARY_KEYS_SCHEMA, primaryKeysBatch(columns))).toEqual([
      { ...place, column_name: 'B', key_sequence: 9 },
      { ...place, column_name: 'A', key_sequence: 10 },
    ]);
  });

  it('of foreign keys have rules as Flight SQL counts them', () => {
    const rules = ['cascade', 'restrict', 'set-null', 'no-action', 'set-default'] as const;
    const keys = rules.map((rule, index) =>
      foreignKey({ updateRule: rule, deleteRule: 'set-default', keySequence: index + 1 }),
    );
    const rows = read(FOREIGN_KEYS_SCHEMA, foreignKeysBatch(keys, 'by-primary'));
    expect(rows[0]).toEqual({
      pk_catalog_name: null,
      pk_db_schema_name: 'S',
      pk_table_name: 'PARENT',
      pk_column_name: 'ID',
      fk_catalog_name: null,
      fk_db_schema_name: 'S',
      fk_table_name: 'CHILD',
      fk_column_name: 'PARENT_ID',
      key_sequence: 1,
      fk_key_name: 'FK',
      pk_key_name: 'PK',
      update_rule: 0,
      delete_rule: 4,
    });
    const codes = (rows as { update_rule: number }[]).map(({ update_rule }) => update_rule);
    expect(codes).toEqual([0, 1, 2, 3, 4]);
  });

  it('of foreign keys are sorted by the side that is asked for', () => {
    const side = { catalog: undefined, dbSchema: 'S', column: 'ID' };
    const keys = [
      foreignKey({ primary: { ...side, table: 'A' }, foreign: { ...side, table: 'Z' } }),
      foreignKey({ primary: { ...side, table: 'B' }, foreign: { ...side, table: 'Y' } }),
    ];
    const tablesBy = (order: 'by-primary' | 'by-foreign'): unknown =>
      (read(FOREIGN_KEYS_SCHEMA, foreignKeysBatch(keys, order)) as { pk_table_name: string }[]).map(
        ({ pk_table_name }) => pk_table_name,
      );
    expect(tablesBy('by-primary')).toEqual(['A', 'B']);
    expect(tablesBy('by-foreign')).toEqual(['B', 'A']);
  });

  it('of GetXdbcTypeInfo stand in the order of code and name', () => {
    const text: XdbcTypeInfo = {
      ...INTEGER_TYPE,
      typeName: 'NVARCHAR',
      dataType: -9,
      literalPrefix: "N'",
      literalSuffix: "'",
      createParams: ['LENGTH'],
      unsigned: undefined,
    };
    const rows = read(XDBC_TYPES_SCHEMA, xdbcTypesBatch([INTEGER_TYPE, text]));
    expect(rows).toMatchObject([
      { type_name: 'NVARCHAR', data_type: -9, create_params: ['LENGTH'], unsigned_attribute: null },
      { type_name: 'INTEGER', data_type: 4, create_params: null, unsigned_attribute: false },
    ]);
    expect(Object.keys(rows[0] as object)).toHaveLength(19);
  });
});

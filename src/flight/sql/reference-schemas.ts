import type { ArrowField, ArrowSchema, ArrowType } from '../../arrow/types.ts';

/**
 * Schemas of the metadata commands, as C++, Go and Java have them. Clients compare name, type,
 * nullability and the absence of field metadata, so nothing here is a matter of taste.
 */
const UTF8: ArrowType = { kind: 'utf8' };
const BOOL: ArrowType = { kind: 'bool' };
const INT32: ArrowType = { kind: 'int', bits: 32, signed: true };
const INT64: ArrowType = { kind: 'int', bits: 64, signed: true };
const UINT8: ArrowType = { kind: 'int', bits: 8, signed: false };
const UINT32: ArrowType = { kind: 'int', bits: 32, signed: false };

/** Members of the value of GetSqlInfo; type ids are their positions. The Go driver panics on others. */
const SQL_INFO_MEMBERS: readonly ArrowField[] = [
  required('string_value', UTF8),
  required('bool_value', BOOL),
  required('bigint_value', INT64),
  required('int32_bitmask', INT32),
  required('string_list', { kind: 'list', item: optional('item', UTF8) }),
  required('int32_to_int32_list_map', {
    kind: 'map',
    entries: required('entries', {
      kind: 'struct',
      fields: [
        required('key', INT32),
        optional('value', { kind: 'list', item: optional('item', INT32) }),
      ],
    }),
  }),
];

/** Result of CommandGetSqlInfo. */
export const SQL_INFO_SCHEMA: ArrowSchema = {
  fields: [
    required('info_name', UINT32),
    required('value', { kind: 'dense-union', members: SQL_INFO_MEMBERS }),
  ],
};

/** Result of CommandGetCatalogs. */
export const CATALOGS_SCHEMA: ArrowSchema = { fields: [required('catalog_name', UTF8)] };

/** Result of CommandGetDbSchemas. */
export const DB_SCHEMAS_SCHEMA: ArrowSchema = {
  fields: [optional('catalog_name', UTF8), required('db_schema_name', UTF8)],
};

/** Result of CommandGetTables without schemas. */
export const TABLES_SCHEMA: ArrowSchema = {
  fields: [
    optional('catalog_name', UTF8),
    optional('db_schema_name', UTF8),
    required('table_name', UTF8),
    required('table_type', UTF8),
  ],
};

/** Result of CommandGetTables with schemas. */
export const TABLES_WITH_SCHEMA_SCHEMA: ArrowSchema = {
  fields: [...TABLES_SCHEMA.fields, required('table_schema', { kind: 'binary' })],
};

/** Result of CommandGetTableTypes. */
export const TABLE_TYPES_SCHEMA: ArrowSchema = { fields: [required('table_type', UTF8)] };

/**
 * Result of CommandGetPrimaryKeys. The comment in FlightSql.proto names the last two fields the other way
 * round; C++, Go and Java have them like this.
 */
export const PRIMARY_KEYS_SCHEMA: ArrowSchema = {
  fields: [
    optional('catalog_name', UTF8),
    optional('db_schema_name', UTF8),
    required('table_name', UTF8),
    required('column_name', UTF8),
    required('key_sequence', INT32),
    optional('key_name', UTF8),
  ],
};

/** Result of CommandGetImportedKeys, CommandGetExportedKeys and CommandGetCrossReference. */
export const FOREIGN_KEYS_SCHEMA: ArrowSchema = {
  fields: [
    optional('pk_catalog_name', UTF8),
    optional('pk_db_schema_name', UTF8),
    required('pk_table_name', UTF8),
    required('pk_column_name', UTF8),
    optional('fk_catalog_name', UTF8),
    optional('fk_db_schema_name', UTF8),
    required('fk_table_name', UTF8),
    required('fk_column_name', UTF8),
    required('key_sequence', INT32),
    optional('fk_key_name', UTF8),
    optional('pk_key_name', UTF8),
    required('update_rule', UINT8),
    required('delete_rule', UINT8),
  ],
};

/** Result of CommandGetXdbcTypeInfo. */
export const XDBC_TYPES_SCHEMA: ArrowSchema = {
  fields: [
    required('type_name', UTF8),
    required('data_type', INT32),
    optional('column_size', INT32),
    optional('literal_prefix', UTF8),
    optional('literal_suffix', UTF8),
    optional('create_params', { kind: 'list', item: required('item', UTF8) }),
    required('nullable', INT32),
    required('case_sensitive', BOOL),
    required('searchable', INT32),
    optional('unsigned_attribute', BOOL),
    required('fixed_prec_scale', BOOL),
    optional('auto_increment', BOOL),
    optional('local_type_name', UTF8),
    optional('minimum_scale', INT32),
    optional('maximum_scale', INT32),
    required('sql_data_type', INT32),
    optional('datetime_subcode', INT32),
    optional('num_prec_radix', INT32),
    optional('interval_precision', INT32),
  ],
};

function required(name: string, type: ArrowType): ArrowField {
  return { name, type, nullable: false };
}

function optional(name: string, type: ArrowType): ArrowField {
  return { name, type, nullable: true };
}

import type { ArrowField, ArrowSchema, ArrowType } from '../../arrow/types.ts';

/**
 * Schemas of the metadata commands, as C++, Go and Java have them. Clients compare name, type,
 * nullability and the absence of field metadata, so nothing here is a matter of taste.
 */
const UTF8: ArrowType = { kind: 'utf8' };
const BOOL: ArrowType = { kind: 'bool' };
const INT32: ArrowType = { kind: 'int', bits: 32, signed: true };
const INT64: ArrowType = { kind: 'int', bits: 64, signed: true };
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

function required(name: string, type: ArrowType): ArrowField {
  return { name, type, nullable: false };
}

function optional(name: string, type: ArrowType): ArrowField {
  return { name, type, nullable: true };
}

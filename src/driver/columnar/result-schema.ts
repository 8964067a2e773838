import type { ArrowField, ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { ColumnMetadata, ParameterMetadata } from '../wire/metadata.ts';
import {
  arrowTypeOf,
  DEFAULT_TYPE_OPTIONS,
  type HanaType,
  isFloatingDecimal,
  mappingOf,
  sqlTypeName,
  type TypeOptions,
} from './type-mapping.ts';

/** Of the columns of a result set, by the options that they were mapped with, as text: lanes get copies of these. */
const schemas = new WeakMap<readonly ColumnMetadata[], Map<string, ArrowSchema>>();

/**
 * The Arrow schema of a result set: the one schema that describes, prepares and streams it. Every field
 * is nullable, because what HANA says about an expression's nullability is not binding. Throws
 * `unimplemented`, naming the column, for an array column or an unknown type.
 */
export function resultSchema(
  columns: readonly ColumnMetadata[],
  options: TypeOptions = DEFAULT_TYPE_OPTIONS,
): ArrowSchema {
  const ofColumns = schemas.get(columns) ?? new Map<string, ArrowSchema>();
  const key = JSON.stringify(options);
  const schema = ofColumns.get(key) ?? {
    fields: columns.map((column, index) => resultField(column, index, options)),
  };
  ofColumns.set(key, schema);
  schemas.set(columns, ofColumns);
  return schema;
}

/**
 * The Arrow field of a statement parameter. Unnamed parameters are named by their number, from 1. Throws
 * `unimplemented`, naming the parameter, for an unknown type.
 */
export function parameterField(
  parameter: ParameterMetadata,
  index: number,
  options: TypeOptions = DEFAULT_TYPE_OPTIONS,
): ArrowField {
  try {
    return {
      name: parameter.name ?? String(index + 1),
      type: arrowTypeOf(parameter, options),
      nullable: true,
      metadata: typeMetadata(parameter),
    };
  } catch (cause) {
    const { code, message } = HanaFlightError.from(cause);
    throw new HanaFlightError(code, `parameter ${index + 1}: ${message}`, { cause });
  }
}

function resultField(column: ColumnMetadata, index: number, options: TypeOptions): ArrowField {
  try {
    if (column.array === true) {
      throw new HanaFlightError('unimplemented', `no Arrow type for arrays of HANA`);
    }
    return {
      name: column.displayName,
      type: arrowTypeOf(column, options),
      nullable: true,
      metadata: fieldMetadata(column),
    };
  } catch (cause) {
    const { code, message } = HanaFlightError.from(cause);
    const place = `column ${index + 1} "${column.displayName}"`;
    throw new HanaFlightError(code, `${place}: ${message} (type code ${column.typeCode})`, {
      cause,
    });
  }
}

/**
 * Flight SQL's column metadata. REMARKS is left out on purpose: JDBC shows it as the column's label.
 * The schema has two keys, as the specification names one and the clients read the other.
 */
function fieldMetadata(column: ColumnMetadata): Record<string, string> {
  const { searchable } = mappingOf(column.typeCode);
  return {
    ...typeMetadata(column),
    ...flightSql({
      SCHEMA_NAME: column.schemaName,
      DB_SCHEMA_NAME: column.schemaName,
      TABLE_NAME: column.tableName,
      IS_AUTO_INCREMENT: flag(column.autoIncrement === true),
      IS_READ_ONLY: flag(column.readOnly === true || column.tableName === undefined),
      IS_SEARCHABLE: flag(searchable !== false),
    }),
  };
}

/** What a type says about itself, wherever it is used. */
function typeMetadata(type: HanaType): Record<string, string> {
  const { extension, precision, caseSensitive } = mappingOf(type.typeCode);
  return {
    ...extension,
    ...flightSql({
      TYPE_NAME: sqlTypeName(type),
      PRECISION: precision ?? (type.length > 0 ? type.length : undefined),
      SCALE: scaleOf(type),
      IS_CASE_SENSITIVE: flag(caseSensitive === true),
    }),
  };
}

function scaleOf(type: HanaType): number | undefined {
  const { sqlName, precision, scale } = mappingOf(type.typeCode);
  if (sqlName.endsWith('DECIMAL')) return isFloatingDecimal(type) ? undefined : type.scale;
  return precision === undefined ? undefined : (scale ?? 0);
}

function flightSql(values: Record<string, string | number | undefined>): Record<string, string> {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [`ARROW:FLIGHT:SQL:${key}`, `${value}`]));
}

function flag(value: boolean): '1' | '0' {
  return value ? '1' : '0';
}

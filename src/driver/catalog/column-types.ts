import type { HanaType } from '../columnar/type-mapping.ts';
import { FLOATING_SCALE } from '../values/decimal.ts';
import { TypeCode } from '../wire/type-code.ts';

/** A column's type as the catalog has it. */
export interface CatalogType {
  /** DATA_TYPE_NAME, without parameters. */
  readonly name: string;
  /** LENGTH: characters, bytes, digits or dimensions. */
  readonly length: number | undefined;
  /** Absent for types without a scale, and for a DECIMAL without precision. */
  readonly scale: number | undefined;
}

/** Type codes that results are described with, by the names of the catalog. */
const TYPE_CODES: ReadonlyMap<string, TypeCode> = new Map([
  ['TINYINT', TypeCode.TINYINT],
  ['SMALLINT', TypeCode.SMALLINT],
  ['INTEGER', TypeCode.INT],
  ['BIGINT', TypeCode.BIGINT],
  // Also for those that results describe as FIXED: both become the same Arrow type.
  ['DECIMAL', TypeCode.DECIMAL],
  ['SMALLDECIMAL', TypeCode.DECIMAL],
  ['REAL', TypeCode.REAL],
  ['DOUBLE', TypeCode.DOUBLE],
  ['FLOAT', TypeCode.DOUBLE],
  ['BOOLEAN', TypeCode.BOOLEAN],
  ['DATE', TypeCode.DAYDATE],
  ['TIME', TypeCode.SECONDTIME],
  ['SECONDDATE', TypeCode.SECONDDATE],
  ['TIMESTAMP', TypeCode.LONGDATE],
  ['CHAR', TypeCode.CHAR],
  ['VARCHAR', TypeCode.VARCHAR],
  ['NCHAR', TypeCode.NCHAR],
  ['NVARCHAR', TypeCode.NVARCHAR],
  ['SHORTTEXT', TypeCode.SHORTTEXT],
  ['ALPHANUM', TypeCode.ALPHANUM],
  ['BINARY', TypeCode.BINARY],
  ['VARBINARY', TypeCode.VARBINARY],
  ['BLOB', TypeCode.BLOB],
  ['CLOB', TypeCode.CLOB],
  ['NCLOB', TypeCode.NCLOB],
  ['TEXT', TypeCode.TEXT],
  ['BINTEXT', TypeCode.BINTEXT],
  ['ST_POINT', TypeCode.ST_POINT],
  ['ST_GEOMETRY', TypeCode.ST_GEOMETRY],
  ['REAL_VECTOR', TypeCode.REAL_VECTOR],
]);

/**
 * What a result with the column would be described with, as far as its Arrow type depends on it; undefined
 * for a type that no result of this project can have, such as an array.
 * @param vectors whether the session knows REAL_VECTOR (data format version 9); others get its bytes.
 */
export function resultTypeOf(type: CatalogType, vectors: boolean): HanaType | undefined {
  const typeCode = TYPE_CODES.get(type.name);
  if (typeCode === undefined) return undefined;
  if (typeCode === TypeCode.REAL_VECTOR && !vectors) {
    return { typeCode: TypeCode.VARBINARY, length: vectorBytes(type.length ?? 0), scale: 0 };
  }
  return {
    typeCode,
    length: type.length ?? 0,
    scale: type.scale ?? (typeCode === TypeCode.DECIMAL ? FLOATING_SCALE : 0),
  };
}

/** An int32 that counts the components, and a float32 each. */
function vectorBytes(dimension: number): number {
  return 4 + 4 * dimension;
}

import { TypeCode } from '../../../driver/wire/type-code.ts';

/** The SQL types the sandbox knows, by the names SYS.TABLE_COLUMNS.DATA_TYPE_NAME has for them. */
export type HanaTypeName = keyof typeof HANA_TYPES;

/**
 * A column's or expression's SQL type. `length` counts characters, bytes, digits or dimensions, as the
 * type has it; `scale` is undefined for a floating DECIMAL and 0 where it means nothing.
 */
export interface HanaType {
  readonly name: HanaTypeName;
  readonly length: number;
  readonly scale: number | undefined;
}

/** Data format version from which on a type code stands for the type; the newest first. */
type CodeByFormat = readonly (readonly [fromVersion: number, code: number])[];

interface TypeRow {
  /** DuckDB's type for the values; `n` and `s` stand for length and scale. */
  readonly storage: string;
  readonly codes: CodeByFormat;
  /** Length described when the DDL names none; -1 marks a LOB. */
  readonly length: number;
  /** The type takes (n) in DDL. */
  readonly sized: boolean;
  /** ODBC's number of the type: SYS.TABLE_COLUMNS.DATA_TYPE_ID. */
  readonly odbcType: number;
}

const row = (
  storage: string,
  codes: number | CodeByFormat,
  length: number,
  [odbcType, sizing]: readonly [odbcType: number, sizing?: 'sized'],
): TypeRow => ({
  storage,
  codes: typeof codes === 'number' ? [[0, codes]] : codes,
  length,
  sized: sizing === 'sized',
  odbcType,
});

/** Digits that a TIMESTAMP has behind the second. */
const TIMESTAMP_SCALE = 7;

/**
 * Which code describes which type at which data format version: the table that go-hdb's tests check
 * against on-premise systems (HANA 2.00). Spatial values and vectors are plain bytes to a client that
 * does not know them.
 *
 * DuckDB counts microseconds where HANA counts ticks of 100 ns, so TIMESTAMP keeps six decimals here.
 * LONGDATE stands for the same type kept as a count of ticks: all seven digits, but only values of its
 * own kind can be compared with it. No SQL text names it; the demo data's ALL_TYPES has such a column.
 */
export const HANA_TYPES = {
  TINYINT: row('UTINYINT', TypeCode.TINYINT, 3, [-6]),
  SMALLINT: row('SMALLINT', TypeCode.SMALLINT, 5, [5]),
  INTEGER: row('INTEGER', TypeCode.INT, 10, [4]),
  BIGINT: row('BIGINT', TypeCode.BIGINT, 19, [-5]),
  DECIMAL: row('DECIMAL(n,s)', TypeCode.DECIMAL, 34, [3, 'sized']),
  SMALLDECIMAL: row('DECIMAL(38,15)', TypeCode.DECIMAL, 16, [3000]),
  REAL: row('FLOAT', TypeCode.REAL, 7, [7]),
  DOUBLE: row('DOUBLE', TypeCode.DOUBLE, 15, [8]),
  BOOLEAN: row(
    'BOOLEAN',
    [
      [7, TypeCode.BOOLEAN],
      [0, TypeCode.TINYINT],
    ],
    1,
    [16],
  ),
  DATE: row(
    'DATE',
    [
      [4, TypeCode.DAYDATE],
      [0, TypeCode.DATE],
    ],
    10,
    [91],
  ),
  TIME: row(
    'TIME',
    [
      [4, TypeCode.SECONDTIME],
      [0, TypeCode.TIME],
    ],
    8,
    [92],
  ),
  SECONDDATE: row(
    'TIMESTAMP_S',
    [
      [4, TypeCode.SECONDDATE],
      [0, TypeCode.TIMESTAMP],
    ],
    19,
    [3007],
  ),
  TIMESTAMP: row(
    'TIMESTAMP',
    [
      [4, TypeCode.LONGDATE],
      [0, TypeCode.TIMESTAMP],
    ],
    27,
    [93],
  ),
  LONGDATE: row(
    'BIGINT',
    [
      [4, TypeCode.LONGDATE],
      [0, TypeCode.TIMESTAMP],
    ],
    27,
    [93],
  ),
  CHAR: row('VARCHAR', TypeCode.CHAR, 1, [1, 'sized']),
  VARCHAR: row('VARCHAR', TypeCode.VARCHAR, 1, [12, 'sized']),
  NCHAR: row('VARCHAR', TypeCode.NCHAR, 1, [-8, 'sized']),
  NVARCHAR: row('VARCHAR', TypeCode.NVARCHAR, 1, [-9, 'sized']),
  SHORTTEXT: row(
    'VARCHAR',
    [
      [4, TypeCode.SHORTTEXT],
      [0, TypeCode.NVARCHAR],
    ],
    1,
    [-9, 'sized'],
  ),
  ALPHANUM: row(
    'VARCHAR',
    [
      [4, TypeCode.ALPHANUM],
      [0, TypeCode.NVARCHAR],
    ],
    1,
    [-9, 'sized'],
  ),
  BINARY: row('BLOB', TypeCode.BINARY, 1, [-2, 'sized']),
  VARBINARY: row('BLOB', TypeCode.VARBINARY, 1, [-3, 'sized']),
  BLOB: row('BLOB', TypeCode.BLOB, -1, [-4]),
  CLOB: row('VARCHAR', TypeCode.CLOB, -1, [-1]),
  NCLOB: row('VARCHAR', TypeCode.NCLOB, -1, [-10]),
  TEXT: row(
    'VARCHAR',
    [
      [4, TypeCode.TEXT],
      [0, TypeCode.NCLOB],
    ],
    -1,
    [-10],
  ),
  BINTEXT: row(
    'VARCHAR',
    [
      [6, TypeCode.BINTEXT],
      [0, TypeCode.NCLOB],
    ],
    -1,
    [-10],
  ),
  ST_POINT: row(
    'BLOB',
    [
      [5, TypeCode.ST_POINT],
      [0, TypeCode.VARBINARY],
    ],
    -1,
    [29_812],
  ),
  ST_GEOMETRY: row(
    'BLOB',
    [
      [5, TypeCode.ST_GEOMETRY],
      [0, TypeCode.VARBINARY],
    ],
    -1,
    [29_812],
  ),
  REAL_VECTOR: row(
    'FLOAT[n]',
    [
      [9, TypeCode.REAL_VECTOR],
      [0, TypeCode.VARBINARY],
    ],
    0,
    [2000, 'sized'],
  ),
} as const satisfies Record<string, TypeRow>;

/** Other spellings of a type in DDL and CAST; LONGDATE is HANA's inner name of TIMESTAMP. */
const SYNONYMS: Readonly<Record<string, HanaTypeName>> = {
  INT: 'INTEGER',
  DEC: 'DECIMAL',
  NUMERIC: 'DECIMAL',
  DAYDATE: 'DATE',
  LONGDATE: 'TIMESTAMP',
  SECONDTIME: 'TIME',
  STRING: 'NVARCHAR',
  CHARACTER: 'CHAR',
  VARCHAR2: 'VARCHAR',
  NVARCHAR2: 'NVARCHAR',
};

/** Digits up to which FLOAT(n) is a REAL. */
const REAL_DIGITS = 24;
const MAX_DECIMAL_DIGITS = 38;

/** Digits behind the point that DuckDB keeps of a floating DECIMAL; 23 are left before it. */
export const FLOATING_DECIMAL_SCALE = 15;
const FLOATING_DECIMAL_STORAGE = `DECIMAL(38,${FLOATING_DECIMAL_SCALE})`;

export const hanaType = (
  name: HanaTypeName,
  length: number = HANA_TYPES[name].length,
  scale: number | undefined = name === 'TIMESTAMP' || name === 'LONGDATE' ? TIMESTAMP_SCALE : 0,
): HanaType => ({ name, length, scale });

/** DECIMAL without a precision: the scale travels with each value. */
export const FLOATING_DECIMAL: HanaType = { name: 'DECIMAL', length: 34, scale: undefined };
/** What HANA calls an expression of text whose length nothing limits. */
export const LONGEST_NVARCHAR: HanaType = hanaType('NVARCHAR', 5000);

/**
 * The type that SQL text names, e.g. `nvarchar` with arguments [20]; undefined for a name HANA does not
 * have or arguments out of range.
 */
export function hanaTypeNamed(text: string, args: readonly number[]): HanaType | undefined {
  const upper = text.toUpperCase();
  const [length, scale] = args;
  if (upper === 'FLOAT') return hanaType((length ?? 53) <= REAL_DIGITS ? 'REAL' : 'DOUBLE');
  const name = SYNONYMS[upper] ?? (isHanaTypeName(upper) ? upper : undefined);
  if (name === undefined) return undefined;
  if (name === 'DECIMAL') return decimalType(length, scale);
  if (name === 'SMALLDECIMAL') return { name, length: 16, scale: undefined };
  // The argument of a spatial type is a reference system, which the values do not show.
  if (length === undefined || isSpatial(name)) return hanaType(name);
  const longest = name === 'REAL_VECTOR' ? MAX_DIMENSIONS : MAX_SIZED_LENGTH;
  const fits = length > 0 && length <= longest;
  return HANA_TYPES[name].sized && fits ? hanaType(name, length) : undefined;
}

/** Longest text and binary that is no LOB. */
const MAX_SIZED_LENGTH = 5000;
const MAX_DIMENSIONS = 65_000;

function decimalType(precision: number | undefined, scale = 0): HanaType | undefined {
  if (precision === undefined) return FLOATING_DECIMAL;
  if (precision < 1 || precision > MAX_DECIMAL_DIGITS || scale > precision) return undefined;
  return { name: 'DECIMAL', length: precision, scale };
}

function isHanaTypeName(name: string): name is HanaTypeName {
  return Object.hasOwn(HANA_TYPES, name);
}

const isSpatial = (name: HanaTypeName): boolean => name === 'ST_POINT' || name === 'ST_GEOMETRY';

/** A LOB: sent as a descriptor, read on by READLOB. */
export function isLob(type: HanaType): boolean {
  return ['BLOB', 'CLOB', 'NCLOB', 'TEXT', 'BINTEXT'].includes(type.name);
}

/** DuckDB's type for values of `type`, as SQL text. */
export function storageOf(type: HanaType): string {
  const { storage } = HANA_TYPES[type.name];
  if (type.name === 'DECIMAL' && type.scale === undefined) return FLOATING_DECIMAL_STORAGE;
  if (type.name === 'REAL_VECTOR' && type.length === 0) return 'FLOAT[]';
  return storage.replace(/\bn\b/, String(type.length)).replace(/\bs\b/, String(type.scale));
}

/** The code that describes `type` to a client of this data format version. */
export function typeCodeOf(type: HanaType, dataFormatVersion: number): number {
  if (type.name === 'DECIMAL' && type.scale !== undefined && dataFormatVersion >= 8) {
    if (type.length <= 18) return TypeCode.FIXED8;
    return type.length <= 28 ? TypeCode.FIXED12 : TypeCode.FIXED16;
  }
  const codes: CodeByFormat = HANA_TYPES[type.name].codes;
  return codes.find(([fromVersion]) => dataFormatVersion >= fromVersion)?.[1] ?? TypeCode.NVARCHAR;
}

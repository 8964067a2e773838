import type { XdbcTypeInfo } from '../flight/catalog.ts';

/**
 * HANA's types as ODBC and JDBC describe types, in place of SYS.DATA_TYPES: that has codes of SAP's own for
 * SMALLDECIMAL and SECONDDATE, which no client knows. Types that HANA Cloud does not have (SHORTTEXT,
 * ALPHANUM, TEXT, BINTEXT) are listed all the same.
 */

/** Type codes of ODBC. Text is Unicode throughout: what HANA calls VARCHAR holds any of it in HANA Cloud. */
const CODE = {
  CHAR: 1,
  DECIMAL: 3,
  INTEGER: 4,
  SMALLINT: 5,
  REAL: 7,
  DOUBLE: 8,
  VARCHAR: 12,
  DATE: 91,
  TIME: 92,
  TIMESTAMP: 93,
  LONGVARCHAR: -1,
  BINARY: -2,
  VARBINARY: -3,
  LONGVARBINARY: -4,
  BIGINT: -5,
  TINYINT: -6,
  BIT: -7,
  WCHAR: -8,
  WVARCHAR: -9,
  WLONGVARCHAR: -10,
} as const;

/** ODBC's one SQL type of dates and times, whose sub-codes tell them apart. */
const DATETIME = 9;
const DATETIME_SUBCODE = { DATE: 1, TIME: 2, TIMESTAMP: 3 } as const;

const NULLABLE = 1;
const SEARCHABLE = { no: 0, withoutLike: 2, fully: 3 } as const;
const DECIMAL_RADIX = 10;
const BINARY_RADIX = 2;
/** Bytes or characters of a LOB: HANA's limit is 2 GiB less one. */
const MAX_LOB_LENGTH = 2_147_483_647;

/** What every type has unless it says otherwise. */
const NOTHING_SPECIAL: Omit<XdbcTypeInfo, 'typeName' | 'dataType' | 'sqlDataType' | 'columnSize'> =
  {
    literalPrefix: undefined,
    literalSuffix: undefined,
    createParams: undefined,
    nullable: NULLABLE,
    caseSensitive: false,
    searchable: SEARCHABLE.withoutLike,
    unsigned: undefined,
    fixedPrecisionScale: false,
    autoIncrement: undefined,
    localTypeName: undefined,
    minimumScale: undefined,
    maximumScale: undefined,
    datetimeSubcode: undefined,
    numericPrecisionRadix: undefined,
    intervalPrecision: undefined,
  };

interface TypeSize {
  readonly name: string;
  readonly code: number;
  /** Digits, characters or bytes that a column can have at most. */
  readonly size: number;
}

function typeInfo({ name, code, size }: TypeSize, traits: Partial<XdbcTypeInfo>): XdbcTypeInfo {
  return {
    ...NOTHING_SPECIAL,
    typeName: name,
    localTypeName: name,
    dataType: code,
    sqlDataType: code,
    columnSize: size,
    ...traits,
  };
}

const INTEGER_TRAITS: Partial<XdbcTypeInfo> = {
  unsigned: false,
  // Columns of these types can be identity columns.
  autoIncrement: true,
  minimumScale: 0,
  maximumScale: 0,
  numericPrecisionRadix: DECIMAL_RADIX,
};

const DECIMAL_TRAITS: Partial<XdbcTypeInfo> = {
  unsigned: false,
  autoIncrement: false,
  numericPrecisionRadix: DECIMAL_RADIX,
};

const FLOAT_TRAITS: Partial<XdbcTypeInfo> = {
  unsigned: false,
  autoIncrement: false,
  numericPrecisionRadix: BINARY_RADIX,
};

/** HANA folds no case and knows no other collation in its catalog. */
const TEXT_TRAITS: Partial<XdbcTypeInfo> = {
  literalPrefix: "'",
  literalSuffix: "'",
  createParams: ['LENGTH'],
  caseSensitive: true,
  searchable: SEARCHABLE.fully,
};

const BINARY_TRAITS: Partial<XdbcTypeInfo> = {
  literalPrefix: "X'",
  literalSuffix: "'",
  createParams: ['LENGTH'],
};

/** LIKE finds text in them, nothing compares them. */
const TEXT_LOB_TRAITS: Partial<XdbcTypeInfo> = {
  literalPrefix: "'",
  literalSuffix: "'",
  caseSensitive: true,
  searchable: 1,
};

const OPAQUE_TRAITS: Partial<XdbcTypeInfo> = { searchable: SEARCHABLE.no };

function datetime(
  kind: keyof typeof DATETIME_SUBCODE,
  literalPrefix: string,
): Partial<XdbcTypeInfo> {
  return {
    literalPrefix,
    literalSuffix: "'",
    sqlDataType: DATETIME,
    datetimeSubcode: DATETIME_SUBCODE[kind],
  };
}

/** Every type that a column can have. Sizes are the longest that DDL accepts. */
export const XDBC_TYPES: readonly XdbcTypeInfo[] = [
  typeInfo({ name: 'TINYINT', code: CODE.TINYINT, size: 3 }, { ...INTEGER_TRAITS, unsigned: true }),
  typeInfo({ name: 'SMALLINT', code: CODE.SMALLINT, size: 5 }, INTEGER_TRAITS),
  typeInfo({ name: 'INTEGER', code: CODE.INTEGER, size: 10 }, INTEGER_TRAITS),
  typeInfo({ name: 'BIGINT', code: CODE.BIGINT, size: 19 }, INTEGER_TRAITS),
  typeInfo(
    { name: 'DECIMAL', code: CODE.DECIMAL, size: 38 },
    {
      ...DECIMAL_TRAITS,
      createParams: ['PRECISION', 'SCALE'],
      minimumScale: 0,
      maximumScale: 38,
    },
  ),
  typeInfo({ name: 'SMALLDECIMAL', code: CODE.DECIMAL, size: 16 }, DECIMAL_TRAITS),
  typeInfo({ name: 'REAL', code: CODE.REAL, size: 24 }, FLOAT_TRAITS),
  typeInfo({ name: 'DOUBLE', code: CODE.DOUBLE, size: 53 }, FLOAT_TRAITS),
  typeInfo({ name: 'BOOLEAN', code: CODE.BIT, size: 1 }, {}),
  typeInfo({ name: 'DATE', code: CODE.DATE, size: 10 }, datetime('DATE', "DATE'")),
  typeInfo({ name: 'TIME', code: CODE.TIME, size: 8 }, datetime('TIME', "TIME'")),
  typeInfo(
    { name: 'SECONDDATE', code: CODE.TIMESTAMP, size: 19 },
    { ...datetime('TIMESTAMP', "'"), minimumScale: 0, maximumScale: 0 },
  ),
  typeInfo(
    { name: 'TIMESTAMP', code: CODE.TIMESTAMP, size: 27 },
    { ...datetime('TIMESTAMP', "TIMESTAMP'"), minimumScale: 7, maximumScale: 7 },
  ),
  typeInfo({ name: 'CHAR', code: CODE.CHAR, size: 2000 }, TEXT_TRAITS),
  typeInfo({ name: 'VARCHAR', code: CODE.VARCHAR, size: 5000 }, TEXT_TRAITS),
  typeInfo({ name: 'NCHAR', code: CODE.WCHAR, size: 2000 }, TEXT_TRAITS),
  typeInfo({ name: 'NVARCHAR', code: CODE.WVARCHAR, size: 5000 }, TEXT_TRAITS),
  typeInfo({ name: 'SHORTTEXT', code: CODE.WVARCHAR, size: 5000 }, TEXT_TRAITS),
  typeInfo({ name: 'ALPHANUM', code: CODE.WVARCHAR, size: 127 }, TEXT_TRAITS),
  typeInfo({ name: 'BINARY', code: CODE.BINARY, size: 2000 }, BINARY_TRAITS),
  typeInfo({ name: 'VARBINARY', code: CODE.VARBINARY, size: 5000 }, BINARY_TRAITS),
  typeInfo(
    { name: 'BLOB', code: CODE.LONGVARBINARY, size: MAX_LOB_LENGTH },
    { ...OPAQUE_TRAITS, literalPrefix: "X'", literalSuffix: "'" },
  ),
  typeInfo({ name: 'CLOB', code: CODE.LONGVARCHAR, size: MAX_LOB_LENGTH }, TEXT_LOB_TRAITS),
  typeInfo({ name: 'NCLOB', code: CODE.WLONGVARCHAR, size: MAX_LOB_LENGTH }, TEXT_LOB_TRAITS),
  typeInfo({ name: 'TEXT', code: CODE.WLONGVARCHAR, size: MAX_LOB_LENGTH }, TEXT_LOB_TRAITS),
  typeInfo({ name: 'BINTEXT', code: CODE.WLONGVARCHAR, size: MAX_LOB_LENGTH }, TEXT_LOB_TRAITS),
  typeInfo({ name: 'ST_POINT', code: CODE.LONGVARBINARY, size: MAX_LOB_LENGTH }, OPAQUE_TRAITS),
  typeInfo(
    { name: 'ST_GEOMETRY', code: CODE.LONGVARBINARY, size: MAX_LOB_LENGTH },
    { ...OPAQUE_TRAITS, createParams: ['SRID'] },
  ),
  typeInfo(
    { name: 'REAL_VECTOR', code: CODE.VARBINARY, size: 65_000 },
    { ...OPAQUE_TRAITS, createParams: ['DIMENSION'] },
  ),
];

const TYPES_BY_NAME: ReadonlyMap<string, XdbcTypeInfo> = new Map(
  XDBC_TYPES.map((type) => [type.typeName, type]),
);

/** The row of a type; undefined for one that this project does not know. */
export function xdbcType(typeName: string): XdbcTypeInfo | undefined {
  return TYPES_BY_NAME.get(typeName);
}

/** All types, or those with a type code. */
export function xdbcTypes(dataType?: number): readonly XdbcTypeInfo[] {
  return dataType === undefined
    ? XDBC_TYPES
    : XDBC_TYPES.filter((type) => type.dataType === dataType);
}

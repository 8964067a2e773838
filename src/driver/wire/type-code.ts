/**
 * HANA's type codes as they stand in result-set and parameter metadata. The number is the wire value.
 * Names are SAP's own, as its open drivers spell them.
 */
export const TypeCode = {
  TINYINT: 1,
  SMALLINT: 2,
  INT: 3,
  BIGINT: 4,
  DECIMAL: 5,
  REAL: 6,
  DOUBLE: 7,
  CHAR: 8,
  VARCHAR: 9,
  NCHAR: 10,
  NVARCHAR: 11,
  BINARY: 12,
  VARBINARY: 13,
  /** Legacy, data format version < 4. */
  DATE: 14,
  /** Legacy, data format version < 4. */
  TIME: 15,
  /** Legacy, data format version < 4. */
  TIMESTAMP: 16,
  CLOB: 25,
  NCLOB: 26,
  BLOB: 27,
  BOOLEAN: 28,
  STRING: 29,
  NSTRING: 30,
  LOCATOR: 31,
  NLOCATOR: 32,
  BSTRING: 33,
  VARCHAR2: 35,
  SMALLDECIMAL: 47,
  TEXT: 51,
  SHORTTEXT: 52,
  BINTEXT: 53,
  ALPHANUM: 55,
  /** TIMESTAMP: ticks of 100 ns. */
  LONGDATE: 61,
  SECONDDATE: 62,
  /** DATE. */
  DAYDATE: 63,
  /** TIME. */
  SECONDTIME: 64,
  ST_GEOMETRY: 74,
  ST_POINT: 75,
  FIXED16: 76,
  FIXED8: 81,
  FIXED12: 82,
  REAL_VECTOR: 96,
} as const;

export type TypeCode = (typeof TypeCode)[keyof typeof TypeCode];

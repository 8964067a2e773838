import {
  ARRAY,
  BIGINT,
  BLOB,
  BOOLEAN,
  DATE,
  DECIMAL,
  DOUBLE,
  DuckDBArrayType,
  DuckDBDecimalType,
  type DuckDBType,
  DuckDBTypeId,
  FLOAT,
  INTEGER,
  SMALLINT,
  TIME,
  TIMESTAMP,
  TIMESTAMP_S,
  UTINYINT,
  VARCHAR,
} from '@duckdb/node-api';
import {
  FLOATING_DECIMAL,
  FLOATING_DECIMAL_SCALE,
  HANA_TYPES,
  type HanaType,
  hanaType,
  LONGEST_NVARCHAR,
} from './hana-type.ts';

/** HANA's type for an expression of which only DuckDB's type is known. */
export function defaultTypeOf(type: DuckDBType): HanaType {
  if (type instanceof DuckDBDecimalType) {
    // The storage of a floating DECIMAL: what an expression of that type, e.g. TO_DECIMAL(x), yields.
    const floating = type.width === 38 && type.scale === FLOATING_DECIMAL_SCALE;
    return floating ? FLOATING_DECIMAL : { name: 'DECIMAL', length: type.width, scale: type.scale };
  }
  if (type instanceof DuckDBArrayType) return hanaType('REAL_VECTOR', type.length);
  return DEFAULT_TYPES[type.typeId] ?? LONGEST_NVARCHAR;
}

const DEFAULT_TYPES: Readonly<Record<number, HanaType>> = {
  [DuckDBTypeId.BOOLEAN]: hanaType('BOOLEAN'),
  [DuckDBTypeId.UTINYINT]: hanaType('TINYINT'),
  [DuckDBTypeId.TINYINT]: hanaType('SMALLINT'),
  [DuckDBTypeId.SMALLINT]: hanaType('SMALLINT'),
  [DuckDBTypeId.USMALLINT]: hanaType('INTEGER'),
  [DuckDBTypeId.INTEGER]: hanaType('INTEGER'),
  [DuckDBTypeId.UINTEGER]: hanaType('BIGINT'),
  [DuckDBTypeId.BIGINT]: hanaType('BIGINT'),
  [DuckDBTypeId.UBIGINT]: { name: 'DECIMAL', length: 38, scale: 0 },
  [DuckDBTypeId.HUGEINT]: { name: 'DECIMAL', length: 38, scale: 0 },
  [DuckDBTypeId.UHUGEINT]: { name: 'DECIMAL', length: 38, scale: 0 },
  [DuckDBTypeId.FLOAT]: hanaType('REAL'),
  [DuckDBTypeId.DOUBLE]: hanaType('DOUBLE'),
  [DuckDBTypeId.DATE]: hanaType('DATE'),
  [DuckDBTypeId.TIME]: hanaType('TIME'),
  [DuckDBTypeId.TIMESTAMP_S]: hanaType('SECONDDATE'),
  [DuckDBTypeId.TIMESTAMP]: hanaType('TIMESTAMP'),
  [DuckDBTypeId.TIMESTAMP_MS]: hanaType('TIMESTAMP'),
  [DuckDBTypeId.TIMESTAMP_NS]: hanaType('TIMESTAMP'),
  [DuckDBTypeId.TIMESTAMP_TZ]: hanaType('TIMESTAMP'),
  [DuckDBTypeId.BLOB]: hanaType('VARBINARY', 5000),
};

const STORAGE: Readonly<Record<string, DuckDBType>> = {
  UTINYINT,
  SMALLINT,
  INTEGER,
  BIGINT,
  FLOAT,
  DOUBLE,
  BOOLEAN,
  DATE,
  TIME,
  TIMESTAMP,
  TIMESTAMP_S,
  VARCHAR,
  BLOB,
};

/** DuckDB's type for values of a HANA type: `storageOf` as an object. */
export function storageType(type: HanaType): DuckDBType {
  if (type.name === 'REAL_VECTOR') return ARRAY(FLOAT, type.length);
  if (type.name === 'DECIMAL' || type.name === 'SMALLDECIMAL') {
    return type.scale === undefined
      ? DECIMAL(38, FLOATING_DECIMAL_SCALE)
      : DECIMAL(type.length, type.scale);
  }
  return STORAGE[HANA_TYPES[type.name].storage] ?? VARCHAR;
}

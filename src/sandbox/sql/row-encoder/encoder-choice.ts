import {
  DuckDBArrayType,
  DuckDBDecimalType,
  type DuckDBType,
  DuckDBTypeId,
} from '@duckdb/node-api';
import { TypeCode } from '../../../driver/wire/type-code.ts';
import type { LobRegistry } from '../../engine.ts';
import { type HanaType, typeCodeOf } from '../types/hana-type.ts';
import type { ColumnEncoder } from './column-encoder.ts';
import {
  doubleAsDecimalEncoder,
  fixedEncoder,
  floatingDecimalEncoder,
  scaledDecimalEncoder,
} from './decimals.ts';
import {
  legacyDateEncoder,
  legacyTimeEncoder,
  legacyTimestampEncoder,
} from './legacy-temporals.ts';
import { lobEncoder } from './lobs.ts';
import { booleanEncoder, doubleEncoder, integerEncoder, realEncoder } from './numbers.ts';
import { alphanumEncoder, bytesEncoder, textEncoder, vectorEncoder } from './strings.ts';
import {
  dayDateEncoder,
  longDateEncoder,
  secondDateEncoder,
  secondTimeEncoder,
  tickCountEncoder,
} from './temporals.ts';

/** What an encoder is chosen by. */
export interface EncodedColumn {
  readonly index: number;
  readonly type: HanaType;
  /** What DuckDB delivers. */
  readonly source: DuckDBType;
  readonly dataFormatVersion: number;
  readonly lobs: LobRegistry;
}

type Choice = (column: EncodedColumn) => ColumnEncoder | undefined;

/** The encoder of a type that DuckDB delivers in one form only. */
const from =
  (typeId: DuckDBTypeId, make: (column: EncodedColumn) => ColumnEncoder): Choice =>
  (column) =>
    column.source.typeId === typeId ? make(column) : undefined;

const text = from(DuckDBTypeId.VARCHAR, ({ index }) => textEncoder(index));
const bytes = from(DuckDBTypeId.BLOB, ({ index }) => bytesEncoder(index));
const nclob = from(DuckDBTypeId.VARCHAR, ({ index, lobs }) => lobEncoder(index, 'nclob', lobs));
const legacyTimestamp: Choice = ({ index, source }) => legacyTimestampEncoder(index, source.typeId);

const ENCODERS: Readonly<Record<number, Choice>> = {
  [TypeCode.TINYINT]: ({ index, source }) =>
    source.typeId === DuckDBTypeId.UTINYINT || source.typeId === DuckDBTypeId.BOOLEAN
      ? integerEncoder(index, 1)
      : undefined,
  [TypeCode.SMALLINT]: from(DuckDBTypeId.SMALLINT, ({ index }) => integerEncoder(index, 2)),
  [TypeCode.INT]: from(DuckDBTypeId.INTEGER, ({ index }) => integerEncoder(index, 4)),
  [TypeCode.BIGINT]: from(DuckDBTypeId.BIGINT, ({ index }) => integerEncoder(index, 8)),
  [TypeCode.REAL]: from(DuckDBTypeId.FLOAT, ({ index }) => realEncoder(index)),
  [TypeCode.DOUBLE]: from(DuckDBTypeId.DOUBLE, ({ index }) => doubleEncoder(index)),
  [TypeCode.BOOLEAN]: from(DuckDBTypeId.BOOLEAN, ({ index }) => booleanEncoder(index)),
  [TypeCode.DECIMAL]: decimal,
  [TypeCode.FIXED8]: fixed(8),
  [TypeCode.FIXED12]: fixed(12),
  [TypeCode.FIXED16]: fixed(16),
  [TypeCode.DAYDATE]: from(DuckDBTypeId.DATE, ({ index }) => dayDateEncoder(index)),
  [TypeCode.SECONDTIME]: from(DuckDBTypeId.TIME, ({ index }) => secondTimeEncoder(index)),
  [TypeCode.SECONDDATE]: from(DuckDBTypeId.TIMESTAMP_S, ({ index }) => secondDateEncoder(index)),
  [TypeCode.LONGDATE]: ({ index, source }) => {
    if (source.typeId === DuckDBTypeId.TIMESTAMP) return longDateEncoder(index);
    return source.typeId === DuckDBTypeId.BIGINT ? tickCountEncoder(index) : undefined;
  },
  [TypeCode.DATE]: from(DuckDBTypeId.DATE, ({ index }) => legacyDateEncoder(index)),
  [TypeCode.TIME]: from(DuckDBTypeId.TIME, ({ index }) => legacyTimeEncoder(index)),
  [TypeCode.TIMESTAMP]: legacyTimestamp,
  [TypeCode.CHAR]: text,
  [TypeCode.VARCHAR]: text,
  [TypeCode.NCHAR]: text,
  [TypeCode.NVARCHAR]: text,
  [TypeCode.SHORTTEXT]: text,
  [TypeCode.ALPHANUM]: from(DuckDBTypeId.VARCHAR, ({ index, type }) =>
    alphanumEncoder(index, type.length),
  ),
  [TypeCode.BINARY]: bytes,
  [TypeCode.VARBINARY]: (column) => (isVector(column) ? vector(column) : bytes(column)),
  [TypeCode.ST_POINT]: bytes,
  [TypeCode.ST_GEOMETRY]: bytes,
  [TypeCode.REAL_VECTOR]: vector,
  [TypeCode.BLOB]: from(DuckDBTypeId.BLOB, ({ index, lobs }) => lobEncoder(index, 'blob', lobs)),
  [TypeCode.CLOB]: from(DuckDBTypeId.VARCHAR, ({ index, lobs }) => lobEncoder(index, 'clob', lobs)),
  [TypeCode.NCLOB]: nclob,
  [TypeCode.TEXT]: nclob,
  [TypeCode.BINTEXT]: nclob,
};

/**
 * The encoder of a column; undefined when DuckDB delivers the type in a form that has none, and must
 * cast it to the type's storage first.
 */
export function encoderOf(column: EncodedColumn): ColumnEncoder | undefined {
  return ENCODERS[typeCodeOf(column.type, column.dataFormatVersion)]?.(column);
}

function fixed(wireBytes: number): Choice {
  return ({ index, type, source }) =>
    source instanceof DuckDBDecimalType &&
    source.width === type.length &&
    source.scale === type.scale
      ? fixedEncoder(index, source.width, wireBytes)
      : undefined;
}

function decimal({ index, type, source }: EncodedColumn): ColumnEncoder | undefined {
  if (type.scale === undefined && source.typeId === DuckDBTypeId.DOUBLE) {
    return doubleAsDecimalEncoder(index);
  }
  if (!(source instanceof DuckDBDecimalType)) return undefined;
  if (type.scale !== undefined) {
    return source.scale === type.scale
      ? scaledDecimalEncoder(index, source.width, source.scale)
      : undefined;
  }
  const digits = type.name === 'SMALLDECIMAL' ? 16 : 34;
  return source.width > 18 ? floatingDecimalEncoder(index, source.scale, digits) : undefined;
}

const isVector = ({ type }: EncodedColumn): boolean => type.name === 'REAL_VECTOR';

function vector({ index, source }: EncodedColumn): ColumnEncoder | undefined {
  return source instanceof DuckDBArrayType ? vectorEncoder(index, source.length) : undefined;
}

import type { ArrowField, ArrowType } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { FLOATING_SCALE } from '../values/decimal.ts';
import { TypeCode } from '../wire/type-code.ts';

/** Where HANA's types leave a choice of Arrow type. */
export interface TypeOptions {
  /** What a DECIMAL without precision, and a SMALLDECIMAL, become. */
  readonly floatingDecimal: 'float64' | 'utf8' | 'decimal128';
  /** Fraction digits of such a column as decimal128; its precision is 38. */
  readonly floatingDecimalScale: number;
  /**
   * Unit of TIMESTAMP. Microseconds hold all of HANA's years and drop the seventh decimal of a second;
   * nanoseconds hold 1677-09-21 to 2262-04-11 and fail beyond.
   */
  readonly timestampUnit: 'us' | 'ns';
  /** What HANA's empty date ('') becomes. */
  readonly emptyDate: 'null' | 'error';
}

/**
 * float64, because that is what clients calculate with; microseconds and NULL, because 9999-12-31 and ''
 * are what SAP applications store for "never" and "not set".
 */
export const DEFAULT_TYPE_OPTIONS: TypeOptions = {
  floatingDecimal: 'float64',
  floatingDecimalScale: 10,
  timestampUnit: 'us',
  emptyDate: 'null',
};

/** A type as metadata describes it. */
export interface HanaType {
  readonly typeCode: number;
  /** Characters, bytes, digits or dimensions; see ColumnMetadata. */
  readonly length: number;
  readonly scale: number;
}

/** How a type's values stand in a result set: what the decoder has one reader for. */
export type CodecKind =
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'real'
  | 'double'
  | 'boolean'
  | 'decimal'
  | 'fixed8'
  | 'fixed12'
  | 'fixed16'
  | 'daydate'
  | 'secondtime'
  | 'seconddate'
  | 'longdate'
  | 'legacy-date'
  | 'legacy-time'
  | 'legacy-timestamp'
  | 'text'
  | 'alphanum'
  | 'binary'
  | 'vector'
  | 'lob';

/** One row of {@link TYPE_MAPPING}. */
export interface TypeMapping {
  /** The type's name in SQL, without parameters. */
  readonly sqlName: string;
  readonly codec: CodecKind;
  readonly arrow: (type: HanaType, options: TypeOptions) => ArrowType;
  /** The Arrow type in words, for the documentation. */
  readonly arrowName: string;
  /** Why this Arrow type, and what a reader must know. */
  readonly reason: string;
  /** Digits, or characters of the text form, of a type whose metadata does not say. */
  readonly precision?: number;
  readonly scale?: number;
  /** True for types that compare character by character. */
  readonly caseSensitive?: boolean;
  /** False for types that a WHERE clause cannot compare. */
  readonly searchable?: boolean;
  /** Arrow field metadata of the type itself. */
  readonly extension?: Readonly<Record<string, string>>;
}

const UTF8: ArrowType = { kind: 'utf8' };
const BINARY: ArrowType = { kind: 'binary' };
const FLOAT64: ArrowType = { kind: 'float', bits: 64 };
const INT16: ArrowType = { kind: 'int', bits: 16, signed: true };
const MAX_DECIMAL128_PRECISION = 38;
const VECTOR_ITEM: ArrowField = {
  name: 'item',
  type: { kind: 'float', bits: 32 },
  nullable: true,
};

/** Metadata that makes GeoArrow readers take a binary column for geometries. */
const GEOARROW_WKB = {
  'ARROW:extension:name': 'geoarrow.wkb',
  'ARROW:extension:metadata': '{}',
};

/** True for a DECIMAL or SMALLDECIMAL that has no fixed scale. */
export function isFloatingDecimal({ scale }: HanaType): boolean {
  return scale === FLOATING_SCALE || scale < 0 || scale > MAX_DECIMAL128_PRECISION;
}

function decimal128(type: HanaType, widest: number): ArrowType {
  const scale = Math.min(Math.max(type.scale, 0), MAX_DECIMAL128_PRECISION);
  const known = type.length >= 1 && type.length <= MAX_DECIMAL128_PRECISION;
  return { kind: 'decimal128', precision: Math.max(known ? type.length : widest, scale), scale };
}

function decimal(type: HanaType, options: TypeOptions): ArrowType {
  if (!isFloatingDecimal(type)) return decimal128(type, MAX_DECIMAL128_PRECISION);
  if (options.floatingDecimal === 'utf8') return UTF8;
  if (options.floatingDecimal === 'float64') return FLOAT64;
  return {
    kind: 'decimal128',
    precision: MAX_DECIMAL128_PRECISION,
    scale: options.floatingDecimalScale,
  };
}

function vector({ length }: HanaType): ArrowType {
  return length > 0
    ? { kind: 'fixed-size-list', size: length, item: VECTOR_ITEM }
    : { kind: 'list', item: VECTOR_ITEM };
}

function timestamp(_type: HanaType, options: TypeOptions): ArrowType {
  return { kind: 'timestamp', unit: options.timestampUnit };
}

const TIMESTAMP = {
  sqlName: 'TIMESTAMP',
  arrow: timestamp,
  arrowName: 'timestamp[us], or timestamp[ns] by setting',
  precision: 27,
  scale: 7,
} as const;

const DATE = {
  sqlName: 'DATE',
  arrow: (): ArrowType => ({ kind: 'date32' }),
  arrowName: 'date32',
  precision: 10,
} as const;

const TIME = {
  sqlName: 'TIME',
  arrow: (): ArrowType => ({ kind: 'time32', unit: 's' }),
  arrowName: 'time32[s]',
  precision: 8,
} as const;

const TEXT = { codec: 'text', arrow: (): ArrowType => UTF8, arrowName: 'utf8' } as const;
const BYTES = { codec: 'binary', arrow: (): ArrowType => BINARY, arrowName: 'binary' } as const;
const CESU8_REASON =
  'CESU-8 becomes valid UTF-8; a lone surrogate or stray byte becomes U+FFFD, as it has no UTF-8 form';
const TEXT_LOB = {
  codec: 'lob',
  arrow: (): ArrowType => UTF8,
  arrowName: 'utf8',
  caseSensitive: true,
} as const;
const FIXED = {
  sqlName: 'DECIMAL',
  arrowName: 'decimal128(p, s)',
  reason: 'an integer on the wire, so the conversion is a sign extension',
} as const;
const SPATIAL = { ...BYTES, searchable: false, extension: GEOARROW_WKB } as const;
const LEGACY_REASON = 'the form before data format version 4; milliseconds at best';

function floatingDecimal(sqlName: string): TypeMapping {
  return {
    sqlName,
    codec: 'decimal',
    arrow: decimal,
    arrowName:
      'decimal128(p, s); without a fixed scale float64, utf8 or decimal128(38, s) by setting',
    reason:
      'every value carries its own exponent; a value with more digits than decimal128 keeps is an error',
  };
}

/** Every type code that can describe a result column: the mapping of HANA's types to Arrow's. */
export const TYPE_MAPPING: Readonly<Record<TypeCode, TypeMapping>> = {
  [TypeCode.TINYINT]: {
    sqlName: 'TINYINT',
    codec: 'tinyint',
    arrow: () => INT16,
    arrowName: 'int16',
    reason: 'HANA counts 0 to 255; int16 because many clients have no unsigned types',
    precision: 3,
  },
  [TypeCode.SMALLINT]: {
    sqlName: 'SMALLINT',
    codec: 'smallint',
    arrow: () => INT16,
    arrowName: 'int16',
    reason: 'the same range',
    precision: 5,
  },
  [TypeCode.INT]: {
    sqlName: 'INTEGER',
    codec: 'int',
    arrow: () => ({ kind: 'int', bits: 32, signed: true }),
    arrowName: 'int32',
    reason: 'the same range',
    precision: 10,
  },
  [TypeCode.BIGINT]: {
    sqlName: 'BIGINT',
    codec: 'bigint',
    arrow: () => ({ kind: 'int', bits: 64, signed: true }),
    arrowName: 'int64',
    reason: 'the same range',
    precision: 19,
  },
  [TypeCode.REAL]: {
    sqlName: 'REAL',
    codec: 'real',
    arrow: () => ({ kind: 'float', bits: 32 }),
    arrowName: 'float32',
    reason: 'the same format; the bit pattern of all ones is NULL',
    precision: 24,
  },
  [TypeCode.DOUBLE]: {
    sqlName: 'DOUBLE',
    codec: 'double',
    arrow: () => FLOAT64,
    arrowName: 'float64',
    reason: 'the same format; the bit pattern of all ones is NULL',
    precision: 53,
  },
  [TypeCode.BOOLEAN]: {
    sqlName: 'BOOLEAN',
    codec: 'boolean',
    arrow: () => ({ kind: 'bool' }),
    arrowName: 'bool',
    reason: 'before data format version 7 HANA describes it as TINYINT, and it arrives as int16',
    precision: 1,
  },
  [TypeCode.DECIMAL]: floatingDecimal('DECIMAL'),
  [TypeCode.SMALLDECIMAL]: floatingDecimal('SMALLDECIMAL'),
  [TypeCode.FIXED8]: { ...FIXED, codec: 'fixed8', arrow: (type) => decimal128(type, 18) },
  [TypeCode.FIXED12]: { ...FIXED, codec: 'fixed12', arrow: (type) => decimal128(type, 28) },
  [TypeCode.FIXED16]: { ...FIXED, codec: 'fixed16', arrow: (type) => decimal128(type, 38) },
  [TypeCode.DAYDATE]: {
    ...DATE,
    codec: 'daydate',
    reason:
      "the date HANA prints: its Julian calendar before 1582-10-15 becomes Arrow's Gregorian one by year, month and day",
  },
  [TypeCode.SECONDTIME]: {
    ...TIME,
    codec: 'secondtime',
    reason: 'whole seconds; 24:00:00, which time32 excludes, is an error',
  },
  [TypeCode.SECONDDATE]: {
    sqlName: 'SECONDDATE',
    codec: 'seconddate',
    arrow: () => ({ kind: 'timestamp', unit: 's' }),
    arrowName: 'timestamp[s]',
    reason: 'whole seconds, no time zone; dates as for DATE',
    precision: 19,
  },
  [TypeCode.LONGDATE]: {
    ...TIMESTAMP,
    codec: 'longdate',
    reason:
      'no time zone; 9999-12-31 is common and does not fit nanoseconds, so microseconds: the seventh decimal is cut; dates as for DATE',
  },
  [TypeCode.DATE]: { ...DATE, codec: 'legacy-date', reason: LEGACY_REASON },
  [TypeCode.TIME]: { ...TIME, codec: 'legacy-time', reason: `${LEGACY_REASON}, cut to seconds` },
  [TypeCode.TIMESTAMP]: { ...TIMESTAMP, codec: 'legacy-timestamp', reason: LEGACY_REASON },
  [TypeCode.CHAR]: { ...TEXT, sqlName: 'CHAR', caseSensitive: true, reason: CESU8_REASON },
  [TypeCode.VARCHAR]: { ...TEXT, sqlName: 'VARCHAR', caseSensitive: true, reason: CESU8_REASON },
  [TypeCode.NCHAR]: { ...TEXT, sqlName: 'NCHAR', caseSensitive: true, reason: CESU8_REASON },
  [TypeCode.NVARCHAR]: { ...TEXT, sqlName: 'NVARCHAR', caseSensitive: true, reason: CESU8_REASON },
  [TypeCode.STRING]: { ...TEXT, sqlName: 'VARCHAR', caseSensitive: true, reason: CESU8_REASON },
  [TypeCode.NSTRING]: { ...TEXT, sqlName: 'NVARCHAR', caseSensitive: true, reason: CESU8_REASON },
  [TypeCode.VARCHAR2]: { ...TEXT, sqlName: 'VARCHAR', caseSensitive: true, reason: CESU8_REASON },
  [TypeCode.SHORTTEXT]: {
    ...TEXT,
    sqlName: 'SHORTTEXT',
    caseSensitive: true,
    reason: CESU8_REASON,
  },
  [TypeCode.ALPHANUM]: {
    sqlName: 'ALPHANUM',
    codec: 'alphanum',
    arrow: () => UTF8,
    arrowName: 'utf8',
    caseSensitive: true,
    reason:
      'as HANA prints it: a purely numeric value has leading zeros up to the width of the column',
  },
  [TypeCode.BINARY]: { ...BYTES, sqlName: 'BINARY', reason: 'the bytes' },
  [TypeCode.VARBINARY]: { ...BYTES, sqlName: 'VARBINARY', reason: 'the bytes' },
  [TypeCode.BSTRING]: { ...BYTES, sqlName: 'VARBINARY', reason: 'the bytes' },
  [TypeCode.ST_GEOMETRY]: {
    ...SPATIAL,
    sqlName: 'ST_GEOMETRY',
    reason: 'well-known binary, marked geoarrow.wkb',
  },
  [TypeCode.ST_POINT]: {
    ...SPATIAL,
    sqlName: 'ST_POINT',
    reason: 'well-known binary, marked geoarrow.wkb',
  },
  [TypeCode.REAL_VECTOR]: {
    sqlName: 'REAL_VECTOR',
    codec: 'vector',
    arrow: vector,
    arrowName: 'fixed_size_list<float32>[n]; list<float32> when metadata has no dimension',
    reason: 'data format version 9; a value of another dimension than the column is an error',
    searchable: false,
  },
  [TypeCode.CLOB]: {
    ...TEXT_LOB,
    sqlName: 'CLOB',
    searchable: false,
    reason: 'read to its end, up to the limit on the size of a LOB',
  },
  [TypeCode.NCLOB]: { ...TEXT_LOB, sqlName: 'NCLOB', searchable: false, reason: 'as CLOB' },
  [TypeCode.TEXT]: { ...TEXT_LOB, sqlName: 'TEXT', reason: 'as CLOB' },
  [TypeCode.BINTEXT]: { ...TEXT_LOB, sqlName: 'BINTEXT', reason: 'as CLOB' },
  [TypeCode.NLOCATOR]: { ...TEXT_LOB, sqlName: 'NCLOB', searchable: false, reason: 'as CLOB' },
  [TypeCode.BLOB]: {
    codec: 'lob',
    arrow: () => BINARY,
    arrowName: 'binary',
    sqlName: 'BLOB',
    searchable: false,
    reason: 'read to its end, up to the limit on the size of a LOB',
  },
  [TypeCode.LOCATOR]: {
    codec: 'lob',
    arrow: () => BINARY,
    arrowName: 'binary',
    sqlName: 'BLOB',
    searchable: false,
    reason: 'as BLOB',
  },
};

const MAPPING_BY_CODE: ReadonlyMap<number, TypeMapping> = new Map(
  Object.entries(TYPE_MAPPING).map(([code, mapping]) => [Number(code), mapping]),
);

/** The mapping of a type code; throws `unimplemented` for a code this project does not know. */
export function mappingOf(typeCode: number): TypeMapping {
  const mapping = MAPPING_BY_CODE.get(typeCode);
  if (mapping === undefined) {
    throw new HanaFlightError('unimplemented', `no Arrow type for HANA type code ${typeCode}`);
  }
  return mapping;
}

/** The Arrow type of a result column or a parameter; throws `unimplemented` for an unknown type code. */
export function arrowTypeOf(
  type: HanaType,
  options: TypeOptions = DEFAULT_TYPE_OPTIONS,
): ArrowType {
  return mappingOf(type.typeCode).arrow(type, options);
}

/** The type's name in SQL, without parameters, e.g. `NVARCHAR`. */
export function sqlTypeName(type: HanaType): string {
  const { sqlName } = mappingOf(type.typeCode);
  const small = type.typeCode === TypeCode.DECIMAL && isFloatingDecimal(type) && type.length === 16;
  return small ? 'SMALLDECIMAL' : sqlName;
}

import {
  DuckDBArrayValue,
  DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBPreparedStatement,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import { civilToUnixDays } from '../../driver/values/calendar.ts';
import { parseDecimal } from '../../driver/values/decimal.ts';
import { EMPTY_TEMPORAL } from '../../driver/values/temporal.ts';
import type { EngineValue } from '../engine.ts';
import { hanaError } from './errors.ts';
import { quoteText } from './rendered-sql.ts';
import { longDateOf } from './row-encoder/temporals.ts';
import { storageType } from './types/default-types.ts';
import {
  EMPTY_DATE_DAYS,
  EMPTY_DATE_MICROS,
  EMPTY_DATE_SECONDS,
  EMPTY_TIME_MICROS,
} from './types/empty-temporals.ts';
import {
  FLOATING_DECIMAL_SCALE,
  type HanaType,
  type HanaTypeName,
  storageOf,
} from './types/hana-type.ts';
import { wellKnownBinary } from './well-known-text.ts';

/**
 * Binds one row of parameter values. What a client sends is coerced to the type of its marker, as HANA
 * does: numbers may come as text, text as bytes. Errors 339, 314, 303 and 274.
 */
export function bindRow(
  statement: DuckDBPreparedStatement,
  types: readonly HanaType[],
  row: readonly EngineValue[],
): void {
  if (row.length !== types.length) {
    const text = `wrong number of parameters: expected ${types.length}, got ${row.length}`;
    throw hanaError('wrongParameterCount', text);
  }
  types.forEach((type, index) => {
    const value = row[index] ?? null;
    if (value === null) statement.bindNull(index + 1);
    else statement.bindValue(index + 1, coerced(value, type), storageType(type));
  });
}

type NonNullValue = Exclude<EngineValue, null>;
type Coercion = (value: NonNullValue, type: HanaType) => DuckDBValue;

const INTEGER_RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  TINYINT: [0n, 255n],
  SMALLINT: [-32_768n, 32_767n],
  INTEGER: [-2_147_483_648n, 2_147_483_647n],
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
};

const integer: Coercion = (value, type) => {
  const whole = wholeNumber(value);
  const [low, high] = INTEGER_RANGES[type.name] ?? [whole, whole];
  if (whole < low || whole > high) {
    throw hanaError('numericOverflow', `numeric overflow: ${whole} is not a ${type.name}`);
  }
  return type.name === 'BIGINT' ? whole : Number(whole);
};

/** Fractions are cut off, as HANA's conversion to an integer does. */
function wholeNumber(value: NonNullValue): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  const { unscaled, exponent } = decimalOf(value);
  return exponent >= 0 ? unscaled * 10n ** BigInt(exponent) : unscaled / 10n ** BigInt(-exponent);
}

function decimalOf(value: NonNullValue): ReturnType<typeof parseDecimal> {
  const text = textOf(value).trim();
  try {
    return parseDecimal(text);
  } catch (cause) {
    throw hanaError('invalidNumber', `invalid number: not a valid number string '${text}'`, {
      cause,
    });
  }
}

const MAX_DECIMAL_DIGITS = 38;

/** Digits behind the scale are cut off; digits before it that do not fit are error 314. */
const decimal: Coercion = (value, type) => {
  const scale = type.scale ?? FLOATING_DECIMAL_SCALE;
  const width = type.scale === undefined ? MAX_DECIMAL_DIGITS : type.length;
  const { unscaled, exponent } = decimalOf(value);
  const shift = exponent + scale;
  const scaled = shift >= 0 ? unscaled * 10n ** BigInt(shift) : unscaled / 10n ** BigInt(-shift);
  const limit = 10n ** BigInt(width);
  if (scaled >= limit || scaled <= -limit) {
    throw hanaError(
      'numericOverflow',
      `numeric overflow: ${textOf(value)} does not fit ${type.name}`,
    );
  }
  return new DuckDBDecimalValue(scaled, width, scale);
};

const float: Coercion = (value) => {
  const number = typeof value === 'number' ? value : Number(textOf(value));
  if (!Number.isFinite(number)) {
    throw hanaError(
      'invalidNumber',
      `invalid number: not a valid number string '${textOf(value)}'`,
    );
  }
  return number;
};

const boolean: Coercion = (value) => {
  if (typeof value === 'boolean') return value;
  const text = textOf(value).toUpperCase();
  if (text === 'TRUE' || text === '1') return true;
  if (text === 'FALSE' || text === '0') return false;
  throw hanaError('datatype', `inconsistent datatype: '${text}' is not a BOOLEAN`);
};

const text: Coercion = (value, type) => {
  const string = textOf(value);
  const limited = type.length > 0 && type.length < 5000;
  if (limited && string.length > type.length) {
    const detail = `${string.length} characters, ${type.name}(${type.length})`;
    throw hanaError('valueTooLarge', `inserted value too large for column: ${detail}`);
  }
  return string;
};

const bytes: Coercion = (value) => new DuckDBBlobValue(bytesOf(value));

/** Text becomes binary as hexadecimal digits; what is none goes byte by byte. */
const HEXADECIMAL = /^(?:[0-9a-f]{2})*$/i;

const sizedBytes: Coercion = (value, type) => {
  const isHex = typeof value === 'string' && HEXADECIMAL.test(value);
  const content = isHex ? Buffer.from(value, 'hex') : bytesOf(value);
  if (content.length > type.length) {
    const detail = `${content.length} bytes, ${type.name}(${type.length})`;
    throw hanaError('valueTooLarge', `inserted value too large for column: ${detail}`);
  }
  return new DuckDBBlobValue(content);
};

const geometry: Coercion = (value) =>
  new DuckDBBlobValue(typeof value === 'string' ? wellKnownBinary(value) : bytesOf(value));

const vector: Coercion = (value) => {
  if (!(value instanceof Float32Array)) {
    throw hanaError('datatype', 'inconsistent datatype: expected a REAL_VECTOR');
  }
  return new DuckDBArrayValue([...value]);
};

const TEMPORAL =
  /^(?:(\d{1,4})-(\d{1,2})-(\d{1,2}))?[T ]?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?Z?)?$/;
/** `20240229`, which HANA takes for a date as well. */
const COMPACT_DATE = /^(\d{4})(\d{2})(\d{2})$/;
/** What HANA takes for the empty date or time, beside nothing at all. */
const EMPTY = /^(?:0000-00-00(?:[T ]00:00:00(?:\.0+)?)?|0{8})?$/;

/** Parts of an ISO date, time or both. `ticks` are 100 ns of the day. */
function temporalParts(value: NonNullValue): { readonly days: number; readonly ticks: bigint } {
  const source = textOf(value).trim();
  const match = TEMPORAL.exec(source.replace(COMPACT_DATE, '$1-$2-$3'));
  if (match === null) throw invalidTemporal(source);
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = ''] = match;
  const days =
    year === undefined
      ? 0
      : civilToUnixDays({ year: Number(year), month: Number(month), day: Number(day) });
  if (days === undefined) throw invalidTemporal(source);
  const seconds = BigInt(Number(hour) * 3600 + Number(minute) * 60 + Number(second));
  return { days, ticks: seconds * 10_000_000n + BigInt(fraction.padEnd(7, '0').slice(0, 7)) };
}

const invalidTemporal = (source: string): Error =>
  hanaError('invalidDate', `invalid DATE, TIME or TIMESTAMP value: '${source}'`);

const MICROS_PER_DAY = 86_400_000_000n;

/** The empty value of a type for an empty text, and what `coercion` says for any other. */
const orEmpty =
  (empty: DuckDBValue, coercion: Coercion): Coercion =>
  (value, type) =>
    EMPTY.test(textOf(value).trim()) ? empty : coercion(value, type);

const microsOf = (value: NonNullValue): bigint => {
  const { days, ticks } = temporalParts(value);
  return BigInt(days) * MICROS_PER_DAY + ticks / 10n;
};

const COERCIONS: Readonly<Partial<Record<HanaType['name'], Coercion>>> = {
  TINYINT: integer,
  SMALLINT: integer,
  INTEGER: integer,
  BIGINT: integer,
  DECIMAL: decimal,
  SMALLDECIMAL: decimal,
  REAL: float,
  DOUBLE: float,
  BOOLEAN: boolean,
  DATE: orEmpty(
    new DuckDBDateValue(EMPTY_DATE_DAYS),
    (value) => new DuckDBDateValue(temporalParts(value).days),
  ),
  TIME: orEmpty(
    new DuckDBTimeValue(EMPTY_TIME_MICROS),
    (value) => new DuckDBTimeValue((temporalParts(value).ticks / 10_000_000n) * 1_000_000n),
  ),
  SECONDDATE: orEmpty(new DuckDBTimestampSecondsValue(EMPTY_DATE_SECONDS), (value) => {
    const { days, ticks } = temporalParts(value);
    return new DuckDBTimestampSecondsValue(BigInt(days) * 86_400n + ticks / 10_000_000n);
  }),
  TIMESTAMP: orEmpty(
    new DuckDBTimestampValue(EMPTY_DATE_MICROS),
    (value) => new DuckDBTimestampValue(microsOf(value)),
  ),
  LONGDATE: orEmpty(BigInt(EMPTY_TEMPORAL), (value) => {
    const { days, ticks } = temporalParts(value);
    return longDateOf(BigInt(days) * MICROS_PER_DAY) + ticks;
  }),
  BINARY: sizedBytes,
  VARBINARY: sizedBytes,
  BLOB: bytes,
  ST_POINT: geometry,
  ST_GEOMETRY: geometry,
  REAL_VECTOR: vector,
};

/**
 * DuckDB's text for a literal that becomes a column's value, where HANA reads it otherwise than DuckDB
 * does; undefined for types of which the literal stands as it is. Errors 303 and 274.
 */
export function columnLiteral(literal: string, type: HanaType): string | undefined {
  if (!LITERAL_TYPES.has(type.name)) return undefined;
  return `CAST(${quoteText(String(coerced(literal, type)))} AS ${storageOf(type)})`;
}

const LITERAL_TYPES: ReadonlySet<HanaTypeName> = new Set<HanaTypeName>([
  'DATE',
  'TIME',
  'SECONDDATE',
  'TIMESTAMP',
  'LONGDATE',
  'BINARY',
  'VARBINARY',
]);

/** The value as DuckDB keeps it in a column of the type; errors as {@link bindRow}'s. */
export function coerced(value: NonNullValue, type: HanaType): DuckDBValue {
  return (COERCIONS[type.name] ?? text)(value, type);
}

function textOf(value: NonNullValue): string {
  if (value instanceof Float32Array) return `[${value.join(',')}]`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return String(value);
}

function bytesOf(value: NonNullValue): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(textOf(value), 'utf8');
}

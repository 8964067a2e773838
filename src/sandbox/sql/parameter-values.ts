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
import type { EngineValue } from '../engine.ts';
import { hanaError } from './errors.ts';
import { longDateOf } from './row-encoder/temporals.ts';
import { storageType } from './types/default-types.ts';
import { FLOATING_DECIMAL_SCALE, type HanaType } from './types/hana-type.ts';
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

const sizedBytes: Coercion = (value, type) => {
  const content = bytesOf(value);
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
  /^(?:(\d{1,4})-(\d{1,2})-(\d{1,2}))?[T ]?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?$/;

/** Parts of an ISO date, time or both. `ticks` are 100 ns of the day. */
function temporalParts(value: NonNullValue): { readonly days: number; readonly ticks: bigint } {
  const source = textOf(value).trim();
  const match = TEMPORAL.exec(source);
  if (match === null || source === '') throw invalidTemporal(source);
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
  DATE: (value) => new DuckDBDateValue(temporalParts(value).days),
  TIME: (value) => new DuckDBTimeValue(temporalParts(value).ticks / 10n),
  SECONDDATE: (value) => {
    const { days, ticks } = temporalParts(value);
    return new DuckDBTimestampSecondsValue(BigInt(days) * 86_400n + ticks / 10_000_000n);
  },
  TIMESTAMP: (value) => new DuckDBTimestampValue(microsOf(value)),
  LONGDATE: (value) => {
    const { days, ticks } = temporalParts(value);
    return longDateOf(BigInt(days) * MICROS_PER_DAY) + ticks;
  },
  BINARY: sizedBytes,
  VARBINARY: sizedBytes,
  BLOB: bytes,
  ST_POINT: geometry,
  ST_GEOMETRY: geometry,
  REAL_VECTOR: vector,
};

function coerced(value: NonNullValue, type: HanaType): DuckDBValue {
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

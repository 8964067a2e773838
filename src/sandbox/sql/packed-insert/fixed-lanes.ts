import {
  civilToUnixDays,
  FIRST_GREGORIAN_DAYDATE,
  LAST_DAYDATE,
  UNIX_EPOCH_DAYDATE,
} from '../../../driver/values/calendar.ts';
import { DECIMAL_EXPONENT_BIAS, DECIMAL_NULL_MASK } from '../../../driver/values/decimal.ts';
import {
  LEGACY_PRESENT,
  LEGACY_YEAR_MASK,
  LONGDATE_FIRST_GREGORIAN,
  LONGDATE_NULL,
  LONGDATE_UNIX_EPOCH,
  SECONDDATE_FIRST_GREGORIAN,
  SECONDDATE_NULL,
  SECONDDATE_UNIX_EPOCH,
  SECONDS_PER_DAY,
  SECONDTIME_END_OF_DAY,
  SECONDTIME_MIDNIGHT,
} from '../../../driver/values/temporal.ts';
import { TypeCode } from '../../../driver/wire/type-code.ts';
import type { HanaTypeName } from '../types/hana-type.ts';
import type { FixedSink } from './fixed-sink.ts';
import type { PackedReader } from './packed-reader.ts';

/**
 * Reads a value behind its type byte and puts it into a sink. False when the value is none of the common
 * ones; the reader may then stand anywhere.
 */
export type FixedLane = (reader: PackedReader, sink: FixedSink, row: number) => boolean;

const TWO_TO_32 = 0x1_0000_0000;

/** A small whole number, with its sign, into a column of any whole number that holds it. */
const whole =
  (bytes: number, read: (view: DataView, at: number) => number): FixedLane =>
  (reader, sink, row) => {
    const value = read(reader.view, reader.skip(bytes));
    sink.putHalves(row, value, value >> 31);
    return true;
  };

const tinyint = whole(1, (view, at) => view.getUint8(at));
const smallint = whole(2, (view, at) => view.getInt16(at, true));
const int = whole(4, (view, at) => view.getInt32(at, true));

const bigint: FixedLane = (reader, sink, row) => {
  const at = reader.skip(8);
  sink.words[2 * row] = reader.view.getInt32(at, true);
  sink.words[2 * row + 1] = reader.view.getInt32(at + 4, true);
  return true;
};

/** A BIGINT that an INTEGER holds. */
const narrowBigint: FixedLane = (reader, sink, row) => {
  const at = reader.skip(8);
  const low = reader.view.getInt32(at, true);
  if (reader.view.getInt32(at + 4, true) !== low >> 31) return false;
  sink.words[row] = low;
  return true;
};

const byte: FixedLane = (reader, sink, row) => {
  sink.view.setUint8(row, reader.view.getUint8(reader.skip(1)));
  return true;
};

const BOOLEAN_NULL = 1;

const boolean: FixedLane = (reader, sink, row) => {
  const value = reader.view.getUint8(reader.skip(1));
  if (value === BOOLEAN_NULL) return sink.putNull(row);
  sink.view.setUint8(row, value > 0 ? 1 : 0);
  return true;
};

const float =
  (bytes: 4 | 8): FixedLane =>
  (reader, sink, row) => {
    const at = reader.skip(bytes);
    const value = bytes === 4 ? reader.view.getFloat32(at, true) : reader.view.getFloat64(at, true);
    if (!Number.isFinite(value)) return false;
    if (sink.width === 8) sink.view.setFloat64(8 * row, value, true);
    else sink.view.setFloat32(4 * row, value, true);
    return true;
  };

const daydate: FixedLane = (reader, sink, row) => {
  const day = reader.view.getInt32(reader.skip(4), true);
  if (day < FIRST_GREGORIAN_DAYDATE || day > LAST_DAYDATE) return false;
  sink.words[row] = day - UNIX_EPOCH_DAYDATE;
  return true;
};

const MICROS_PER_SECOND = 1_000_000;

const secondtime: FixedLane = (reader, sink, row) => {
  const second = reader.view.getInt32(reader.skip(4), true);
  if (second < SECONDTIME_MIDNIGHT || second >= SECONDTIME_END_OF_DAY) return false;
  putWhole(sink, row, (second - SECONDTIME_MIDNIGHT) * MICROS_PER_SECOND);
  return true;
};

const seconddate: FixedLane = (reader, sink, row) => {
  const second = readWhole(reader);
  if (second < SECONDDATE_FIRST_GREGORIAN || second >= SECONDDATE_NULL) return false;
  putWhole(sink, row, second - SECONDDATE_UNIX_EPOCH);
  return true;
};

const EPOCH_MICROS = (LONGDATE_UNIX_EPOCH - 1n) / 10n;
const EPOCH_LOW = Number(EPOCH_MICROS & 0xffff_ffffn);
const EPOCH_HIGH = Number(EPOCH_MICROS >> 32n);
const FIRST_GREGORIAN_HIGH = Number(LONGDATE_FIRST_GREGORIAN >> 32n);
const NULL_HIGH = Number(LONGDATE_NULL >> 32n);

/**
 * Ticks of 100 ns from 0001-01-01, which is 1, to the microseconds from 1970 that DuckDB counts. The first
 * and the last seven minutes of the range are left to others.
 */
const longdate: FixedLane = (reader, sink, row) => {
  const at = reader.skip(8);
  const low = reader.view.getUint32(at, true);
  const high = reader.view.getInt32(at + 4, true);
  if (high <= FIRST_GREGORIAN_HIGH || high >= NULL_HIGH) return false;
  const lowTicks = low === 0 ? TWO_TO_32 - 1 : low - 1;
  const highTicks = low === 0 ? high - 1 : high;
  // Long division: each half of the quotient is exact in a number.
  const highMicros = Math.floor(highTicks / 10);
  const lowMicros = Math.floor(((highTicks - highMicros * 10) * TWO_TO_32 + lowTicks) / 10);
  sink.words[2 * row] = lowMicros - EPOCH_LOW;
  sink.words[2 * row + 1] = highMicros - EPOCH_HIGH - (lowMicros < EPOCH_LOW ? 1 : 0);
  return true;
};

/** DATE as clients of data format versions below 4 send it: year, month from 0, day. */
const legacyDate: FixedLane = (reader, sink, row) => {
  const days = readLegacyDays(reader, reader.skip(4));
  if (days !== undefined) sink.words[row] = days;
  return days !== undefined;
};

/** TIME of the same clients, without its milliseconds: a TIME of HANA has none. */
const legacyTime: FixedLane = (reader, sink, row) => {
  const time = readLegacyMilliseconds(reader, reader.skip(4));
  if (time === undefined) return false;
  putWhole(sink, row, Math.floor(time / 1000) * MICROS_PER_SECOND);
  return true;
};

const MICROS_PER_DAY = SECONDS_PER_DAY * MICROS_PER_SECOND;

const legacyTimestamp: FixedLane = (reader, sink, row) => {
  const days = readLegacyDays(reader, reader.skip(4));
  const time = readLegacyMilliseconds(reader, reader.skip(4));
  if (days === undefined || time === undefined) return false;
  const micros = days * MICROS_PER_DAY + time * 1000;
  if (!Number.isSafeInteger(micros)) return false;
  putWhole(sink, row, micros);
  return true;
};

/** Days since 1970; undefined for NULL and for what is no date. */
function readLegacyDays({ view }: PackedReader, at: number): number | undefined {
  const year = view.getUint16(at, true);
  if (((year >> 8) & LEGACY_PRESENT) === 0) return undefined;
  const month = view.getUint8(at + 2) + 1;
  return civilToUnixDays({ year: year & LEGACY_YEAR_MASK, month, day: view.getUint8(at + 3) });
}

/** Milliseconds of the day; undefined for NULL and from 24:00:00 on. */
function readLegacyMilliseconds({ view }: PackedReader, at: number): number | undefined {
  const hour = view.getUint8(at);
  if ((hour & LEGACY_PRESENT) === 0) return undefined;
  const minutes = (hour & ~LEGACY_PRESENT) * 60 + view.getUint8(at + 1);
  const time = minutes * 60_000 + view.getUint16(at + 2, true);
  return time < SECONDS_PER_DAY * 1000 ? time : undefined;
}

/** A FIXED number of a decimal's own scale. The words beyond 64 bits must say nothing but the sign. */
const fixed =
  (bytes: 8 | 12 | 16): FixedLane =>
  (reader, sink, row) => {
    const at = reader.skip(bytes);
    const high = reader.view.getInt32(at + 4, true);
    for (let word = at + 8; word < at + bytes; word += 4) {
      if (reader.view.getInt32(word, true) !== high >> 31) return false;
    }
    return putDecimal(sink, row, reader.view.getUint32(at, true), high);
  };

/** DECIMAL's 16 bytes, if the mantissa is a number that JavaScript counts exactly at the column's scale. */
const decimal: FixedLane = (reader, sink, row) => {
  const at = reader.skip(16);
  const { view } = reader;
  const top = view.getUint16(at + 14, true);
  if (((top >> 8) & DECIMAL_NULL_MASK) === DECIMAL_NULL_MASK) return sink.putNull(row);
  const { scale } = sink.type;
  const beyond = view.getUint16(at + 12, true) | view.getInt32(at + 8, true) | (top & 1);
  if (scale === undefined || beyond !== 0) return false;
  const mantissa = view.getUint32(at + 4, true) * TWO_TO_32 + view.getUint32(at, true);
  const shift = ((top & 0x7fff) >> 1) - DECIMAL_EXPONENT_BIAS + scale;
  if (mantissa > Number.MAX_SAFE_INTEGER || Math.abs(shift) > MAX_SHIFT) return false;
  const scaled = shift < 0 ? Math.floor(mantissa / 10 ** -shift) : mantissa * 10 ** shift;
  if (scaled > Number.MAX_SAFE_INTEGER || scaled >= 10 ** sink.type.length) return false;
  putWhole(sink, row, (top & 0x8000) === 0 ? scaled : -scaled);
  return true;
};

/** Powers of ten up to here are exact in a number. */
const MAX_SHIFT = 22;

/** By exponent: a power costs more than all else that is done with a value. */
const POWERS_OF_TEN = Array.from({ length: 39 }, (_, exponent) => 10 ** exponent);

/** Digits up to which a number tells whether a value is in the range of its type. */
const CERTAIN = 1 - 2 ** -50;

function putDecimal(sink: FixedSink, row: number, low: number, high: number): boolean {
  if (sink.type.scale === undefined) return false;
  const value = high * TWO_TO_32 + low;
  if (Math.abs(value) >= (POWERS_OF_TEN[sink.type.length] ?? 0) * CERTAIN) return false;
  sink.putHalves(row, low, high);
  return true;
}

/** Puts a whole number below 2^53. */
function putWhole(sink: FixedSink, row: number, value: number): void {
  const high = Math.floor(value / TWO_TO_32);
  sink.putHalves(row, value - high * TWO_TO_32, high);
}

/** A whole number of 64 bits; beyond 2^53 not exactly. */
function readWhole(reader: PackedReader): number {
  const at = reader.skip(8);
  return reader.view.getInt32(at + 4, true) * TWO_TO_32 + reader.view.getUint32(at, true);
}

const TINYINT = [TypeCode.TINYINT, tinyint] as const;
const SMALLINT = [TypeCode.SMALLINT, smallint] as const;
const INT = [TypeCode.INT, int] as const;
const REAL = [TypeCode.REAL, float(4)] as const;
const DOUBLE = [TypeCode.DOUBLE, float(8)] as const;

type LaneTable = Partial<Record<HanaTypeName, readonly (readonly [code: number, FixedLane])[]>>;

/** The lanes by the type of the column and the type code that comes. */
const FIXED_LANES: LaneTable = {
  TINYINT: [[TypeCode.TINYINT, byte]],
  SMALLINT: [TINYINT, SMALLINT],
  INTEGER: [TINYINT, SMALLINT, INT, [TypeCode.BIGINT, narrowBigint]],
  BIGINT: [TINYINT, SMALLINT, INT, [TypeCode.BIGINT, bigint]],
  BOOLEAN: [[TypeCode.BOOLEAN, boolean]],
  REAL: [REAL, DOUBLE],
  DOUBLE: [REAL, DOUBLE],
  DECIMAL: [
    [TypeCode.FIXED8, fixed(8)],
    [TypeCode.FIXED12, fixed(12)],
    [TypeCode.FIXED16, fixed(16)],
    [TypeCode.DECIMAL, decimal],
  ],
  DATE: [
    [TypeCode.DAYDATE, daydate],
    [TypeCode.DATE, legacyDate],
  ],
  TIME: [
    [TypeCode.SECONDTIME, secondtime],
    [TypeCode.TIME, legacyTime],
  ],
  SECONDDATE: [[TypeCode.SECONDDATE, seconddate]],
  TIMESTAMP: [
    [TypeCode.LONGDATE, longdate],
    [TypeCode.TIMESTAMP, legacyTimestamp],
  ],
};

/** The lanes of a column by type code. */
export const fixedLanes = (name: HanaTypeName): ReadonlyMap<number, FixedLane> =>
  new Map(FIXED_LANES[name] ?? []);

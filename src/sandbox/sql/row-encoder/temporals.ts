import { unixDaysToDayDate } from '../../../driver/values/calendar.ts';
import {
  DAYDATE_NULL,
  EMPTY_TEMPORAL,
  LONGDATE_NULL,
  LONGDATE_TICKS_PER_DAY,
  LONGDATE_UNIX_EPOCH,
  SECONDDATE_FIRST_GREGORIAN,
  SECONDDATE_NULL,
  SECONDDATE_UNIX_EPOCH,
  SECONDS_PER_DAY,
  SECONDTIME_NULL,
} from '../../../driver/values/temporal.ts';
import { SandboxError } from '../../engine.ts';
import { EMPTY_DATE_DAYS, EMPTY_DATE_MICROS, EMPTY_TIME_MICROS } from '../types/empty-temporals.ts';
import type { ColumnEncoder, FixedValue } from './column-encoder.ts';
import { withNullValue } from './column-encoder.ts';

const WORD = 0x1_0000_0000;
const MICROS_PER_SECOND = 1_000_000n;
const MICROS_PER_DAY = 86_400_000_000n;
const EPOCH_LOW = Number(LONGDATE_UNIX_EPOCH & 0xffff_ffffn);
const EPOCH_HIGH = Number(LONGDATE_UNIX_EPOCH >> 32n);
/** Upper word of the microsecond count from which on HANA's calendar is Gregorian, rounded up. */
const GREGORIAN_HIGH =
  Math.floor(((SECONDDATE_FIRST_GREGORIAN - SECONDDATE_UNIX_EPOCH) * 1e6) / WORD) + 1;
/** Upper word of the microsecond count of 10000-01-01, rounded up. */
const END_HIGH = Math.floor(((SECONDDATE_NULL - SECONDDATE_UNIX_EPOCH) * 1e6) / WORD);

/** HANA's number of a DuckDB date; error 303 outside 0001-01-01 … 9999-12-31. */
export function dayDateOf(unixDays: number): number {
  const dayDate = unixDaysToDayDate(unixDays);
  if (dayDate === undefined) {
    throw new SandboxError(
      303,
      `invalid DATE, TIME or TIMESTAMP value: day ${unixDays} of the Unix epoch is no date of HANA's calendar`,
      { sqlState: '22007' },
    );
  }
  return dayDate;
}

/** HANA's count of 100 ns ticks for microseconds of the Unix epoch, calendar label kept. */
export function longDateOf(micros: bigint): bigint {
  if (micros === EMPTY_DATE_MICROS) return BigInt(EMPTY_TEMPORAL);
  const days = micros / MICROS_PER_DAY - (micros % MICROS_PER_DAY < 0n ? 1n : 0n);
  const ofDay = micros - days * MICROS_PER_DAY;
  const dayDate = dayDateOf(Number(days));
  return BigInt(dayDate - 1) * BigInt(LONGDATE_TICKS_PER_DAY) + ofDay * 10n + 1n;
}

const DAYDATE: FixedValue = {
  sourceBytes: 4,
  wireBytes: 4,
  put(vector, row, target, at) {
    const days = vector.view.getInt32(row * 4, true);
    const raw = days === EMPTY_DATE_DAYS ? EMPTY_TEMPORAL : dayDateOf(days);
    target.view.setInt32(at, raw, true);
  },
};

/** DATE as DAYDATE, from DuckDB's days. */
export function dayDateEncoder(column: number): ColumnEncoder {
  return withNullValue(column, DAYDATE, (target, at) => {
    target.view.setInt32(at, DAYDATE_NULL, true);
  });
}

const SECONDTIME: FixedValue = {
  sourceBytes: 8,
  wireBytes: 4,
  put(vector, row, target, at) {
    const micros = vector.view.getBigInt64(row * 8, true);
    const isEmpty = micros === EMPTY_TIME_MICROS;
    const raw = isEmpty ? EMPTY_TEMPORAL : Number(micros / MICROS_PER_SECOND) + 1;
    target.view.setInt32(at, raw, true);
  },
};

/** TIME as SECONDTIME, from DuckDB's microseconds; a fraction of a second is cut, as HANA does. */
export function secondTimeEncoder(column: number): ColumnEncoder {
  return withNullValue(column, SECONDTIME, (target, at) => {
    target.view.setInt32(at, SECONDTIME_NULL, true);
  });
}

const SECONDDATE: FixedValue = {
  sourceBytes: 8,
  wireBytes: 8,
  put(vector, row, target, at) {
    const seconds = Number(vector.view.getBigInt64(row * 8, true));
    const days = Math.floor(seconds / SECONDS_PER_DAY);
    const ofDay = seconds - days * SECONDS_PER_DAY;
    const isEmpty = days === EMPTY_DATE_DAYS && ofDay === 0;
    const raw = isEmpty ? EMPTY_TEMPORAL : (dayDateOf(days) - 1) * SECONDS_PER_DAY + ofDay + 1;
    target.view.setUint32(at, raw >>> 0, true);
    target.view.setUint32(at + 4, Math.floor(raw / WORD), true);
  },
};

/** SECONDDATE, from DuckDB's seconds. */
export function secondDateEncoder(column: number): ColumnEncoder {
  return withNullValue(column, SECONDDATE, (target, at) => {
    target.view.setBigInt64(at, BigInt(SECONDDATE_NULL), true);
  });
}

const LONGDATE: FixedValue = {
  sourceBytes: 8,
  wireBytes: 8,
  put(vector, row, target, at) {
    const high = vector.view.getInt32(row * 8 + 4, true);
    if (high <= GREGORIAN_HIGH || high >= END_HIGH) {
      target.view.setBigInt64(at, longDateOf(vector.view.getBigInt64(row * 8, true)), true);
      return;
    }
    // Ten times the microseconds plus the epoch, in two words: BigInt would double the encoder's time.
    const low = vector.view.getUint32(row * 8, true) * 10 + EPOCH_LOW;
    target.view.setUint32(at, low >>> 0, true);
    target.view.setInt32(at + 4, high * 10 + EPOCH_HIGH + Math.floor(low / WORD), true);
  },
};

/** TIMESTAMP as LONGDATE, from DuckDB's microseconds. */
export function longDateEncoder(column: number): ColumnEncoder {
  return withNullValue(column, LONGDATE, (target, at) => {
    target.view.setBigInt64(at, LONGDATE_NULL, true);
  });
}

const TICKS: FixedValue = {
  sourceBytes: 8,
  wireBytes: 8,
  put(vector, row, target, at) {
    target.view.setBigInt64(at, vector.view.getBigInt64(row * 8, true), true);
  },
};

/** LONGDATE kept as HANA's own tick count: all seven decimals. */
export function tickCountEncoder(column: number): ColumnEncoder {
  return withNullValue(column, TICKS, (target, at) => {
    target.view.setBigInt64(at, LONGDATE_NULL, true);
  });
}

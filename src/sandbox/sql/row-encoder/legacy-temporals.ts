import { DuckDBTypeId } from '@duckdb/node-api';
import { dayDateToUnixDays, unixDaysToCivil } from '../../../driver/values/calendar.ts';
import {
  EMPTY_TEMPORAL,
  LEGACY_PRESENT,
  LONGDATE_TICKS_PER_DAY,
  SECONDS_PER_DAY,
} from '../../../driver/values/temporal.ts';
import { EMPTY_DATE_DAYS, EMPTY_DATE_MICROS, EMPTY_TIME_MICROS } from '../types/empty-temporals.ts';
import type { ColumnEncoder, FixedValue, RowTarget } from './column-encoder.ts';
import { withNullValue } from './column-encoder.ts';
import { dayDateOf } from './temporals.ts';

const MICROS_PER_DAY = BigInt(SECONDS_PER_DAY) * 1_000_000n;

/** DATE, code 14: u16 year, u8 month from 0, u8 day. The empty date is sent as NULL: it has no other form. */
function putDate(target: RowTarget, at: number, unixDays: number): void {
  if (unixDays === EMPTY_DATE_DAYS) {
    target.bytes.fill(0, at, at + 4);
    return;
  }
  dayDateOf(unixDays);
  const { year, month, day } = unixDaysToCivil(unixDays);
  target.view.setUint16(at, year | (LEGACY_PRESENT << 8), true);
  target.bytes[at + 2] = month - 1;
  target.bytes[at + 3] = day;
}

/** TIME, code 15: u8 hour, u8 minute, u16 milliseconds of the minute. */
function putTime(target: RowTarget, at: number, milliseconds: number): void {
  const minutes = Math.floor(milliseconds / 60_000);
  target.bytes[at] = Math.floor(minutes / 60) | LEGACY_PRESENT;
  target.bytes[at + 1] = minutes % 60;
  target.view.setUint16(at + 2, milliseconds % 60_000, true);
}

const putNull =
  (wireBytes: number) =>
  (target: RowTarget, at: number): void => {
    target.bytes.fill(0, at, at + wireBytes);
  };

/** DATE for data format versions below 4. */
export function legacyDateEncoder(column: number): ColumnEncoder {
  const value: FixedValue = {
    sourceBytes: 4,
    wireBytes: 4,
    put(vector, row, target, at) {
      putDate(target, at, vector.view.getInt32(row * 4, true));
    },
  };
  return withNullValue(column, value, putNull(4));
}

/** TIME for data format versions below 4. */
export function legacyTimeEncoder(column: number): ColumnEncoder {
  const value: FixedValue = {
    sourceBytes: 8,
    wireBytes: 4,
    put(vector, row, target, at) {
      const micros = vector.view.getBigInt64(row * 8, true);
      if (micros === EMPTY_TIME_MICROS) target.bytes.fill(0, at, at + 4);
      else putTime(target, at, Number(micros / 1000n));
    },
  };
  return withNullValue(column, value, putNull(4));
}

/** How a DuckDB vector's value becomes microseconds of the Unix epoch. */
const MICROS_BY_SOURCE: Readonly<Record<number, (raw: bigint) => bigint>> = {
  [DuckDBTypeId.TIMESTAMP]: (micros) => micros,
  [DuckDBTypeId.TIMESTAMP_S]: (seconds) => seconds * 1_000_000n,
  [DuckDBTypeId.BIGINT]: (longDate) => {
    if (longDate === BigInt(EMPTY_TEMPORAL)) return EMPTY_DATE_MICROS;
    const ticks = longDate - 1n;
    const perDay = BigInt(LONGDATE_TICKS_PER_DAY);
    const unixDays = dayDateToUnixDays(Number(ticks / perDay) + 1) ?? 0;
    return BigInt(unixDays) * MICROS_PER_DAY + (ticks % perDay) / 10n;
  },
};

/** TIMESTAMP and SECONDDATE for data format versions below 4: milliseconds, the rest is cut. */
export function legacyTimestampEncoder(
  column: number,
  source: DuckDBTypeId,
): ColumnEncoder | undefined {
  const toMicros = MICROS_BY_SOURCE[source];
  if (toMicros === undefined) return undefined;
  const value: FixedValue = {
    sourceBytes: 8,
    wireBytes: 8,
    put(vector, row, target, at) {
      const micros = toMicros(vector.view.getBigInt64(row * 8, true));
      if (micros === EMPTY_DATE_MICROS) {
        target.bytes.fill(0, at, at + 8);
        return;
      }
      const ofDay = ((micros % MICROS_PER_DAY) + MICROS_PER_DAY) % MICROS_PER_DAY;
      putDate(target, at, Number((micros - ofDay) / MICROS_PER_DAY));
      putTime(target, at + 4, Number(ofDay / 1000n));
    },
  };
  return withNullValue(column, value, putNull(8));
}

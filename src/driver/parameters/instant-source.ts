import {
  FIRST_GREGORIAN_DAYDATE,
  LAST_DAYDATE,
  UNIX_EPOCH_DAYDATE,
  unixDaysToDayDate,
} from '../values/calendar.ts';
import { SECONDS_PER_DAY } from '../values/temporal.ts';
import type { Binding } from './conversion.ts';
import { numberReader, TWO_TO_32 } from './number-source.ts';
import { type SourceColumn, wordsOf } from './source-column.ts';

/** Units of a second; a tick is 100 ns. */
export const TICKS_PER_SECOND = 10_000_000;
const TICKS_PER_MILLISECOND = 10_000;
const TICKS_PER_MICROSECOND = 10;
const NANOSECONDS_PER_TICK = 100;
const MICROSECONDS_PER_SECOND = 1_000_000;

const FIRST_GREGORIAN_SECOND = (FIRST_GREGORIAN_DAYDATE - UNIX_EPOCH_DAYDATE) * SECONDS_PER_DAY;
const END_OF_TIME = (LAST_DAYDATE + 1 - UNIX_EPOCH_DAYDATE) * SECONDS_PER_DAY;

/** A moment of a row, read into one object over and over. */
export interface Instant {
  /** Since 1970-01-01 00:00:00 in Arrow's calendar, floored. */
  seconds: number;
  /** Of 100 ns, within the second. */
  ticks: number;
  /** Beyond the ticks. */
  nanoseconds: number;
}

export type InstantReader = (row: number) => Instant;

/** Reads dates (midnight) and timestamps; a time zone is not looked at, as values with one are UTC. */
export function instantReader(source: SourceColumn): InstantReader {
  const { type } = source;
  const instant: Instant = { seconds: 0, ticks: 0, nanoseconds: 0 };
  if (type.kind === 'timestamp' && (type.unit === 'us' || type.unit === 'ns')) {
    return wideReader(source, type.unit, instant);
  }
  const read = numberReader(source);
  if (type.kind === 'date32') {
    return (row) => {
      instant.seconds = read(row) * SECONDS_PER_DAY;
      return instant;
    };
  }
  const perSecond = type.kind === 'timestamp' && type.unit === 'ms' ? 1000 : 1;
  return (row) => {
    const value = read(row);
    instant.seconds = Math.floor(value / perSecond);
    instant.ticks = (value - instant.seconds * perSecond) * TICKS_PER_MILLISECOND;
    return instant;
  };
}

/**
 * 64 bits divided by halves, so that each step stays below 2^53 and is exact. Nanoseconds become
 * microseconds first.
 */
function wideReader({ values }: SourceColumn, unit: 'us' | 'ns', instant: Instant): InstantReader {
  const words = wordsOf(values);
  const perMicrosecond = unit === 'ns' ? 1000 : 1;
  return (row) => {
    const high = words[row * 2 + 1] ?? 0;
    const low = (words[row * 2] ?? 0) >>> 0;
    const microsHigh = Math.floor(high / perMicrosecond);
    const nanos = (high - microsHigh * perMicrosecond) * TWO_TO_32 + low;
    const microsLow = Math.floor(nanos / perMicrosecond);
    const secondsHigh = Math.floor(microsHigh / MICROSECONDS_PER_SECOND);
    const micros = (microsHigh - secondsHigh * MICROSECONDS_PER_SECOND) * TWO_TO_32 + microsLow;
    const secondsLow = Math.floor(micros / MICROSECONDS_PER_SECOND);
    const nanoseconds = nanos - microsLow * perMicrosecond;
    const ticks = Math.floor(nanoseconds / NANOSECONDS_PER_TICK);
    instant.seconds = secondsHigh * TWO_TO_32 + secondsLow;
    instant.ticks = (micros - secondsLow * MICROSECONDS_PER_SECOND) * TICKS_PER_MICROSECOND + ticks;
    instant.nanoseconds = nanoseconds - ticks * NANOSECONDS_PER_TICK;
    return instant;
  };
}

/**
 * Seconds to add to a plain difference so that HANA shows the date that Arrow means: none from
 * 1582-10-15 on, days before it. See calendar.ts.
 * @throws HanaFlightError `invalid-argument` for a date that HANA does not have.
 */
export function calendarShift({ place }: Binding, row: number, seconds: number): number {
  if (seconds >= FIRST_GREGORIAN_SECOND && seconds < END_OF_TIME) return 0;
  const unixDays = Math.floor(seconds / SECONDS_PER_DAY);
  const day = Number.isSafeInteger(unixDays) ? unixDaysToDayDate(unixDays) : undefined;
  if (day === undefined) throw place.unfit(row, `day ${unixDays} from 1970-01-01`, DATES);
  return (day - (unixDays + UNIX_EPOCH_DAYDATE)) * SECONDS_PER_DAY;
}

export const DATES = '0001-01-01 to 9999-12-31 without 1582-10-05 to 1582-10-14';

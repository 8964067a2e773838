import {
  dayDateToUnixDays,
  FIRST_GREGORIAN_DAYDATE,
  LAST_DAYDATE,
  UNIX_EPOCH_DAYDATE,
} from '../values/calendar.ts';
import {
  DAYDATE_NULL,
  EMPTY_TEMPORAL,
  LONGDATE_FIRST_GREGORIAN,
  LONGDATE_NULL,
  LONGDATE_TICKS_PER_MICROSECOND,
  LONGDATE_UNIX_EPOCH,
  SECONDDATE_FIRST_GREGORIAN,
  SECONDDATE_NULL,
  SECONDDATE_UNIX_EPOCH,
  SECONDS_PER_DAY,
  SECONDTIME_END_OF_DAY,
  SECONDTIME_MIDNIGHT,
  SECONDTIME_NULL,
} from '../values/temporal.ts';
import { type ColumnPlace, unrepresentableValue } from './column-place.ts';
import type { FixedReader } from './fixed-column.ts';
import type { TypeOptions } from './type-mapping.ts';

/** What every temporal reader needs besides the bytes. */
export interface TemporalContext {
  readonly place: ColumnPlace;
  readonly emptyDate: TypeOptions['emptyDate'];
}

export const TWO_TO_32 = 0x1_0000_0000;
const MICROSECONDS_PER_SECOND = 1_000_000;
const MICROS_OF_DAY = BigInt(SECONDS_PER_DAY) * BigInt(MICROSECONDS_PER_SECOND);
const TICKS_PER_MICROSECOND = BigInt(LONGDATE_TICKS_PER_MICROSECOND);
const MICROSECONDS_PER_TICK = 1 / LONGDATE_TICKS_PER_MICROSECOND;
const NANOSECONDS_PER_TICK = 100;

const highWord = (value: bigint) => Number(value >> 32n);
const lowWord = (value: bigint) => Number(value & 0xffff_ffffn);

const NULL_HIGH = highWord(LONGDATE_NULL);
const NULL_LOW = lowWord(LONGDATE_NULL);
const GREGORIAN_HIGH = highWord(LONGDATE_FIRST_GREGORIAN);
const GREGORIAN_LOW = lowWord(LONGDATE_FIRST_GREGORIAN);
const EPOCH_HIGH = highWord(LONGDATE_UNIX_EPOCH);
const EPOCH_LOW = lowWord(LONGDATE_UNIX_EPOCH);
/** Microseconds from 0001-01-01 to 1970-01-01 in HANA's calendar. */
const EPOCH_MICROSECONDS = (LONGDATE_UNIX_EPOCH - 1n) / BigInt(LONGDATE_TICKS_PER_MICROSECOND);

/** DAYDATE to days since 1970-01-01. */
export function makeDaydateReader(context: TemporalContext): FixedReader {
  return (chunk, slot, { words, row, validity }) => {
    const { positions, rowCount } = chunk;
    const { view } = chunk.packet;
    for (let index = 0; index < rowCount; index++) {
      const day = view.getInt32(positions[slot + index] ?? 0, true);
      if (day >= FIRST_GREGORIAN_DAYDATE && day <= LAST_DAYDATE) {
        words[row + index] = day - UNIX_EPOCH_DAYDATE;
      } else if (day === DAYDATE_NULL || isEmpty(day, context, chunk.firstRow + index)) {
        validity.markNull(row + index);
      } else {
        words[row + index] = unixDaysOf(day, context, chunk.firstRow + index);
      }
    }
  };
}

/** SECONDTIME to seconds since midnight. */
export function makeSecondtimeReader(context: TemporalContext): FixedReader {
  return (chunk, slot, { words, row, validity }) => {
    const { positions, rowCount } = chunk;
    const { view } = chunk.packet;
    for (let index = 0; index < rowCount; index++) {
      const second = view.getInt32(positions[slot + index] ?? 0, true);
      const resultRow = chunk.firstRow + index;
      if (second >= SECONDTIME_MIDNIGHT && second < SECONDTIME_END_OF_DAY) {
        words[row + index] = second - SECONDTIME_MIDNIGHT;
      } else if (second === SECONDTIME_NULL || isEmpty(second, context, resultRow)) {
        validity.markNull(row + index);
      } else {
        const came = second === SECONDTIME_END_OF_DAY ? '24:00:00' : `raw value ${second}`;
        const problem = `time32 expects 00:00:00 to 23:59:59, got ${came}`;
        throw unrepresentableValue(context.place, resultRow, problem);
      }
    }
  };
}

/** SECONDDATE to seconds since 1970-01-01 00:00:00. */
export function makeSeconddateReader(context: TemporalContext): FixedReader {
  return (chunk, slot, { words, row, validity }) => {
    const { positions, rowCount } = chunk;
    const { view } = chunk.packet;
    for (let index = 0; index < rowCount; index++) {
      const at = positions[slot + index] ?? 0;
      const second = view.getInt32(at + 4, true) * TWO_TO_32 + view.getUint32(at, true);
      const resultRow = chunk.firstRow + index;
      let unixSeconds = second - SECONDDATE_UNIX_EPOCH;
      if (second < SECONDDATE_FIRST_GREGORIAN || second >= SECONDDATE_NULL) {
        if (second === SECONDDATE_NULL || isEmpty(second, context, resultRow)) {
          validity.markNull(row + index);
          continue;
        }
        const day = Math.floor((second - 1) / SECONDS_PER_DAY) + 1;
        unixSeconds += calendarShift(day, context, resultRow) * SECONDS_PER_DAY;
      }
      words[(row + index) * 2] = unixSeconds | 0;
      words[(row + index) * 2 + 1] = Math.floor(unixSeconds / TWO_TO_32);
    }
  };
}

/**
 * LONGDATE to microseconds since 1970-01-01 00:00:00; the seventh decimal is cut off, towards the past.
 * Ticks need 62 bits, so the division goes by halves: each step stays below 2^53 and is exact. Half a tick
 * more keeps the product with the tenth away from whole numbers, where rounding could change it.
 */
export function makeLongdateMicrosReader(context: TemporalContext): FixedReader {
  return (chunk, slot, { words, row, validity }) => {
    const { positions, rowCount } = chunk;
    const { view } = chunk.packet;
    for (let index = 0, to = row * 2; index < rowCount; index++, to += 2) {
      const at = positions[slot + index] ?? 0;
      const low = view.getUint32(at, true);
      const high = view.getInt32(at + 4, true);
      if (high <= GREGORIAN_HIGH || high >= NULL_HIGH) {
        const micros = rareLongdate(high, low, context, chunk.firstRow + index);
        if (micros === undefined) {
          validity.markNull(row + index);
        } else {
          words[to] = Number(BigInt.asIntN(32, micros));
          words[to + 1] = Number(micros >> 32n);
        }
        continue;
      }
      const sinceEpoch = (high - EPOCH_HIGH) | 0;
      const microsHigh = (sinceEpoch / LONGDATE_TICKS_PER_MICROSECOND) | 0;
      const restHigh = sinceEpoch - microsHigh * LONGDATE_TICKS_PER_MICROSECOND;
      const rest = restHigh * TWO_TO_32 + (low - EPOCH_LOW) + 0.5;
      const micros = Math.floor(rest * MICROSECONDS_PER_TICK);
      words[to] = micros | 0;
      words[to + 1] = microsHigh + Math.floor(micros / TWO_TO_32);
    }
  };
}

/** Microseconds of a LONGDATE at the edges; undefined for NULL. */
function rareLongdate(
  high: number,
  low: number,
  context: TemporalContext,
  resultRow: number,
): bigint | undefined {
  if (isLongdateNull(high, low) || isEmpty(high | low, context, resultRow)) return undefined;
  const ticks = (BigInt(high) << 32n) | BigInt(low);
  const micros = (ticks - 1n - modulo(ticks - 1n, TICKS_PER_MICROSECOND)) / TICKS_PER_MICROSECOND;
  const unixMicros = micros - EPOCH_MICROSECONDS;
  if (isGregorianLongdate(high, low)) return unixMicros;
  const day = Number((micros - modulo(micros, MICROS_OF_DAY)) / MICROS_OF_DAY) + 1;
  return unixMicros + BigInt(calendarShift(day, context, resultRow)) * MICROS_OF_DAY;
}

/** The remainder of a division that rounds down. */
function modulo(dividend: bigint, divisor: bigint): bigint {
  return ((dividend % divisor) + divisor) % divisor;
}

/** LONGDATE to nanoseconds since 1970-01-01 00:00:00; a date that int64 cannot hold is an error. */
export function makeLongdateNanosReader(context: TemporalContext): FixedReader {
  return (chunk, slot, { words, row, validity }) => {
    const { positions, rowCount } = chunk;
    const { view } = chunk.packet;
    for (let index = 0; index < rowCount; index++) {
      const at = positions[slot + index] ?? 0;
      const low = view.getUint32(at, true);
      const high = view.getInt32(at + 4, true);
      const borrow = low < EPOCH_LOW ? 1 : 0;
      const nanosLow = (low - EPOCH_LOW + borrow * TWO_TO_32) * NANOSECONDS_PER_TICK;
      const nanosHigh =
        (high - EPOCH_HIGH - borrow) * NANOSECONDS_PER_TICK + Math.floor(nanosLow / TWO_TO_32);
      if (nanosHigh !== (nanosHigh | 0)) {
        const resultRow = chunk.firstRow + index;
        if (!isLongdateNull(high, low) && !isEmpty(high | low, context, resultRow)) {
          throw nanosecondOverflow(context.place, resultRow);
        }
        validity.markNull(row + index);
        continue;
      }
      words[(row + index) * 2] = nanosLow | 0;
      words[(row + index) * 2 + 1] = nanosHigh;
    }
  };
}

/** The error for a date that nanoseconds in 64 bits do not reach. */
export function nanosecondOverflow(place: ColumnPlace, resultRow: number) {
  const problem =
    'timestamp[ns] expects 1677-09-21 to 2262-04-11, got a date beyond; timestamp[us] holds every date of HANA';
  return unrepresentableValue(place, resultRow, problem);
}

/** True when `raw` is the empty date and such a date is to be NULL. */
export function isEmpty(raw: number, context: TemporalContext, resultRow: number): boolean {
  if (raw !== EMPTY_TEMPORAL) return false;
  if (context.emptyDate === 'null') return true;
  throw unrepresentableValue(
    context.place,
    resultRow,
    "expected a date or time, got the empty date ''",
  );
}

function isLongdateNull(high: number, low: number): boolean {
  return high === NULL_HIGH && low === NULL_LOW;
}

function isGregorianLongdate(high: number, low: number): boolean {
  const afterStart = high > GREGORIAN_HIGH || (high === GREGORIAN_HIGH && low >= GREGORIAN_LOW);
  return afterStart && (high < NULL_HIGH || (high === NULL_HIGH && low < NULL_LOW));
}

/** Days to add to a plain difference of day numbers, so that a Julian date keeps its label. */
function calendarShift(day: number, context: TemporalContext, resultRow: number): number {
  return unixDaysOf(day, context, resultRow) - (day - UNIX_EPOCH_DAYDATE);
}

function unixDaysOf(day: number, { place }: TemporalContext, resultRow: number): number {
  const unixDays = dayDateToUnixDays(day);
  if (unixDays !== undefined) return unixDays;
  const inRange = day >= 1 && day <= LAST_DAYDATE;
  const problem = inRange
    ? "Arrow's Gregorian calendar has no 29 February in a Julian leap year such as 1500"
    : `expected a date from 0001-01-01 to 9999-12-31, got day ${day}`;
  throw unrepresentableValue(place, resultRow, problem);
}

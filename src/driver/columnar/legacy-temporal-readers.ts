import { civilToUnixDays } from '../values/calendar.ts';
import { LEGACY_PRESENT, LEGACY_YEAR_MASK, SECONDS_PER_DAY } from '../values/temporal.ts';
import type { RowChunk } from './column.ts';
import { malformedValue, unrepresentableValue } from './column-place.ts';
import type { FixedReader } from './fixed-column.ts';
import {
  isEmpty,
  nanosecondOverflow,
  type TemporalContext,
  TWO_TO_32,
} from './temporal-readers.ts';

/*
 * The temporal types before data format version 4, four bytes each:
 *   DATE  u16 year with bit 15 set, u8 month from 0, u8 day
 *   TIME  u8 hour with bit 7 set, u8 minute, u16 milliseconds of the minute
 * TIMESTAMP is a DATE and a TIME. Without the set bit the value is NULL.
 */

const MILLISECONDS_PER_SECOND = 1000;
const MILLISECONDS_PER_MINUTE = 60_000;
const MILLISECONDS_PER_DAY = SECONDS_PER_DAY * MILLISECONDS_PER_SECOND;

/** Legacy DATE to days since 1970-01-01. */
export function makeLegacyDateReader(context: TemporalContext): FixedReader {
  return (chunk, slot, { words, row, validity }) => {
    for (let index = 0; index < chunk.rowCount; index++) {
      const days = daysAt(chunk, slot, index, context);
      if (days === undefined) validity.markNull(row + index);
      else words[row + index] = days;
    }
  };
}

/** Legacy TIME to seconds since midnight; milliseconds are cut off. */
export function makeLegacyTimeReader(context: TemporalContext): FixedReader {
  return (chunk, slot, { words, row, validity }) => {
    for (let index = 0; index < chunk.rowCount; index++) {
      const milliseconds = millisecondsAt(chunk, slot, index, { ...context, byteOffset: 0 });
      if (milliseconds === undefined) validity.markNull(row + index);
      else words[row + index] = Math.floor(milliseconds / MILLISECONDS_PER_SECOND);
    }
  };
}

/** Legacy TIMESTAMP to microseconds or nanoseconds since 1970-01-01 00:00:00. */
export function makeLegacyTimestampReader(
  context: TemporalContext,
  unit: 'us' | 'ns',
): FixedReader {
  const perMillisecond = unit === 'us' ? 1000 : 1_000_000;
  const timeContext = { ...context, byteOffset: 4 };
  return (chunk, slot, { words, row, validity }) => {
    for (let index = 0; index < chunk.rowCount; index++) {
      const days = daysAt(chunk, slot, index, context);
      const milliseconds = millisecondsAt(chunk, slot, index, timeContext);
      const resultRow = chunk.firstRow + index;
      if (days === undefined || milliseconds === undefined) {
        checkBothAbsent(chunk, slot + index, resultRow, context);
        validity.markNull(row + index);
        continue;
      }
      const unixMillis = days * MILLISECONDS_PER_DAY + milliseconds;
      const millisHigh = Math.floor(unixMillis / TWO_TO_32);
      const low = (unixMillis - millisHigh * TWO_TO_32) * perMillisecond;
      const high = millisHigh * perMillisecond + Math.floor(low / TWO_TO_32);
      if (high !== (high | 0)) throw nanosecondOverflow(context.place, resultRow);
      words[(row + index) * 2] = low | 0;
      words[(row + index) * 2 + 1] = high;
    }
  };
}

/** Days since 1970-01-01 of the DATE of a row, undefined for NULL. */
function daysAt(
  chunk: RowChunk,
  slot: number,
  index: number,
  context: TemporalContext,
): number | undefined {
  const { view } = chunk.packet;
  const at = chunk.positions[slot + index] ?? 0;
  if ((view.getUint8(at + 1) & LEGACY_PRESENT) === 0) return undefined;
  const year = view.getUint16(at, true) & LEGACY_YEAR_MASK;
  const month = view.getUint8(at + 2) + 1;
  const day = view.getUint8(at + 3);
  if (isEmpty(year | day, context, chunk.firstRow + index)) return undefined;
  const days = year >= 1 && year <= 9999 ? civilToUnixDays({ year, month, day }) : undefined;
  if (days !== undefined) return days;
  throw unrepresentableValue(
    context.place,
    chunk.firstRow + index,
    `expected a date of the Gregorian calendar, got year ${year}, month ${month}, day ${day}`,
  );
}

/** Milliseconds of the day of the TIME of a row, undefined for NULL. */
function millisecondsAt(
  chunk: RowChunk,
  slot: number,
  index: number,
  { place, byteOffset }: TemporalContext & { readonly byteOffset: number },
): number | undefined {
  const { view } = chunk.packet;
  const at = (chunk.positions[slot + index] ?? 0) + byteOffset;
  const hour = view.getUint8(at);
  if ((hour & LEGACY_PRESENT) === 0) return undefined;
  const minutes = (hour & ~LEGACY_PRESENT) * 60 + view.getUint8(at + 1);
  const milliseconds = minutes * MILLISECONDS_PER_MINUTE + view.getUint16(at + 2, true);
  if (milliseconds < MILLISECONDS_PER_DAY) return milliseconds;
  throw unrepresentableValue(
    place,
    chunk.firstRow + index,
    `expected a time from 00:00:00 to 23:59:59, got ${milliseconds} milliseconds`,
  );
}

/** A NULL has neither part; half a timestamp is damage. An empty date is NULL whatever its time. */
function checkBothAbsent(
  { packet, positions }: RowChunk,
  slot: number,
  resultRow: number,
  { place }: TemporalContext,
): void {
  const offset = positions[slot] ?? 0;
  const datePresent = (packet.view.getUint8(offset + 1) & LEGACY_PRESENT) !== 0;
  const timePresent = (packet.view.getUint8(offset + 4) & LEGACY_PRESENT) !== 0;
  if (datePresent === timePresent) return;
  const problem = 'expected both a date and a time or neither, got one of them';
  throw malformedValue(place, { row: resultRow, offset }, problem);
}

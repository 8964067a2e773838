import { HanaFlightError } from '../../core/errors.ts';
import { dayDateToUnixDays, unixDaysToCivil } from '../values/calendar.ts';
import {
  EMPTY_TEMPORAL,
  LEGACY_PRESENT,
  LEGACY_YEAR_MASK,
  LONGDATE_TICKS_PER_DAY,
  LONGDATE_TICKS_PER_SECOND,
  SECONDS_PER_DAY,
  SECONDTIME_END_OF_DAY,
} from '../values/temporal.ts';

/*
 * HANA's temporal wire numbers as the text SQL shows: `2026-01-31`, `12:00:59`,
 * `2026-01-31 12:00:59.1234567`. The empty date is the empty text. Every function throws
 * `unrepresentable-value` for a number outside the type.
 */

/** DAYDATE, e.g. `2026-01-31`. */
export function formatDayDate(dayDate: number): string {
  if (dayDate === EMPTY_TEMPORAL) return '';
  const unixDays = dayDateToUnixDays(dayDate);
  if (unixDays === undefined) throw outside('DAYDATE', dayDate);
  return formatCivil(unixDaysToCivil(unixDays));
}

/** SECONDTIME, e.g. `12:00:59`; the end of the day is `24:00:00`. */
export function formatSecondTime(secondTime: number): string {
  if (secondTime === EMPTY_TEMPORAL) return '';
  if (secondTime < 0 || secondTime > SECONDTIME_END_OF_DAY) throw outside('SECONDTIME', secondTime);
  return formatClock(secondTime - 1);
}

/** SECONDDATE, e.g. `2026-01-31 12:00:59`. */
export function formatSecondDate(secondDate: bigint): string {
  if (secondDate === BigInt(EMPTY_TEMPORAL)) return '';
  const { days, rest } = splitDays(secondDate, SECONDS_PER_DAY);
  return `${formatDayDate(checkedDay('SECONDDATE', secondDate, days))} ${formatClock(rest)}`;
}

/** LONGDATE, e.g. `2026-01-31 12:00:59.1234567`: always seven digits. */
export function formatLongDate(longDate: bigint): string {
  if (longDate === BigInt(EMPTY_TEMPORAL)) return '';
  const { days, rest } = splitDays(longDate, LONGDATE_TICKS_PER_DAY);
  const date = formatDayDate(checkedDay('LONGDATE', longDate, days));
  const fraction = String(rest % LONGDATE_TICKS_PER_SECOND).padStart(7, '0');
  return `${date} ${formatClock(Math.floor(rest / LONGDATE_TICKS_PER_SECOND))}.${fraction}`;
}

/** The 4 bytes of a legacy DATE; undefined for NULL. */
export function formatLegacyDate(bytes: Uint8Array): string | undefined {
  const [low = 0, high = 0, month = 0, day = 0] = bytes;
  if ((high & LEGACY_PRESENT) === 0) return undefined;
  return formatCivil({ year: ((high << 8) | low) & LEGACY_YEAR_MASK, month: month + 1, day });
}

/** The 4 bytes of a legacy TIME, e.g. `12:00:59.123`; undefined for NULL. */
export function formatLegacyTime(bytes: Uint8Array): string | undefined {
  const [hour = 0, minute = 0, low = 0, high = 0] = bytes;
  if ((hour & LEGACY_PRESENT) === 0) return undefined;
  const milliseconds = (high << 8) | low;
  const clock = formatClock(
    (hour & ~LEGACY_PRESENT) * 3600 + minute * 60 + Math.floor(milliseconds / 1000),
  );
  const fraction = milliseconds % 1000;
  return fraction === 0 ? clock : `${clock}.${String(fraction).padStart(3, '0')}`;
}

function formatCivil({ year, month, day }: { year: number; month: number; day: number }): string {
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

function formatClock(secondOfDay: number): string {
  const hour = Math.floor(secondOfDay / 3600);
  const minute = Math.floor(secondOfDay / 60) % 60;
  return `${digits(hour, 2)}:${digits(minute, 2)}:${digits(secondOfDay % 60, 2)}`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** The day number (1 is 0001-01-01) and what is left within the day. */
function splitDays(value: bigint, unitsPerDay: number) {
  const perDay = BigInt(unitsPerDay);
  const elapsed = value - 1n;
  return { days: elapsed / perDay + 1n, rest: Number(elapsed % perDay) };
}

function checkedDay(type: string, value: bigint, day: bigint): number {
  if (value < 0n || day > 4_000_000n) throw outside(type, value);
  return Number(day);
}

function outside(type: string, value: number | bigint): HanaFlightError {
  return new HanaFlightError(
    'unrepresentable-value',
    `${type}: expected a date of 0001 to 9999 or a time of one day, got the raw value ${value}`,
  );
}

import { unixDaysToCivil } from '../values/calendar.ts';
import { SECONDS_PER_DAY } from '../values/temporal.ts';
import { instantReader } from './instant-source.ts';
import { numberReader } from './number-source.ts';
import type { SourceColumn } from './source-column.ts';

/** Digits behind the second. */
const FRACTION_DIGITS = { s: 0, ms: 3, us: 6, ns: 9 } as const;
const LAST_YEAR = 9999;

/**
 * Dates, times and timestamps as SQL writes them, with all digits of their unit: `2026-01-31`,
 * `12:00:59.123`, `2026-01-31 12:00:59.123456`. Undefined for what SQL has no date or time for.
 */
export function temporalText(source: SourceColumn): (row: number) => string | undefined {
  const { type } = source;
  if (type.kind === 'time32' || type.kind === 'time64') {
    const read = numberReader(source);
    const digits = FRACTION_DIGITS[type.unit];
    const perSecond = 10 ** digits;
    return (row) => {
      const value = read(row);
      const seconds = Math.floor(value / perSecond);
      if (seconds < 0 || seconds >= SECONDS_PER_DAY) return undefined;
      return clockText(seconds) + fractionText(value - seconds * perSecond, digits);
    };
  }
  const read = instantReader(source);
  const digits = type.kind === 'timestamp' ? FRACTION_DIGITS[type.unit] : 0;
  return (row) => {
    const { seconds, ticks, nanoseconds } = read(row);
    const unixDays = Math.floor(seconds / SECONDS_PER_DAY);
    const date = dateText(unixDays);
    if (type.kind === 'date32' || date === undefined) return date;
    const fraction = Math.floor((ticks * 100 + nanoseconds) / 10 ** (9 - digits));
    return `${date} ${clockText(seconds - unixDays * SECONDS_PER_DAY)}${fractionText(fraction, digits)}`;
  };
}

function dateText(unixDays: number): string | undefined {
  const { year, month, day } = unixDaysToCivil(unixDays);
  if (!(year >= 1 && year <= LAST_YEAR)) return undefined;
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function clockText(second: number): string {
  const minute = Math.floor(second / 60);
  return [Math.floor(minute / 60), minute % 60, second % 60]
    .map((part) => padded(part, 2))
    .join(':');
}

function fractionText(fraction: number, digits: number): string {
  return digits === 0 ? '' : `.${padded(fraction, digits)}`;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

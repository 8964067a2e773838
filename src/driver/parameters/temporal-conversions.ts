import {
  FIRST_GREGORIAN_DAYDATE,
  LAST_DAYDATE,
  UNIX_EPOCH_DAYDATE,
  unixDaysToDayDate,
} from '../values/calendar.ts';
import { SECONDDATE_UNIX_EPOCH, SECONDS_PER_DAY, SECONDTIME_MIDNIGHT } from '../values/temporal.ts';
import { gregorianDays, gregorianTicks } from './column-words.ts';
import type { Binding, Conversion } from './conversion.ts';
import { FixedParameter, type FixedPut } from './fixed-parameter.ts';
import {
  calendarShift,
  DATES,
  type Instant,
  instantReader,
  TICKS_PER_SECOND,
} from './instant-source.ts';
import { putInt64 } from './number-conversions.ts';
import { numberReader, TWO_TO_32 } from './number-source.ts';
import { temporalText } from './temporal-text.ts';

/** date32 to DATE. */
export const dateToDaydate: Conversion = (binding) => {
  const { source, place } = binding;
  const read = numberReader(source);
  const put: FixedPut = (view, at, row) => {
    const unixDays = read(row);
    let day: number | undefined = unixDays + UNIX_EPOCH_DAYDATE;
    if (day < FIRST_GREGORIAN_DAYDATE || day > LAST_DAYDATE) {
      day = unixDaysToDayDate(unixDays);
      if (day === undefined) throw place.unfit(row, `day ${unixDays} from 1970-01-01`, DATES);
    }
    view.setInt32(at, day, true);
  };
  return new FixedParameter(binding, 4, put, gregorianDays(source));
};

/** timestamp at midnight to DATE. */
export const timestampToDaydate: Conversion = (binding) => {
  const read = instantReader(binding.source);
  return new FixedParameter(binding, 4, (view, at, row) => {
    const instant = read(row);
    const { seconds } = instant;
    const days = seconds / SECONDS_PER_DAY;
    if (!Number.isInteger(days) || fractionOf(instant) !== 0) {
      throw unfitInstant(binding, row, 'dates with the time 00:00:00');
    }
    const shift = calendarShift(binding, row, seconds) / SECONDS_PER_DAY;
    view.setInt32(at, days + UNIX_EPOCH_DAYDATE + shift, true);
  });
};

/** date32 (midnight), and timestamp without a fraction, to SECONDDATE. */
export const toSeconddate: Conversion = (binding) => {
  const read = instantReader(binding.source);
  return new FixedParameter(binding, 8, (view, at, row) => {
    const instant = read(row);
    if (fractionOf(instant) !== 0) throw unfitInstant(binding, row, 'whole seconds');
    const { seconds } = instant;
    putInt64(view, at, seconds + SECONDDATE_UNIX_EPOCH + calendarShift(binding, row, seconds));
  });
};

/** date32 (midnight) and timestamp to TIMESTAMP: ticks of 100 ns. */
export const toLongdate: Conversion = (binding) => {
  const { source } = binding;
  const { type } = source;
  const read = instantReader(source);
  const put: FixedPut = (view, at, row) => {
    const { seconds, ticks, nanoseconds } = read(row);
    if (nanoseconds !== 0) throw unfitInstant(binding, row, 'multiples of 100 ns');
    const shifted = seconds + SECONDDATE_UNIX_EPOCH - 1 + calendarShift(binding, row, seconds);
    putTicks(view, at, shifted, ticks + 1);
  };
  // A day or a second has too many ticks for the halves of a number.
  const small = type.kind === 'timestamp' && type.unit !== 's' ? type.unit : undefined;
  const convert = small === undefined ? undefined : gregorianTicks(source, small);
  return new FixedParameter(binding, 8, put, convert);
};

const TWO_TO_24 = 0x100_0000;
const BYTE = 256;

/** Writes seconds and ticks as one count of ticks, by halves: each step stays below 2^53. */
function putTicks(view: DataView, at: number, seconds: number, ticks: number): void {
  const secondsHigh = Math.floor(seconds / TWO_TO_24);
  const ticksHigh = secondsHigh * TICKS_PER_SECOND;
  const high = Math.floor(ticksHigh / BYTE);
  const rest = (seconds - secondsHigh * TWO_TO_24) * TICKS_PER_SECOND + ticks;
  const low = (ticksHigh - high * BYTE) * TWO_TO_24 + rest;
  view.setInt32(at, low, true);
  view.setInt32(at + 4, high + Math.floor(low / TWO_TO_32), true);
}

/** Units of a second of each type of time. */
const TIME_UNITS = { s: 1, ms: 1000, us: 1_000_000, ns: 1_000_000_000 } as const;

/** time32 and time64 to TIME, which has no fraction. */
export const toSecondtime: Conversion = (binding) => {
  const { source } = binding;
  const { type } = source;
  const perSecond = 'unit' in type ? TIME_UNITS[type.unit] : 1;
  const read = numberReader(source);
  return new FixedParameter(binding, 4, (view, at, row) => {
    const seconds = read(row) / perSecond;
    if (!(seconds >= 0 && seconds < SECONDS_PER_DAY) || !Number.isInteger(seconds)) {
      throw unfitInstant(binding, row, 'whole seconds from 00:00:00 to 23:59:59');
    }
    view.setInt32(at, seconds + SECONDTIME_MIDNIGHT, true);
  });
};

function fractionOf({ ticks, nanoseconds }: Instant): number {
  return ticks + nanoseconds;
}

function unfitInstant({ source, place }: Binding, row: number, expected: string) {
  const text = temporalText(source)(row) ?? `value ${numberReader(source)(row)}`;
  return place.unfit(row, text, expected);
}

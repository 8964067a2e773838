import { FIRST_GREGORIAN_DAYDATE, LAST_DAYDATE, UNIX_EPOCH_DAYDATE } from '../values/calendar.ts';
import { DECIMAL_EXPONENT_BIAS } from '../values/decimal.ts';
import {
  LONGDATE_FIRST_GREGORIAN,
  LONGDATE_NULL,
  LONGDATE_UNIX_EPOCH,
} from '../values/temporal.ts';
import { type DecimalRange, powerOfTen } from './decimal-range.ts';
import type { FixedConvert } from './fixed-parameter.ts';
import { TWO_TO_32 } from './number-source.ts';
import { type SourceColumn, wordsOf } from './source-column.ts';

/*
 * The common pairs of types, for many rows at once. A call for each value would cost more than the value.
 * Whatever is not common, such as a value that must be refused, is left to the FixedPut of the pair.
 */

/** Values that HANA writes as Arrow does. */
export function sameWords(source: Int32Array, wordCount: 1 | 2): FixedConvert {
  return (from, words) => {
    const start = from * wordCount;
    words.set(source.subarray(start, start + words.length));
    return true;
  };
}

const FLOAT64_EXPONENT = 0x7ff0_0000;
const FLOAT32_EXPONENT = 0x7f80_0000;

/** float64 to DOUBLE; left alone when there is a NaN or an infinity. */
export function finiteDoubles({ values }: SourceColumn): FixedConvert {
  const source = wordsOf(values);
  return (from, words) => {
    const start = 2 * from;
    for (let at = 1; at < words.length; at += 2) {
      if (((source[start + at] ?? 0) & FLOAT64_EXPONENT) === FLOAT64_EXPONENT) return false;
    }
    words.set(source.subarray(start, start + words.length));
    return true;
  };
}

/** float32 to REAL, as {@link finiteDoubles}. */
export function finiteFloats({ values }: SourceColumn): FixedConvert {
  const source = wordsOf(values);
  return (from, words) => {
    for (let at = 0; at < words.length; at++) {
      const bits = source[from + at] ?? 0;
      if ((bits & FLOAT32_EXPONENT) === FLOAT32_EXPONENT) return false;
      words[at] = bits;
    }
    return true;
  };
}

/** date32 to DATE, from the change of calendars on. */
export function gregorianDays({ values }: SourceColumn): FixedConvert {
  const source = wordsOf(values);
  return (from, words) => {
    for (let at = 0; at < words.length; at++) {
      const day = (source[from + at] ?? 0) + UNIX_EPOCH_DAYDATE;
      if (day < FIRST_GREGORIAN_DAYDATE || day > LAST_DAYDATE) return false;
      words[at] = day;
    }
    return true;
  };
}

const EPOCH_LOW = Number(LONGDATE_UNIX_EPOCH & 0xffff_ffffn);
const EPOCH_HIGH = Number(LONGDATE_UNIX_EPOCH >> 32n);
const FIRST_GREGORIAN_HIGH = Number(LONGDATE_FIRST_GREGORIAN >> 32n);
const NULL_HIGH = Number(LONGDATE_NULL >> 32n);

/** Ticks of 100 ns in a unit, and units in a tick. */
const TICKS = {
  ms: { factor: 10_000, divisor: 1 },
  us: { factor: 10, divisor: 1 },
  ns: { factor: 1, divisor: 100 },
} as const;

/**
 * timestamp to TIMESTAMP from the change of calendars on, but for the minutes at both ends of that time and
 * for parts of a tick. By halves of 32 bits, so that each step stays below 2^53 and is exact.
 */
export function gregorianTicks({ values }: SourceColumn, unit: keyof typeof TICKS): FixedConvert {
  const source = wordsOf(values);
  const { factor, divisor } = TICKS[unit];
  return (from, words) => {
    let read = 2 * from;
    for (let at = 0; at < words.length; at += 2, read += 2) {
      let high = source[read + 1] ?? 0;
      let low = (source[read] ?? 0) >>> 0;
      if (divisor > 1) {
        const whole = Math.floor(high / divisor);
        const rest = (high - whole * divisor) * TWO_TO_32 + low;
        high = whole;
        low = Math.floor(rest / divisor);
        if (low * divisor !== rest) return false;
      }
      low = low * factor + EPOCH_LOW;
      const carry = Math.floor(low / TWO_TO_32);
      high = high * factor + EPOCH_HIGH + carry;
      if (high <= FIRST_GREGORIAN_HIGH || high >= NULL_HIGH) return false;
      words[at] = low - carry * TWO_TO_32;
      words[at + 1] = high;
    }
    return true;
  };
}

/** The integers of a decimal128 column at the scale of their parameter, where they are below 2^53. */
interface SmallIntegers {
  /** NaN when the integer is not small, or out of range. */
  readonly at: (row: number) => number;
}

function smallIntegers(
  { type, values }: SourceColumn,
  { scale, digits }: DecimalRange,
): SmallIntegers | undefined {
  if (type.kind !== 'decimal128' || type.scale > scale) return undefined;
  const source = wordsOf(values);
  const factor = powerOfTen(scale - type.scale);
  const limit = Math.min(powerOfTen(digits), TWO_TO_53);
  const at = (row: number): number => {
    const word = 4 * row;
    const high = source[word + 1] ?? 0;
    const sign = high >> 31;
    if (source[word + 2] !== sign || source[word + 3] !== sign) return Number.NaN;
    // Beyond 2^53 it is not exact, but beyond the limit as well.
    const value = (high * TWO_TO_32 + ((source[word] ?? 0) >>> 0)) * factor;
    return value < limit && value > -limit ? value : Number.NaN;
  };
  return { at };
}

const TWO_TO_53 = 2 ** 53;

/** decimal128 to FIXED8, FIXED12 and FIXED16, unless the column has more digits than the parameter. */
export function fixedIntegers(
  source: SourceColumn,
  range: DecimalRange,
  bytes: 8 | 12 | 16,
): FixedConvert | undefined {
  const integers = smallIntegers(source, range);
  if (integers === undefined) return undefined;
  const step = bytes / 4;
  return (from, words) => {
    let row = from;
    for (let at = 0; at < words.length; at += step, row++) {
      const value = integers.at(row);
      if (Number.isNaN(value)) return false;
      const high = Math.floor(value / TWO_TO_32);
      words[at] = value - high * TWO_TO_32;
      words[at + 1] = high;
      const sign = high >> 31;
      for (let word = at + 2; word < at + step; word++) words[word] = sign;
    }
    return true;
  };
}

/** decimal128 to DECIMAL of a fixed scale, as {@link fixedIntegers}: mantissa, and above it exponent and sign. */
export function smallDecimals(source: SourceColumn, range: DecimalRange): FixedConvert | undefined {
  const integers = smallIntegers(source, range);
  if (integers === undefined) return undefined;
  const exponent = (DECIMAL_EXPONENT_BIAS - range.scale) << 17;
  return (from, words) => {
    let row = from;
    for (let at = 0; at < words.length; at += 4, row++) {
      const value = integers.at(row);
      if (Number.isNaN(value)) return false;
      const magnitude = Math.abs(value);
      const high = Math.floor(magnitude / TWO_TO_32);
      words[at] = magnitude - high * TWO_TO_32;
      words[at + 1] = high;
      words[at + 2] = 0;
      words[at + 3] = value < 0 ? exponent | SIGN : exponent;
    }
    return true;
  };
}

const SIGN = 1 << 31;

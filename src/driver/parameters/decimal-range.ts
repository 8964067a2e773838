import { rescale } from '../values/decimal.ts';
import type { Binding } from './conversion.ts';
import type { ExactSource } from './exact-source.ts';
import type { NumberReader } from './number-source.ts';

const MAX_DIGITS = 38;

/** The exact numbers that a parameter takes: integers at a scale, smaller than ten to some power. */
export interface DecimalRange {
  readonly scale: number;
  readonly digits: number;
}

/** Read from text, because `**` does not promise the nearest float64. */
export function powerOfTen(exponent: number): number {
  return Number(`1e${exponent}`);
}

/** @param widest Digits that the wire form holds, whatever they are. */
export function decimalRange(length: number, scale: number, widest = MAX_DIGITS): DecimalRange {
  const known = length >= 1 && length <= widest;
  return { scale, digits: known ? length : widest };
}

/** The value as an integer at the range's scale; NaN where this is beyond 2^53 or not exact. */
export function smallInRange(numbers: ExactSource, { scale, digits }: DecimalRange): NumberReader {
  const shift = scale - numbers.scale;
  const factor = powerOfTen(Math.abs(shift));
  const limit = powerOfTen(digits);
  const { small } = numbers;
  if (shift < 0) {
    return (row) => {
      const value = small(row);
      return value % factor === 0 && Math.abs(value / factor) < limit ? value / factor : Number.NaN;
    };
  }
  return (row) => {
    const value = small(row) * factor;
    return Number.isSafeInteger(value) && Math.abs(value) < limit ? value : Number.NaN;
  };
}

/** The same for every value. @throws HanaFlightError `invalid-argument` when digits would be lost. */
export function exactInRange(
  { place }: Binding,
  numbers: ExactSource,
  row: number,
  { scale, digits }: DecimalRange,
): bigint {
  const value = numbers.exact(row);
  const unscaled = value === undefined ? undefined : rescale(value, scale);
  const limit = 10n ** BigInt(digits);
  if (unscaled !== undefined && unscaled < limit && unscaled > -limit) return unscaled;
  throw place.unfit(row, numbers.text(row), `up to ${digits} digits, ${scale} of them a fraction`);
}

import { type Decimal, formatDecimal, parseDecimal } from '../values/decimal.ts';
import { numberReader, TWO_TO_32 } from './number-source.ts';
import { type SourceColumn, wordsOf } from './source-column.ts';

/** A column of exact numbers: integers, decimals, and floats by their shortest decimal text. */
export interface ExactSource {
  /** Decimal fraction digits of what {@link small} gives. */
  readonly scale: number;
  /** The value without its decimal point; NaN when it is not a whole number within 2^53. */
  readonly small: (row: number) => number;
  /** Any value, slowly; undefined for NaN and infinity. */
  readonly exact: (row: number) => Decimal | undefined;
  /** As people write it. */
  readonly text: (row: number) => string;
}

export function exactSource(source: SourceColumn): ExactSource {
  const { type } = source;
  if (type.kind === 'decimal128') return decimalSource(source, type.scale);
  if (type.kind === 'float') return floatSource(source, type.bits);
  const read = numberReader(source);
  const exact =
    type.kind === 'int' && type.bits === 64
      ? wideReader(source, type.signed)
      : (row: number) => ({ unscaled: BigInt(read(row)), exponent: 0 });
  return { scale: 0, small: safe(read), exact, text: (row) => String(exact(row).unscaled) };
}

function safe(read: (row: number) => number): (row: number) => number {
  return (row) => {
    const value = read(row);
    return Number.isSafeInteger(value) ? value : Number.NaN;
  };
}

function wideReader({ values }: SourceColumn, signed: boolean): (row: number) => Decimal {
  const words = wordsOf(values);
  return (row) => {
    const bits = (BigInt(words[row * 2 + 1] ?? 0) << 32n) | BigInt((words[row * 2] ?? 0) >>> 0);
    return { unscaled: signed ? bits : BigInt.asUintN(64, bits), exponent: 0 };
  };
}

function decimalSource({ values }: SourceColumn, scale: number): ExactSource {
  const words = wordsOf(values);
  const exact = (row: number): Decimal => {
    let bits = BigInt(words[row * 4 + 3] ?? 0);
    for (let word = 2; word >= 0; word--) {
      bits = (bits << 32n) | BigInt((words[row * 4 + word] ?? 0) >>> 0);
    }
    return { unscaled: bits, exponent: -scale };
  };
  const small = (row: number): number => {
    const at = row * 4;
    const high = words[at + 1] ?? 0;
    const sign = high >> 31;
    if (words[at + 2] !== sign || words[at + 3] !== sign) return Number.NaN;
    const value = high * TWO_TO_32 + ((words[at] ?? 0) >>> 0);
    return Number.isSafeInteger(value) ? value : Number.NaN;
  };
  return { scale, small, exact, text: (row) => fixedText(exact(row)) };
}

/** With all digits of the scale, as Arrow prints decimals: `1.50`. */
function fixedText(value: Decimal): string {
  if (value.exponent >= 0) return formatDecimal(value);
  const digits = String(value.unscaled < 0n ? -value.unscaled : value.unscaled);
  const padded = digits.padStart(1 - value.exponent, '0');
  const point = padded.length + value.exponent;
  const sign = value.unscaled < 0n ? '-' : '';
  return `${sign}${padded.slice(0, point)}.${padded.slice(point)}`;
}

function floatSource(source: SourceColumn, bits: 32 | 64): ExactSource {
  const read = numberReader(source);
  const text =
    bits === 64 ? (row: number) => String(read(row)) : (row: number) => float32Text(read(row));
  const exact = (row: number) => (Number.isFinite(read(row)) ? parseDecimal(text(row)) : undefined);
  return { scale: 0, small: safe(read), exact, text };
}

/** Digits that tell every float32 apart. */
const FLOAT32_DIGITS = 9;

/** The shortest decimal that is this float32 and no other. */
function float32Text(value: number): string {
  for (let digits = 1; digits < FLOAT32_DIGITS; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(FLOAT32_DIGITS)));
}

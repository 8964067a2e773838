import {
  DECIMAL_EXPONENT_BIAS,
  DECIMAL_NULL_MASK,
  formatDecimal,
  readDecimal,
  readFixed,
} from '../values/decimal.ts';
import type { RowChunk } from './column.ts';
import { type ColumnPlace, malformedValue, unrepresentableValue } from './column-place.ts';
import type { FixedReader } from './fixed-column.ts';
import { NULL_POSITION } from './value-places.ts';

/** The decimal128 type that values must fit. */
export interface DecimalContext {
  readonly place: ColumnPlace;
  readonly precision: number;
  readonly scale: number;
}

const TWO_TO_32 = 0x1_0000_0000;
/** What is below this part of 10^precision fits for certain, however the sum of the words was rounded. */
const CERTAIN = 1 - 2 ** -48;
/** 10^6 times a 32-bit word stays exact in a double. */
const STEP_DIGITS = 6;
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Powers of ten up to here are exact doubles. */
const MAX_EXACT_POWER = 22;

/** FIXED8 to decimal128: sign extension. */
export function makeFixed8Reader(context: DecimalContext): FixedReader {
  const limit = 10 ** context.precision * CERTAIN;
  /** The high word of all that is nearer to 0 than the limit for certain. */
  const highLimit = Math.min(Math.floor(limit / TWO_TO_32), 0x7fff_ffff);
  return (chunk, slot, { words, row, validity }) => {
    const { positions, rowCount } = chunk;
    const { view } = chunk.packet;
    for (let index = 0, to = row * 4; index < rowCount; index++, to += 4) {
      const at = positions[slot + index] ?? NULL_POSITION;
      if (at === NULL_POSITION) {
        validity.markNull(row + index);
        continue;
      }
      const low = view.getInt32(at, true);
      const high = view.getInt32(at + 4, true);
      if (high >= highLimit || high < -highLimit) {
        const approximate = high * TWO_TO_32 + (low >>> 0);
        if (approximate >= limit || approximate <= -limit)
          checkFixed(chunk, slot + index, 8, context);
      }
      words[to] = low;
      words[to + 1] = high;
      words[to + 2] = high >> 31;
      words[to + 3] = high >> 31;
    }
  };
}

/** FIXED12 and FIXED16 to decimal128. */
export function makeWideFixedReader(width: 12 | 16, context: DecimalContext): FixedReader {
  const topWeight = 2 ** (width * 8 - 32);
  const ignored = topWeight / TWO_TO_32;
  const limit = 10 ** context.precision * CERTAIN - ignored;
  return (chunk, slot, { words, row, validity }) => {
    const { positions, rowCount } = chunk;
    const { view } = chunk.packet;
    for (let index = 0; index < rowCount; index++) {
      const at = positions[slot + index] ?? NULL_POSITION;
      if (at === NULL_POSITION) {
        validity.markNull(row + index);
        continue;
      }
      const top = view.getInt32(at + width - 4, true);
      const approximate = top * topWeight + view.getUint32(at + width - 8, true) * ignored;
      if (approximate >= limit || approximate <= -limit) {
        checkFixed(chunk, slot + index, width, context);
      }
      const to = (row + index) * 4;
      words[to] = view.getInt32(at, true);
      words[to + 1] = view.getInt32(at + 4, true);
      words[to + 2] = view.getInt32(at + 8, true);
      words[to + 3] = width === 16 ? top : top >> 31;
    }
  };
}

function checkFixed(
  { packet, positions, stride, firstRow }: RowChunk,
  slot: number,
  width: 8 | 12 | 16,
  context: DecimalContext,
): void {
  const unscaled = readFixed(packet.bytes, positions[slot] ?? 0, width);
  const bound = 10n ** BigInt(context.precision);
  if (unscaled < bound && unscaled > -bound) return;
  const text = formatDecimal({ unscaled, exponent: -context.scale });
  throw tooManyDigits(context, firstRow + (slot % stride), text);
}

/** DECIMAL (code 5) to decimal128 of a fixed scale. */
export function makeDecimalReader(context: DecimalContext): FixedReader {
  const bound = 10n ** BigInt(context.precision);
  const boundWords = [0, 32, 64, 96].map((shift) =>
    Number((bound >> BigInt(shift)) & 0xffff_ffffn),
  );
  return (chunk, slot, { words, row, validity }) => {
    const { positions, rowCount } = chunk;
    const { bytes } = chunk.packet;
    const mantissa = new Float64Array(4);
    for (let index = 0; index < rowCount; index++) {
      const at = positions[slot + index] ?? 0;
      if (isNullDecimal(bytes, at)) {
        validity.markNull(row + index);
        continue;
      }
      const exponent = readMantissa(chunk, slot + index, mantissa, context.place);
      if (!shiftDigits(mantissa, exponent + context.scale) || !isBelow(mantissa, boundWords)) {
        throw tooManyDigits(context, chunk.firstRow + index, textOf(bytes, at));
      }
      writeSigned(words, (row + index) * 4, mantissa, ((bytes[at + 15] ?? 0) & 0x80) !== 0);
    }
  };
}

/** DECIMAL (code 5) to the nearest float64. */
export function makeDecimalFloatReader(place: ColumnPlace): FixedReader {
  return (chunk, slot, { words, row, validity }) => {
    const { positions, rowCount } = chunk;
    const { bytes } = chunk.packet;
    const values = new Float64Array(words.buffer, words.byteOffset, words.length >> 1);
    const mantissa = new Float64Array(4);
    for (let index = 0; index < rowCount; index++) {
      const at = positions[slot + index] ?? 0;
      if (isNullDecimal(bytes, at)) {
        validity.markNull(row + index);
        continue;
      }
      const exponent = readMantissa(chunk, slot + index, mantissa, place);
      const value = exactProduct(mantissa, exponent) ?? Math.abs(Number(textOf(bytes, at)));
      if (value === Number.POSITIVE_INFINITY) {
        const problem = `float64 ends at 1.8E+308, got ${textOf(bytes, at)}`;
        throw unrepresentableValue(place, chunk.firstRow + index, problem);
      }
      values[row + index] = ((bytes[at + 15] ?? 0) & 0x80) === 0 ? value : -value;
    }
  };
}

/** True when the 16 bytes of a DECIMAL (code 5) are NULL. */
function isNullDecimal(bytes: Uint8Array, at: number): boolean {
  return ((bytes[at + 15] ?? 0) & DECIMAL_NULL_MASK) === DECIMAL_NULL_MASK;
}

/** Fills `mantissa` with 32-bit words, low first; returns the exponent. */
function readMantissa(
  { packet, positions, stride, firstRow }: RowChunk,
  slot: number,
  mantissa: Float64Array,
  place: ColumnPlace,
): number {
  const offset = positions[slot] ?? 0;
  const { view } = packet;
  const top = view.getUint8(offset + 15);
  if ((top & 0x60) === 0x60) {
    const problem = `expected a finite DECIMAL, got 0x${top.toString(16)} as its last byte`;
    throw malformedValue(place, { row: firstRow + (slot % stride), offset }, problem);
  }
  const high = view.getUint32(offset + 12, true);
  mantissa[0] = view.getUint32(offset, true);
  mantissa[1] = view.getUint32(offset + 4, true);
  mantissa[2] = view.getUint32(offset + 8, true);
  mantissa[3] = high & 0x1_ffff;
  return ((high >>> 17) & 0x3fff) - DECIMAL_EXPONENT_BIAS;
}

/**
 * mantissa · 10^exponent, when one correctly rounded operation gives it: a mantissa below 2^53 and a
 * power of ten that is an exact double.
 */
function exactProduct(mantissa: Float64Array, exponent: number): number | undefined {
  const [low = 0, second = 0, third = 0, fourth = 0] = mantissa;
  if (third !== 0 || fourth !== 0 || second >= 0x20_0000) return undefined;
  const whole = second * TWO_TO_32 + low;
  if (exponent < -MAX_EXACT_POWER || exponent > MAX_EXACT_POWER) return undefined;
  const power = POWERS_OF_TEN[Math.abs(exponent)] ?? 1;
  return exponent < 0 ? whole / power : whole * power;
}

/** Multiplies by 10^digits in place. False when the product is wider than 128 bits or not whole. */
function shiftDigits(mantissa: Float64Array, digits: number): boolean {
  if (mantissa[0] === 0 && mantissa[1] === 0 && mantissa[2] === 0 && mantissa[3] === 0) return true;
  for (let left = digits; left > 0; left -= STEP_DIGITS) {
    if (multiply(mantissa, POWERS_OF_TEN[Math.min(left, STEP_DIGITS)] ?? 1) !== 0) return false;
  }
  for (let left = -digits; left > 0; left -= STEP_DIGITS) {
    if (divide(mantissa, POWERS_OF_TEN[Math.min(left, STEP_DIGITS)] ?? 1) !== 0) return false;
  }
  return true;
}

/** Multiplies in place; returns what did not fit 128 bits. */
function multiply(mantissa: Float64Array, factor: number): number {
  let carry = 0;
  for (let word = 0; word < 4; word++) {
    const product = (mantissa[word] ?? 0) * factor + carry;
    carry = Math.floor(product / TWO_TO_32);
    mantissa[word] = product - carry * TWO_TO_32;
  }
  return carry;
}

/** Divides in place; returns the remainder. */
function divide(mantissa: Float64Array, divisor: number): number {
  let remainder = 0;
  for (let word = 3; word >= 0; word--) {
    const dividend = remainder * TWO_TO_32 + (mantissa[word] ?? 0);
    const quotient = Math.floor(dividend / divisor);
    mantissa[word] = quotient;
    remainder = dividend - quotient * divisor;
  }
  return remainder;
}

function isBelow(mantissa: Float64Array, bound: readonly number[]): boolean {
  for (let word = 3; word >= 0; word--) {
    const difference = (mantissa[word] ?? 0) - (bound[word] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function writeSigned(
  words: Int32Array,
  to: number,
  mantissa: Float64Array,
  negative: boolean,
): void {
  let carry = negative ? 1 : 0;
  for (let word = 0; word < 4; word++) {
    const magnitude = mantissa[word] ?? 0;
    const value = (negative ? TWO_TO_32 - 1 - magnitude : magnitude) + carry;
    carry = value >= TWO_TO_32 ? 1 : 0;
    words[to + word] = value | 0;
  }
}

function textOf(bytes: Uint8Array, at: number): string {
  const value = readDecimal(bytes, at);
  return value === null ? 'NULL' : formatDecimal(value);
}

function tooManyDigits({ place, precision, scale }: DecimalContext, row: number, text: string) {
  const problem = `decimal128(${precision}, ${scale}) does not hold ${text}`;
  return unrepresentableValue(place, row, problem);
}

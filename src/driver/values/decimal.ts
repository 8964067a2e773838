import { HanaFlightError } from '../../core/errors.ts';

/**
 * HANA's decimals. DECIMAL (code 5) is 16 bytes: a mantissa of 113 bits, a decimal exponent of 14 bits
 * biased by 6176, a sign bit; it also carries the floating DECIMAL and SMALLDECIMAL. FIXED8, FIXED12 and
 * FIXED16 are plain two's complement integers, scaled by the column's metadata.
 */

/** Bytes of a DECIMAL (code 5). */
export const DECIMAL_BYTES = 16;
/** Scale in metadata that marks a DECIMAL or SMALLDECIMAL without a fixed scale. */
export const FLOATING_SCALE = 32_767;
export const DECIMAL_EXPONENT_BIAS = 6176;
/** All these bits set in byte 15: NULL. */
export const DECIMAL_NULL_MASK = 0x70;

const MANTISSA_BITS = 113n;
const MAX_MANTISSA = (1n << MANTISSA_BITS) - 1n;
const MAX_BIASED_EXPONENT = 0x3fff;

/** The value `unscaled` · 10^`exponent`. */
export interface Decimal {
  readonly unscaled: bigint;
  readonly exponent: number;
}

/** Reads text such as `-12.50`, `.5` or `1e-7`; throws `invalid-argument` for anything else. */
export function parseDecimal(text: string): Decimal {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?\s*$/.exec(text);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (whole === '' && fraction === '') {
    throw new HanaFlightError('invalid-argument', `decimal: expected a number, got '${text}'`);
  }
  const magnitude = BigInt(whole + fraction);
  return {
    unscaled: sign === '-' ? -magnitude : magnitude,
    exponent: Number(exponent) - fraction.length,
  };
}

/**
 * The integer that stands for a decimal at a fixed scale, e.g. 1.5 at scale 2 is 150. Undefined when
 * digits would be lost.
 */
export function rescale({ unscaled, exponent }: Decimal, scale: number): bigint | undefined {
  const shift = exponent + scale;
  if (shift >= 0) return unscaled * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return unscaled % divisor === 0n ? unscaled / divisor : undefined;
}

/**
 * Canonical text: no exponent, no trailing zero in the fraction (`1.5`, `-0.07`, `1200`). Values longer
 * than {@link MAX_PLAIN_DIGITS} digits in that form are written with an exponent (`1.5E+200`).
 */
export function formatDecimal({ unscaled, exponent }: Decimal): string {
  if (unscaled === 0n) return '0';
  const sign = unscaled < 0n ? '-' : '';
  const stored = (unscaled < 0n ? -unscaled : unscaled).toString();
  const digits = stored.replace(/0+$/, '');
  const tens = exponent + stored.length - digits.length;
  const point = digits.length + tens;
  if (Math.max(digits.length, point, digits.length - point) > MAX_PLAIN_DIGITS) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}E${point > 0 ? '+' : '-'}${Math.abs(point - 1)}`;
  }
  if (tens >= 0) return sign + digits + '0'.repeat(tens);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** Longest run of digits that {@link formatDecimal} writes without an exponent: decimal128's width. */
const MAX_PLAIN_DIGITS = 38;

/** Decodes the 16 bytes of a DECIMAL (code 5) at `at`; null for NULL. The caller has checked the bounds. */
export function readDecimal(source: Uint8Array, at: number): Decimal | null {
  const top = source[at + 15] ?? 0;
  if ((top & DECIMAL_NULL_MASK) === DECIMAL_NULL_MASK) return null;
  const nextTop = source[at + 14] ?? 0;
  let magnitude = BigInt(nextTop & 1);
  for (let index = 13; index >= 0; index--) {
    magnitude = (magnitude << 8n) | BigInt(source[at + index] ?? 0);
  }
  return {
    unscaled: top & 0x80 ? -magnitude : magnitude,
    exponent: (((top & 0x7f) << 7) | (nextTop >>> 1)) - DECIMAL_EXPONENT_BIAS,
  };
}

/**
 * Writes a DECIMAL (code 5), 16 bytes at `at`; null writes NULL in the one form that every driver
 * knows. Throws `unrepresentable-value` when mantissa or exponent do not fit.
 */
export function writeDecimal(target: Uint8Array, at: number, value: Decimal | null): void {
  target.fill(0, at, at + DECIMAL_BYTES);
  if (value === null) {
    target[at + 15] = DECIMAL_NULL_MASK;
    return;
  }
  let magnitude = value.unscaled < 0n ? -value.unscaled : value.unscaled;
  let biased = value.exponent + DECIMAL_EXPONENT_BIAS;
  for (; magnitude > MAX_MANTISSA && magnitude % 10n === 0n; magnitude /= 10n) biased++;
  if (magnitude > MAX_MANTISSA || biased < 0 || biased > MAX_BIASED_EXPONENT) {
    throw new HanaFlightError(
      'unrepresentable-value',
      `DECIMAL: expected a mantissa of 113 bits and an exponent of 14, got ${formatDecimal(value)}`,
    );
  }
  for (let index = 0; index < 15; index++) {
    target[at + index] = Number(magnitude & 0xffn);
    magnitude >>= 8n;
  }
  target[at + 14] = (target[at + 14] ?? 0) | ((biased << 1) & 0xfe);
  target[at + 15] = (biased >>> 7) | (value.unscaled < 0n ? 0x80 : 0);
}

/**
 * Writes the integer of a FIXED8, FIXED12 or FIXED16 (`width` bytes) at `at`, two's complement. Throws
 * `unrepresentable-value` when it is too wide.
 */
export function writeFixed(
  target: Uint8Array,
  at: number,
  width: 8 | 12 | 16,
  unscaled: bigint,
): void {
  const bits = width * 8;
  if (BigInt.asIntN(bits, unscaled) !== unscaled) {
    throw new HanaFlightError(
      'unrepresentable-value',
      `FIXED${width}: expected an integer of ${bits} bits, got ${unscaled}`,
    );
  }
  let rest = BigInt.asUintN(bits, unscaled);
  for (let index = 0; index < width; index++) {
    target[at + index] = Number(rest & 0xffn);
    rest >>= 8n;
  }
}

/** Reads the integer of a FIXED8, FIXED12 or FIXED16 at `at`. The caller has checked the bounds. */
export function readFixed(source: Uint8Array, at: number, width: 8 | 12 | 16): bigint {
  let value = 0n;
  for (let index = width - 1; index >= 0; index--) {
    value = (value << 8n) | BigInt(source[at + index] ?? 0);
  }
  return BigInt.asIntN(width * 8, value);
}

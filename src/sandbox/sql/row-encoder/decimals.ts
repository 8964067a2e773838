import {
  DECIMAL_BYTES,
  DECIMAL_EXPONENT_BIAS,
  type Decimal,
  parseDecimal,
  writeDecimal,
} from '../../../driver/values/decimal.ts';
import type { ChunkVector } from './chunk-vector.ts';
import type { ColumnEncoder, FixedValue, RowTarget } from './column-encoder.ts';
import { flagged, withNullValue } from './column-encoder.ts';
import { DOUBLE_WORD } from './numbers.ts';

/** Bytes DuckDB takes for a DECIMAL of so many digits. */
function decimalStorageBytes(digits: number): 2 | 4 | 8 | 16 {
  if (digits <= 4) return 2;
  if (digits <= 9) return 4;
  return digits <= 18 ? 8 : 16;
}

/**
 * FIXED8, FIXED12, FIXED16: DuckDB's scaled integers are the same two's complement numbers, so their
 * sign is stretched or their top, which holds nothing but sign, is left off.
 */
export function fixedEncoder(column: number, digits: number, wireBytes: number): ColumnEncoder {
  const sourceBytes = decimalStorageBytes(digits);
  if (sourceBytes === 8 && wireBytes === 8) return flagged(column, DOUBLE_WORD);
  const kept = Math.min(sourceBytes, wireBytes);
  const value: FixedValue = {
    sourceBytes,
    wireBytes,
    put(vector, row, target, at) {
      const from = row * sourceBytes;
      for (let index = 0; index < kept; index++) {
        target.bytes[at + index] = vector.bytes[from + index] ?? 0;
      }
      const sign = (vector.bytes[from + sourceBytes - 1] ?? 0) & 0x80 ? 0xff : 0;
      for (let index = kept; index < wireBytes; index++) target.bytes[at + index] = sign;
    },
  };
  return flagged(column, value);
}

const putNullDecimal = (target: RowTarget, at: number): void =>
  writeDecimal(target.bytes, at, null);

/** DECIMAL(p,s) as code 5: for clients without FIXED types. */
export function scaledDecimalEncoder(column: number, digits: number, scale: number): ColumnEncoder {
  const sourceBytes = decimalStorageBytes(digits);
  const value: FixedValue = {
    sourceBytes,
    wireBytes: DECIMAL_BYTES,
    put(vector, row, target, at) {
      const magnitude = smallMagnitude(vector, row, sourceBytes);
      if (magnitude === undefined) {
        const unscaled = unscaledAt(vector, row, sourceBytes);
        writeDecimal(target.bytes, at, { unscaled, exponent: -scale });
        return;
      }
      target.view.setUint32(at, magnitude >>> 0, true);
      target.view.setUint32(at + 4, 0, true);
      target.view.setUint32(at + 8, 0, true);
      const negative = ((vector.bytes[(row + 1) * sourceBytes - 1] ?? 0) & 0x80) !== 0;
      const biased = DECIMAL_EXPONENT_BIAS - scale;
      target.view.setUint32(at + 12, ((biased << 17) | (negative ? 0x8000_0000 : 0)) >>> 0, true);
    },
  };
  return withNullValue(column, value, putNullDecimal);
}

/** The value without sign when 31 bits hold it: most amounts, without BigInt. */
function smallMagnitude(vector: ChunkVector, row: number, bytes: number): number | undefined {
  if (bytes === 2) return Math.abs(vector.view.getInt16(row * 2, true));
  const low = vector.view.getInt32(row * bytes, true);
  if (low === -0x8000_0000) return undefined;
  for (let at = 4; at < bytes; at += 4) {
    if (vector.view.getInt32(row * bytes + at, true) !== low >> 31) return undefined;
  }
  return Math.abs(low);
}

function unscaledAt(vector: ChunkVector, row: number, bytes: number): bigint {
  if (bytes === 4) return BigInt(vector.view.getInt32(row * 4, true));
  if (bytes === 8) return vector.view.getBigInt64(row * 8, true);
  const low = vector.view.getBigUint64(row * 16, true);
  return (vector.view.getBigInt64(row * 16 + 8, true) << 64n) | low;
}

/** Significant digits of a floating DECIMAL and of a SMALLDECIMAL. */
type FloatingDigits = 34 | 16;

/** DECIMAL without a precision, SMALLDECIMAL, kept as DuckDB's DECIMAL(38,scale). */
export function floatingDecimalEncoder(
  column: number,
  scale: number,
  digits: FloatingDigits,
): ColumnEncoder {
  return floating(column, 16, (vector, row) =>
    shortened({ unscaled: unscaledAt(vector, row, 16), exponent: -scale }, digits),
  );
}

/** A quotient or mean of exact numbers: DuckDB computes a DOUBLE, HANA describes a DECIMAL. */
export function doubleAsDecimalEncoder(column: number): ColumnEncoder {
  return floating(column, 8, (vector, row) =>
    parseDecimal(String(vector.view.getFloat64(row * 8, true))),
  );
}

function floating(
  column: number,
  sourceBytes: number,
  read: (vector: ChunkVector, row: number) => Decimal,
): ColumnEncoder {
  const value: FixedValue = {
    sourceBytes,
    wireBytes: DECIMAL_BYTES,
    put(vector, row, target, at) {
      writeDecimal(target.bytes, at, read(vector, row));
    },
  };
  return withNullValue(column, value, putNullDecimal);
}

/** Drops trailing zeros, then rounds half away from zero to so many digits. */
function shortened({ unscaled, exponent }: Decimal, digits: FloatingDigits): Decimal {
  if (unscaled === 0n) return { unscaled, exponent: 0 };
  let value = unscaled;
  let power = exponent;
  const limit = 10n ** BigInt(digits);
  let dropped = 0n;
  while (value >= limit || value <= -limit) {
    dropped = value % 10n;
    value /= 10n;
    power++;
  }
  if (dropped >= 5n) value += 1n;
  if (dropped <= -5n) value -= 1n;
  while (value % 10n === 0n) {
    value /= 10n;
    power++;
  }
  return { unscaled: value, exponent: power };
}

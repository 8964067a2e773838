import type { FixedConversion } from './incoming-field.ts';

const MILLISECONDS_PER_DAY = 86_400_000n;
const MIN_INT32 = -(2n ** 31n);
const MAX_INT32 = 2n ** 31n - 1n;

/** float16 (IEEE 754: sign, 5 bits of exponent, 10 of fraction) to float32. Every value fits. */
export const float16ToFloat32: FixedConversion = (source, from, target, to) => {
  const bits = source.getUint16(from, true);
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  let value: number;
  if (exponent === 0) value = sign * fraction * 2 ** -24;
  else if (exponent < 0x1f) value = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  else value = fraction === 0 ? sign * Infinity : Number.NaN;
  target.setFloat32(to, value, true);
  return true;
};

/** date64 (milliseconds) to date32 (days); the format demands whole days. */
export const date64ToDate32: FixedConversion = (source, from, target, to) => {
  const milliseconds = source.getBigInt64(from, true);
  const days = milliseconds / MILLISECONDS_PER_DAY;
  if (days * MILLISECONDS_PER_DAY !== milliseconds || days < MIN_INT32 || days > MAX_INT32) {
    return false;
  }
  target.setInt32(to, Number(days), true);
  return true;
};

/** decimal32 to decimal128. */
export const decimal32ToDecimal128: FixedConversion = (source, from, target, to) => {
  const value = BigInt(source.getInt32(from, true));
  target.setBigInt64(to, value, true);
  target.setBigInt64(to + 8, value >> 63n, true);
  return true;
};

/** decimal64 to decimal128. */
export const decimal64ToDecimal128: FixedConversion = (source, from, target, to) => {
  const value = source.getBigInt64(from, true);
  target.setBigInt64(to, value, true);
  target.setBigInt64(to + 8, value >> 63n, true);
  return true;
};

/** decimal256 to decimal128: its upper half must be nothing but sign. */
export const decimal256ToDecimal128: FixedConversion = (source, from, target, to) => {
  const high = source.getBigInt64(from + 8, true);
  const sign = high >> 63n;
  target.setBigInt64(to, source.getBigInt64(from, true), true);
  target.setBigInt64(to + 8, high, true);
  return (
    source.getBigInt64(from + 16, true) === sign && source.getBigInt64(from + 24, true) === sign
  );
};

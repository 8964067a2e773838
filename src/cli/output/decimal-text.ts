/** Up to here a value of two 32-bit words is exact as a number. */
const EXACT_HIGH_WORD = 2 ** 21;

/**
 * The decimal digits of a fixed-point number.
 * @param words the unscaled value, two's complement, least significant 32 bits first.
 * @param scale digits after the point.
 */
export function decimalText(words: Uint32Array, scale: number): string {
  const unscaled = unscaledText(words);
  if (scale <= 0) return unscaled === '0' ? '0' : unscaled + '0'.repeat(-scale);
  const negative = unscaled.startsWith('-');
  const digits = (negative ? unscaled.slice(1) : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function unscaledText(words: Uint32Array): string {
  const [low = 0, high = 0, ...upper] = words;
  const sign = high >= 0x8000_0000 ? 0xffff_ffff : 0;
  const signedHigh = high | 0;
  // Nearly every decimal in practice fits; the way over BigInt is several times slower.
  if (upper.every((word) => word === sign) && Math.abs(signedHigh) < EXACT_HIGH_WORD) {
    return String(signedHigh * 0x1_0000_0000 + low);
  }
  let value = 0n;
  for (const word of words.toReversed()) value = (value << 32n) | BigInt(word);
  return String(BigInt.asIntN(words.length * 32, value));
}

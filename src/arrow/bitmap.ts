/*
 * Bitmaps as Arrow counts them: bit `row % 8` of byte `row / 8`. In a validity bitmap a set bit is a
 * value and a cleared one a NULL; an empty bitmap has no NULL.
 */

/** Bytes of a bitmap for so many rows. */
export function bitmapBytes(rows: number): number {
  return Math.ceil(rows / 8);
}

/** True for a value, false for a NULL. */
export function isValid(validity: Uint8Array, row: number): boolean {
  return validity.length === 0 || isSet(validity, row);
}

export function isSet(bitmap: Uint8Array, row: number): boolean {
  return ((bitmap[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** Sets the bit of a row. */
export function setBit(bitmap: Uint8Array, row: number): void {
  bitmap[row >>> 3] = (bitmap[row >>> 3] ?? 0) | (1 << (row & 7));
}

/** How many of the first `rows` bits are set. */
export function countSetBits(bitmap: Uint8Array, rows: number): number {
  const whole = rows >>> 3;
  let count = 0;
  for (let at = 0; at < whole; at++) count += onesIn(bitmap[at] ?? 0);
  const rest = rows & 7;
  return rest === 0 ? count : count + onesIn((bitmap[whole] ?? 0) & ((1 << rest) - 1));
}

/** Ones of a byte: counted in pairs, then fours, then all eight. */
function onesIn(byte: number): number {
  const pairs = byte - ((byte >>> 1) & 0x55);
  const fours = (pairs & 0x33) + ((pairs >>> 2) & 0x33);
  return (fours + (fours >>> 4)) & 0x0f;
}

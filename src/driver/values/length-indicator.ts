import { HanaFlightError } from '../../core/errors.ts';

/**
 * The prefix of every variable-length value: a length up to 245 in one byte, 246 and a u16, 247 and a
 * u32 (little endian), or 255 for NULL. 248 … 254 mean nothing.
 */

/** The longest length that is its own one-byte indicator. */
export const MAX_SHORT_LENGTH = 245;
/** A u16 length follows. */
export const LENGTH_U16 = 246;
/** A u32 length follows. */
export const LENGTH_U32 = 247;
/** The value is NULL; nothing follows. */
export const LENGTH_NULL = 255;

/** node-hdb reads the u16 as signed, so longer lengths are written as u32; readers take both. */
const MAX_WRITTEN_U16 = 32_767;
const MAX_LENGTH = 0xffff_ffff;

export interface LengthIndicator {
  /** Undefined for NULL. */
  readonly length: number | undefined;
  /** Offset of the first byte of the value. */
  readonly next: number;
}

/** Bytes that {@link writeLengthIndicator} takes for `length`. */
export function lengthIndicatorSize(length: number): 1 | 3 | 5 {
  if (length <= MAX_SHORT_LENGTH) return 1;
  return length <= MAX_WRITTEN_U16 ? 3 : 5;
}

/** Writes the indicator of `length` bytes (undefined: NULL) at `at`; returns the offset behind it. */
export function writeLengthIndicator(
  target: Uint8Array,
  at: number,
  length: number | undefined,
): number {
  if (length === undefined) {
    target[at] = LENGTH_NULL;
    return at + 1;
  }
  if (!Number.isInteger(length) || length < 0 || length > MAX_LENGTH) {
    throw new HanaFlightError(
      'invalid-argument',
      `length of a value: expected 0 to ${MAX_LENGTH} bytes, got ${length}`,
    );
  }
  const size = lengthIndicatorSize(length);
  if (size === 1) {
    target[at] = length;
    return at + 1;
  }
  target[at] = size === 3 ? LENGTH_U16 : LENGTH_U32;
  for (let index = 1; index < size; index++) target[at + index] = length >>> (8 * (index - 1));
  return at + size;
}

/**
 * Reads the indicator at `at`. The length is what the peer claims: the caller checks it against what is
 * there. Throws `malformed-packet` when the indicator itself is cut off or has a reserved value.
 */
export function readLengthIndicator(source: Uint8Array, at: number): LengthIndicator {
  const first = source[at];
  if (first !== undefined && first <= MAX_SHORT_LENGTH) return { length: first, next: at + 1 };
  if (first === LENGTH_NULL) return { length: undefined, next: at + 1 };
  if (first === LENGTH_U16 && at + 3 <= source.length) {
    return { length: littleEndian(source, at + 1, 2), next: at + 3 };
  }
  if (first === LENGTH_U32 && at + 5 <= source.length) {
    return { length: littleEndian(source, at + 1, 4), next: at + 5 };
  }
  const came = first === undefined ? 'the end of the data' : `0x${first.toString(16)}`;
  throw new HanaFlightError(
    'malformed-packet',
    `length indicator: expected 0 to 247 or 255 and its length bytes, got ${came}, at offset ${at}`,
  );
}

function littleEndian(source: Uint8Array, at: number, size: number): number {
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + (source[at + index] ?? 0);
  return value;
}

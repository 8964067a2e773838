import type { Bytes, ColumnMemory, Words } from './column-memory.ts';

/**
 * Arrow buffers that grow by use. Each lives in an ArrayBuffer of its own, is written once and handed
 * over without a copy; memory is zero, so it stands for NULL values as it is.
 */

/** Buffers grow by at least this factor, so that the copying stays linear. */
const GROWTH = 2;

/** What a column has before the first value of a batch: it takes memory with that. */
export const NO_WORDS: Words = new Int32Array(0);
export const NO_BYTES: Bytes = new Uint8Array(0);

/** The validity bitmap of one column: all ones until somebody is NULL. */
export class Validity {
  readonly #memory: ColumnMemory;
  #bits = NO_BYTES;
  #expectedRows = 0;
  #nullCount = 0;

  constructor(memory: ColumnMemory) {
    this.#memory = memory;
  }

  reserve(rows: number): void {
    const needed = bytesOfBits(rows);
    const old = this.#bits;
    if (needed <= old.length) return;
    const expected = bytesOfBits(this.#expectedRows);
    const grown = this.#memory.bytes(Math.max(needed, expected, old.length * GROWTH)).fill(0xff);
    grown.set(old);
    this.#bits = grown;
  }

  markNull(row: number): void {
    const at = row >> 3;
    this.#bits[at] = (this.#bits[at] ?? 0) & ~(1 << (row & 7));
    this.#nullCount++;
  }

  /**
   * The bitmap of the first `rows` rows, empty when none of them is NULL. Starts anew, with room for
   * `nextRows` once there is a row.
   */
  take(rows: number, nextRows: number): { readonly bits: Uint8Array; readonly nullCount: number } {
    const nullCount = this.#nullCount;
    const bits = this.#bits.subarray(0, nullCount === 0 ? 0 : bytesOfBits(rows));
    const last = bits.length - 1;
    if (last >= 0 && (rows & 7) !== 0) bits[last] = (bits[last] ?? 0) & ((1 << (rows & 7)) - 1);
    this.#bits = NO_BYTES;
    this.#expectedRows = nextRows;
    this.#nullCount = 0;
    return { bits, nullCount };
  }
}

/** Bytes that hold `bits` bits. */
export function bytesOfBits(bits: number): number {
  return (bits + 7) >> 3;
}

/** How many elements shall have room, and how many the whole batch is expected to have. */
export interface WordRoom {
  readonly needed: number;
  readonly expected: number;
}

/** `words` with room for `needed` elements: itself, or a larger copy. */
export function grownWords(
  words: Words,
  { needed, expected }: WordRoom,
  memory: ColumnMemory,
): Words {
  if (needed <= words.length) return words;
  const grown = memory.words(Math.max(needed, expected, words.length * GROWTH));
  grown.set(words);
  return grown;
}

/** The same for bytes, and how many of them are in use. */
export interface ByteRoom extends WordRoom {
  readonly used: number;
}

/** `bytes` with room for `needed` bytes: itself, or a larger copy of its first `used`. */
export function grownBytes(
  bytes: Bytes,
  { used, needed, expected }: ByteRoom,
  memory: ColumnMemory,
): Bytes {
  if (needed <= bytes.length) return bytes;
  const grown = memory.bytes(Math.max(needed, expected, bytes.length * GROWTH));
  grown.set(bytes.subarray(0, used));
  return grown;
}

/** The first `length` bytes of what a typed array lies in. */
export function bytesOf(words: Int32Array, length: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, length);
}

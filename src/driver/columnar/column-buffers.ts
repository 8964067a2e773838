/**
 * Arrow buffers that grow by use. Each lives in an ArrayBuffer of its own, is written once and handed
 * over without a copy, so fresh memory (which is zero) stands for NULL values as it is.
 */

export type Words = Int32Array<ArrayBuffer>;
export type Bytes = Uint8Array<ArrayBuffer>;

/** Buffers grow by at least this factor, so that the copying stays linear. */
const GROWTH = 2;

/** The validity bitmap of one column: all ones until somebody is NULL. */
export class Validity {
  #bits: Uint8Array;
  #nullCount = 0;

  constructor(rows: number) {
    this.#bits = new Uint8Array(bytesOfBits(rows)).fill(0xff);
  }

  reserve(rows: number): void {
    const needed = bytesOfBits(rows);
    if (needed <= this.#bits.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bits.length * GROWTH)).fill(0xff);
    grown.set(this.#bits);
    this.#bits = grown;
  }

  markNull(row: number): void {
    const at = row >> 3;
    this.#bits[at] = (this.#bits[at] ?? 0) & ~(1 << (row & 7));
    this.#nullCount++;
  }

  /** The bitmap of the first `rows` rows, empty when none of them is NULL; starts anew for `nextRows`. */
  take(rows: number, nextRows: number): { readonly bits: Uint8Array; readonly nullCount: number } {
    const nullCount = this.#nullCount;
    const bits = this.#bits.subarray(0, nullCount === 0 ? 0 : bytesOfBits(rows));
    const last = bits.length - 1;
    if (last >= 0 && (rows & 7) !== 0) bits[last] = (bits[last] ?? 0) & ((1 << (rows & 7)) - 1);
    this.#bits = new Uint8Array(bytesOfBits(nextRows)).fill(0xff);
    this.#nullCount = 0;
    return { bits, nullCount };
  }
}

/** Bytes that hold `bits` bits. */
export function bytesOfBits(bits: number): number {
  return (bits + 7) >> 3;
}

/** `words` with room for `needed` elements: itself, or a larger copy. */
export function grownWords(words: Words, needed: number): Words {
  if (needed <= words.length) return words;
  const grown = new Int32Array(Math.max(needed, words.length * GROWTH));
  grown.set(words);
  return grown;
}

/** `bytes` with room for `needed` bytes: itself, or a larger copy of its first `used`. */
export function grownBytes(bytes: Bytes, used: number, needed: number): Bytes {
  if (needed <= bytes.length) return bytes;
  const grown = new Uint8Array(Math.max(needed, bytes.length * GROWTH));
  grown.set(bytes.subarray(0, used));
  return grown;
}

/** The first `length` bytes of what a typed array lies in. */
export function bytesOf(words: Int32Array, length: number): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, length);
}

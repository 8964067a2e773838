import { stringToCesu8 } from '../values/cesu8.ts';
import { lengthIndicatorSize, writeLengthIndicator } from '../values/length-indicator.ts';

const INITIAL_BYTES = 256;

/** A growing byte buffer. Integers are little endian unless the name says BE. */
export class WireWriter {
  #bytes: Buffer;
  #at = 0;

  /** @param room bytes to begin with, or a buffer to write into as long as it suffices. */
  constructor(room: number | Buffer = INITIAL_BYTES) {
    this.#bytes = typeof room === 'number' ? Buffer.alloc(room) : room;
  }

  get length(): number {
    return this.#at;
  }

  writeU8(value: number): this {
    const at = this.#reserve(1);
    this.#bytes[at] = value;
    return this;
  }

  writeI16(value: number): this {
    const at = this.#reserve(2);
    this.#bytes.writeInt16LE(value, at);
    return this;
  }

  writeU16(value: number): this {
    const at = this.#reserve(2);
    this.#bytes.writeUInt16LE(value, at);
    return this;
  }

  writeU16BE(value: number): this {
    const at = this.#reserve(2);
    this.#bytes.writeUInt16BE(value, at);
    return this;
  }

  writeI32(value: number): this {
    const at = this.#reserve(4);
    this.#bytes.writeInt32LE(value, at);
    return this;
  }

  writeU32(value: number): this {
    const at = this.#reserve(4);
    this.#bytes.writeUInt32LE(value, at);
    return this;
  }

  writeI64(value: bigint): this {
    const at = this.#reserve(8);
    this.#bytes.writeBigInt64LE(value, at);
    return this;
  }

  writeF32(value: number): this {
    const at = this.#reserve(4);
    this.#bytes.writeFloatLE(value, at);
    return this;
  }

  writeF64(value: number): this {
    const at = this.#reserve(8);
    this.#bytes.writeDoubleLE(value, at);
    return this;
  }

  writeBytes(bytes: Uint8Array): this {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  writeText(text: string): this {
    return this.writeBytes(stringToCesu8(text));
  }

  /** A length indicator and the bytes; undefined writes NULL. */
  writeLengthPrefixed(bytes: Uint8Array | undefined): this {
    const size = bytes === undefined ? 1 : lengthIndicatorSize(bytes.length);
    const at = this.#reserve(size);
    writeLengthIndicator(this.#bytes, at, bytes?.length);
    return bytes === undefined ? this : this.writeBytes(bytes);
  }

  writeZeros(count: number): this {
    const at = this.#reserve(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  /** What was written, a view; the writer must not be used afterwards. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  /** Call it before touching the buffer: it may be replaced by a larger one. */
  #reserve(count: number): number {
    const start = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) {
      const grown = Buffer.alloc(Math.max(this.#at, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
    }
    return start;
  }
}

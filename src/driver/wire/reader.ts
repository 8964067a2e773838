import { HanaFlightError } from '../../core/errors.ts';
import { cesu8ToString } from '../values/cesu8.ts';
import { readLengthIndicator } from '../values/length-indicator.ts';

/**
 * A cursor over bytes from a peer. Every read is checked against what is left; a read beyond the end
 * throws `malformed-packet` that names the structure, the field and the offset in the structure.
 * Integers are little endian unless the name says BE.
 */
export class WireReader {
  readonly #bytes: Buffer;
  readonly #structure: string;
  #at = 0;

  /** @param structure what the bytes are, for error texts: `RESULTSETID part`. */
  constructor(bytes: Uint8Array, structure: string) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#structure = structure;
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  readU8(field: string): number {
    return this.#bytes.readUInt8(this.#advance(1, field));
  }

  readI8(field: string): number {
    return this.#bytes.readInt8(this.#advance(1, field));
  }

  readU16(field: string): number {
    return this.#bytes.readUInt16LE(this.#advance(2, field));
  }

  readU16BE(field: string): number {
    return this.#bytes.readUInt16BE(this.#advance(2, field));
  }

  readI16(field: string): number {
    return this.#bytes.readInt16LE(this.#advance(2, field));
  }

  readI32(field: string): number {
    return this.#bytes.readInt32LE(this.#advance(4, field));
  }

  readU32(field: string): number {
    return this.#bytes.readUInt32LE(this.#advance(4, field));
  }

  readI64(field: string): bigint {
    return this.#bytes.readBigInt64LE(this.#advance(8, field));
  }

  readF32(field: string): number {
    return this.#bytes.readFloatLE(this.#advance(4, field));
  }

  readF64(field: string): number {
    return this.#bytes.readDoubleLE(this.#advance(8, field));
  }

  /** A view of the next `length` bytes, not a copy. */
  readBytes(length: number, field: string): Uint8Array {
    const start = this.#advance(length, field);
    return this.#bytes.subarray(start, start + length);
  }

  /** CESU-8 text of `length` bytes. */
  readText(length: number, field: string): string {
    return cesu8ToString(this.readBytes(length, field));
  }

  /** Bytes behind a length indicator; undefined for NULL. */
  readLengthPrefixed(field: string): Uint8Array | undefined {
    const indicator = readLengthIndicator(this.#bytes, this.#at);
    this.#at = indicator.next;
    return indicator.length === undefined ? undefined : this.readBytes(indicator.length, field);
  }

  skip(length: number, field: string): void {
    this.#advance(length, field);
  }

  /** Skips up to `length` bytes; for padding that not every peer writes at the end. */
  skipPadding(length: number): void {
    this.#at = Math.min(this.#at + length, this.#bytes.length);
  }

  /** The error for a value at `offset` (default: here) that cannot be. */
  malformed(problem: string, offset = this.#at): HanaFlightError {
    return new HanaFlightError(
      'malformed-packet',
      `${this.#structure}: ${problem}, at offset ${offset}`,
    );
  }

  #advance(length: number, field: string): number {
    if (length < 0 || length > this.remaining) {
      const wanted = length === 1 ? '1 byte' : `${length} bytes`;
      throw this.malformed(`expected ${wanted} for ${field}, ${this.remaining} left`);
    }
    const start = this.#at;
    this.#at += length;
    return start;
  }
}

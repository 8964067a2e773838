/** What an incomplete buffer starts with, and the least by which it grows. */
const INITIAL_BYTES = 1024 * 1024;
/** More than any single value takes but a text, which asks for its own room. */
const VALUE_BYTES = 64;

const TWO_TO_32 = 0x1_0000_0000;
/** First byte of a length that needs two, or four, bytes of its own. */
const LENGTH_2 = 246;
const LENGTH_4 = 247;
const LARGEST_SHORT_LENGTH = 245;

/** Rows of a result set as HANA writes them, one value behind the other, in memory that grows. */
export class RowWriter {
  #buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #at = 0;

  get byteLength(): number {
    return this.#at;
  }

  /** The bytes so far; a view that later writes do not change. */
  finish(): Uint8Array {
    return this.#buffer.subarray(0, this.#at);
  }

  writeU8(value: number): void {
    this.#reserve(VALUE_BYTES);
    this.#buffer[this.#at++] = value;
  }

  /** Two's complement in up to four bytes. */
  writeInt(value: number, bytes: 1 | 2 | 4): void {
    this.#reserve(VALUE_BYTES);
    let rest = value;
    for (let byte = 0; byte < bytes; byte++) {
      this.#buffer[this.#at++] = rest & 0xff;
      rest >>= 8;
    }
  }

  /** An integer that a number holds exactly, in eight bytes. */
  writeInt64(value: number): void {
    this.#reserve(VALUE_BYTES);
    const high = Math.floor(value / TWO_TO_32);
    this.#at = this.#buffer.writeUInt32LE(value - high * TWO_TO_32, this.#at);
    this.#at = this.#buffer.writeInt32LE(high, this.#at);
  }

  /** Two's complement in a multiple of four bytes. */
  writeBigInt(value: bigint, bytes: 8 | 12 | 16): void {
    this.#reserve(VALUE_BYTES);
    let rest = BigInt.asUintN(bytes * 8, value);
    for (let word = 0; word < bytes; word += 4) {
      this.#at = this.#buffer.writeUInt32LE(Number(rest & 0xffff_ffffn), this.#at);
      rest >>= 32n;
    }
  }

  writeFloat(value: number): void {
    this.#reserve(VALUE_BYTES);
    this.#at = this.#buffer.writeFloatLE(value, this.#at);
  }

  writeDouble(value: number): void {
    this.#reserve(VALUE_BYTES);
    this.#at = this.#buffer.writeDoubleLE(value, this.#at);
  }

  writeBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  writeRepeated(byte: number, count: number): void {
    this.#reserve(count);
    this.#buffer.fill(byte, this.#at, this.#at + count);
    this.#at += count;
  }

  /** Bytes of a value of variable length, behind their length. */
  writeVariable(bytes: Uint8Array): void {
    const { length } = bytes;
    if (length <= LARGEST_SHORT_LENGTH) this.writeU8(length);
    else if (length < 0x1_0000) {
      this.writeU8(LENGTH_2);
      this.writeInt(length, 2);
    } else {
      this.writeU8(LENGTH_4);
      this.writeInt(length, 4);
    }
    this.writeBytes(bytes);
  }

  /** As {@link writeVariable}, for short texts of ASCII: without a buffer for each. */
  writeAscii(text: string): void {
    this.writeU8(text.length);
    this.#reserve(text.length);
    this.#at += this.#buffer.write(text, this.#at, 'latin1');
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes));
    larger.set(this.#buffer.subarray(0, this.#at));
    this.#buffer = larger;
  }
}

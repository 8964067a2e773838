/**
 * Reads the bytes of a PARAMETERS part from start to end. Reads are little endian; one beyond the end
 * throws RangeError.
 */
export class PackedReader {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Offset of the next byte to read. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Passes `length` bytes and returns where they began. */
  skip(length: number): number {
    const start = this.at;
    if (length < 0 || start + length > this.bytes.length) {
      throw new RangeError(`expected ${length} bytes at ${start} of ${this.bytes.length}`);
    }
    this.at = start + length;
    return start;
  }
}

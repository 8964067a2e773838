import { ByteBuffer, type Encoding } from 'flatbuffers';
import { HanaFlightError } from '../core/errors.ts';

/** Strings of one header may share bytes, but not so often that a small header becomes a large schema. */
const MAX_STRING_SHARING = 16;
const INT_BYTES = 4;

/**
 * A flatbuffer that came from a peer. The library reads zeros past the end of its bytes and takes
 * any count for true; here that is `invalid-argument`.
 */
export class BoundedBuffer extends ByteBuffer {
  #stringBytes = 0;

  override readUint8(offset: number): number {
    this.#check(offset, 1);
    return super.readUint8(offset);
  }

  override readUint16(offset: number): number {
    this.#check(offset, 2);
    return super.readUint16(offset);
  }

  override readInt32(offset: number): number {
    this.#check(offset, INT_BYTES);
    return super.readInt32(offset);
  }

  // The names below are the library's: its generated code calls them.
  // oxlint-disable-next-line eslint/no-underscore-dangle
  override __string(offset: number, encoding?: Encoding): string | Uint8Array {
    const start = offset + this.readInt32(offset);
    const length = this.readInt32(start);
    this.#check(start + INT_BYTES, length);
    this.#stringBytes += INT_BYTES + length;
    if (this.#stringBytes > MAX_STRING_SHARING * this.capacity()) {
      throw malformed(`${this.capacity()} bytes whose strings add up to more`);
    }
    // oxlint-disable-next-line eslint/no-underscore-dangle
    return super.__string(offset, encoding);
  }

  /** Every element of a vector takes a byte or more: a larger count is not true. */
  // oxlint-disable-next-line eslint/no-underscore-dangle
  override __vector_len(offset: number): number {
    // oxlint-disable-next-line eslint/no-underscore-dangle
    const length = super.__vector_len(offset);
    if (length < 0 || length > this.capacity()) {
      throw malformed(`${this.capacity()} bytes that count ${length} elements`);
    }
    return length;
  }

  #check(offset: number, length: number): void {
    if (offset >= 0 && length >= 0 && offset + length <= this.capacity()) return;
    throw malformed(`${this.capacity()} bytes that point to byte ${offset + Math.max(length, 0)}`);
  }
}

function malformed(got: string): HanaFlightError {
  return new HanaFlightError(
    'invalid-argument',
    `FlightData.data_header: expected an Arrow schema or batch, got ${got}`,
  );
}

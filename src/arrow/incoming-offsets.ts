import { HanaFlightError } from '../core/errors.ts';
import type { OffsetBytes } from './incoming-field.ts';

/** The offsets buffer of an array as it came, beginning at a multiple of 8 bytes. */
export interface OffsetSource {
  readonly bytes: Uint8Array;
  readonly offsetBytes: OffsetBytes;
  readonly rows: number;
  readonly place: string;
}

/**
 * Offsets that never fall and never exceed `limit`, one more than there are rows. An array without rows
 * may have no offsets at all.
 * @param limit At most 2^31 - 1 for offsets of 32 bits to hold them all.
 */
export function readOffsets(source: OffsetSource, limit: number): Int32Array {
  const { bytes, offsetBytes, rows, place } = source;
  if (rows === 0 && bytes.length === 0) return new Int32Array(1);
  const needed = (rows + 1) * offsetBytes;
  if (bytes.length < needed) {
    const message = `${place}: expected ${needed} bytes of offsets or more, got ${bytes.length}`;
    throw new HanaFlightError('invalid-argument', message);
  }
  const { buffer, byteOffset } = bytes;
  const offsets =
    offsetBytes === 4
      ? new Int32Array(buffer, byteOffset, rows + 1)
      : narrowed(new BigInt64Array(buffer, byteOffset, rows + 1), source, limit);
  checkRising(offsets, source, limit);
  return offsets;
}

function narrowed(offsets: BigInt64Array, source: OffsetSource, limit: number): Int32Array {
  const target = new Int32Array(offsets.length);
  for (let row = 0; row < offsets.length; row++) {
    const offset = Number(offsets[row]);
    if (offset < 0 || offset > limit) throw outside(source, row, `0 to ${limit}, got ${offset}`);
    target[row] = offset;
  }
  return target;
}

function checkRising(offsets: Int32Array, source: OffsetSource, limit: number): void {
  let before = 0;
  for (let row = 0; row < offsets.length; row++) {
    const offset = offsets[row] ?? 0;
    if (offset < before || offset > limit) {
      throw outside(source, row, `${before} to ${limit}, got ${offset}`);
    }
    before = offset;
  }
}

function outside({ place }: OffsetSource, row: number, range: string): HanaFlightError {
  return new HanaFlightError(
    'invalid-argument',
    `${place}: expected offset ${row + 1} from ${range}`,
  );
}

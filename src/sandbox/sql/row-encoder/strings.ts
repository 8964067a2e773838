import { utf8ToCesu8 } from '../../../driver/values/cesu8.ts';
import {
  LENGTH_NULL,
  lengthIndicatorSize,
  MAX_SHORT_LENGTH,
  writeLengthIndicator,
} from '../../../driver/values/length-indicator.ts';
import {
  arrayVector,
  type ChunkVector,
  chunkVector,
  isPresent,
  STRING_SLOT_BYTES,
  StringSpans,
} from './chunk-vector.ts';
import type { ColumnEncoder, RowTarget } from './column-encoder.ts';

/** Below this a loop copies faster than the call of Buffer.copy. */
const MAX_LOOP_BYTES = 96;
/** First byte of a character beyond U+FFFF in UTF-8: such text needs conversion to CESU-8. */
const SUPPLEMENTARY_LEAD = 0xf0;

/** Bytes of value `row`; a view of DuckDB's memory. */
export function spanAt(spans: StringSpans, row: number): Buffer {
  const offset = spans.offset[row] ?? 0;
  const piece = spans.pieces[spans.piece[row] ?? 0] ?? Buffer.alloc(0);
  return piece.subarray(offset, offset + (spans.length[row] ?? 0));
}

/** BINARY, VARBINARY, ST_POINT, ST_GEOMETRY: length indicator and bytes. */
export function bytesEncoder(column: number): ColumnEncoder {
  return spansEncoder(column, () => undefined);
}

/** CHAR, VARCHAR, NCHAR, NVARCHAR, SHORTTEXT: length indicator and CESU-8. */
export function textEncoder(column: number): ColumnEncoder {
  return spansEncoder(column, toCesu8);
}

function spansEncoder(
  column: number,
  convert: (spans: StringSpans, rowCount: number) => void,
): ColumnEncoder {
  const spans = new StringSpans();
  let vector: ChunkVector;
  return {
    measure(chunk, sizes) {
      vector = chunkVector(chunk, column, STRING_SLOT_BYTES);
      spans.locate(vector);
      convert(spans, vector.rowCount);
      for (let row = 0; row < vector.rowCount; row++) {
        const length = spans.length[row] ?? 0;
        const indicator = isPresent(vector, row) ? lengthIndicatorSize(length) : 1;
        sizes[row] = (sizes[row] ?? 0) + indicator + length;
      }
    },
    write(target, cursors) {
      for (let row = 0; row < vector.rowCount; row++) {
        const at = cursors[row] ?? 0;
        if (isPresent(vector, row)) cursors[row] = putSpan(spans, row, target, at);
        else {
          target.bytes[at] = LENGTH_NULL;
          cursors[row] = at + 1;
        }
      }
    },
  };
}

function putSpan(spans: StringSpans, row: number, target: RowTarget, at: number): number {
  const { bytes, view } = target;
  const length = spans.length[row] ?? 0;
  const offset = spans.offset[row] ?? 0;
  const piece = spans.piece[row] ?? 0;
  let to = at + 1;
  if (length <= MAX_SHORT_LENGTH) bytes[at] = length;
  else to = writeLengthIndicator(bytes, at, length);
  const source = spans.views[piece];
  if (source === undefined) return to;
  if (length > MAX_LOOP_BYTES) {
    spans.pieces[piece]?.copy(bytes, to, offset, offset + length);
    return to + length;
  }
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    view.setUint32(to + index, source.getUint32(offset + index, true), true);
  }
  for (; index < length; index++) bytes[to + index] = source.getUint8(offset + index);
  return to + length;
}

/** Brings values with supplementary characters into CESU-8; there are seldom any. */
function toCesu8(spans: StringSpans, rowCount: number): void {
  const { pieces, piece } = spans;
  const suspects = pieces.map((bytes, index) => index > 0 && mayHoldSupplementary(bytes));
  for (let row = 0; row < rowCount; row++) {
    const index = piece[row] ?? 0;
    const suspicious = index === 0 || suspects[index] === true;
    if (!suspicious || !holdsSupplementary(spans, row)) continue;
    const cesu8 = utf8ToCesu8(spanAt(spans, row));
    spans.replace(row, Buffer.from(cesu8.buffer, cesu8.byteOffset, cesu8.byteLength));
  }
}

/** Gaps hold anything: true may be a false alarm, false never is. */
function mayHoldSupplementary(piece: Buffer): boolean {
  for (let lead = SUPPLEMENTARY_LEAD; lead <= 0xf4; lead++) {
    if (piece.includes(lead)) return true;
  }
  return false;
}

function holdsSupplementary(spans: StringSpans, row: number): boolean {
  const piece = spans.pieces[spans.piece[row] ?? 0];
  const start = spans.offset[row] ?? 0;
  const end = start + (spans.length[row] ?? 0);
  for (let at = start; at < end; at++) {
    if ((piece?.[at] ?? 0) >= SUPPLEMENTARY_LEAD) return true;
  }
  return false;
}

const NUMERIC_FLAG = 0x80;

const ZERO_DIGIT = 0x30;
const NINE_DIGIT = 0x39;

function isNumeric(value: Buffer): boolean {
  return value.length > 0 && value.every((byte) => byte >= ZERO_DIGIT && byte <= NINE_DIGIT);
}

/** A purely numeric value travels without its leading zeros: the client fills up to the width. */
function alphanumCharacters(value: Buffer): Buffer {
  if (!isNumeric(value)) return value;
  const first = value.findIndex((byte) => byte !== ZERO_DIGIT);
  return value.subarray(first < 0 ? value.length - 1 : first);
}

/**
 * ALPHANUM from data format version 4 on: a byte that holds the field's width, and a flag for a purely
 * numeric value, stands between the length indicator and the characters.
 */
export function alphanumEncoder(column: number, width: number): ColumnEncoder {
  const spans = new StringSpans();
  let vector: ChunkVector;
  return {
    measure(chunk, sizes) {
      vector = chunkVector(chunk, column, STRING_SLOT_BYTES);
      spans.locate(vector);
      for (let row = 0; row < vector.rowCount; row++) {
        const length = alphanumCharacters(spanAt(spans, row)).length + 1;
        const bytes = isPresent(vector, row) ? lengthIndicatorSize(length) + length : 1;
        sizes[row] = (sizes[row] ?? 0) + bytes;
      }
    },
    write(target, cursors) {
      for (let row = 0; row < vector.rowCount; row++) {
        const at = cursors[row] ?? 0;
        if (!isPresent(vector, row)) {
          target.bytes[at] = LENGTH_NULL;
          cursors[row] = at + 1;
          continue;
        }
        const value = alphanumCharacters(spanAt(spans, row));
        const to = writeLengthIndicator(target.bytes, at, value.length + 1);
        target.bytes[to] = width | (isNumeric(value) ? NUMERIC_FLAG : 0);
        value.copy(target.bytes, to + 1);
        cursors[row] = to + 1 + value.length;
      }
    },
  };
}

/** REAL_VECTOR(n): length indicator, i32 dimension, n floats. */
export function vectorEncoder(column: number, dimension: number): ColumnEncoder {
  const bytes = 4 * dimension;
  const length = 4 + bytes;
  let vector: ChunkVector;
  return {
    measure(chunk, sizes) {
      vector = arrayVector(chunk, column, bytes);
      for (let row = 0; row < vector.rowCount; row++) {
        const size = isPresent(vector, row) ? lengthIndicatorSize(length) + length : 1;
        sizes[row] = (sizes[row] ?? 0) + size;
      }
    },
    write(target, cursors) {
      for (let row = 0; row < vector.rowCount; row++) {
        const at = cursors[row] ?? 0;
        if (!isPresent(vector, row)) {
          target.bytes[at] = LENGTH_NULL;
          cursors[row] = at + 1;
          continue;
        }
        const to = writeLengthIndicator(target.bytes, at, length);
        target.view.setInt32(to, dimension, true);
        target.bytes.set(vector.bytes.subarray(row * bytes, (row + 1) * bytes), to + 4);
        cursors[row] = to + length;
      }
    },
  };
}

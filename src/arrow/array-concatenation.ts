import { bitmapBytes, isSet, isValid, setBit } from './bitmap.ts';
import { checkGrowth } from './growth-limit.ts';
import type { PlainArray, PlainValues } from './plain-array.ts';

const NO_BYTES = new Uint8Array(0);

/** One array of all parts' rows; the parts have the same layout. */
export function concatenateArrays(parts: readonly PlainArray[], place: string): PlainArray {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  checkGrowth(place, length);
  const nullCount = parts.reduce((sum, part) => sum + part.nullCount, 0);
  const validity = nullCount === 0 ? NO_BYTES : new Uint8Array(bitmapBytes(length));
  let row = 0;
  for (const part of parts) {
    for (let index = 0; validity.length > 0 && index < part.length; index++) {
      if (isValid(part.validity, index)) setBit(validity, row + index);
    }
    row += part.length;
  }
  return { length, nullCount, validity, values: concatenatedValues(parts, length, place) };
}

function concatenatedValues(
  parts: readonly PlainArray[],
  length: number,
  place: string,
): PlainValues {
  const [first] = parts;
  if (first?.values.kind === 'bits') {
    const bits = new Uint8Array(bitmapBytes(length));
    let row = 0;
    for (const { values, length: rows } of parts) {
      for (let index = 0; values.kind === 'bits' && index < rows; index++) {
        if (isSet(values.bits, index)) setBit(bits, row + index);
      }
      row += rows;
    }
    return { kind: 'bits', bits };
  }
  if (first?.values.kind === 'fixed') {
    const { width } = first.values;
    checkGrowth(place, length * width);
    const pieces = parts.map(({ values }) => (values.kind === 'fixed' ? values.bytes : NO_BYTES));
    return { kind: 'fixed', width, bytes: joinedBytes(pieces) };
  }
  return concatenatedVariable(parts, length, place);
}

function concatenatedVariable(
  parts: readonly PlainArray[],
  length: number,
  place: string,
): PlainValues {
  const offsets = new Int32Array(length + 1);
  const pieces: Uint8Array[] = [];
  let row = 0;
  let end = 0;
  for (const { values, length: rows } of parts) {
    if (values.kind !== 'variable') continue;
    const start = values.offsets[0] ?? 0;
    for (let index = 1; index <= rows; index++) {
      offsets[row + index] = end + (values.offsets[index] ?? 0) - start;
    }
    const piece = values.data.subarray(start, values.offsets[rows]);
    pieces.push(piece);
    row += rows;
    end += piece.length;
    checkGrowth(place, end);
  }
  return { kind: 'variable', offsets, data: joinedBytes(pieces) };
}

/** `Buffer.concat` takes memory from a pool, where typed arrays may not lie. */
function joinedBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

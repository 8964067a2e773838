import { bitmapBytes, isSet, isValid, setBit } from './bitmap.ts';
import { checkGrowth } from './growth-limit.ts';
import type { PlainArray, PlainValues } from './plain-array.ts';

/** Stands for the row of a NULL. */
export const NULL_ROW = -1;
const NO_BYTES = new Uint8Array(0);

/** Rows of an array in another order, some of them many times; {@link NULL_ROW} gives NULL. */
export function takeRows(from: PlainArray, rows: Int32Array, place: string): PlainArray {
  const bitmap = new Uint8Array(bitmapBytes(rows.length));
  let nullCount = 0;
  for (let row = 0; row < rows.length; row++) {
    const source = rows[row] ?? NULL_ROW;
    if (source === NULL_ROW || !isValid(from.validity, source)) nullCount++;
    else setBit(bitmap, row);
  }
  const validity = nullCount === 0 ? NO_BYTES : bitmap;
  return { length: rows.length, nullCount, validity, values: takeValues(from, rows, place) };
}

function takeValues({ values }: PlainArray, rows: Int32Array, place: string): PlainValues {
  if (values.kind === 'fixed') return takeFixed(values, rows, place);
  if (values.kind === 'variable') return takeVariable(values, rows, place);
  const bits = new Uint8Array(bitmapBytes(rows.length));
  for (let row = 0; row < rows.length; row++) {
    const source = rows[row] ?? NULL_ROW;
    if (source !== NULL_ROW && isSet(values.bits, source)) setBit(bits, row);
  }
  return { kind: 'bits', bits };
}

function takeFixed(
  { width, bytes }: PlainValues & { kind: 'fixed' },
  rows: Int32Array,
  place: string,
): PlainValues {
  checkGrowth(place, rows.length * width);
  const target = new Uint8Array(rows.length * width);
  for (let row = 0; row < rows.length; row++) {
    const source = (rows[row] ?? NULL_ROW) * width;
    if (source < 0) continue;
    for (let at = 0; at < width; at++) target[row * width + at] = bytes[source + at] ?? 0;
  }
  return { kind: 'fixed', width, bytes: target };
}

function takeVariable(
  { offsets, data }: PlainValues & { kind: 'variable' },
  rows: Int32Array,
  place: string,
): PlainValues {
  const target = new Int32Array(rows.length + 1);
  let end = 0;
  for (let row = 0; row < rows.length; row++) {
    const source = rows[row] ?? NULL_ROW;
    if (source !== NULL_ROW) end += (offsets[source + 1] ?? 0) - (offsets[source] ?? 0);
    checkGrowth(place, end);
    target[row + 1] = end;
  }
  const bytes = new Uint8Array(end);
  for (let row = 0; row < rows.length; row++) {
    const source = rows[row] ?? NULL_ROW;
    if (source === NULL_ROW) continue;
    bytes.set(data.subarray(offsets[source], offsets[source + 1]), target[row] ?? 0);
  }
  return { kind: 'variable', offsets: target, data: bytes };
}

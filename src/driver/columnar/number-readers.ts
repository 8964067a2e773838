import { type ColumnPlace, malformedValue } from './column-place.ts';
import type { FixedReader } from './fixed-column.ts';
import { NULL_POSITION } from './value-places.ts';

/*
 * 64-bit values are copied as two 32-bit halves: no BigInt is made, and a double keeps its bits even
 * when they are a NaN.
 */

/** TINYINT: unsigned on the wire. */
export const readTinyint: FixedReader = (chunk, slot, { words, row, validity }) => {
  const { positions, packet, rowCount } = chunk;
  const values = new Int16Array(words.buffer, words.byteOffset, words.length * 2);
  for (let index = 0; index < rowCount; index++) {
    const at = positions[slot + index] ?? NULL_POSITION;
    if (at === NULL_POSITION) validity.markNull(row + index);
    else values[row + index] = packet.bytes[at] ?? 0;
  }
};

export const readSmallint: FixedReader = (chunk, slot, { words, row, validity }) => {
  const { positions, rowCount } = chunk;
  const { view } = chunk.packet;
  const values = new Int16Array(words.buffer, words.byteOffset, words.length * 2);
  for (let index = 0; index < rowCount; index++) {
    const at = positions[slot + index] ?? NULL_POSITION;
    if (at === NULL_POSITION) validity.markNull(row + index);
    else values[row + index] = view.getInt16(at, true);
  }
};

export const readInt: FixedReader = (chunk, slot, { words, row, validity }) => {
  const { positions, rowCount } = chunk;
  const { view } = chunk.packet;
  for (let index = 0; index < rowCount; index++) {
    const at = positions[slot + index] ?? NULL_POSITION;
    if (at === NULL_POSITION) validity.markNull(row + index);
    else words[row + index] = view.getInt32(at, true);
  }
};

export const readBigint: FixedReader = (chunk, slot, { words, row, validity }) => {
  const { positions, rowCount } = chunk;
  const { view } = chunk.packet;
  for (let index = 0, to = row * 2; index < rowCount; index++, to += 2) {
    const at = positions[slot + index] ?? NULL_POSITION;
    if (at === NULL_POSITION) {
      validity.markNull(row + index);
      continue;
    }
    words[to] = view.getInt32(at, true);
    words[to + 1] = view.getInt32(at + 4, true);
  }
};

/** REAL: all bits set is NULL. */
export const readReal: FixedReader = (chunk, slot, { words, row, validity }) => {
  const { positions, rowCount } = chunk;
  const { view } = chunk.packet;
  for (let index = 0; index < rowCount; index++) {
    const bits = view.getInt32(positions[slot + index] ?? 0, true);
    if (bits === -1) validity.markNull(row + index);
    else words[row + index] = bits;
  }
};

/** DOUBLE: all bits set is NULL. */
export const readDouble: FixedReader = (chunk, slot, { words, row, validity }) => {
  const { positions, rowCount } = chunk;
  const { view } = chunk.packet;
  for (let index = 0, to = row * 2; index < rowCount; index++, to += 2) {
    const at = positions[slot + index] ?? 0;
    const low = view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    if ((low & high) === -1) {
      validity.markNull(row + index);
      continue;
    }
    words[to] = low;
    words[to + 1] = high;
  }
};

const FALSE_BYTE = 0;
const NULL_BYTE = 1;
const TRUE_BYTE = 2;

/** BOOLEAN: 0 false, 1 NULL, 2 true. */
export function makeBooleanReader(place: ColumnPlace): FixedReader {
  return (chunk, slot, { words, row, validity }) => {
    const { positions, packet, rowCount, firstRow } = chunk;
    for (let index = 0; index < rowCount; index++) {
      const offset = positions[slot + index] ?? 0;
      const byte = packet.bytes[offset];
      const to = row + index;
      if (byte === TRUE_BYTE) words[to >> 5] = (words[to >> 5] ?? 0) | (1 << (to & 31));
      else if (byte === NULL_BYTE) validity.markNull(to);
      else if (byte !== FALSE_BYTE) {
        const problem = `expected 0, 1 or 2, got ${byte}`;
        throw malformedValue(place, { row: firstRow + index, offset }, problem);
      }
    }
  };
}

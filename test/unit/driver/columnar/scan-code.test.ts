import { describe, expect, it } from 'vitest';
import { compileDecoder } from '../../../../src/driver/columnar/result-decoder.ts';
import { compileScan, scanCode } from '../../../../src/driver/columnar/scan-code.ts';
import { WIRE_LAYOUT } from '../../../../src/driver/columnar/wire-layout.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { readColumns } from '../../../support/arrow-values.ts';
import { column, hex } from '../../../support/columns.ts';

it('the code of a scan has each value of a row in turn', () => {
  const { int, real, text } = WIRE_LAYOUT;
  const body = scanCode([int, real, text]).split('rowBytes = fixedRowBytes;\n')[1] ?? '';
  expect(body.split('\nif (used')[0]).toBe(
    `
if (bytes[at] === 1) {
  positions[slot] = at + 1;
  at += 5;
} else at = places.placeFlag(packet, at, slot);
if (at > end) places.failBeyond(slot, at, end);
slot += stride;
positions[slot] = at;
at += 4;
if (at > end) places.failBeyond(slot, at, end);
slot += stride;
length = bytes[at];
if (length <= 245) {
  positions[slot] = at + 1;
  lengths[slot] = length;
  at += 1 + length;
} else {
  at = places.placeLong(packet, at, slot);
  length = lengths[slot];
}
rowBytes += length;
if (at > end) places.failBeyond(slot, at, end);`.slice(1),
  );
});

it('results of the same layouts share one scan, others have their own', () => {
  const { int, bigint } = WIRE_LAYOUT;
  expect(compileScan([int, int])).toBe(compileScan([int, int]));
  expect(compileScan([int, bigint])).not.toBe(compileScan([bigint, int]));
});

it('no more than 256 scans are kept', () => {
  const { int, real } = WIRE_LAYOUT;
  const first = compileScan([int, real, int]);
  for (let columns = 1; columns <= 256; columns++) {
    compileScan(Array.from({ length: columns }, () => real));
  }
  expect(compileScan([int, real, int])).not.toBe(first);
});

describe('a row of more columns than one function places', () => {
  const COLUMNS = 150;
  const INT = column(TypeCode.INT);
  const TEXT = column(TypeCode.NVARCHAR, { length: 10 });
  const columns = Array.from({ length: COLUMNS }, (_, index) => (index % 2 === 0 ? INT : TEXT));

  /** Numbers count the columns, texts have one letter; of every seventh column the value is NULL. */
  const row = hex(
    columns
      .map((_, index) => {
        if (index % 7 === 0) return index % 2 === 0 ? '00' : 'ff';
        return index % 2 === 0 ? `01 ${index.toString(16).padStart(2, '0')}000000` : '01 61';
      })
      .join(''),
  );
  const values = columns.map((_, index) => {
    if (index % 7 === 0) return null;
    return index % 2 === 0 ? index : 'a';
  });

  const sizesFor = (targetBytes: number) => {
    const decoder = compileDecoder(columns, { targetBytes });
    const packet = Buffer.concat([row, row, row]);
    return [...decoder.decode(packet)].map(({ batch }) => batch.rowCount);
  };

  it('is read value by value', () => {
    const decoder = compileDecoder(columns);
    const batches = [...decoder.decode(Buffer.concat([row, row]))].map(({ batch }) => batch);
    const read = readColumns(decoder.schema, batches).columns;
    expect(read).toEqual(values.map((value) => [value, value]));
  });

  it('counts the bytes of all of them', () => {
    const texts = values.filter((value) => value === 'a').length;
    // 32 bits of a number or an offset, and a bit of validity.
    const rowBytes = (COLUMNS * 33) / 8 + texts;
    expect(sizesFor(2 * rowBytes)).toEqual([2]);
    expect(sizesFor(2 * rowBytes - 1)).toEqual([1, 1]);
  });

  it('names the column in which it breaks off', () => {
    const decoder = compileDecoder(columns);
    // The last column but one is a number, the last a letter.
    const cut = row.subarray(0, row.length - 3);
    expect(() => [...decoder.decode(cut)]).toThrow(/row 1, column 149 /);
  });
});

import { describe, expect, it } from 'vitest';
import { BatchReader } from '../../../src/arrow/batch-reader.ts';
import { hex } from '../../support/columns.ts';
import { thrownBy } from '../../support/failure.ts';
import { type RawBatch, rawBatch, rawDictionary, rawSchema } from '../../support/ipc-builder.ts';
import {
  BOOL,
  CODED,
  decimalField,
  INT32,
  indices,
  LARGE,
  none,
  refusalOf,
  textArray,
  VIEW,
  valuesOf,
} from './raw-fields.ts';

describe('decimals of other widths', () => {
  it.each([
    [32, '7b000000 85ffffff'],
    [64, '7b00000000000000 85ffffffffffffff'],
    [128, '7b000000000000000000000000000000 85ffffffffffffffffffffffffffffff'],
    [256, `7b${'00'.repeat(31)} 85${'ff'.repeat(31)}`],
  ])('of %i bits become decimal128', (bits, bytes) => {
    const batch = rawBatch({ length: 2, nodes: [[2, 0]], buffers: [none, hex(bytes)] });
    expect(valuesOf(decimalField(9, 2, bits), [batch])).toEqual(['1.23', '-1.23']);
  });

  it('of 256 bits are refused when a value needs more than 128, unless it is NULL', () => {
    const wide = hex(`${'00'.repeat(16)} 01 ${'00'.repeat(15)}`);
    const field = decimalField(38, 0, 256);
    const valid = rawBatch({ length: 1, nodes: [[1, 0]], buffers: [none, wide] });
    expect(refusalOf(field, valid)).toMatchObject({
      code: 'invalid-argument',
      message:
        'column 1 "c", row 1 of the batch: expected 38 digits or fewer (decimal256), got another value',
    });
    const nothing = rawBatch({ length: 1, nodes: [[1, 1]], buffers: [hex('00'), wide] });
    expect(valuesOf(field, [nothing])).toEqual([null]);
  });
});

describe('views', () => {
  const views = hex(
    `02000000 6869 00000000000000000000
     0d000000 61626364 01000000 02000000`,
    // "hi" inline; 13 bytes, prefix "abcd", buffer 1, offset 2
  );
  const data = Buffer.from('..abcdefghijklm..');
  const view: RawBatch = {
    length: 2,
    nodes: [[2, 0]],
    buffers: [none, views, Buffer.from('?'), data],
    variadicCounts: [2],
  };

  it('hold short values themselves and point to long ones', () => {
    expect(valuesOf(VIEW, [rawBatch(view)])).toEqual(['hi', 'abcdefghijklm']);
  });

  it.each([
    [
      'a buffer that is not there',
      '0d000000 61626364 02000000 00000000',
      /buffer 2, which does not/,
    ],
    ['a negative buffer', '0d000000 61626364 ffffffff 00000000', /buffer -1/],
    ['bytes behind the buffer', '0d000000 61626364 01000000 05000000', /of 17 bytes/],
    ['a negative offset', '0d000000 61626364 01000000 ffffffff', /at offset -1/],
    ['a negative length', 'ffffffff 61626364 01000000 00000000', /got -1 bytes/],
  ])('to %s are refused', (_what, second, message) => {
    const buffers = [none, Buffer.concat([views.subarray(0, 16), hex(second)]), none, data];
    const refusal = refusalOf(VIEW, rawBatch({ ...view, buffers }));
    expect(refusal.code).toBe('invalid-argument');
    expect(refusal.message).toMatch(message);
  });

  it('that point to the same value too often are refused before memory is taken', () => {
    const megabyte = 2 ** 20;
    const one = hex('00001000 61616161 00000000 00000000');
    const rows = 300;
    const buffers = [
      none,
      Buffer.concat(Array.from({ length: rows }, () => one)),
      new Uint8Array(megabyte),
    ];
    const batch = { length: rows, nodes: [[rows, 0] as const], buffers, variadicCounts: [1] };
    expect(refusalOf(VIEW, rawBatch(batch))).toMatchObject({ code: 'resource-exhausted' });
  });

  it('without the count of their buffers are refused', () => {
    const { variadicCounts: _gone, ...rest } = view;
    expect(refusalOf(VIEW, rawBatch(rest)).message).toMatch(
      /expected a count of data buffers, got none/,
    );
  });
});

describe('NULLs', () => {
  const words = new Uint8Array(Int32Array.of(1, 2).buffer);

  it('are counted by their bitmap, which is left out where there are none', () => {
    const reader = new BatchReader(rawSchema([INT32]));
    const claimed = rawBatch({ length: 2, nodes: [[2, 2]], buffers: [hex('ff'), words] });
    const batch = reader.read(claimed.header, claimed.body);
    expect(batch?.nodes).toEqual([{ length: 2, nullCount: 0 }]);
    expect(batch?.buffers.map(({ length }) => length)).toEqual([0, 8]);
  });

  it('are not looked for where their count is 0', () => {
    const batch = rawBatch({ length: 2, nodes: [[2, 0]], buffers: [hex('00'), words] });
    expect(valuesOf(INT32, [batch])).toEqual([1, 2]);
  });
});

describe('a dictionary', () => {
  it('is replaced by a later one, and grown by a delta', () => {
    const values = valuesOf(CODED, [
      rawDictionary(7n, textArray('a', 'b')),
      rawBatch(indices(1, 0)),
      rawDictionary(7n, textArray('c'), true),
      rawDictionary(7n, textArray('d', 'e'), true),
      rawBatch(indices(4, 2, 0)),
      rawDictionary(7n, textArray('x')),
      rawBatch(indices(0)),
    ]);
    expect(values).toEqual(['b', 'a', 'e', 'c', 'a', 'x']);
  });

  it('of bools and of numbers grows by deltas, NULLs included', () => {
    const bits: RawBatch = { length: 3, nodes: [[3, 1]], buffers: [hex('05'), hex('04')] };
    const bools = { ...BOOL, dictionary: { id: 7n } };
    const rows = new Uint8Array(Int32Array.of(5, 4, 3, 2, 1, 0).buffer);
    const all = rawBatch({ length: 6, nodes: [[6, 0]], buffers: [none, rows] });
    const twice = [rawDictionary(7n, bits), rawDictionary(7n, bits, true), all];
    expect(valuesOf(bools, twice)).toEqual([true, null, false, true, null, false]);
    const ints = { ...INT32, dictionary: { id: 7n } };
    const words = new Uint8Array(Int32Array.of(1, 2, 3).buffer);
    const numbers: RawBatch = { length: 3, nodes: [[3, 0]], buffers: [none, words] };
    const grown = [rawDictionary(7n, numbers), rawDictionary(7n, numbers, true), all];
    expect(valuesOf(ints, grown)).toEqual([3, 2, 1, 3, 2, 1]);
  });

  it('may be missing where every index is NULL', () => {
    const batch = { ...indices(9, 9), nodes: [[2, 2] as const], buffers: [hex('00'), hex('0909')] };
    expect(valuesOf(CODED, [rawBatch(batch)])).toEqual([null, null]);
  });

  it.each([
    [[2], /got 2$/],
    [[-1], /got -1$/],
    [[0, 127], /row 2 of the batch: expected an index into 2 values of dictionary 7, got 127/],
  ])('refuses the indices %o', (rows, message) => {
    const refusal = refusalOf(
      CODED,
      rawDictionary(7n, textArray('a', 'b')),
      rawBatch(indices(...rows)),
    );
    expect(refusal.code).toBe('invalid-argument');
    expect(refusal.message).toMatch(message);
  });

  it('that the schema does not name is refused', () => {
    expect(refusalOf(CODED, rawDictionary(8n, textArray('a'))).message).toMatch(
      /got dictionary 8$/,
    );
  });

  it('may be shared by fields of one type only', () => {
    const [first, other] = [
      { ...CODED, name: 'a' },
      { ...LARGE, dictionary: { id: 7n } },
    ];
    expect(new BatchReader(rawSchema([first, CODED])).schema.fields).toHaveLength(2);
    expect(thrownBy(() => new BatchReader(rawSchema([first, other])))).toMatchObject({
      code: 'invalid-argument',
    });
  });
});

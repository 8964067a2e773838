import { describe, expect, it } from 'vitest';
import {
  compileDecoder,
  type ResultDecoder,
} from '../../../../src/driver/columnar/result-decoder.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { readColumns } from '../../../support/arrow-values.ts';
import { column, hex } from '../../../support/columns.ts';
import { thrownBy } from '../../../support/failure.ts';

const INT = column(TypeCode.INT, { displayName: 'N' });
const TEXT = column(TypeCode.NVARCHAR, { displayName: 'T', length: 5000 });

const intRow = (value: number) => `01 ${value.toString(16).padStart(2, '0')}000000`;

function intRows(count: number): Uint8Array {
  return hex(Array.from({ length: count }, (_, row) => intRow(row)).join(''));
}

/** Rows of the batches that each packet completes. */
function sizesOf(decoder: ResultDecoder, packets: readonly number[]): number[][] {
  return packets.map((rows) =>
    [...decoder.decode(intRows(rows))].map(({ batch }) => batch.rowCount),
  );
}

describe('batches', () => {
  it('are cut by rows, across packets', () => {
    const decoder = compileDecoder([INT], { maxRows: 4 });
    expect(sizesOf(decoder, [1, 3, 3, 3])).toEqual([[1], [], [4], [4]]);
    expect(decoder.finish()?.batch.rowCount).toBe(1);
    expect(decoder.finish()).toBeUndefined();
  });

  it.each([
    ['ends with its packet', [3, 3, 3], [[3], [], []]],
    ['waits for a packet with rows', [0, 3, 3], [[], [3], []]],
    ['has few rows, and the ones after it are full', [30, 30], [[5, 20], [20]]],
  ])('begin with one that %s', (_what, packets, expected) => {
    const decoder = compileDecoder([INT], { firstRows: 5, maxRows: 20 });
    const sizes = sizesOf(decoder, packets);
    expect(sizes).toEqual(expected);
    const rows = packets.reduce((sum, count) => sum + count, 0);
    const sent = sizes.flat().reduce((sum, count) => sum + count, 0);
    expect(sent + (decoder.finish()?.batch.rowCount ?? 0)).toBe(rows);
  });

  it('stay below the target of bytes', () => {
    const decoder = compileDecoder([INT], { targetBytes: 100 });
    const batches = [...decoder.decode(intRows(200))].map(({ batch }) => batch);
    const bytes = batches.map(({ buffers }) =>
      buffers.reduce((sum, { length }) => sum + length, 0),
    );
    expect(batches.length).toBeGreaterThan(5);
    expect(Math.max(...bytes)).toBeLessThanOrEqual(100);
    expect(Math.min(...bytes)).toBeGreaterThan(80);
  });

  it('take a row that is larger than the target, alone', () => {
    const decoder = compileDecoder([TEXT], { targetBytes: 100 });
    const long = `f6 2c01 ${'61'.repeat(300)}`;
    const packet = hex(`03 616263 ${long} 01 62`);
    const rows = [...decoder.decode(packet)].map(({ batch }) => batch.rowCount);
    expect([...rows, decoder.finish()?.batch.rowCount]).toEqual([1, 1, 1]);
  });

  it('count NULL vectors by the room they take', () => {
    const vector = column(TypeCode.REAL_VECTOR, { length: 1000 });
    const decoder = compileDecoder([vector], { targetBytes: 10_000 });
    const sizes = [...decoder.decode(new Uint8Array(10).fill(0xff))].map(
      ({ batch }) => batch.rowCount,
    );
    expect(sizes).toEqual([2, 2, 2, 2]);
  });

  it('own every buffer, so that they can be transferred', () => {
    const decoder = compileDecoder([INT, TEXT], { maxRows: 2 });
    const packet = hex(`${intRow(1)} 01 61 ${intRow(2)} ff ${intRow(3)} 01 63`);
    const [first] = [...decoder.decode(packet)];
    const owners = new Set(first?.batch.buffers.map(({ buffer }) => buffer));
    expect(owners.size).toBe(first?.batch.buffers.length);
    const moved = structuredClone(first?.batch, {
      transfer: [...owners].filter((owner) => owner instanceof ArrayBuffer),
    });
    const rest = decoder.finish();
    const batches = [moved, rest?.batch].filter((batch) => batch !== undefined);
    expect(readColumns(decoder.schema, batches).columns).toEqual([
      [1, 2, 3],
      ['a', null, 'c'],
    ]);
  });

  it('send no validity bitmap when nothing is NULL', () => {
    const decoder = compileDecoder([INT]);
    const [batch] = [...decoder.decode(intRows(9))].map((decoded) => decoded.batch);
    expect(batch?.nodes).toEqual([{ length: 9, nullCount: 0 }]);
    expect(batch?.buffers.map(({ length }) => length)).toEqual([0, 36]);
  });

  it('leave the bits behind the last row clear', () => {
    const decoder = compileDecoder([INT]);
    const [first] = [...decoder.decode(hex(`00 ${intRow(1)} ${intRow(2)}`))];
    expect(first?.batch.buffers[0]).toEqual(Uint8Array.of(0b110));
  });

  it('do not keep the packet: its bytes may change afterwards', () => {
    const decoder = compileDecoder([TEXT]);
    const packet = hex('03 616263');
    const first = [...decoder.decode(packet)];
    expect([...decoder.decode(packet)]).toEqual([]);
    packet.fill(0);
    const decoded = [...first, decoder.finish()].flatMap((batch) => batch?.batch ?? []);
    expect(readColumns(decoder.schema, decoded).columns).toEqual([['abc', 'abc']]);
  });
});

describe('a malformed packet', () => {
  it('is told with part, row in the result, column, type and offset', () => {
    const decoder = compileDecoder([INT, TEXT], { maxRows: 2 });
    const row = `${intRow(1)} 01 61`;
    expect([...decoder.decode(hex(`${row}${row}${row}`))]).toHaveLength(1);
    const failure = thrownBy(() => [...decoder.decode(hex(`${row} ${intRow(2)} 05 61`))]);
    expect(failure.code).toBe('malformed-packet');
    expect(failure.message).toMatch(
      /^part RESULTSET, row 5, column 2 "T" \(NVARCHAR\), offset \d+: expected/,
    );
  });

  it('claims a length of 4 GiB in vain', () => {
    const decoder = compileDecoder([TEXT]);
    expect(() => [...decoder.decode(hex('f7 ffffffff 6161'))]).toThrow(
      /expected 4294967295 bytes, got 2 to the end of the part/,
    );
  });
});

it('refuses a result without columns', () => {
  expect(() => compileDecoder([])).toThrow(/expected columns, got none/);
});

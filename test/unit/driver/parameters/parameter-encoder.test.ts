import { describe, expect, it } from 'vitest';
import { makeBatch } from '../../../../src/arrow/columns.ts';
import { parameterEncoder } from '../../../../src/driver/parameters/parameter-encoder.ts';
import { makePart } from '../../../../src/driver/wire/message.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import { decodeParameters } from '../../../../src/driver/wire/parts/parameters.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { hex } from '../../../support/columns.ts';
import { thrownBy } from '../../../support/failure.ts';
import { rawBatchOf } from '../../../support/raw-columns.ts';
import { parameter } from '../../../support/scripted-engine.ts';
import { NO_LIMITS } from './sent-values.ts';
import { decimal, float, int, timestamp, UTF8 } from './vocabulary.ts';

const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('a row', () => {
  const { schema, batch } = rawBatchOf(
    ['ID', int(64), [-2n, null]],
    ['AT', timestamp('us'), [1n, null]],
    ['QTY', int(32), [7, null]],
    ['NAME', UTF8, ['ü😀', null]],
    ['PRICE', decimal(15, 2), [-1479, null]],
    ['RATIO', float(64), [1.5, null]],
  );
  const parameters = [
    parameter(TypeCode.BIGINT),
    parameter(TypeCode.LONGDATE),
    parameter(TypeCode.INT),
    parameter(TypeCode.NVARCHAR),
    parameter(TypeCode.FIXED8, { length: 15, scale: 2 }),
    parameter(TypeCode.DOUBLE),
  ];

  it('is the type byte and the data of each value, as SAP drivers write them', () => {
    const { bytes, rowCount, openLobs } = parameterEncoder(parameters, schema).encode(
      batch,
      0,
      NO_LIMITS,
    );
    const expected = [
      '04 feffffffffffffff', // BIGINT -2
      '3d 0b00894c88819f08', // LONGDATE: 1970-01-01 is 621357696000000001, and 10 ticks of 100 ns
      '03 07000000', // INT 7
      '1e 08 c3bc eda0bdedb880', // NSTRING, 8 bytes: ü, then U+1F600 as two surrogates
      '51 39faffffffffffff', // FIXED8 -1479 at scale 2
      '07 000000000000f83f', // DOUBLE 1.5
      '84 90 83 9e d1 87', // NULL: BIGINT, LONGDATE as the legacy TIMESTAMP, INT, NSTRING, FIXED8, DOUBLE
    ];
    expect(toHex(bytes)).toBe(toHex(hex(expected.join(''))));
    expect([rowCount, openLobs]).toEqual([2, []]);
  });

  it('of a DECIMAL is a mantissa and an exponent', () => {
    const floating = parameter(TypeCode.DECIMAL, { length: 34, scale: 32_767 });
    const price = rawBatchOf(['PRICE', decimal(15, 2), [-1479]]);
    const { bytes } = parameterEncoder([floating], price.schema).encode(price.batch, 0, NO_LIMITS);
    const expected = [
      '05', // DECIMAL
      'c7050000 00000000 00000000 0000', // mantissa 1479
      '3cb0', // exponent 6176 - 2 = 6174, shifted by one; bit 15: negative
    ];
    expect(toHex(bytes)).toBe(toHex(hex(expected.join(''))));
  });

  it('goes to IN and INOUT parameters only', () => {
    const one = rawBatchOf(['A', int(32), [1]], ['B', int(32), [2]]);
    const procedure = [
      parameter(TypeCode.INT),
      parameter(TypeCode.INT, { mode: 'out' }),
      parameter(TypeCode.INT, { mode: 'inout' }),
    ];
    const { bytes } = parameterEncoder(procedure, one.schema).encode(one.batch, 0, NO_LIMITS);
    expect(toHex(bytes)).toBe('03010000000302000000');
  });

  it('must have as many columns as there are parameters', () => {
    expect(thrownBy(() => parameterEncoder(parameters.slice(1), schema))).toMatchObject({
      code: 'invalid-argument',
      message: 'expected a column for each of 5 parameters, got 6 columns',
    });
  });

  it('may have no columns at all', () => {
    const encoder = parameterEncoder([], { fields: [] });
    const { rowCount, bytes } = encoder.encode(makeBatch(5, []), 2, NO_LIMITS);
    expect([rowCount, bytes.length]).toEqual([3, 0]);
  });
});

describe('the limits', () => {
  const values = Array.from({ length: 2000 }, (_, row) => row);
  const { schema, batch } = rawBatchOf(
    ['A', int(32), values],
    ['B', UTF8, values.map((row) => 'x'.repeat(row % 300))],
  );
  const parameters = [parameter(TypeCode.INT), parameter(TypeCode.NVARCHAR)];

  it.each([
    [1_000_000, 2000],
    [1_000_000, 7],
    [5000, 2000],
    [316, 2000],
    [1, 2000],
  ])('of %i bytes and %i rows cut a batch into parts without a gap', (maxBytes, maxRows) => {
    const encoder = parameterEncoder(parameters, schema);
    const numbers: unknown[] = [];
    for (let at = 0; at < batch.rowCount; ) {
      const { bytes, rowCount } = encoder.encode(batch, at, { maxBytes, maxRows });
      expect(rowCount <= maxRows && (bytes.length <= maxBytes || rowCount === 1)).toBe(true);
      const rows = decodeParameters(makePart(PartKind.PARAMETERS, rowCount, bytes), parameters);
      for (const [number, text] of rows) numbers.push([number, (text as string).length]);
      at += rowCount;
    }
    expect(numbers).toEqual(values.map((row) => [row, row % 300]));
  });

  it('are used up to the last byte', () => {
    const ints = rawBatchOf(['A', int(32), [1, 2, 3]]);
    const encoder = parameterEncoder([parameter(TypeCode.INT)], ints.schema);
    const rows = (maxBytes: number) =>
      encoder.encode(ints.batch, 0, { maxBytes, maxRows: 9 }).rowCount;
    expect([rows(9), rows(10), rows(14), rows(15)]).toEqual([1, 2, 2, 3]);
  });
});

describe('an error', () => {
  const { schema, batch } = rawBatchOf(['QTY', int(32), [1, 2, 300]]);
  const encoder = parameterEncoder([parameter(TypeCode.TINYINT)], schema);

  it('counts rows from 1 within the batch', () => {
    const refusal = thrownBy(() => encoder.encode(batch, 1, NO_LIMITS));
    expect(refusal.message).toBe('row 3, column 1 "QTY": 300 does not fit TINYINT (0 to 255)');
  });

  it('counts rows over all batches when it is told the first', () => {
    const refusal = thrownBy(() => encoder.encode(batch, 2, { ...NO_LIMITS, firstRow: 1003 }));
    expect(refusal.message).toMatch(/^row 1003, /);
    const other = thrownBy(() => encoder.encode(batch, 1, { ...NO_LIMITS, firstRow: 2002 }));
    expect(other.message).toMatch(/^row 2003, /);
  });
});

describe('LOBs', () => {
  const parameters = [parameter(TypeCode.NCLOB), parameter(TypeCode.INT), parameter(TypeCode.BLOB)];
  const { schema, batch } = rawBatchOf(
    ['TEXT', UTF8, ['ab', null, '']],
    ['ID', int(32), [1, 2, 3]],
    ['DATA', { kind: 'binary' }, [Uint8Array.of(9, 8, 7), Uint8Array.of(6), null]],
  );

  it('stand behind the values of their row', () => {
    const expected = [
      '1a 06 02000000 1a000000', // NCLOB, included and last, 2 bytes, the 26th byte of the row
      '03 01000000', // INT 1
      '1b 06 03000000 1c000000', // BLOB, 3 bytes, the 28th byte of the row
      '6162 090807',
      '9a 03 02000000', // NCLOB NULL, INT 2
      '1b 06 01000000 11000000 06', // BLOB, 1 byte, the 17th byte of the row
      '1a 06 00000000 11000000 03 03000000 9b', // empty NCLOB, INT 3, BLOB NULL
    ];
    const { bytes, openLobs } = parameterEncoder(parameters, schema).encode(batch, 0, NO_LIMITS);
    expect(toHex(bytes)).toBe(toHex(hex(expected.join(''))));
    expect(openLobs).toEqual([]);
  });

  it('that do not fit behind other rows wait for the next part', () => {
    const encoder = parameterEncoder(parameters, schema);
    const first = encoder.encode(batch, 0, { maxBytes: 40, maxRows: 9 });
    expect([first.rowCount, first.bytes.length, first.openLobs.length]).toEqual([1, 30, 0]);
  });

  it('of a row that does not fit by itself are begun, and their rest is left open', () => {
    const long = rawBatchOf(
      ['TEXT', UTF8, ['x'.repeat(100)]],
      ['ID', int(32), [1]],
      ['DATA', { kind: 'binary' }, [Uint8Array.of(9, 8, 7)]],
    );
    const encoder = parameterEncoder(parameters, long.schema);
    const { bytes, rowCount, openLobs } = encoder.encode(long.batch, 0, {
      maxBytes: 30,
      maxRows: 9,
    });
    const expected = [
      '1a 02 05000000 1a000000', // NCLOB, included but not last: 5 bytes are here
      '03 01000000',
      '1b 00 00000000 1f000000', // BLOB, nothing included
      '7878787878',
    ];
    expect(toHex(bytes)).toBe(toHex(hex(expected.join(''))));
    expect(rowCount).toBe(1);
    expect(openLobs.map(({ rest }) => rest.length)).toEqual([95, 3]);
    expect(toHex(openLobs[1]?.rest ?? hex(''))).toBe('090807');
  });

  it('of text are cut between characters only', () => {
    const text = rawBatchOf(['TEXT', UTF8, ['aü€😀z']]);
    const encoder = parameterEncoder([parameter(TypeCode.NCLOB)], text.schema);
    // Bytes of each character, the two surrogates of the last but one together: 1, 2, 3, 6, 1.
    const kept = [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 6, 6, 12];
    const whole = '61c3bce282aceda0bdedb8807a';
    for (const [room, bytesKept] of kept.entries()) {
      const limits = { maxBytes: 10 + room, maxRows: 1 };
      const { bytes, openLobs } = encoder.encode(text.batch, 0, limits);
      const rest = openLobs.map((lob) => toHex(lob.rest)).join('');
      expect([bytes.length - 10, toHex(bytes.subarray(10)) + rest]).toEqual([bytesKept, whole]);
    }
  });

  it('without any room are left open whole', () => {
    const lob = rawBatchOf(['TEXT', UTF8, ['abc']]);
    const encoder = parameterEncoder([parameter(TypeCode.NCLOB)], lob.schema);
    const { bytes, openLobs } = encoder.encode(lob.batch, 0, { maxBytes: 1, maxRows: 1 });
    expect(toHex(bytes)).toBe('1a00000000000b000000');
    expect(openLobs.map(({ rest }) => toHex(rest))).toEqual(['616263']);
  });
});

import { Duration } from 'apache-arrow/fb/duration';
import { Endianness } from 'apache-arrow/fb/endianness';
import { Int } from 'apache-arrow/fb/int';
import { Interval } from 'apache-arrow/fb/interval';
import { IntervalUnit } from 'apache-arrow/fb/interval-unit';
import { List } from 'apache-arrow/fb/list';
import { MetadataVersion } from 'apache-arrow/fb/metadata-version';
import { RunEndEncoded } from 'apache-arrow/fb/run-end-encoded';
import { TimeUnit } from 'apache-arrow/fb/time-unit';
import { Type } from 'apache-arrow/fb/type';
import { Union } from 'apache-arrow/fb/union';
import { UnionMode } from 'apache-arrow/fb/union-mode';
import { describe, expect, it } from 'vitest';
import { BatchReader } from '../../../src/arrow/batch-reader.ts';
import { HanaFlightError } from '../../../src/core/errors.ts';
import { thrownBy } from '../../support/failure.ts';
import { type RawBatch, type RawField, rawBatch, rawSchema } from '../../support/ipc-builder.ts';
import {
  CODED,
  decimalField,
  INT32,
  LARGE,
  none,
  refusalOf,
  textArray,
  UTF8,
  VIEW,
  valuesOf,
} from './raw-fields.ts';

describe('a batch is refused', () => {
  const word = new Uint8Array(4);
  const one = { length: 1, nodes: [[1, 0] as const], buffers: [none, word] };
  const text = textArray('abc', 'de');
  const offsets = (...values: readonly number[]) => ({
    ...text,
    buffers: [none, new Uint8Array(Int32Array.from(values).buffer), Buffer.from('abcde')],
  });
  const large = (...values: readonly bigint[]) => ({
    ...text,
    buffers: [none, new Uint8Array(BigInt64Array.from(values).buffer), Buffer.from('abcde')],
  });

  it.each<readonly [string, RawField, RawBatch, RegExp]>([
    [
      'with a negative row count',
      INT32,
      { ...one, length: -1 },
      /row count from 0 to 2147483647 .*got -1/,
    ],
    ['with a huge row count', INT32, { ...one, length: 2n ** 62n }, /row count/],
    ['when an array has other rows', INT32, { ...one, nodes: [[2, 0]] }, /expected 1 rows, got 2/],
    ['with more NULLs than rows', INT32, { ...one, nodes: [[1, 2]] }, /null count from 0 to 1/],
    ['without a node', INT32, { ...one, nodes: [] }, /expected a field node, got only 0/],
    [
      'without a buffer',
      INT32,
      { ...one, buffers: [none] },
      /expected one more buffer, got only 1/,
    ],
    [
      'with a buffer too many',
      INT32,
      { ...one, buffers: [none, word, word] },
      /2 buffers, as the schema says, got 1 and 3/,
    ],
    [
      'with too few values',
      INT32,
      { length: 2, nodes: [[2, 0]], buffers: [none, word] },
      /buffer of 8 bytes or more, got 4/,
    ],
    [
      'with NULLs and no bitmap',
      INT32,
      { ...one, nodes: [[1, 1]] },
      /validity: expected a buffer of 1 bytes or more, got 0/,
    ],
    [
      'with a buffer behind the body',
      INT32,
      {
        ...one,
        claims: [
          [0, 0],
          [8, 4],
        ],
      },
      /buffer offset from 0 to 4 .*got 8/,
    ],
    [
      'with a negative offset',
      INT32,
      {
        ...one,
        claims: [
          [0, 0],
          [-4, 4],
        ],
      },
      /got -4/,
    ],
    [
      'with a buffer longer than the body',
      INT32,
      {
        ...one,
        claims: [
          [0, 0],
          [0, 99],
        ],
      },
      /buffer length from 0 to 8/,
    ],
    ['with offsets that fall', UTF8, offsets(0, 4, 2), /expected offset 3 from 4 to 5, got 2/],
    [
      'with offsets behind the data',
      UTF8,
      offsets(0, 3, 6),
      /expected offset 3 from 3 to 5, got 6/,
    ],
    ['with negative offsets', UTF8, offsets(-1, 3, 5), /expected offset 1 from 0 to 5, got -1/],
    ['with too few offsets', UTF8, offsets(0, 3), /expected 12 bytes of offsets or more, got 8/],
    ['with long offsets that fall', LARGE, large(0n, 4n, 2n), /offset 3/],
    [
      'with long offsets that wrap',
      LARGE,
      large(0n, 2n ** 32n + 1n, 5n),
      /offset 2 from 0 to 5, got 4294967297/,
    ],
    [
      'when it is compressed',
      INT32,
      { ...one, compressed: true },
      /compressed bodies are not offered/,
    ],
  ])('%s', (_what, field, batch, message) => {
    const refusal = refusalOf(field, rawBatch(batch));
    expect(refusal.message).toMatch(message);
    expect(refusal.code).toBe(batch.compressed === true ? 'unimplemented' : 'invalid-argument');
  });

  it('may begin its offsets later than 0', () => {
    expect(valuesOf(UTF8, [rawBatch(offsets(1, 3, 5))])).toEqual(['bc', 'de']);
    expect(valuesOf(LARGE, [rawBatch(large(1n, 3n, 5n))])).toEqual(['bc', 'de']);
  });

  it('when a schema comes in its place', () => {
    const message = { header: rawSchema([INT32]), body: none };
    expect(refusalOf(INT32, message).message).toMatch(
      /expected a message of type RecordBatch, got a message of type Schema/,
    );
  });
});

describe('a schema is refused', () => {
  it.each<readonly [string, RawField, RegExp]>([
    [
      'a duration',
      { name: 'D', tag: Type.Duration, type: (b) => Duration.createDuration(b, TimeUnit.SECOND) },
      /^field 1 "D": duration is not offered/,
    ],
    [
      'an interval',
      {
        name: 'I',
        tag: Type.Interval,
        type: (b) => Interval.createInterval(b, IntervalUnit.DAY_TIME),
      },
      /"I": interval is not/,
    ],
    [
      'a run-end encoded field',
      { name: 'R', tag: Type.RunEndEncoded, type: (b) => RunEndEncoded.createRunEndEncoded(b) },
      /run-end encoded/,
    ],
    [
      'a union',
      {
        name: 'U',
        tag: Type.Union,
        type: (b) => Union.createUnion(b, UnionMode.Dense, Union.createTypeIdsVector(b, [0])),
      },
      /union/,
    ],
    [
      'a list of text',
      { name: 'L', tag: Type.List, type: (b) => List.createList(b), children: [UTF8] },
      /"L": a list of utf8 is not offered; lists of float32 or float64 are/,
    ],
    [
      'a wide decimal',
      decimalField(39, 0, 256),
      /decimal\(39, 0\) is not offered; decimals of up to 38 digits/,
    ],
  ])('for %s', (_what, field, message) => {
    const refusal = refusalOf(field);
    expect(refusal.code).toBe('unimplemented');
    expect(refusal.message).toMatch(message);
  });

  it.each<readonly [string, RawField, RegExp]>([
    [
      'integers of 24 bits',
      { ...INT32, type: (b) => Int.createInt(b, 24, true) },
      /8, 16, 32 or 64 bits, got 24 bits/,
    ],
    [
      'a list without a child',
      { name: 'L', tag: Type.List, type: (b) => List.createList(b) },
      /expected a list with one child, got 0 children/,
    ],
    ['a type that nobody knows', { ...INT32, tag: 77 }, /expected a type of Arrow, got number 77/],
    ['a decimal of 48 bits', decimalField(5, 0, 48), /got 5 digits in 48 bits/],
  ])('for %s', (_what, field, message) => {
    const refusal = refusalOf(field);
    expect(refusal.code).toBe('invalid-argument');
    expect(refusal.message).toMatch(message);
  });

  it('for big-endian data and for old metadata', () => {
    const big = rawSchema([INT32], Endianness.Big);
    expect(thrownBy(() => new BatchReader(big)).code).toBe('unimplemented');
    const old = rawSchema([INT32], Endianness.Little, MetadataVersion.V3);
    expect(thrownBy(() => new BatchReader(old)).message).toMatch(
      /expected Arrow metadata of version 4 or 5, got version 3/,
    );
  });

  it('or read whole, when it is cut short anywhere', () => {
    const whole = rawSchema([UTF8, CODED, VIEW]);
    const { schema } = new BatchReader(whole);
    for (let length = 0; length < whole.length; length++) {
      const reading = readingOf(whole.subarray(0, length));
      // What was cut may have been no more than the end of the last string.
      if (reading instanceof BatchReader) expect(reading.schema).toEqual(schema);
      else expect(reading.code).toBe('invalid-argument');
    }
  });
});

/** The reader of a schema, or how it was refused. */
function readingOf(header: Uint8Array): BatchReader | HanaFlightError {
  try {
    return new BatchReader(header);
  } catch (thrown) {
    if (thrown instanceof HanaFlightError) return thrown;
    throw thrown;
  }
}

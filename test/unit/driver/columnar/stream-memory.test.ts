import { describe, expect, test } from 'vitest';
import {
  expectedRowBytes,
  expectedStreamBytes,
  StreamMemory,
} from '../../../../src/driver/columnar/stream-memory.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { column } from '../../../support/columns.ts';

const MIB = 1024 * 1024;

describe('the expected bytes of a row', () => {
  test.each([
    // A flag and 8 bytes.
    ['BIGINT', [column(TypeCode.BIGINT)], 9],
    // NULL is one of the values.
    ['DOUBLE', [column(TypeCode.DOUBLE)], 8],
    // An indicator and the text.
    ['a short text', [column(TypeCode.NVARCHAR, { length: 3 })], 4],
    ['a text that may be long', [column(TypeCode.NVARCHAR, { length: 5000 })], 33],
    ['a LOB', [column(TypeCode.NCLOB, { length: -1 })], 32 + 1024],
    ['a vector', [column(TypeCode.REAL_VECTOR, { length: 100 })], 400],
    ['a vector of any length', [column(TypeCode.REAL_VECTOR, { length: -1 })], 0],
    ['two columns', [column(TypeCode.INT), column(TypeCode.DATE)], 5 + 4],
  ])('of %s', (_what, columns, bytes) => {
    expect(expectedRowBytes(columns)).toBe(bytes);
  });
});

test('a stream is expected to hold two packets and four batches', () => {
  const sizes = { rowBytes: 100, fetchRows: 1000, batchBytes: MIB };
  expect(expectedStreamBytes(sizes)).toBe(2 * 100_000 + 4 * MIB);
});

describe('the memory of a stream', () => {
  test('follows its largest packet from the second on, and says so only when it grows', () => {
    const told: number[] = [];
    const memory = new StreamMemory(MIB, (bytes) => told.push(bytes));
    for (const packet of [1000, 4 * MIB, 3 * MIB, 4 * MIB, 5 * MIB]) memory.add(packet);
    expect(told).toEqual([2 * 4 * MIB + 4 * MIB, 2 * 5 * MIB + 4 * MIB]);
  });

  test('counts no larger batches than what has come can fill', () => {
    const told: number[] = [];
    const memory = new StreamMemory(1000, (bytes) => told.push(bytes));
    for (let packet = 0; packet < 8; packet++) memory.add(100);
    // Twice the bytes of the rows, until a batch is full.
    expect(told).toEqual([400, 600, 800, 1000].map((batch) => 200 + 4 * batch));
  });
});

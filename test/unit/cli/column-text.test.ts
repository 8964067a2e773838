import {
  Binary,
  Bool,
  DateDay,
  Decimal,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  TimeSecond,
  TimestampMicrosecond,
  TimestampNanosecond,
  TimestampSecond,
  Utf8,
} from 'apache-arrow';
import { expect, test } from 'vitest';
import { columnTexts } from '../../../src/cli/output/column-text.ts';
import { column, rawColumn, type SampleColumn, sampleBatch } from './sample-rows.ts';

const unscaled = (...values: bigint[]): Uint32Array => {
  const words = new BigUint64Array(
    values.flatMap((value) => [BigInt.asUintN(64, value), BigInt.asUintN(64, value >> 64n)]),
  );
  return new Uint32Array(words.buffer);
};
const MAX_38_DIGITS = 10n ** 38n - 1n;
const vector2 = new FixedSizeList(2, new Field('item', new Float32(), true));

const CASES: [string, SampleColumn, (string | undefined)[]][] = [
  ['BOOLEAN', column('c', new Bool(), [true, false, null]), ['true', 'false', undefined]],
  ['SMALLINT', column('c', new Int16(), [-32_768, null]), ['-32768', undefined]],
  ['INTEGER', column('c', new Int32(), [2_147_483_647]), ['2147483647']],
  ['BIGINT', column('c', new Int64(), [-(2n ** 63n)]), ['-9223372036854775808']],
  [
    'REAL',
    column('c', new Float32(), [0.1, 16_777_216, 3.402_823_5e38]),
    ['0.1', '16777216', '3.4028235e+38'],
  ],
  ['DOUBLE', column('c', new Float64(), [0.1, -0.5, 1e300]), ['0.1', '-0.5', '1e+300']],
  ['NVARCHAR', column('c', new Utf8(), ['a𝄞b', '', null]), ['a𝄞b', '', undefined]],
  ['VARBINARY', column('c', new Binary(), [Uint8Array.of(0, 171, 255)]), ['00abff']],
  [
    'DECIMAL(15,2)',
    rawColumn('c', new Decimal(2, 15, 128), unscaled(-1n, 0n, 5n, 1234n, -123_456_789_012_345n)),
    ['-0.01', '0.00', '0.05', '12.34', '-1234567890123.45'],
  ],
  [
    'DECIMAL(38,10)',
    rawColumn('c', new Decimal(10, 38, 128), unscaled(MAX_38_DIGITS, -MAX_38_DIGITS)),
    ['9999999999999999999999999999.9999999999', '-9999999999999999999999999999.9999999999'],
  ],
  [
    'DECIMAL(38,0) around the limit of exact numbers',
    rawColumn(
      'c',
      new Decimal(0, 38, 128),
      unscaled(
        2n ** 53n - 1n,
        2n ** 53n,
        2n ** 53n + 1n,
        -(2n ** 53n) - 1n,
        2n ** 64n,
        -(2n ** 32n),
      ),
    ),
    [
      '9007199254740991',
      '9007199254740992',
      '9007199254740993',
      '-9007199254740993',
      '18446744073709551616',
      '-4294967296',
    ],
  ],
  [
    'DATE',
    rawColumn('c', new DateDay(), Int32Array.of(-719_162, -1, 0, 2_932_896)),
    ['0001-01-01', '1969-12-31', '1970-01-01', '9999-12-31'],
  ],
  ['TIME', rawColumn('c', new TimeSecond(), Int32Array.of(0, 86_399)), ['00:00:00', '23:59:59']],
  [
    'SECONDDATE',
    rawColumn('c', new TimestampSecond(), BigInt64Array.of(253_402_300_799n, -1n)),
    ['9999-12-31 23:59:59', '1969-12-31 23:59:59'],
  ],
  [
    'TIMESTAMP as microseconds',
    rawColumn('c', new TimestampMicrosecond(), BigInt64Array.of(-62_135_596_800_000_000n, -1n, 1n)),
    ['0001-01-01 00:00:00.000000', '1969-12-31 23:59:59.999999', '1970-01-01 00:00:00.000001'],
  ],
  [
    'TIMESTAMP as nanoseconds',
    rawColumn('c', new TimestampNanosecond(), BigInt64Array.of(1_709_251_199_123_456_700n)),
    ['2024-02-29 23:59:59.123456700'],
  ],
  ['REAL_VECTOR', column('c', vector2, [[1.5, -2], null]), ['[1.5,-2]', undefined]],
];

test.each(CASES)('%s is written exactly', (_type, sample, texts) => {
  const [reader] = columnTexts(sampleBatch([sample]));
  expect(texts.map((_, row) => reader?.textAt(row))).toEqual(texts);
});

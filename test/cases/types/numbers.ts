import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import type { TypeCase } from './case.ts';

const NO_FLAG = {
  note: 'a flag that is neither 0 nor 1',
  wire: '02',
  code: 'malformed-packet',
  message: /expected a flag of 0 or 1, got 0x02/,
} as const;

export const NUMBER_CASES: readonly TypeCase[] = [
  {
    name: 'TINYINT',
    typeCode: TypeCode.TINYINT,
    arrow: 'Int16',
    values: [
      { note: 'present, 0', wire: '01 00', expected: 0 },
      { note: 'present, 255: unsigned', wire: '01 ff', expected: 255 },
      { note: 'NULL: no value byte follows', wire: '00', expected: null },
      { note: 'present, 128', wire: '01 80', expected: 128 },
    ],
    refused: [NO_FLAG],
  },
  {
    name: 'SMALLINT',
    typeCode: TypeCode.SMALLINT,
    arrow: 'Int16',
    values: [
      { note: 'minimum', wire: '01 0080', expected: -32_768 },
      { note: 'maximum', wire: '01 ff7f', expected: 32_767 },
      { note: 'NULL', wire: '00', expected: null },
      { note: '-1', wire: '01 ffff', expected: -1 },
    ],
    refused: [NO_FLAG],
  },
  {
    name: 'INTEGER',
    typeCode: TypeCode.INT,
    arrow: 'Int32',
    values: [
      { note: 'minimum', wire: '01 00000080', expected: -2_147_483_648 },
      { note: 'maximum', wire: '01 ffffff7f', expected: 2_147_483_647 },
      { note: 'NULL', wire: '00', expected: null },
      { note: '258', wire: '01 02010000', expected: 258 },
    ],
    refused: [NO_FLAG],
  },
  {
    name: 'BIGINT',
    typeCode: TypeCode.BIGINT,
    arrow: 'Int64',
    values: [
      { note: 'minimum', wire: '01 0000000000000080', expected: -9_223_372_036_854_775_808n },
      { note: 'maximum', wire: '01 ffffffffffffff7f', expected: 9_223_372_036_854_775_807n },
      { note: 'NULL', wire: '00', expected: null },
      { note: '2^53 + 1', wire: '01 0100000000002000', expected: 9_007_199_254_740_993n },
      { note: '-1', wire: '01 ffffffffffffffff', expected: -1n },
    ],
    refused: [NO_FLAG],
  },
  {
    name: 'REAL',
    typeCode: TypeCode.REAL,
    arrow: 'Float32',
    values: [
      { note: '-1.5', wire: '0000c0bf', expected: -1.5 },
      { note: 'all ones: NULL', wire: 'ffffffff', expected: null },
      { note: 'maximum', wire: 'ffff7f7f', expected: 3.402_823_466_385_288_6e38 },
    ],
  },
  {
    name: 'DOUBLE',
    typeCode: TypeCode.DOUBLE,
    arrow: 'Float64',
    values: [
      { note: '-1.5', wire: '000000000000f8bf', expected: -1.5 },
      { note: 'all ones: NULL', wire: 'ffffffffffffffff', expected: null },
      { note: 'maximum', wire: 'ffffffffffffef7f', expected: Number.MAX_VALUE },
      { note: 'smallest subnormal', wire: '0100000000000000', expected: 5e-324 },
      { note: 'one bit short of NULL: a NaN', wire: 'feffffffffffffff', expected: Number.NaN },
      { note: 'high half all ones only', wire: '00000000ffffffff', expected: Number.NaN },
    ],
  },
  {
    name: 'BOOLEAN',
    typeCode: TypeCode.BOOLEAN,
    arrow: 'Bool',
    values: [
      { note: 'false', wire: '00', expected: false },
      { note: 'NULL', wire: '01', expected: null },
      { note: 'true', wire: '02', expected: true },
      { note: 'true', wire: '02', expected: true },
    ],
    refused: [
      {
        note: 'a byte without meaning',
        wire: '03',
        code: 'malformed-packet',
        message: /expected 0, 1 or 2, got 3/,
      },
    ],
  },
];

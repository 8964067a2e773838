import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import type { GoldenValue, RefusedValue, TypeCase } from './case.ts';

const LONG = '61'.repeat(300);

const TEXT_VALUES: readonly GoldenValue[] = [
  { note: 'length 3, "abc"', wire: '03 616263', expected: 'abc' },
  { note: 'length 0', wire: '00', expected: '' },
  { note: 'NULL', wire: 'ff', expected: null },
  { note: 'U+00E9 U+20AC', wire: '05 c3a9 e282ac', expected: 'é€' },
  { note: 'U+1F600 as surrogates D83D DE00', wire: '06 eda0bd edb880', expected: '\u{1f600}' },
  { note: 'U+10FFFF', wire: '06 edafbf edbfbf', expected: '\u{10ffff}' },
  { note: 'U+1F600 in UTF-8', wire: '04 f09f9880', expected: '\u{1f600}' },
  { note: 'U+D7FF, below the surrogates', wire: '03 ed9fbf', expected: '\ud7ff' },
  { note: 'a lone high surrogate between letters', wire: '05 61 eda0bd 62', expected: 'a\ufffdb' },
  { note: 'a lone low surrogate', wire: '03 edb880', expected: '\ufffd' },
  { note: 'two high surrogates', wire: '06 eda0bd eda0bd', expected: '\ufffd\ufffd' },
  { note: 'a byte of no character', wire: '03 61 ff 62', expected: 'a\ufffdb' },
  { note: 'a character that is cut off', wire: '02 61 c3', expected: 'a\ufffd' },
  { note: 'its second byte, alone', wire: '02 a9 61', expected: '\ufffda' },
  { note: 'length 300 as u16', wire: `f6 2c01 ${LONG}`, expected: 'a'.repeat(300) },
  { note: 'length 300 as u32', wire: `f7 2c010000 ${LONG}`, expected: 'a'.repeat(300) },
  {
    note: 'length 245, the longest in one byte',
    wire: `f5 ${LONG.slice(0, 490)}`,
    expected: 'a'.repeat(245),
  },
];

const RESERVED: RefusedValue = {
  note: 'length indicator 248 has no meaning',
  wire: 'f8 00000000',
  code: 'malformed-packet',
  message: /expected a length indicator, got 0xf8/,
};

const BINARY_VALUES: readonly GoldenValue[] = [
  { note: 'length 4', wire: '04 00ff80ed', expected: '00ff80ed' },
  { note: 'length 0', wire: '00', expected: '' },
  { note: 'NULL', wire: 'ff', expected: null },
  { note: 'surrogate bytes stay', wire: '03 eda0bd', expected: 'eda0bd' },
];

const text = (name: string, typeCode: number): TypeCase => ({
  name,
  typeCode,
  length: 5000,
  arrow: 'Utf8',
  values: TEXT_VALUES,
  refused: [RESERVED],
});

const binary = (name: string, typeCode: number): TypeCase => ({
  name,
  typeCode,
  length: 5000,
  arrow: 'Binary',
  values: BINARY_VALUES,
  refused: [RESERVED],
});

/** byte order 1, type 1 (point), x 1.0, y 2.0 */
const WKB_POINT = '01 01000000 000000000000f03f 0000000000000040';

export const VARIABLE_CASES: readonly TypeCase[] = [
  text('CHAR', TypeCode.CHAR),
  text('VARCHAR', TypeCode.VARCHAR),
  text('NCHAR', TypeCode.NCHAR),
  text('NVARCHAR', TypeCode.NVARCHAR),
  text('STRING', TypeCode.STRING),
  text('NSTRING', TypeCode.NSTRING),
  text('VARCHAR2', TypeCode.VARCHAR2),
  text('SHORTTEXT', TypeCode.SHORTTEXT),
  binary('BINARY', TypeCode.BINARY),
  binary('VARBINARY', TypeCode.VARBINARY),
  binary('BSTRING', TypeCode.BSTRING),
  {
    name: 'ALPHANUM',
    typeCode: TypeCode.ALPHANUM,
    length: 10,
    arrow: 'Utf8',
    values: [
      { note: 'width 10, "ab1"', wire: '04 0a 616231', expected: 'ab1' },
      { note: 'numeric, width 10, "42"', wire: '03 8a 3432', expected: '0000000042' },
      { note: 'numeric, width 1, "42"', wire: '03 81 3432', expected: '42' },
      { note: 'width 10, no characters', wire: '01 0a', expected: '' },
      { note: 'NULL', wire: 'ff', expected: null },
    ],
    refused: [
      {
        note: 'without its first byte',
        wire: '00',
        code: 'malformed-packet',
        message: /expected the width byte of an ALPHANUM/,
      },
    ],
  },
  {
    name: 'ALPHANUM before data format version 4',
    typeCode: TypeCode.ALPHANUM,
    length: 10,
    decoder: { dataFormatVersion: 1 },
    arrow: 'Utf8',
    values: [{ note: '"42"', wire: '02 3432', expected: '42' }],
  },
  {
    name: 'ST_POINT',
    typeCode: TypeCode.ST_POINT,
    arrow: 'Binary',
    values: [
      { note: 'a point', wire: `15 ${WKB_POINT}`, expected: WKB_POINT.replaceAll(' ', '') },
      { note: 'NULL', wire: 'ff', expected: null },
    ],
  },
  {
    name: 'ST_GEOMETRY',
    typeCode: TypeCode.ST_GEOMETRY,
    arrow: 'Binary',
    values: [{ note: 'a point', wire: `15 ${WKB_POINT}`, expected: WKB_POINT.replaceAll(' ', '') }],
  },
  {
    name: 'REAL_VECTOR(2)',
    typeCode: TypeCode.REAL_VECTOR,
    length: 2,
    arrow: 'FixedSizeList[2]<Float32>',
    values: [
      {
        note: 'dimension 2, 1.0, -1.5',
        wire: '0c 02000000 0000803f 0000c0bf',
        expected: [1, -1.5],
      },
      { note: 'NULL', wire: 'ff', expected: null },
      { note: '0, 0', wire: '0c 02000000 00000000 00000000', expected: [0, 0] },
    ],
    refused: [
      {
        note: 'dimension 1',
        wire: '08 01000000 0000803f',
        code: 'unrepresentable-value',
        message: /expected 2 dimensions, got 1/,
      },
      {
        note: 'dimension 3 in the bytes of two floats',
        wire: '0c 03000000 0000803f 0000c0bf',
        code: 'malformed-packet',
        message: /expected a dimension and as many floats in 12 bytes, got dimension 3/,
      },
      {
        note: 'no dimension',
        wire: '00',
        code: 'malformed-packet',
        message: /expected a dimension/,
      },
    ],
  },
  {
    name: 'REAL_VECTOR',
    typeCode: TypeCode.REAL_VECTOR,
    arrow: 'List<Float32>',
    values: [
      { note: 'dimension 1', wire: '08 01000000 0000803f', expected: [1] },
      { note: 'NULL', wire: 'ff', expected: null },
      { note: 'dimension 2', wire: '0c 02000000 0000803f 0000c0bf', expected: [1, -1.5] },
      { note: 'dimension 0', wire: '04 00000000', expected: [] },
    ],
  },
];

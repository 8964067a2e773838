import { expect, test } from 'vitest';
import { makePart } from '../../../../../src/driver/wire/message.ts';
import type { ParameterMetadata } from '../../../../../src/driver/wire/metadata.ts';
import { PartKind } from '../../../../../src/driver/wire/part-kind.ts';
import {
  decodeParameters,
  encodeParameters,
  type ParameterValue,
} from '../../../../../src/driver/wire/parts/parameters.ts';
import { TypeCode } from '../../../../../src/driver/wire/type-code.ts';
import { parameter } from '../../../../support/scripted-engine.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(/[\s|]/g, ''), 'hex');

const decode = (hex: string, parameters: readonly ParameterMetadata[], rows = 1) =>
  decodeParameters(makePart(PartKind.PARAMETERS, rows, bytes(hex)), parameters);

test('rows as node-hdb writes them: (1, a), (2, NULL), (3, a supplementary character)', () => {
  const hex = '03 01000000 1e 01 61 | 03 02000000 9e | 03 03000000 1e 06 eda0bd edb880';
  expect(decode(hex, [parameter(TypeCode.INT), parameter(TypeCode.NVARCHAR)], 3)).toEqual([
    [1, 'a'],
    [2, null],
    [3, '😀'],
  ]);
});

const money = parameter(TypeCode.FIXED8, { length: 15, scale: 2 });
const text = parameter(TypeCode.NVARCHAR);

test.each<[string, string, ParameterMetadata, ParameterValue]>([
  ['TINYINT is unsigned', '01 ff', parameter(TypeCode.TINYINT), 255],
  ['SMALLINT', '02 0080', parameter(TypeCode.SMALLINT), -32_768],
  ['INT', '03 ffffffff', parameter(TypeCode.INT), -1],
  [
    'BIGINT beyond 2^53',
    '04 ffffffffffffff7f',
    parameter(TypeCode.BIGINT),
    9_223_372_036_854_775_807n,
  ],
  ['REAL', '06 0000c03f', parameter(TypeCode.REAL), 1.5],
  ['DOUBLE', '07 000000000000f83f', parameter(TypeCode.DOUBLE), 1.5],
  ['BOOLEAN true', '1c 02', parameter(TypeCode.BOOLEAN), true],
  ['BOOLEAN false', '1c 00', parameter(TypeCode.BOOLEAN), false],
  ['BOOLEAN NULL of go-hdb', '1c 01', parameter(TypeCode.BOOLEAN), null],
  ['BOOLEAN NULL of the others', '9c', parameter(TypeCode.BOOLEAN), null],
  ['FIXED8 by the scale of its parameter', '51 39faffffffffffff', money, '-14.79'],
  ['FIXED12', '52 01 0000000000000000000000', money, '0.01'],
  ['FIXED16', '4c 0a 000000000000000000000000000000', money, '0.1'],
  // mantissa 125, exponent 6176 - 1
  [
    'DECIMAL with digits beyond its scale',
    '05 7d00000000000000000000000000 3e30',
    parameter(TypeCode.DECIMAL),
    '12.5',
  ],
  // mantissa 1500 (not normalised), exponent 6176 - 3
  [
    'DECIMAL with trailing zeros in the mantissa',
    '05 dc05000000000000000000000000 3a30',
    parameter(TypeCode.DECIMAL),
    '1.5',
  ],
  ['DECIMAL NULL in value form', '05 000000000000000000000000000000 70', parameter(5), null],
  ['STRING for a number, as hdbconnect may send', '1d 02 3432', parameter(TypeCode.INT), '42'],
  ['NCHAR', '0a 01 61', text, 'a'],
  ['text with a u16 length', `1d f6 0001 ${'61'.repeat(256)}`, text, 'a'.repeat(256)],
  ['text with a u32 length', `1d f7 02000000 6162`, text, 'ab'],
  ['text NULL by its length', '1e ff', text, null],
  ['ALPHANUM as go-hdb sends it', '37 02 3031', parameter(TypeCode.ALPHANUM), '01'],
  ['DAYDATE', '3f 3df90a00', parameter(TypeCode.DAYDATE), '1970-01-01'],
  ['DAYDATE of the empty date', '3f 00000000', parameter(TypeCode.DAYDATE), ''],
  ['SECONDTIME', '40 01000000', parameter(TypeCode.SECONDTIME), '00:00:00'],
  ['SECONDDATE', '3e 019a94770e000000', parameter(TypeCode.SECONDDATE), '1970-01-01 00:00:00'],
  ['LONGDATE', '3d 0100894c88819f08', parameter(TypeCode.LONGDATE), '1970-01-01 00:00:00.0000000'],
  // year 2024 | 0x8000, month 1 (February), day 29
  ['legacy DATE counts months from 0', '0e e887 01 1d', parameter(TypeCode.DATE), '2024-02-29'],
  // hour 23 | 0x80, minute 59, 59123 ms
  ['legacy TIME', '0f 97 3b f3e6', parameter(TypeCode.TIME), '23:59:59.123'],
  [
    'legacy TIMESTAMP',
    '10 e887 01 1d 80 00 0000',
    parameter(TypeCode.TIMESTAMP),
    '2024-02-29 00:00:00',
  ],
  ['legacy TIMESTAMP without its bits', '10 0000000000000000', parameter(16), null],
])('%s', (_, hex, declared, expected) => {
  expect(decode(hex, [declared])).toEqual([[expected]]);
});

test.each([
  ['code | 0x80', 0x83, TypeCode.INT],
  ['LONGDATE of node-hdb', 0x90, TypeCode.LONGDATE],
  ['DAYDATE of node-hdb', 0x8e, TypeCode.DAYDATE],
  ['SECONDTIME of node-hdb', 0x8f, TypeCode.SECONDTIME],
  ['SECONDTIME of go-hdb', 0xb0, TypeCode.SECONDTIME],
  ['SECONDTIME of hdbconnect', 0xbe, TypeCode.SECONDTIME],
  ['a vector of node-hdb', 0x8c, TypeCode.REAL_VECTOR],
])('NULL as %s takes no bytes', (_, code, typeCode) => {
  const hex = `${code.toString(16)} 03 07000000`;
  expect(decode(hex, [parameter(typeCode), parameter(TypeCode.INT)])).toEqual([[null, 7]]);
});

test('bytes and vectors come as bytes and floats', () => {
  const [[binary, vector] = []] = decode('0c 02 beef 60 0c 02000000 0000803f 00000040', [
    parameter(TypeCode.VARBINARY),
    parameter(TypeCode.REAL_VECTOR),
  ]);
  expect(Buffer.from(binary as Uint8Array).toString('hex')).toBe('beef');
  expect(vector).toEqual(Float32Array.of(1, 2));
});

test('LOB bytes follow the fixed part of their row in order, whatever their position says', () => {
  const lobs = [parameter(TypeCode.INT), parameter(TypeCode.NCLOB), parameter(TypeCode.BLOB)];
  const hex = `03 01000000 | 1a 06 02000000 ffffff7f | 1b 02 03000000 01000000 | 6162 | 0a0b0c
    | 03 02000000 | 9a | 1b 00 00000000 00000000`;
  const rows = decode(hex, lobs, 2);
  expect(JSON.parse(JSON.stringify(rows))).toEqual(
    JSON.parse(
      JSON.stringify([
        [
          1,
          { kind: 'lob', character: true, data: Buffer.from('ab'), complete: true },
          { kind: 'lob', character: false, data: bytes('0a0b0c'), complete: false },
        ],
        [2, null, { kind: 'lob', character: false, data: Buffer.alloc(0), complete: false }],
      ]),
    ),
  );
});

test('OUT parameters have no value', () => {
  const declared = [
    parameter(TypeCode.INT, { mode: 'out' }),
    parameter(TypeCode.INT, { mode: 'inout' }),
  ];
  expect(decode('03 05000000', declared)).toEqual([[5]]);
});

test.each([0, 1, 2_000_000_000])(
  'a statement without parameters has one row when the part counts %s',
  (count) => {
    expect(decode('', [], count)).toEqual([[]]);
  },
);

test.each([
  [
    'an unknown type code',
    '63 00',
    'PARAMETERS part: parameter 1: expected a type code of an input, got 99, at offset 0',
  ],
  [
    'a text longer than the data',
    '1d 05 61',
    'PARAMETERS part: expected 5 bytes for character value, 1 left, at offset 2',
  ],
  [
    'bytes left over',
    '03 01000000 00',
    'PARAMETERS part: expected the end after 1 rows of 1 values, 1 bytes left, at offset 5',
  ],
  [
    'a vector of another length',
    '60 08 05000000 00000000',
    'PARAMETERS part: REAL_VECTOR: expected 4 + 4 x dimension bytes, got 8, at offset 10',
  ],
  [
    'a negative LOB length',
    '1b 02 ffffffff 00000000',
    'PARAMETERS part: expected -1 bytes for LOB of parameter 1, 0 left, at offset 10',
  ],
])('%s is refused', (_, hex, message) => {
  expect(() => decode(hex, [text])).toThrow(message);
});

test('a date outside the calendar is an error and no date', () => {
  expect(() => decode('3f ffffff7f', [parameter(TypeCode.DAYDATE)])).toThrow(
    expect.objectContaining({ code: 'unrepresentable-value' }),
  );
});

test('what a client encodes is what the server decodes', () => {
  const declared = [
    parameter(TypeCode.TINYINT),
    parameter(TypeCode.SMALLINT),
    parameter(TypeCode.INT),
    parameter(TypeCode.BIGINT),
    parameter(TypeCode.REAL),
    parameter(TypeCode.DOUBLE),
    parameter(TypeCode.BOOLEAN),
    money,
    parameter(TypeCode.DECIMAL),
    text,
    parameter(TypeCode.LONGDATE),
    parameter(TypeCode.REAL_VECTOR),
    text,
  ];
  const row: ParameterValue[] = [
    255,
    -2,
    3,
    4n,
    1.5,
    0.1,
    true,
    '-14.79',
    '12.5',
    'Grüße 😀',
    '2024-02-29 12:00:00',
    Float32Array.of(1.5),
    null,
  ];
  expect(decodeParameters(encodeParameters([row], declared), declared)).toEqual([row]);
});

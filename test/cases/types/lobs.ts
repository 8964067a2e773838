import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import type { GoldenValue, RefusedValue, TypeCase } from './case.ts';

/** Source type, options 6 (data included, last), filler, characters, bytes, locator, chunk length. */
const header = (source: string, characters: string, bytes: string, chunk = bytes) =>
  `${source} 06 0000 ${characters}00000000000000 ${bytes}00000000000000 1122334455667788 ${chunk}000000`;

const REFUSED: readonly RefusedValue[] = [
  {
    note: 'a chunk length below zero',
    wire: '01 06 0000 0100000000000000 0100000000000000 1122334455667788 ffffffff 61',
    code: 'malformed-packet',
    message: /expected a chunk of 0 to 1 bytes, got -1/,
  },
  {
    note: 'a chunk longer than the part',
    wire: '01 06 0000 0200000000000000 0200000000000000 1122334455667788 02000000 61',
    code: 'malformed-packet',
    message: /expected a chunk of 0 to 1 bytes, got 2/,
  },
  {
    note: 'half a descriptor',
    wire: '01 06 0000 0100000000000000',
    code: 'malformed-packet',
    message: /expected a LOB descriptor, got 12 bytes/,
  },
];

const TEXT: readonly GoldenValue[] = [
  { note: 'one chunk, "abc"', wire: `${header('03', '03', '03')} 616263`, expected: 'abc' },
  { note: 'options 1: NULL, nothing follows', wire: '03 01', expected: null },
  { note: 'no data at all', wire: header('03', '00', '00'), expected: '' },
  {
    note: 'two units, six bytes: U+1F600',
    wire: `${header('03', '02', '06')} eda0bd edb880`,
    expected: '\u{1f600}',
  },
];

const textLob = (name: string, typeCode: number): TypeCase => ({
  name,
  typeCode,
  length: -1,
  arrow: 'Utf8',
  values: TEXT,
  refused: REFUSED,
});

const binaryLob = (name: string, typeCode: number): TypeCase => ({
  name,
  typeCode,
  length: -1,
  arrow: 'Binary',
  values: [
    { note: 'one chunk', wire: `${header('01', '00', '02')} ff00`, expected: 'ff00' },
    { note: 'NULL', wire: '01 01', expected: null },
  ],
  refused: REFUSED,
});

export const LOB_CASES: readonly TypeCase[] = [
  textLob('CLOB', TypeCode.CLOB),
  textLob('NCLOB', TypeCode.NCLOB),
  textLob('TEXT', TypeCode.TEXT),
  textLob('BINTEXT', TypeCode.BINTEXT),
  textLob('NLOCATOR', TypeCode.NLOCATOR),
  binaryLob('BLOB', TypeCode.BLOB),
  binaryLob('LOCATOR', TypeCode.LOCATOR),
];

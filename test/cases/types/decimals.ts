import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import type { TypeCase } from './case.ts';

const NINES_38 = '9'.repeat(38);

/** DECIMAL: mantissa in bits 0 to 112, exponent + 6176 in bits 113 to 126, sign in bit 127. */
export const DECIMAL_CASES: readonly TypeCase[] = [
  {
    name: 'DECIMAL(15,2) as FIXED8',
    typeCode: TypeCode.FIXED8,
    length: 15,
    scale: 2,
    arrow: 'Decimal[15e+2]',
    values: [
      { note: '1', wire: '01 0100000000000000', expected: '0.01' },
      { note: '-12345', wire: '01 c7cfffffffffffff', expected: '-123.45' },
      { note: 'NULL', wire: '00', expected: null },
      { note: '0', wire: '01 0000000000000000', expected: '0.00' },
    ],
    refused: [
      {
        note: '10^18: sixteen digits and more do not fit precision 15',
        wire: '01 000064a7b3b6e00d',
        code: 'unrepresentable-value',
        message: /decimal128\(15, 2\) does not hold 10000000000000000/,
      },
    ],
  },
  {
    name: 'DECIMAL(18,0) as FIXED8',
    typeCode: TypeCode.FIXED8,
    length: 18,
    arrow: 'Decimal[18e0]',
    values: [
      { note: '18 nines', wire: '01 ffff63a7b3b6e00d', expected: '999999999999999999' },
      { note: 'minus 18 nines', wire: '01 01009c584c491ff2', expected: '-999999999999999999' },
    ],
    refused: [
      {
        note: '10^18',
        wire: '01 000064a7b3b6e00d',
        code: 'unrepresentable-value',
        message: /decimal128\(18, 0\) does not hold 1000000000000000000/,
      },
    ],
  },
  {
    name: 'DECIMAL(28,5) as FIXED12',
    typeCode: TypeCode.FIXED12,
    length: 28,
    scale: 5,
    arrow: 'Decimal[28e+5]',
    values: [
      { note: '12345', wire: '01 393000000000000000000000', expected: '0.12345' },
      { note: '-12345', wire: '01 c7cfffffffffffffffffffff', expected: '-0.12345' },
      {
        note: '28 nines',
        wire: '01 ffffff0f6102253e5ece4f20',
        expected: '99999999999999999999999.99999',
      },
      {
        note: 'minus 28 nines',
        wire: '01 010000f09efddac1a131b0df',
        expected: '-99999999999999999999999.99999',
      },
      { note: 'NULL', wire: '00', expected: null },
    ],
    refused: [
      {
        note: '10^28',
        wire: '01 000000106102253e5ece4f20',
        code: 'unrepresentable-value',
        message: /decimal128\(28, 5\) does not hold 100000000000000000000000/,
      },
    ],
  },
  {
    name: 'DECIMAL(38,10) as FIXED16',
    typeCode: TypeCode.FIXED16,
    length: 38,
    scale: 10,
    arrow: 'Decimal[38e+10]',
    values: [
      { note: '12345', wire: '01 39300000000000000000000000000000', expected: '0.0000012345' },
      { note: '-12345', wire: '01 c7cfffffffffffffffffffffffffffff', expected: '-0.0000012345' },
      {
        note: '38 nines',
        wire: '01 ffffffff3f228a097ac4865aa84c3b4b',
        expected: `${NINES_38.slice(0, 28)}.${NINES_38.slice(28)}`,
      },
      {
        note: 'minus 38 nines',
        wire: '01 01000000c0dd75f6853b79a557b3c4b4',
        expected: `-${NINES_38.slice(0, 28)}.${NINES_38.slice(28)}`,
      },
      { note: 'NULL', wire: '00', expected: null },
    ],
    refused: [
      {
        note: '10^38',
        wire: '01 0000000040228a097ac4865aa84c3b4b',
        code: 'unrepresentable-value',
        message: /decimal128\(38, 10\) does not hold 1(0{28})$/,
      },
    ],
  },
  {
    name: 'DECIMAL(10,3) as code 5 (data format version below 8)',
    typeCode: TypeCode.DECIMAL,
    length: 10,
    scale: 3,
    arrow: 'Decimal[10e+3]',
    values: [
      {
        note: '15, exponent -1: fewer decimals than the column',
        wire: '0f000000000000000000000000003e30',
        expected: '1.500',
      },
      {
        note: '15, exponent -1, sign',
        wire: '0f000000000000000000000000003eb0',
        expected: '-1.500',
      },
      { note: 'NULL: 15 zeros and 70', wire: '00000000000000000000000000000070', expected: null },
      { note: '0, exponent 0', wire: '00000000000000000000000000004030', expected: '0.000' },
      {
        note: '1, exponent 3: exponent above zero',
        wire: '01000000000000000000000000004630',
        expected: '1000.000',
      },
      {
        note: '120000, exponent -4: one decimal more than the column, but it is zero',
        wire: 'c0d40100000000000000000000003830',
        expected: '12.000',
      },
      {
        note: '10^33, exponent -33: a mantissa with trailing zeros',
        wire: '000000000a5bc138938d44c64d31fe2f',
        expected: '1.000',
      },
    ],
    refused: [
      {
        note: '123456, exponent -4: a digit would be lost',
        wire: '40e20100000000000000000000003830',
        code: 'unrepresentable-value',
        message: /decimal128\(10, 3\) does not hold 12\.3456$/,
      },
      {
        note: '34 nines',
        wire: 'ffffffff638e8d37c087adbe09ed4130',
        code: 'unrepresentable-value',
        message: /decimal128\(10, 3\) does not hold 9{34}$/,
      },
      {
        note: '1, exponent 400',
        wire: '01000000000000000000000000006033',
        code: 'unrepresentable-value',
        message: /does not hold 1E\+400$/,
      },
      {
        note: 'bits 0x60 of the last byte: infinity in IEEE 754, unknown to HANA',
        wire: '00000000000000000000000000000060',
        code: 'malformed-packet',
        message: /expected a finite DECIMAL/,
      },
    ],
  },
  {
    name: 'DECIMAL(38,17) as code 5',
    typeCode: TypeCode.DECIMAL,
    length: 38,
    scale: 17,
    arrow: 'Decimal[38e+17]',
    values: [
      {
        note: '34 nines, exponent -17, sign',
        wire: 'ffffffff638e8d37c087adbe09ed1fb0',
        expected: '-99999999999999999.99999999999999999',
      },
    ],
  },
  {
    name: 'floating DECIMAL as float64',
    typeCode: TypeCode.DECIMAL,
    length: 34,
    scale: 32_767,
    arrow: 'Float64',
    values: [
      { note: '-1.5', wire: '0f000000000000000000000000003eb0', expected: -1.5 },
      { note: 'NULL', wire: '00000000000000000000000000000070', expected: null },
      {
        note: '9007199254740993, exponent -1: mantissa above 2^53',
        wire: '01000000000020000000000000003e30',
        expected: 900_719_925_474_099.3,
      },
      { note: '34 nines', wire: 'ffffffff638e8d37c087adbe09ed4130', expected: 1e34 },
      {
        note: '889579385049398833, exponent -1: a division after rounding the mantissa would be one bit off',
        wire: '313e61cdbc6b580c0000000000003e30',
        expected: Number('889579385049398833e-1'),
      },
      { note: '12, exponent 34', wire: '0c000000000000000000000000008430', expected: 1.2e35 },
      {
        note: '1, exponent -6176: too small',
        wire: '01000000000000000000000000000000',
        expected: 0,
      },
    ],
    refused: [
      {
        note: '1, exponent 400',
        wire: '01000000000000000000000000006033',
        code: 'unrepresentable-value',
        message: /float64 ends at 1\.8E\+308, got 1E\+400/,
      },
    ],
  },
  {
    name: 'floating DECIMAL as utf8',
    typeCode: TypeCode.DECIMAL,
    length: 34,
    scale: 32_767,
    types: { floatingDecimal: 'utf8' },
    arrow: 'Utf8',
    values: [
      { note: '-1.5', wire: '0f000000000000000000000000003eb0', expected: '-1.5' },
      { note: 'NULL', wire: '00000000000000000000000000000070', expected: null },
      { note: '150, exponent -2', wire: '96000000000000000000000000003c30', expected: '1.5' },
      {
        note: '34 nines, exponent -34',
        wire: 'ffffffff638e8d37c087adbe09edfd2f',
        expected: `0.${'9'.repeat(34)}`,
      },
      { note: '1, exponent 400', wire: '01000000000000000000000000006033', expected: '1E+400' },
      { note: '1, exponent -5', wire: '01000000000000000000000000003630', expected: '0.00001' },
    ],
  },
  {
    name: 'floating DECIMAL as decimal128(38, 4)',
    typeCode: TypeCode.DECIMAL,
    length: 34,
    scale: 32_767,
    types: { floatingDecimal: 'decimal128', floatingDecimalScale: 4 },
    arrow: 'Decimal[38e+4]',
    values: [
      {
        note: '123456, exponent -4',
        wire: '40e20100000000000000000000003830',
        expected: '12.3456',
      },
      {
        note: '34 nines',
        wire: 'ffffffff638e8d37c087adbe09ed4130',
        expected: `${'9'.repeat(34)}.0000`,
      },
    ],
    refused: [
      {
        note: '1, exponent -5',
        wire: '01000000000000000000000000003630',
        code: 'unrepresentable-value',
        message: /decimal128\(38, 4\) does not hold 0\.00001/,
      },
      {
        note: '12, exponent 34: 40 digits at this scale',
        wire: '0c000000000000000000000000008430',
        code: 'unrepresentable-value',
        message: /decimal128\(38, 4\) does not hold 12(0{34})/,
      },
    ],
  },
  {
    name: 'SMALLDECIMAL by its own code',
    typeCode: TypeCode.SMALLDECIMAL,
    length: 16,
    scale: 32_767,
    arrow: 'Float64',
    values: [{ note: '12.345', wire: '39300000000000000000000000003a30', expected: 12.345 }],
  },
];

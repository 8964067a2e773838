import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import type { TypeCase } from './case.ts';

const EMPTY_REFUSED = /expected a date or time, got the empty date ''/;

export const TEMPORAL_CASES: readonly TypeCase[] = [
  {
    name: 'DATE',
    typeCode: TypeCode.DAYDATE,
    arrow: 'Date32<DAY>',
    values: [
      { note: '719165', wire: '3df90a00', expected: '1970-01-01' },
      { note: '719164', wire: '3cf90a00', expected: '1969-12-31' },
      { note: '738947', wire: '83460b00', expected: '2024-02-29' },
      { note: '3652061, the last', wire: 'ddb93700', expected: '9999-12-31' },
      { note: '3652062: NULL', wire: 'deb93700', expected: null },
      { note: "0: the empty date ''", wire: '00000000', expected: null },
      { note: '577738, the first Gregorian', wire: 'cad00800', expected: '1582-10-15' },
      { note: '577737, the last Julian', wire: 'c9d00800', expected: '1582-10-04' },
      { note: '365051, Julian', wire: 'fb910500', expected: '1000-06-15' },
      { note: '1155, Julian leap day', wire: '83040000', expected: '0004-02-29' },
      { note: '1, the first', wire: '01000000', expected: '0001-01-01' },
    ],
    refused: [
      {
        note: '547569: 1500-02-29, a leap day of the Julian calendar only',
        wire: 'f15a0800',
        code: 'unrepresentable-value',
        message: /Gregorian calendar has no 29 February/,
      },
      {
        note: '3652063: behind NULL',
        wire: 'dfb93700',
        code: 'unrepresentable-value',
        message: /expected a date from 0001-01-01 to 9999-12-31, got day 3652063/,
      },
      {
        note: '-1',
        wire: 'ffffffff',
        code: 'unrepresentable-value',
        message: /got day -1/,
      },
    ],
  },
  {
    name: 'DATE whose empty value is refused',
    typeCode: TypeCode.DAYDATE,
    types: { emptyDate: 'error' },
    arrow: 'Date32<DAY>',
    values: [{ note: '3652062: NULL', wire: 'deb93700', expected: null }],
    refused: [
      { note: '0', wire: '00000000', code: 'unrepresentable-value', message: EMPTY_REFUSED },
    ],
  },
  {
    name: 'TIME',
    typeCode: TypeCode.SECONDTIME,
    arrow: 'Time32<SECOND>',
    values: [
      { note: '1', wire: '01000000', expected: '00:00:00' },
      { note: '86400', wire: '80510100', expected: '23:59:59' },
      { note: '86402: NULL', wire: '82510100', expected: null },
      { note: '0: empty', wire: '00000000', expected: null },
      { note: '45297', wire: 'f1b00000', expected: '12:34:56' },
    ],
    refused: [
      {
        note: '86401: 24:00:00, which time32 excludes',
        wire: '81510100',
        code: 'unrepresentable-value',
        message: /time32 expects 00:00:00 to 23:59:59, got 24:00:00/,
      },
      {
        note: '86403',
        wire: '83510100',
        code: 'unrepresentable-value',
        message: /got raw value 86403/,
      },
    ],
  },
  {
    name: 'SECONDDATE',
    typeCode: TypeCode.SECONDDATE,
    arrow: 'Timestamp<SECOND>',
    values: [
      { note: '62135769601', wire: '019a94770e000000', expected: '1970-01-01 00:00:00' },
      { note: '62135769600', wire: '009a94770e000000', expected: '1969-12-31 23:59:59' },
      { note: '315538070400, the last', wire: '80db887749000000', expected: '9999-12-31 23:59:59' },
      { note: '315538070401: NULL', wire: '81db887749000000', expected: null },
      { note: '0: empty', wire: '0000000000000000', expected: null },
      { note: '1, the first', wire: '0100000000000000', expected: '0001-01-01 00:00:00' },
      { note: '49916476801', wire: '81fd409f0b000000', expected: '1582-10-15 00:00:00' },
      { note: 'one second less', wire: '80fd409f0b000000', expected: '1582-10-04 23:59:59' },
      { note: '1500-02-28, Julian', wire: '8116e2030b000000', expected: '1500-02-28 00:00:00' },
    ],
    refused: [
      {
        note: '1500-02-29, Julian only',
        wire: '0168e3030b000000',
        code: 'unrepresentable-value',
        message: /no 29 February/,
      },
      {
        note: 'behind NULL',
        wire: '82db887749000000',
        code: 'unrepresentable-value',
        message: /expected a date from/,
      },
    ],
  },
  {
    name: 'TIMESTAMP in microseconds',
    typeCode: TypeCode.LONGDATE,
    arrow: 'Timestamp<MICROSECOND>',
    values: [
      { note: 'the epoch', wire: '0100894c88819f08', expected: '1970-01-01 00:00:00.000000' },
      {
        note: 'one tick before the epoch: cut towards the past',
        wire: '0000894c88819f08',
        expected: '1969-12-31 23:59:59.999999',
      },
      {
        note: '12:34:56.1234567: the seventh decimal is cut',
        wire: '886ecb2ab53adc08',
        expected: '2024-02-29 12:34:56.123456',
      },
      {
        note: '3155379840000000001',
        wire: '0100a11e3f29ca2b',
        expected: '9999-12-31 00:00:00.000000',
      },
      { note: 'the last tick', wire: '00c00a49082aca2b', expected: '9999-12-31 23:59:59.999999' },
      { note: 'one more: NULL', wire: '01c00a49082aca2b', expected: null },
      { note: '0: empty', wire: '0000000000000000', expected: null },
      { note: '1, the first', wire: '0100000000000000', expected: '0001-01-01 00:00:00.000000' },
      {
        note: '11, a microsecond',
        wire: '0b00000000000000',
        expected: '0001-01-01 00:00:00.000001',
      },
      {
        note: 'first Gregorian tick',
        wire: '01c00739b663ed06',
        expected: '1582-10-15 00:00:00.000000',
      },
      {
        note: 'last Julian tick',
        wire: '00c00739b663ed06',
        expected: '1582-10-04 23:59:59.999999',
      },
      {
        note: '1000-06-15, Julian',
        wire: '018005118a896004',
        expected: '1000-06-15 00:00:00.000000',
      },
      {
        note: 'low half zero',
        wire: '0000000088819f08',
        expected: '1969-12-31 23:57:51.595315',
      },
      {
        note: 'high half 144671110, a multiple of ten, and low half zero: the division borrows',
        wire: '0000000086819f08',
        expected: '1969-12-31 23:43:32.601855',
      },
    ],
    refused: [
      {
        note: '1500-02-29, Julian only',
        wire: '0100a4f0cec89006',
        code: 'unrepresentable-value',
        message: /no 29 February/,
      },
      {
        note: 'one tick behind NULL',
        wire: '02c00a49082aca2b',
        code: 'unrepresentable-value',
        message: /expected a date from 0001-01-01 to 9999-12-31/,
      },
      {
        note: '-1',
        wire: 'ffffffffffffffff',
        code: 'unrepresentable-value',
        message: /expected a date from/,
      },
    ],
  },
  {
    name: 'TIMESTAMP in nanoseconds',
    typeCode: TypeCode.LONGDATE,
    types: { timestampUnit: 'ns' },
    arrow: 'Timestamp<NANOSECOND>',
    values: [
      { note: 'the epoch', wire: '0100894c88819f08', expected: '1970-01-01 00:00:00.000000000' },
      {
        note: 'one tick before',
        wire: '0000894c88819f08',
        expected: '1969-12-31 23:59:59.999999900',
      },
      {
        note: 'all seven decimals',
        wire: '886ecb2ab53adc08',
        expected: '2024-02-29 12:34:56.123456700',
      },
      {
        note: 'the last tick that int64 holds',
        wire: 'af476ac79c2fe709',
        expected: '2262-04-11 23:47:16.854775800',
      },
      {
        note: 'the first tick that int64 holds',
        wire: '53b8a7d173d35707',
        expected: '1677-09-21 00:12:43.145224200',
      },
      { note: 'NULL', wire: '01c00a49082aca2b', expected: null },
      { note: 'empty', wire: '0000000000000000', expected: null },
    ],
    refused: [
      {
        note: 'one tick later than int64 holds',
        wire: 'b0476ac79c2fe709',
        code: 'unrepresentable-value',
        message: /timestamp\[ns\] expects 1677-09-21 to 2262-04-11/,
      },
      {
        note: 'one tick earlier',
        wire: '52b8a7d173d35707',
        code: 'unrepresentable-value',
        message: /timestamp\[ns\] expects/,
      },
      {
        note: '9999-12-31',
        wire: '0100a11e3f29ca2b',
        code: 'unrepresentable-value',
        message: /timestamp\[us\] holds every date of HANA/,
      },
    ],
  },
  {
    name: 'DATE before data format version 4',
    typeCode: TypeCode.DATE,
    arrow: 'Date32<DAY>',
    values: [
      {
        note: 'year 2024 | 0x8000, month 1 (February), day 29',
        wire: 'e887 01 1d',
        expected: '2024-02-29',
      },
      { note: 'NULL: bit 7 of the second byte clear', wire: '0000 00 00', expected: null },
      { note: 'year 1, January, day 1', wire: '0180 00 01', expected: '0001-01-01' },
      { note: 'year 9999, December, day 31', wire: '0fa7 0b 1f', expected: '9999-12-31' },
    ],
    refused: [
      {
        note: '30 February',
        wire: 'e887 01 1e',
        code: 'unrepresentable-value',
        message: /got year 2024, month 2, day 30/,
      },
    ],
  },
  {
    name: 'TIME before data format version 4',
    typeCode: TypeCode.TIME,
    arrow: 'Time32<SECOND>',
    values: [
      { note: 'hour 12 | 0x80, minute 34, 56789 ms', wire: '8c 22 d5dd', expected: '12:34:56' },
      { note: 'NULL', wire: '00 00 0000', expected: null },
      { note: '00:00:00', wire: '80 00 0000', expected: '00:00:00' },
    ],
    refused: [
      {
        note: 'hour 24',
        wire: '98 00 0000',
        code: 'unrepresentable-value',
        message: /expected a time from 00:00:00 to 23:59:59/,
      },
    ],
  },
  {
    name: 'TIMESTAMP before data format version 4',
    typeCode: TypeCode.TIMESTAMP,
    arrow: 'Timestamp<MICROSECOND>',
    values: [
      {
        note: '2024-02-29 and 12:34:56.789',
        wire: 'e887 01 1d 8c 22 d5dd',
        expected: '2024-02-29 12:34:56.789000',
      },
      { note: 'NULL: neither part', wire: '0000 00 00 00 00 0000', expected: null },
      { note: '0001-01-01', wire: '0180 00 01 80 00 0000', expected: '0001-01-01 00:00:00.000000' },
    ],
    refused: [
      {
        note: 'a date without a time',
        wire: 'e887 01 1d 00 00 0000',
        code: 'malformed-packet',
        message: /expected both a date and a time or neither/,
      },
    ],
  },
  {
    name: 'TIMESTAMP before data format version 4 in nanoseconds',
    typeCode: TypeCode.TIMESTAMP,
    types: { timestampUnit: 'ns' },
    arrow: 'Timestamp<NANOSECOND>',
    values: [
      {
        note: '2024-02-29 and 12:34:56.789',
        wire: 'e887 01 1d 8c 22 d5dd',
        expected: '2024-02-29 12:34:56.789000000',
      },
    ],
    refused: [
      {
        note: '9999-12-31',
        wire: '0fa7 0b 1f 80 00 0000',
        code: 'unrepresentable-value',
        message: /timestamp\[ns\] expects/,
      },
    ],
  },
];

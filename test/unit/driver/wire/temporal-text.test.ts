import { expect, test } from 'vitest';
import {
  formatDayDate,
  formatLongDate,
  formatSecondDate,
  formatSecondTime,
} from '../../../../src/driver/wire/temporal-text.ts';

test.each([
  [0, ''],
  [1, '0001-01-01'],
  [577_737, '1582-10-04'],
  [577_738, '1582-10-15'],
  [719_165, '1970-01-01'],
  [3_652_061, '9999-12-31'],
])('DAYDATE %d is %s', (raw, text) => {
  expect(formatDayDate(raw)).toBe(text);
});

test.each([
  [0, ''],
  [1, '00:00:00'],
  [43_260, '12:00:59'],
  [86_401, '24:00:00'],
])('SECONDTIME %d is %s', (raw, text) => {
  expect(formatSecondTime(raw)).toBe(text);
});

test.each([
  [0n, ''],
  [1n, '0001-01-01 00:00:00'],
  [62_135_769_602n, '1970-01-01 00:00:01'],
  [315_538_070_400n, '9999-12-31 23:59:59'],
])('SECONDDATE %d is %s', (raw, text) => {
  expect(formatSecondDate(raw)).toBe(text);
});

test.each([
  [0n, ''],
  [621_357_696_000_000_002n, '1970-01-01 00:00:00.0000001'],
  [3_155_380_704_000_000_000n, '9999-12-31 23:59:59.9999999'],
])('LONGDATE %d is %s', (raw, text) => {
  expect(formatLongDate(raw)).toBe(text);
});

test.each([
  ['DAYDATE', () => formatDayDate(3_652_062)],
  ['DAYDATE', () => formatDayDate(-1)],
  ['SECONDTIME', () => formatSecondTime(86_402)],
  ['SECONDDATE', () => formatSecondDate(-1n)],
  ['DAYDATE', () => formatSecondDate(315_538_070_401n)],
  ['LONGDATE', () => formatLongDate(9_223_372_036_854_775_807n)],
])('a %s outside its range is an error', (type, format) => {
  expect(format).toThrow(expect.objectContaining({ code: 'unrepresentable-value' }));
  expect(format).toThrow(type);
});

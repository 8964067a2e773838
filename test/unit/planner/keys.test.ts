import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  dayNumber,
  dayText,
  momentNumber,
  momentText,
} from '../../../src/planner/keys/calendar-line.ts';
import { compareDecimals, plainDecimal } from '../../../src/planner/keys/decimal-text.ts';
import { keyTypeOf } from '../../../src/planner/keys/key-types.ts';

const type = (name: string, length = 10, scale?: number) => ({
  name,
  length,
  scale: scale ?? undefined,
});

/** What text of a value is as a bound: undefined when it can be none. */
const BOUNDS: readonly (readonly [name: string, text: string, bound: string | undefined])[] = [
  ['BIGINT', '-9223372036854775808', '-9223372036854775808'],
  ['BIGINT', '9223372036854775808', undefined],
  ['INTEGER', ' +007 ', '7'],
  ['INTEGER', '1.5', undefined],
  ['INTEGER', '1 OR 1 = 1', undefined],
  ['DECIMAL', '-00.500', '-0.5'],
  ['DECIMAL', '-0.0', '0'],
  ['DECIMAL', '1.5E+3', '1500'],
  ['DECIMAL', '15e-4', '0.0015'],
  ['DECIMAL', '1e6000', undefined],
  ['DECIMAL', '.', undefined],
  ['DATE', '0001-01-01', '0001-01-01'],
  ['DATE', '9999-12-31', '9999-12-31'],
  ['DATE', '2023-02-29', undefined],
  // HANA's empty date, and a day that its calendar leaves out.
  ['DATE', '', undefined],
  ['DATE', '1582-10-10', undefined],
  ['DATE', "2024-01-01' OR '1' = '1", undefined],
  ['TIMESTAMP', '2024-02-29T12:34:56.7', '2024-02-29 12:34:56.7000000'],
  ['TIMESTAMP', '2024-02-29', '2024-02-29 00:00:00.0000000'],
  ['TIMESTAMP', '2024-02-29 24:00:00', undefined],
  ['SECONDDATE', '2024-02-29 12:34:56', '2024-02-29 12:34:56'],
  ['SECONDDATE', '2024-02-29 12:34:56.5', undefined],
  ['NVARCHAR', "O'Neil", "O'Neil"],
  ['NVARCHAR', '', undefined],
  ['NVARCHAR', 'a ', undefined],
  ['NVARCHAR', 'a\u0001', undefined],
  ['NVARCHAR', '😀', undefined],
  ['NVARCHAR', '\uD83D', undefined],
];

describe('a value as a bound', () => {
  test.each(BOUNDS)('%s %j is %j', (name, text, bound) => {
    expect(keyTypeOf(type(name))?.bound(text)).toBe(bound);
  });

  test.each([
    ['INTEGER', '-5', '-5'],
    ['DECIMAL', '1.5', '1.5'],
    ['DATE', '2024-12-31', "DATE'2024-12-31'"],
    ['TIMESTAMP', '2024-12-31 00:00:00.0000001', "TIMESTAMP'2024-12-31 00:00:00.0000001'"],
    [
      'SECONDDATE',
      '2024-12-31 00:00:01',
      "TO_SECONDDATE('2024-12-31 00:00:01', 'YYYY-MM-DD HH24:MI:SS')",
    ],
    ['NVARCHAR', "O'Neil", "'O''Neil'"],
  ])('of type %s is a literal of its own', (name, bound, literal) => {
    expect(keyTypeOf(type(name))?.literal(bound)).toBe(literal);
  });

  test.each([
    'BLOB',
    'NCLOB',
    'DOUBLE',
    'REAL',
    'BOOLEAN',
    'TIME',
    'VARBINARY',
    'ST_POINT',
    'SHORTTEXT',
    'ALPHANUM',
  ])('is never of type %s', (name) => {
    expect(keyTypeOf(type(name))).toBeUndefined();
  });
});

const byCodePoint = (left: string, right: string): number => {
  const [first, second] = [left, right].map((text) =>
    Array.from(text, (char) => char.codePointAt(0) ?? 0),
  );
  const place = first?.findIndex((point, index) => point !== second?.[index]) ?? -1;
  if (place < 0) return (first?.length ?? 0) - (second?.length ?? 0);
  return (first?.[place] ?? 0) - (second?.[place] ?? -1);
};

describe('bounds', () => {
  const text = keyTypeOf(type('NVARCHAR'));
  const anyText = fc.string({
    unit: fc.constantFrom('a', 'b', ' ', '!', 'é', '\u{D7FF}', '\u{E000}', '\u{FFFF}', '\t', '😀'),
    maxLength: 3,
  });

  test('of text stand in one order as code units, code points, UTF-8 and with padding', () => {
    fc.assert(
      fc.property(anyText, anyText, (left, right) => {
        const isBound = text?.bound(left) !== undefined && text.bound(right) !== undefined;
        fc.pre(isBound);
        const order = Math.sign(text?.compare(left, right) ?? 0);
        const bytes = Math.sign(Buffer.compare(Buffer.from(left), Buffer.from(right)));
        const length = Math.max(left.length, right.length);
        const padded = Math.sign(byCodePoint(left.padEnd(length), right.padEnd(length)));
        expect([bytes, Math.sign(byCodePoint(left, right)), padded]).toEqual([order, order, order]);
      }),
    );
  });

  test('that are decimals compare as numbers', () => {
    const decimal = fc.tuple(
      fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }),
      fc.nat({ max: 12 }),
    );
    fc.assert(
      fc.property(decimal, decimal, ([left, leftScale], [right, rightScale]) => {
        const [first = '', second = ''] = [`${left}e-${leftScale}`, `${right}e-${rightScale}`].map(
          (number) => plainDecimal(number),
        );
        const difference = left * 10n ** BigInt(rightScale) - right * 10n ** BigInt(leftScale);
        const sign = difference === 0n ? 0 : difference < 0n ? -1 : 1;
        expect(compareDecimals(first, second)).toBe(sign);
      }),
    );
  });

  test('that are days and moments come back from their numbers', () => {
    // From 0001-01-01 to 9999-12-31, in days since 1970.
    fc.assert(
      fc.property(fc.bigInt({ min: -719_162n, max: 2_932_896n }), (day) => {
        const written = dayText(day);
        if (written !== undefined) expect(dayNumber(written)).toBe(day);
        else expect([day >= -141_436n, day <= -141_427n]).toEqual([true, true]);
        const ticks = day * 864_000_000_000n + 123_456_789n;
        const moment = momentText(ticks, { digits: 7 });
        if (moment !== undefined) expect(momentNumber(moment, { digits: 7 })).toBe(ticks);
      }),
    );
  });
});

import type { ColumnType } from '../facts.ts';
import { literals } from '../literals.ts';
import { dayNumber, dayText, momentNumber, momentText, type Precision } from './calendar-line.ts';
import { compareDecimals, decimalNumber, decimalText, plainDecimal } from './decimal-text.ts';

/** Values as points on a line, so that it can be cut into pieces of one width. */
interface Line {
  readonly position: (bound: string, type: ColumnType) => bigint;
  /** Undefined where no value stands. */
  readonly bound: (position: bigint, type: ColumnType) => string | undefined;
}

/** What the planner knows of the types that can divide rows. */
export interface KeyType {
  readonly kind: 'integer' | 'decimal' | 'date' | 'seconddate' | 'timestamp' | 'text';
  /** Names in the catalog, and those that results are described with. */
  readonly names: readonly string[];
  /** What a bound looks like, for messages. */
  readonly example: string;
  /** SQL text for the value of a column, in the form that {@link bound} reads. */
  readonly text: (column: string) => string;
  /** The one text of a value as a bound; undefined for what cannot be a bound. */
  readonly bound: (text: string) => string | undefined;
  /** Of bounds, as HANA compares the values. */
  readonly compare: (left: string, right: string) => number;
  readonly literal: (bound: string) => string;
  readonly line: Line | undefined;
}

const inOrder = (left: string, right: string): number => {
  if (left === right) return 0;
  return left < right ? -1 : 1;
};

const plainText = (column: string): string => `TO_NVARCHAR(${column})`;
const formatted =
  (format: string) =>
  (column: string): string =>
    `TO_NVARCHAR(${column}, '${format}')`;

const BIGINT_LIMIT = 2n ** 63n;

function integerBound(text: string): string | undefined {
  if (!/^[+-]?\d{1,19}$/.test(text.trim())) return undefined;
  const value = BigInt(text.trim().replace('+', ''));
  return value >= -BIGINT_LIMIT && value < BIGINT_LIMIT ? String(value) : undefined;
}

function compareIntegers(left: string, right: string): number {
  const difference = BigInt(left) - BigInt(right);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** A DECIMAL without a scale is cut at so many digits behind the point: bounds need not be values. */
const FLOATING_DIGITS = 15;

/** Results describe a floating DECIMAL by 32767. */
export function isFloating({ scale }: ColumnType): boolean {
  return scale === undefined || scale > 38;
}

const lineScale = (type: ColumnType): number =>
  isFloating(type) ? FLOATING_DIGITS : (type.scale ?? 0);

const SECONDS: Precision = { digits: 0 };
/** TIMESTAMP counts 100 ns. */
const TICKS: Precision = { digits: 7 };

const momentBound =
  (precision: Precision) =>
  (text: string): string | undefined => {
    const number = momentNumber(text, precision);
    return number === undefined ? undefined : momentText(number, precision);
  };

const momentLine = (precision: Precision): Line => ({
  position: (bound) => momentNumber(bound, precision) ?? 0n,
  bound: (position) => momentText(position, precision),
});

/**
 * HANA compares text by its code units, others by UTF-8 bytes or code points, and some ignore blanks at the
 * end: what is left here stands in the same order for all of them. So bounds are in ascending order
 * whatever the database makes of them. Surrogates sort before U+E000 as code units and behind as
 * code points; a control character sorts before the blank that padding adds.
 */
function textBound(text: string): string | undefined {
  const isOrdered =
    text !== '' && !text.endsWith(' ') && !/[\p{Cc}\p{Cs}]|[\u{10000}-\u{10FFFF}]/u.test(text);
  return isOrdered ? text : undefined;
}

/**
 * The types of keys. Left out: LOBs, which compare with nothing; floating point, of which equal width means
 * little and equal values are chance; BOOLEAN, TIME and spatial types, which no table is keyed by; binary
 * types; ALPHANUM, which sorts digits as numbers, and SHORTTEXT, which a search index may compare.
 */
const KEY_TYPES: readonly KeyType[] = [
  {
    kind: 'integer',
    names: ['TINYINT', 'SMALLINT', 'INTEGER', 'INT', 'BIGINT'],
    example: '1000',
    text: plainText,
    bound: integerBound,
    compare: compareIntegers,
    literal: literals.number,
    line: { position: (bound) => BigInt(bound), bound: String },
  },
  {
    kind: 'decimal',
    names: ['DECIMAL', 'SMALLDECIMAL', 'FIXED8', 'FIXED12', 'FIXED16'],
    example: '1000.5',
    text: plainText,
    bound: plainDecimal,
    compare: compareDecimals,
    literal: literals.number,
    line: {
      position: (bound, type) => decimalNumber(bound, lineScale(type)),
      bound: (digits, type) => plainDecimal(decimalText({ digits, scale: lineScale(type) })),
    },
  },
  {
    kind: 'date',
    names: ['DATE', 'DAYDATE'],
    example: '2024-12-31',
    text: formatted('YYYY-MM-DD'),
    bound: (text) => (dayNumber(text) === undefined ? undefined : text),
    compare: inOrder,
    literal: literals.date,
    line: { position: (bound) => dayNumber(bound) ?? 0n, bound: dayText },
  },
  {
    kind: 'seconddate',
    names: ['SECONDDATE'],
    example: '2024-12-31 23:59:59',
    text: formatted('YYYY-MM-DD HH24:MI:SS'),
    bound: momentBound(SECONDS),
    compare: inOrder,
    literal: literals.secondDate,
    line: momentLine(SECONDS),
  },
  {
    kind: 'timestamp',
    names: ['TIMESTAMP', 'LONGDATE'],
    example: '2024-12-31 23:59:59.1234567',
    text: formatted('YYYY-MM-DD HH24:MI:SS.FF7'),
    bound: momentBound(TICKS),
    compare: inOrder,
    literal: literals.timestamp,
    line: momentLine(TICKS),
  },
  {
    kind: 'text',
    names: ['CHAR', 'VARCHAR', 'NCHAR', 'NVARCHAR', 'VARCHAR2', 'STRING', 'NSTRING'],
    example: 'M',
    text: plainText,
    bound: textBound,
    compare: inOrder,
    literal: literals.text,
    line: undefined,
  },
];

const BY_NAME = new Map(KEY_TYPES.flatMap((type) => type.names.map((name) => [name, type])));

/** Undefined for a type that rows are not divided by. */
export function keyTypeOf(type: ColumnType): KeyType | undefined {
  return BY_NAME.get(type.name);
}

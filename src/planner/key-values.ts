import type { KeyKind } from './key-types.ts';

/**
 * Values of keys as numbers that are in HANA's order, so that a range can be cut into even pieces. Dates are
 * counted as if each month had 31 days: their labels keep their order without any calendar, also where
 * HANA's own changes in 1582.
 */
interface NumberedKind {
  /** Undefined for a text that is no such value. */
  readonly toNumber: (text: string, scale: number) => bigint | undefined;
  readonly toText: (value: bigint, scale: number) => string;
}

const TICKS_PER_SECOND = 10_000_000n;
const TICKS_PER_DAY = 86_400n * TICKS_PER_SECOND;

const INTEGER = /^[+-]?\d{1,40}$/;
const DECIMAL = /^([+-]?)(\d{0,40})(?:\.(\d{0,40}))?$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?$/;

const NUMBERED: Readonly<Record<Exclude<KeyKind, 'text'>, NumberedKind>> = {
  integer: {
    toNumber: (text) => (INTEGER.test(text) ? BigInt(text) : undefined),
    toText: (value) => value.toString(),
  },
  decimal: { toNumber: decimalNumber, toText: decimalText },
  date: { toNumber: (text) => dayNumber(text), toText: dayText },
  seconddate: { toNumber: momentNumber, toText: (value) => momentText(value, 0) },
  timestamp: { toNumber: momentNumber, toText: (value) => momentText(value, 7) },
};

/** The number of a value; undefined for text keys and for what is no value of the kind. */
export function keyNumber(kind: KeyKind, text: string, scale: number): bigint | undefined {
  return kind === 'text' ? undefined : NUMBERED[kind].toNumber(text.trim(), scale);
}

/** The way back; a day that its month does not have becomes the 28th. */
export function keyText(kind: Exclude<KeyKind, 'text'>, value: bigint, scale: number): string {
  return NUMBERED[kind].toText(value, scale);
}

/**
 * A value in its one written form, or undefined when it cannot be a bound: no value of the kind, or a text for
 * which HANA's order is not certain to be everybody's.
 */
export function canonicalKey(kind: KeyKind, text: string, scale: number): string | undefined {
  if (kind === 'text') return isPlainText(text) ? text : undefined;
  const value = keyNumber(kind, text, scale);
  return value === undefined ? undefined : keyText(kind, value, scale);
}

/** Negative, 0 or positive as `a` is less than, equal to or greater than `b` to HANA. Both are canonical. */
export function compareKeys(kind: KeyKind, a: string, b: string, scale: number): number {
  if (kind === 'text') return a < b ? -1 : a > b ? 1 : 0;
  const difference = (keyNumber(kind, a, scale) ?? 0n) - (keyNumber(kind, b, scale) ?? 0n);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/**
 * HANA compares texts by UTF-16 code, others by code point: they differ only over surrogates and what comes
 * after them. Blanks at the end are not the same to every character type. A NUL ends texts in some clients.
 */
function isPlainText(text: string): boolean {
  return text !== '' && !text.endsWith(' ') && !/[\0\uD800-\uFFFF]/.test(text);
}

function decimalNumber(text: string, scale: number): bigint | undefined {
  const [, sign = '', whole = '', fraction = ''] = DECIMAL.exec(text) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  return sign === '-' ? -digits : digits;
}

function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return value < 0n ? `-${text}` : text;
}

function dayNumber(text: string): bigint | undefined {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const valid = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
  return valid ? BigInt((year * 12 + month - 1) * 31 + day - 1) : undefined;
}

function dayText(value: bigint): string {
  const number = Number(value);
  const months = Math.floor(number / 31);
  const [year, month] = [Math.floor(months / 12), (months % 12) + 1];
  // No month is shorter than 28 days, but October 1582 lacks the 5th to the 14th.
  const day = Math.min((number % 31) + 1, year === 1582 && month === 10 ? 4 : 28);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function momentNumber(text: string): bigint | undefined {
  const [, date = '', hour, minute, second, fraction = ''] = MOMENT.exec(text) ?? [];
  const day = dayNumber(date);
  if (day === undefined) return undefined;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const ticks = BigInt(fraction.slice(0, 7).padEnd(7, '0'));
  return day * TICKS_PER_DAY + BigInt(seconds) * TICKS_PER_SECOND + ticks;
}

function momentText(value: bigint, digits: number): string {
  const inDay = value % TICKS_PER_DAY;
  const seconds = Number(inDay / TICKS_PER_SECOND);
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const fraction = digits === 0 ? '' : `.${padded(Number(inDay % TICKS_PER_SECOND), digits)}`;
  return `${dayText(value / TICKS_PER_DAY)} ${time.map((part) => padded(part, 2)).join(':')}${fraction}`;
}

const padded = (number: number, length: number): string => String(number).padStart(length, '0');

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { CanonicalValue, ReportedColumn } from './foreign-program.ts';

/** One column of the statement of `SALES.ALL_TYPES` in `all-types.json`. */
interface ExpectedColumn {
  readonly name: string;
  /** As the column was declared. */
  readonly hanaType: string;
  /** Name of the type code that describes it at data format version 8. */
  readonly typeCode: string;
  /** As pyarrow writes it. */
  readonly arrowType: string;
  readonly nullable: boolean;
  readonly values: readonly ExpectedValue[];
}

/**
 * Text for all but NULL, booleans and vectors. Long ones are told by what they repeat, up to so many
 * UTF-16 units: a text, or the bytes 00 to the one named, in hexadecimal.
 */
type ExpectedValue =
  | null
  | boolean
  | string
  | readonly ExpectedValue[]
  | { readonly repeat: string; readonly length: number }
  | { readonly bytesUpTo: number; readonly length: number };

/** In what a client cannot show all that HANA sends, or shows it in another form. */
export interface ClientLimits {
  /** What the client calls a column's type; without it types are not compared. */
  readonly typeOf?: (column: ExpectedColumn) => string;
  /** Arrow columns are all nullable; a HANA client sees what the table says. */
  readonly alwaysNullable?: boolean;
  /** Nullability is not told, so it is not compared. */
  readonly hidesNullability?: boolean;
  /** Decimal digits of a second; HANA has seven. */
  readonly timestampDigits?: number;
  /** DECIMAL without a scale and SMALLDECIMAL arrive as a double. */
  readonly floatingDecimalIsDouble?: boolean;
  /** Columns whose expected values are rewritten to what the client makes of them. */
  readonly shown?: Readonly<Record<string, (value: CanonicalValue) => CanonicalValue>>;
}

/**
 * What `SELECT * FROM SALES.ALL_TYPES ORDER BY ID` gives. Written by hand from the description in
 * docs/sandbox.md; nothing of it was produced by the project's code.
 */
export const ALL_TYPES: readonly ExpectedColumn[] = (
  JSON.parse(readFileSync(new URL('./all-types.json', import.meta.url), 'utf8')) as {
    columns: ExpectedColumn[];
  }
).columns;

/** Longer texts are compared by length and digest, so that a difference stays readable. */
const READABLE_CHARACTERS = 300;

/** Compares one column of a client with the statement, values, nullability and type. */
export function expectColumn(
  columns: readonly ReportedColumn[],
  name: string,
  limits: ClientLimits,
): void {
  const expected = ALL_TYPES.find((column) => column.name === name);
  const found = columns.find((column) => column.name === name);
  if (expected === undefined || found === undefined) throw new Error(`no column ${name}`);
  const show = limits.shown?.[name] ?? ((value) => value);
  expect(found.values.map((value) => comparable(value, expected, limits))).toEqual(
    expected.values.map((value) => comparable(show(expanded(value)), expected, limits)),
  );
  if (limits.hidesNullability !== true) {
    expect(found.nullable).toBe(limits.alwaysNullable === true || expected.nullable);
  }
  if (limits.typeOf !== undefined) expect(found.type).toBe(limits.typeOf(expected));
}

function expanded(value: ExpectedValue): CanonicalValue {
  if (value === null || typeof value !== 'object') return value;
  if ('repeat' in value) return repeated(value.repeat, value.length);
  if ('bytesUpTo' in value) {
    const bytes = Uint8Array.from({ length: value.bytesUpTo + 1 }, (_, byte) => byte);
    return repeated(Buffer.from(bytes).toString('hex'), value.length);
  }
  return value.map(expanded);
}

function repeated(text: string, length: number): string {
  return text.repeat(Math.ceil(length / text.length)).slice(0, length);
}

type Comparable = CanonicalValue | number | readonly number[];

/** Values that mean the same become equal: `1.50` and `1.5`, `1e3` and `1000.0`. */
function comparable(
  value: CanonicalValue,
  column: ExpectedColumn,
  limits: ClientLimits,
): Comparable {
  if (Array.isArray(value)) return value.map((item) => Math.fround(Number(item)));
  if (value === null || typeof value !== 'string') return value;
  const type = column.hanaType.replace(/\(.*/, '');
  if (type === 'REAL') return Math.fround(Number(value));
  if (type === 'DOUBLE') return Number(value);
  if (type === 'DECIMAL' || type === 'SMALLDECIMAL') {
    const floating = type === 'SMALLDECIMAL' || !column.hanaType.includes('(');
    return floating && limits.floatingDecimalIsDouble === true
      ? Number(value)
      : plainDecimal(value);
  }
  if (type === 'TIMESTAMP') return withDigits(value, limits.timestampDigits ?? 7);
  return value.length <= READABLE_CHARACTERS ? value : digest(value);
}

/** A decimal without exponent and without zeros at the end of its fraction. */
function plainDecimal(text: string): string {
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const shift = Number(exponent);
  const digits = (whole + fraction).padStart(whole.length + 1 - shift, '0');
  const point = digits.length - fraction.length + shift;
  const padded = digits.padEnd(point, '0');
  const before = padded.slice(0, point).replace(/^0+(?=\d)/, '');
  const after = padded.slice(point).replace(/0+$/, '');
  return `${sign}${before}${after === '' ? '' : `.${after}`}`;
}

function withDigits(timestamp: string, digits: number): string {
  const [seconds = '', fraction = ''] = timestamp.split('.');
  return `${seconds}.${fraction.padEnd(digits, '0').slice(0, digits)}`;
}

function digest(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return `${text.length} characters, sha256 ${hash}`;
}

import * as fc from 'fast-check';
import type { ColumnMetadata } from '../../src/driver/wire/metadata.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import type { PlainValue } from './arrow-values.ts';
import { column } from './columns.ts';

/*
 * An encoder for tests that shares nothing with the product: it builds bytes one by one with BigInt,
 * from the tables of HANA's protocol, and says what an Arrow reader must see.
 */

/** One value: its bytes in a row, and what it becomes. */
interface RandomValue {
  readonly wire: readonly number[];
  readonly expected: PlainValue;
}

/** A column and what its values are drawn from. */
export interface RandomColumn {
  readonly metadata: ColumnMetadata;
  readonly value: fc.Arbitrary<RandomValue>;
}

export interface RandomTable {
  readonly columns: readonly ColumnMetadata[];
  readonly rows: readonly (readonly RandomValue[])[];
}

function littleEndian(value: bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) =>
    Number((BigInt.asUintN(bytes * 8, value) >> BigInt(8 * index)) & 0xffn),
  );
}

function cesu8(string: string): number[] {
  const bytes: number[] = [];
  for (let index = 0; index < string.length; index++) {
    const unit = string.charCodeAt(index);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 + (unit >> 6), 0x80 + (unit & 63));
    else bytes.push(0xe0 + (unit >> 12), 0x80 + ((unit >> 6) & 63), 0x80 + (unit & 63));
  }
  return bytes;
}

function withLength(bytes: readonly number[]): number[] {
  const { length } = bytes;
  if (length <= 245) return [length, ...bytes];
  if (length <= 0xffff) return [246, length & 255, length >> 8, ...bytes];
  return [247, ...littleEndian(BigInt(length), 4), ...bytes];
}

function orNull(value: fc.Arbitrary<RandomValue>, wire: readonly number[]) {
  return fc.oneof(
    { weight: 4, arbitrary: value },
    { weight: 1, arbitrary: fc.constant<RandomValue>({ wire, expected: null }) },
  );
}

function integer(typeCode: number, bytes: number, signed = true): RandomColumn {
  const bits = BigInt(bytes * 8);
  const min = signed ? -(2n ** (bits - 1n)) : 0n;
  const max = signed ? 2n ** (bits - 1n) - 1n : 2n ** bits - 1n;
  const value = fc.bigInt({ min, max }).map((number) => ({
    wire: [1, ...littleEndian(number, bytes)],
    expected: bytes === 8 ? number : Number(number),
  }));
  return { metadata: column(typeCode), value: orNull(value, [0]) };
}

function plainDecimal(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function fixed(typeCode: number, bytes: number, length: number, scale: number): RandomColumn {
  const bound = 10n ** BigInt(length) - 1n;
  const value = fc.bigInt({ min: -bound, max: bound }).map((unscaled) => ({
    wire: [1, ...littleEndian(unscaled, bytes)],
    expected: plainDecimal(unscaled, scale),
  }));
  return { metadata: column(typeCode, { length, scale }), value: orNull(value, [0]) };
}

function decimalBytes(negative: boolean, mantissa: bigint, exponent: number): number[] {
  const biased = BigInt(exponent + 6176);
  return littleEndian(mantissa | (biased << 113n) | ((negative ? 1n : 0n) << 127n), 16);
}

const NULL_DECIMAL = [...Array.from({ length: 15 }, () => 0), 0x70];

/** DECIMAL(34, 10) whose mantissa may have fewer or more decimals than the column. */
function scaledDecimal(): RandomColumn {
  const parts = fc.record({
    negative: fc.boolean(),
    digits: fc.bigInt({ min: 0n, max: 10n ** 20n }),
    zeros: fc.integer({ min: 0, max: 10 }),
    exponent: fc.integer({ min: -10, max: 4 }),
  });
  const value = parts.map(({ negative, digits, zeros, exponent }) => {
    const unscaled = digits * 10n ** BigInt(exponent + 10);
    return {
      wire: decimalBytes(negative, digits * 10n ** BigInt(zeros), exponent - zeros),
      expected: plainDecimal(negative ? -unscaled : unscaled, 10),
    };
  });
  return {
    metadata: column(TypeCode.DECIMAL, { length: 34, scale: 10 }),
    value: orNull(value, NULL_DECIMAL),
  };
}

/** DECIMAL without a scale, as float64: JavaScript's own reading of the text is the nearest double. */
function floatingDecimal(): RandomColumn {
  const parts = fc.record({
    negative: fc.boolean(),
    mantissa: fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 53n }),
      fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n }),
      fc.bigInt({ min: 0n, max: 2n ** 113n - 1n }),
    ),
    exponent: fc.integer({ min: -60, max: 60 }),
  });
  const value = parts.map(({ negative, mantissa, exponent }) => ({
    wire: decimalBytes(negative, mantissa, exponent),
    expected: Number(`${negative ? '-' : ''}${mantissa}e${exponent}`),
  }));
  return {
    metadata: column(TypeCode.DECIMAL, { length: 34, scale: 32_767 }),
    value: orNull(value, NULL_DECIMAL),
  };
}

interface Moment {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly second: number;
  readonly ticks: number;
}

/** Days 1 to 28, which every month of both calendars has; 1582-10-05 to 14 do not exist. */
const moments: fc.Arbitrary<Moment> = fc
  .record({
    year: fc.oneof(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1580, max: 1585 })),
    month: fc.integer({ min: 1, max: 12 }),
    day: fc.integer({ min: 1, max: 28 }),
    second: fc.integer({ min: 0, max: 86_399 }),
    ticks: fc.integer({ min: 0, max: 9_999_999 }),
  })
  .filter(({ year, month, day }) => year !== 1582 || month !== 10 || day < 5 || day > 14);

/** Julian Day Number - 1721423, by the calendar that HANA uses for the date. */
function dayNumber({ year, month, day }: Moment): bigint {
  const a = Math.floor((14 - month) / 12);
  const y = year + 4800 - a;
  const days = day + Math.floor((153 * (month + 12 * a - 3) + 2) / 5) + 365 * y + Math.floor(y / 4);
  const julian = year * 10_000 + month * 100 + day < 15_821_015;
  const shift = julian ? -32_083 : -Math.floor(y / 100) + Math.floor(y / 400) - 32_045;
  return BigInt(days + shift - 1_721_423);
}

const two = (number: number) => String(number).padStart(2, '0');
const dateText = ({ year, month, day }: Moment) =>
  `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
const timeText = ({ second }: Moment) =>
  [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map(two).join(':');
const microText = ({ ticks }: Moment) => String(Math.floor(ticks / 10)).padStart(6, '0');

function temporal(
  typeCode: number,
  sentinel: { readonly bytes: number; readonly value: bigint },
  encode: (moment: Moment) => readonly [bigint, string],
): RandomColumn {
  const value = moments.map((moment) => {
    const [raw, expected] = encode(moment);
    return { wire: littleEndian(raw, sentinel.bytes), expected };
  });
  return {
    metadata: column(typeCode),
    value: fc.oneof(
      orNull(value, littleEndian(sentinel.value, sentinel.bytes)),
      fc.constant({ wire: littleEndian(0n, sentinel.bytes), expected: null }),
    ),
  };
}

function text(typeCode: number): RandomColumn {
  const strings = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: 'binary-ascii', maxLength: 150 }),
    fc.string({ unit: 'binary-ascii', minLength: 240, maxLength: 400 }),
  );
  const value = strings.map((string) => ({ wire: withLength(cesu8(string)), expected: string }));
  return { metadata: column(typeCode, { length: 5000 }), value: orNull(value, [255]) };
}

function binary(typeCode: number): RandomColumn {
  const value = fc.uint8Array({ maxLength: 300 }).map((bytes) => ({
    wire: withLength([...bytes]),
    expected: Buffer.from(bytes).toString('hex'),
  }));
  return { metadata: column(typeCode, { length: 5000 }), value: orNull(value, [255]) };
}

function inlineLob(): RandomColumn {
  const value = fc.string({ unit: 'binary', maxLength: 60 }).map((string) => {
    const bytes = cesu8(string);
    const wire = [
      3,
      6,
      0,
      0,
      ...littleEndian(BigInt(string.length), 8),
      ...littleEndian(BigInt(bytes.length), 8),
      ...littleEndian(7n, 8),
      ...littleEndian(BigInt(bytes.length), 4),
      ...bytes,
    ];
    return { wire, expected: string };
  });
  return { metadata: column(TypeCode.NCLOB, { length: -1 }), value: orNull(value, [3, 1]) };
}

function float(typeCode: number, bytes: 4 | 8): RandomColumn {
  const numbers = bytes === 4 ? fc.float({ noNaN: true }) : fc.double({ noNaN: true });
  const value = numbers.map((expected) => {
    const view = new DataView(new ArrayBuffer(bytes));
    if (bytes === 4) view.setFloat32(0, expected, true);
    else view.setFloat64(0, expected, true);
    return { wire: [...new Uint8Array(view.buffer)], expected };
  });
  return {
    metadata: column(typeCode),
    value: orNull(
      value,
      Array.from({ length: bytes }, () => 255),
    ),
  };
}

function vector(): RandomColumn {
  const value = fc
    .array(fc.float({ noNaN: true }), { minLength: 3, maxLength: 3 })
    .map((floats) => {
      const bytes = [...new Uint8Array(Float32Array.from(floats).buffer)];
      return { wire: [16, 3, 0, 0, 0, ...bytes], expected: floats };
    });
  return { metadata: column(TypeCode.REAL_VECTOR, { length: 3 }), value: orNull(value, [255]) };
}

const boolean: RandomColumn = {
  metadata: column(TypeCode.BOOLEAN),
  value: fc.constantFrom(
    { wire: [0], expected: false },
    { wire: [1], expected: null },
    { wire: [2], expected: true },
  ),
};

/** One column of every kind the decoder has a reader for. */
export const RANDOM_COLUMNS: readonly RandomColumn[] = [
  integer(TypeCode.TINYINT, 1, false),
  integer(TypeCode.SMALLINT, 2),
  integer(TypeCode.INT, 4),
  integer(TypeCode.BIGINT, 8),
  float(TypeCode.REAL, 4),
  float(TypeCode.DOUBLE, 8),
  boolean,
  fixed(TypeCode.FIXED8, 8, 15, 2),
  fixed(TypeCode.FIXED8, 8, 18, 0),
  fixed(TypeCode.FIXED12, 12, 28, 5),
  fixed(TypeCode.FIXED16, 16, 38, 38),
  scaledDecimal(),
  floatingDecimal(),
  temporal(TypeCode.DAYDATE, { bytes: 4, value: 3_652_062n }, (moment) => [
    dayNumber(moment),
    dateText(moment),
  ]),
  temporal(TypeCode.SECONDTIME, { bytes: 4, value: 86_402n }, (moment) => [
    BigInt(moment.second + 1),
    timeText(moment),
  ]),
  temporal(TypeCode.SECONDDATE, { bytes: 8, value: 315_538_070_401n }, (moment) => [
    (dayNumber(moment) - 1n) * 86_400n + BigInt(moment.second) + 1n,
    `${dateText(moment)} ${timeText(moment)}`,
  ]),
  temporal(TypeCode.LONGDATE, { bytes: 8, value: 3_155_380_704_000_000_001n }, (moment) => [
    (dayNumber(moment) - 1n) * 864_000_000_000n +
      BigInt(moment.second) * 10_000_000n +
      BigInt(moment.ticks) +
      1n,
    `${dateText(moment)} ${timeText(moment)}.${microText(moment)}`,
  ]),
  text(TypeCode.NVARCHAR),
  text(TypeCode.VARCHAR),
  binary(TypeCode.VARBINARY),
  binary(TypeCode.ST_GEOMETRY),
  inlineLob(),
  vector(),
];

/** Tables of up to eight columns of any kind and up to `maxRows` rows. */
export function randomTables(
  maxRows: number,
  kinds: readonly RandomColumn[] = RANDOM_COLUMNS,
): fc.Arbitrary<RandomTable> {
  return fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 8 }).chain((columns) =>
    fc
      .array(fc.tuple(...columns.map(({ value }) => value)), { maxLength: maxRows })
      .map((rows) => ({
        columns: columns.map(({ metadata }) => metadata),
        rows,
      })),
  );
}

/** The rows as the data of a RESULTSET part. */
export function packetOf(rows: RandomTable['rows']): Uint8Array {
  return Uint8Array.from(rows.flatMap((row) => row.flatMap(({ wire }) => wire)));
}

/** What each column must hold. */
export function expectedColumns({ columns, rows }: RandomTable): PlainValue[][] {
  return columns.map((_, index) => rows.map((row) => row[index]?.expected ?? null));
}

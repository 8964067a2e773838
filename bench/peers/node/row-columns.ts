import {
  Binary,
  Bool,
  Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int16,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimeSecond,
  TimestampMicrosecond,
  TimestampSecond,
  Utf8,
} from 'apache-arrow';
import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import type { HdbColumn, HdbRow, HdbValue } from './node-hdb.ts';

/**
 * What a careful program does to bring row objects into Arrow: typed arrays, filled value by value. Builders
 * of apache-arrow would take several times as long, and node-hdb is to be measured at its best.
 */
export type RowConverter = (rows: readonly HdbRow[]) => RecordBatch;

/** How the values of a type are put into an array of Arrow's. */
interface ColumnRule {
  readonly type: (column: HdbColumn) => DataType;
  readonly fill: (values: readonly HdbValue[], column: HdbColumn) => ColumnValues;
}

interface ColumnValues {
  readonly data: NodeJS.TypedArray;
  readonly valueOffsets?: Int32Array;
}

const MICROSECONDS_PER_MILLISECOND = 1000n;
const MS_PER_DAY = 86_400_000;
/** A validity without a bit: nothing is NULL. */
const NO_BITS = new Uint8Array(0);
const FRACTION = 20;
const FRACTION_DIGITS = 6;

const rule = (type: ColumnRule['type'], fill: ColumnRule['fill']): ColumnRule => ({ type, fill });
const decimal = rule(
  ({ length, fraction }) => new Decimal(fraction, length, 128),
  (values, { fraction }) => ({ data: decimalWords(values, fraction) }),
);

/** By HANA's type code. LOBs are not here: node-hdb gives them as streams, one by one. */
const RULES: ReadonlyMap<number, ColumnRule> = new Map<number, ColumnRule>([
  [
    TypeCode.TINYINT,
    rule(
      () => new Int16(),
      (values) => ({ data: Int16Array.from(values, Number) }),
    ),
  ],
  [
    TypeCode.SMALLINT,
    rule(
      () => new Int16(),
      (values) => ({ data: Int16Array.from(values, Number) }),
    ),
  ],
  [
    TypeCode.INT,
    rule(
      () => new Int32(),
      (values) => ({ data: Int32Array.from(values, Number) }),
    ),
  ],
  [
    TypeCode.BIGINT,
    rule(
      () => new Int64(),
      (values) => ({ data: BigInt64Array.from(values, toBigInt) }),
    ),
  ],
  [
    TypeCode.REAL,
    rule(
      () => new Float32(),
      (values) => ({ data: Float32Array.from(values, Number) }),
    ),
  ],
  [
    TypeCode.DOUBLE,
    rule(
      () => new Float64(),
      (values) => ({ data: Float64Array.from(values, Number) }),
    ),
  ],
  [
    TypeCode.BOOLEAN,
    rule(
      () => new Bool(),
      (values) => ({ data: bitsOf(values, Boolean) }),
    ),
  ],
  [TypeCode.NVARCHAR, rule(() => new Utf8(), texts)],
  [TypeCode.VARBINARY, rule(() => new Binary(), texts)],
  [TypeCode.FIXED8, decimal],
  [TypeCode.FIXED12, decimal],
  [TypeCode.FIXED16, decimal],
  [
    TypeCode.DECIMAL,
    rule(
      () => new Float64(),
      (values) => ({ data: Float64Array.from(values, Number) }),
    ),
  ],
  [
    TypeCode.DAYDATE,
    rule(
      () => new DateDay(),
      (values) => ({ data: Int32Array.from(values, daysOf) }),
    ),
  ],
  [
    TypeCode.SECONDTIME,
    rule(
      () => new TimeSecond(),
      (values) => ({ data: Int32Array.from(values, secondsOf) }),
    ),
  ],
  [
    TypeCode.SECONDDATE,
    rule(
      () => new TimestampSecond(),
      (values) => ({
        data: BigInt64Array.from(values, (value) => microsecondsOf(value) / 1_000_000n),
      }),
    ),
  ],
  [
    TypeCode.LONGDATE,
    rule(
      () => new TimestampMicrosecond(),
      (values) => ({ data: BigInt64Array.from(values, microsecondsOf) }),
    ),
  ],
]);

/** False when a column is a LOB. */
export function canConvert(columns: readonly HdbColumn[]): boolean {
  return columns.every(({ dataType }) => RULES.has(dataType));
}

/** @throws Error for a type that node-hdb does not give as a value. */
export function rowConverter(columns: readonly HdbColumn[]): RowConverter {
  const planned = columns.map((column) => {
    const { type, fill } = ruleOf(column);
    return { column, type: type(column), fill };
  });
  const fields = planned.map(({ column, type }) => new Field(column.columnDisplayName, type, true));
  const schema = new Schema(fields);
  return (rows) => {
    const children = planned.map(({ column, type, fill }) => {
      const values = rows.map((row) => row[column.columnDisplayName] ?? null);
      const filled = fill(values, column);
      const nullCount = values.reduce<number>(
        (count, value) => count + (value === null ? 1 : 0),
        0,
      );
      const nullBitmap = nullCount === 0 ? NO_BITS : bitsOf(values, (value) => value !== null);
      const { data, valueOffsets } = filled;
      return new Data(type, 0, rows.length, nullCount, [valueOffsets, data, nullBitmap]);
    });
    const data = makeData({
      type: new Struct(fields),
      length: rows.length,
      nullCount: 0,
      children,
    });
    return new RecordBatch(schema, data);
  };
}

function ruleOf({ columnDisplayName, dataType }: HdbColumn): ColumnRule {
  const found = RULES.get(dataType);
  if (found !== undefined) return found;
  throw new Error(
    `column ${columnDisplayName}: node-hdb gives no plain value for type ${dataType}`,
  );
}

/** Texts and bytes: node-hdb gives the first as strings. */
function texts(values: readonly HdbValue[]): ColumnValues {
  const valueOffsets = new Int32Array(values.length + 1);
  let bytes = Buffer.allocUnsafe(values.length * 16 + 64);
  let at = 0;
  for (const [row, value] of values.entries()) {
    const length =
      typeof value === 'string' ? value.length * 3 : value instanceof Uint8Array ? value.length : 0;
    if (at + length > bytes.length)
      bytes = Buffer.concat([bytes, Buffer.allocUnsafe(bytes.length + length)]);
    if (typeof value === 'string') at += bytes.write(value, at, 'utf8');
    else if (value instanceof Uint8Array) {
      bytes.set(value, at);
      at += length;
    }
    valueOffsets[row + 1] = at;
  }
  return { data: bytes.subarray(0, at), valueOffsets };
}

function bitsOf(values: readonly HdbValue[], test: (value: HdbValue) => boolean): Uint8Array {
  const bits = new Uint8Array((values.length + 7) >> 3);
  for (const [row, value] of values.entries()) {
    if (test(value)) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return bits;
}

/** Beyond 2^53 node-hdb gives text. */
function toBigInt(value: HdbValue): bigint {
  return value === null ? 0n : BigInt(Number(value) === value ? value : String(value));
}

/** `-12.50` at scale 2 is -1250, in four words. */
function decimalWords(values: readonly HdbValue[], scale: number): Uint32Array {
  const words = new Uint32Array(values.length * 4);
  const whole = new BigInt64Array(words.buffer);
  for (const [row, value] of values.entries()) {
    if (value === null) continue;
    const [digits = '', fraction = ''] = String(value).split('.');
    const unscaled = BigInt(digits + fraction.padEnd(scale, '0'));
    whole[row * 2] = BigInt.asIntN(64, unscaled);
    whole[row * 2 + 1] = BigInt.asIntN(64, unscaled >> 64n);
  }
  return words;
}

function daysOf(value: HdbValue): number {
  return value === null ? 0 : Date.parse(`${String(value)}T00:00:00Z`) / MS_PER_DAY;
}

function secondsOf(value: HdbValue): number {
  const [hours, minutes, seconds] = String(value ?? '0:0:0')
    .split(':')
    .map(Number);
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** From `2000-01-01 00:00:00.000000000`, as node-hdb writes it. */
function microsecondsOf(value: HdbValue): bigint {
  if (value === null) return 0n;
  const text = String(value);
  const seconds = Date.parse(`${text.slice(0, 10)}T${text.slice(11, FRACTION - 1)}Z`);
  const fraction = text.slice(FRACTION, FRACTION + FRACTION_DIGITS).padEnd(FRACTION_DIGITS, '0');
  return BigInt(seconds) * MICROSECONDS_PER_MILLISECOND + BigInt(fraction);
}

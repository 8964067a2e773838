import { Date as DateType } from 'apache-arrow/fb/date';
import { DateUnit } from 'apache-arrow/fb/date-unit';
import { Decimal } from 'apache-arrow/fb/decimal';
import type { Field } from 'apache-arrow/fb/field';
import { FixedSizeBinary } from 'apache-arrow/fb/fixed-size-binary';
import { FixedSizeList } from 'apache-arrow/fb/fixed-size-list';
import { FloatingPoint } from 'apache-arrow/fb/floating-point';
import { Int } from 'apache-arrow/fb/int';
import { Precision } from 'apache-arrow/fb/precision';
import { Time } from 'apache-arrow/fb/time';
import { TimeUnit } from 'apache-arrow/fb/time-unit';
import { Timestamp } from 'apache-arrow/fb/timestamp';
import { Type } from 'apache-arrow/fb/type';
import { HanaFlightError } from '../core/errors.ts';
import {
  date64ToDate32,
  decimal32ToDecimal128,
  decimal64ToDecimal128,
  decimal256ToDecimal128,
  float16ToFloat32,
} from './fixed-conversions.ts';
import type {
  FixedConversion,
  FixedLayout,
  IncomingField,
  IncomingType,
  OffsetBytes,
} from './incoming-field.ts';
import type { ArrowType } from './types.ts';

/** A type of a field that is being read. */
export interface TypeSource {
  /** Names the field in errors. */
  readonly place: string;
  readonly field: Field;
  /** Reads the one child of a list. */
  readonly item: () => IncomingField;
}

const MAX_DECIMAL_DIGITS = 38;
const LIST_ITEMS: ReadonlySet<ArrowType['kind']> = new Set(['float']);

type TypeReader = (source: TypeSource) => IncomingType;

/** What becomes of each type that Arrow's Schema.fbs knows. */
const READERS: Readonly<Record<Type, TypeReader>> = {
  [Type.NONE]: (source) => {
    throw invalidField(source, 'a type', 'none');
  },
  [Type.Null]: () => ({ type: { kind: 'null' }, layout: { kind: 'null' } }),
  [Type.Bool]: () => ({ type: { kind: 'bool' }, layout: { kind: 'bits' } }),
  [Type.Int]: readInt,
  [Type.FloatingPoint]: readFloat,
  [Type.Decimal]: readDecimal,
  [Type.Date]: readDate,
  [Type.Time]: readTime,
  [Type.Timestamp]: readTimestamp,
  [Type.Utf8]: () => ({ type: { kind: 'utf8' }, layout: { kind: 'variable', offsetBytes: 4 } }),
  [Type.LargeUtf8]: () => ({
    type: { kind: 'utf8' },
    layout: { kind: 'variable', offsetBytes: 8 },
  }),
  [Type.Utf8View]: () => ({ type: { kind: 'utf8' }, layout: { kind: 'view' } }),
  [Type.Binary]: () => ({ type: { kind: 'binary' }, layout: { kind: 'variable', offsetBytes: 4 } }),
  [Type.LargeBinary]: () => ({
    type: { kind: 'binary' },
    layout: { kind: 'variable', offsetBytes: 8 },
  }),
  [Type.BinaryView]: () => ({ type: { kind: 'binary' }, layout: { kind: 'view' } }),
  [Type.FixedSizeBinary]: readFixedSizeBinary,
  [Type.List]: (source) => readList(source, 4),
  [Type.LargeList]: (source) => readList(source, 8),
  [Type.FixedSizeList]: readFixedSizeList,
  [Type.Duration]: refused('duration'),
  [Type.Interval]: refused('interval'),
  [Type.ListView]: refused('list view'),
  [Type.LargeListView]: refused('large list view'),
  // The name ends in an underscore because flatbuffers generates it around a reserved word.
  // oxlint-disable-next-line eslint/no-underscore-dangle
  [Type.Struct_]: refused('struct'),
  [Type.Map]: refused('map'),
  [Type.Union]: refused('union'),
  [Type.RunEndEncoded]: refused('run-end encoded'),
};

const READERS_BY_TAG: ReadonlyMap<number, TypeReader> = new Map(
  Object.entries(READERS).map(([tag, reader]) => [Number(tag), reader]),
);

/**
 * The type of a field as it comes and as it will be.
 * @throws HanaFlightError `unimplemented` for a type that has no plain layout, `invalid-argument` for
 * one that contradicts itself.
 */
export function readIncomingType(source: TypeSource): IncomingType {
  const tag: number = source.field.typeType();
  const read = READERS_BY_TAG.get(tag);
  if (read === undefined) throw invalidField(source, 'a type of Arrow', `number ${tag}`);
  return read(source);
}

function readInt(source: TypeSource): IncomingType {
  const int = tableOf(source, new Int());
  const bits = int.bitWidth();
  if (bits !== 8 && bits !== 16 && bits !== 32 && bits !== 64) {
    throw invalidField(source, 'an integer of 8, 16, 32 or 64 bits', `${bits} bits`);
  }
  return { type: { kind: 'int', bits, signed: int.isSigned() }, layout: fixed(bits / 8) };
}

const FLOATS: ReadonlyMap<number, IncomingType> = new Map<number, IncomingType>([
  [Precision.HALF, { type: { kind: 'float', bits: 32 }, layout: fixed(2, 4, float16ToFloat32) }],
  [Precision.SINGLE, { type: { kind: 'float', bits: 32 }, layout: fixed(4) }],
  [Precision.DOUBLE, { type: { kind: 'float', bits: 64 }, layout: fixed(8) }],
]);

function readFloat(source: TypeSource): IncomingType {
  const precision = tableOf(source, new FloatingPoint()).precision();
  const type = FLOATS.get(precision);
  if (type === undefined) throw invalidField(source, 'a precision from 0 to 2', `${precision}`);
  return type;
}

const DECIMAL_LAYOUTS: ReadonlyMap<number, FixedLayout> = new Map([
  [32, fixed(4, 16, decimal32ToDecimal128)],
  [64, fixed(8, 16, decimal64ToDecimal128)],
  [128, fixed(16)],
  [256, fixed(32, 16, decimal256ToDecimal128)],
]);

function readDecimal(source: TypeSource): IncomingType {
  const decimal = tableOf(source, new Decimal());
  const precision = decimal.precision();
  const scale = decimal.scale();
  const layout = DECIMAL_LAYOUTS.get(decimal.bitWidth());
  if (layout === undefined || precision < 1) {
    const got = `${precision} digits in ${decimal.bitWidth()} bits`;
    throw invalidField(source, 'a decimal of 1 digit or more in 32, 64, 128 or 256 bits', got);
  }
  if (precision > MAX_DECIMAL_DIGITS || Math.abs(scale) > MAX_DECIMAL_DIGITS) {
    const limits = `up to ${MAX_DECIMAL_DIGITS} digits and a scale of -${MAX_DECIMAL_DIGITS} to ${MAX_DECIMAL_DIGITS}`;
    throw unimplementedField(source, `decimal(${precision}, ${scale})`, `decimals of ${limits}`);
  }
  return { type: { kind: 'decimal128', precision, scale }, layout };
}

const DATE_LAYOUTS: ReadonlyMap<number, FixedLayout> = new Map([
  [DateUnit.DAY, fixed(4)],
  [DateUnit.MILLISECOND, fixed(8, 4, date64ToDate32)],
]);

function readDate(source: TypeSource): IncomingType {
  const unit = tableOf(source, new DateType()).unit();
  const layout = DATE_LAYOUTS.get(unit);
  if (layout === undefined) throw invalidField(source, 'a date in days or milliseconds', `${unit}`);
  return { type: { kind: 'date32' }, layout };
}

const TIMES: ReadonlyMap<string, ArrowType> = new Map<string, ArrowType>([
  [`${TimeUnit.SECOND}/32`, { kind: 'time32', unit: 's' }],
  [`${TimeUnit.MILLISECOND}/32`, { kind: 'time32', unit: 'ms' }],
  [`${TimeUnit.MICROSECOND}/64`, { kind: 'time64', unit: 'us' }],
  [`${TimeUnit.NANOSECOND}/64`, { kind: 'time64', unit: 'ns' }],
]);

function readTime(source: TypeSource): IncomingType {
  const time = tableOf(source, new Time());
  const bits = time.bitWidth();
  const type = TIMES.get(`${time.unit()}/${bits}`);
  if (type === undefined) {
    const expected = 'seconds or milliseconds in 32 bits, or microseconds or nanoseconds in 64';
    throw invalidField(source, expected, `unit ${time.unit()} in ${bits} bits`);
  }
  return { type, layout: fixed(bits / 8) };
}

const TIMESTAMP_UNITS: ReadonlyMap<number, 's' | 'ms' | 'us' | 'ns'> = new Map<
  number,
  's' | 'ms' | 'us' | 'ns'
>([
  [TimeUnit.SECOND, 's'],
  [TimeUnit.MILLISECOND, 'ms'],
  [TimeUnit.MICROSECOND, 'us'],
  [TimeUnit.NANOSECOND, 'ns'],
]);

function readTimestamp(source: TypeSource): IncomingType {
  const timestamp = tableOf(source, new Timestamp());
  const unit = TIMESTAMP_UNITS.get(timestamp.unit());
  if (unit === undefined) throw invalidField(source, 'a unit from 0 to 3', `${timestamp.unit()}`);
  const timezone = timestamp.timezone() ?? '';
  const type: ArrowType =
    timezone === '' ? { kind: 'timestamp', unit } : { kind: 'timestamp', unit, timezone };
  return { type, layout: fixed(8) };
}

function readFixedSizeBinary(source: TypeSource): IncomingType {
  const bytes = tableOf(source, new FixedSizeBinary()).byteWidth();
  if (bytes < 0) throw invalidField(source, 'a width of 0 bytes or more', `${bytes}`);
  return { type: { kind: 'binary' }, layout: { kind: 'fixed-binary', bytes } };
}

function readList(source: TypeSource, offsetBytes: OffsetBytes): IncomingType {
  const item = itemOf(source);
  return { type: { kind: 'list', item: item.field }, layout: { kind: 'list', offsetBytes, item } };
}

function readFixedSizeList(source: TypeSource): IncomingType {
  const size = tableOf(source, new FixedSizeList()).listSize();
  if (size < 0) throw invalidField(source, 'a list of 0 items or more', `${size}`);
  const item = itemOf(source);
  return {
    type: { kind: 'fixed-size-list', size, item: item.field },
    layout: { kind: 'fixed-size-list', size, item },
  };
}

function itemOf(source: TypeSource): IncomingField {
  const count = source.field.childrenLength();
  if (count !== 1) throw invalidField(source, 'a list with one child', `${count} children`);
  const item = source.item();
  const { type } = item.field;
  if (LIST_ITEMS.has(type.kind) && item.dictionary === undefined) return item;
  const got = item.dictionary === undefined ? type.kind : 'a dictionary';
  throw unimplementedField(source, `a list of ${got}`, 'lists of float32 or float64');
}

function fixed(bytes: number, plainBytes = bytes, convert?: FixedConversion): FixedLayout {
  const layout = { kind: 'fixed', bytes, plainBytes } as const;
  return convert === undefined ? layout : { ...layout, convert };
}

function refused(name: string): TypeReader {
  return (source) => {
    throw unimplementedField(
      source,
      name,
      'null, bool, numbers, decimals, text, bytes, dates, times and timestamps',
    );
  };
}

/** Places `table` on the type of the field, which the flatbuffer union holds untyped. */
function tableOf<Table extends object>(source: TypeSource, table: Table): Table {
  if (source.field.type(table) === null) throw invalidField(source, 'a type table', 'none');
  return table;
}

export function invalidField(
  { place }: Pick<TypeSource, 'place'>,
  expected: string,
  got: string,
): HanaFlightError {
  return new HanaFlightError('invalid-argument', `${place}: expected ${expected}, got ${got}`);
}

function unimplementedField({ place }: TypeSource, got: string, offered: string): HanaFlightError {
  return new HanaFlightError('unimplemented', `${place}: ${got} is not offered; ${offered} are`);
}

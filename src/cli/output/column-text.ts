import { DataType, Precision, type RecordBatch, TimeUnit, type Vector } from 'apache-arrow';
import { decimalText } from './decimal-text.ts';
import { dateText, timestampText, timeText } from './temporal-text.ts';

/** How the values of one type are written: decimals, times and large integers exact to the last digit. */
export interface ColumnStyle {
  /** Numbers stand right in a table. */
  readonly numeric: boolean;
  /** May be shown in part where there is no room: part of a text is of use, part of a date is not. */
  readonly elastic: boolean;
  /** True when the text is a JSON value as it stands: a number, a boolean, a list. */
  readonly json: boolean;
}

/** One column of a record batch as text. */
export interface ColumnText extends ColumnStyle {
  /** Undefined for NULL. */
  textAt(row: number): string | undefined;
}

type Read = (row: number) => string;

interface TextType extends Partial<ColumnStyle> {
  readonly matches: (type: DataType) => boolean;
  readonly reader: (vector: Vector) => Read;
}

/** The first row that matches a type says how its values are written. */
const TEXT_TYPES: readonly TextType[] = [
  { matches: (type) => DataType.isBool(type), json: true, reader: plain },
  // 64-bit integers do not survive a JSON number in most readers, so they travel as text.
  {
    matches: (type) => DataType.isInt(type) && type.bitWidth < 64,
    numeric: true,
    json: true,
    reader: plain,
  },
  { matches: (type) => DataType.isInt(type), numeric: true, reader: plain },
  {
    matches: (type) => DataType.isFloat(type) && type.precision === Precision.SINGLE,
    numeric: true,
    json: true,
    reader: (vector) => (row) => singleText(Number(vector.get(row))),
  },
  { matches: (type) => DataType.isFloat(type), numeric: true, json: true, reader: plain },
  { matches: (type) => DataType.isDecimal(type), numeric: true, reader: decimals },
  { matches: (type) => DataType.isUtf8(type), elastic: true, reader: plain },
  { matches: (type) => DataType.isBinary(type), elastic: true, reader: hexadecimal },
  {
    matches: (type) => DataType.isDate(type),
    reader: (vector) => (row) => dateText(Number(vector.get(row))),
  },
  { matches: (type) => DataType.isTime(type), reader: times },
  { matches: (type) => DataType.isTimestamp(type), reader: timestamps },
];

/** Lists, structs and whatever else: as JSON. */
const NESTED: TextType = {
  matches: () => true,
  elastic: true,
  json: true,
  reader: (vector) => (row) => JSON.stringify(vector.get(row), bigintAsText),
};

/** How the values of a type are written. */
export function styleOf(type: DataType): ColumnStyle {
  const { numeric = false, elastic = false, json = false } = textTypeOf(type);
  return { numeric, elastic, json };
}

/** Readers for the columns of a batch. */
export function columnTexts(batch: RecordBatch): ColumnText[] {
  return batch.schema.fields.map((field, index) => {
    const vector = batch.getChildAt(index);
    const style = styleOf(field.type);
    if (vector === null) return { ...style, textAt: () => undefined };
    const read = textTypeOf(field.type).reader(vector);
    return { ...style, textAt: (row) => (vector.isValid(row) ? read(row) : undefined) };
  });
}

function textTypeOf(type: DataType): TextType {
  return TEXT_TYPES.find((candidate) => candidate.matches(type)) ?? NESTED;
}

function plain(vector: Vector): Read {
  return (row) => String(vector.get(row));
}

/** The shortest text that reads back as the same 32-bit number: 0.1, not 0.10000000149011612. */
function singleText(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = String(Number(value.toPrecision(digits)));
    if (Math.fround(Number(text)) === value) return text;
  }
  return String(Number(value.toPrecision(9)));
}

function decimals(vector: Vector): Read {
  const scale = DataType.isDecimal(vector.type) ? vector.type.scale : 0;
  return (row) => {
    const words: unknown = vector.get(row);
    return words instanceof Uint32Array ? decimalText(words, scale) : String(words);
  };
}

function hexadecimal(vector: Vector): Read {
  return (row) => {
    const bytes: unknown = vector.get(row);
    return bytes instanceof Uint8Array
      ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
      : String(bytes);
  };
}

function times(vector: Vector): Read {
  const digits = DataType.isTime(vector.type) ? fractionDigits(vector.type.unit) : 0;
  return (row) => timeText(Number(vector.get(row)), digits);
}

/** `Vector.get` rounds timestamps to milliseconds, so the ticks are read from the buffer. */
function timestamps(vector: Vector): Read {
  const digits = DataType.isTimestamp(vector.type) ? fractionDigits(vector.type.unit) : 0;
  const write = timestampText(digits);
  const ticks: unknown = vector.data[0]?.values;
  return (row) => write(ticks instanceof BigInt64Array ? (ticks[row] ?? 0n) : 0n);
}

function fractionDigits(unit: TimeUnit): number {
  return {
    [TimeUnit.SECOND]: 0,
    [TimeUnit.MILLISECOND]: 3,
    [TimeUnit.MICROSECOND]: 6,
    [TimeUnit.NANOSECOND]: 9,
  }[unit];
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

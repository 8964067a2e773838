import type { DuckDBValue } from '@duckdb/node-api';
import { MAX_SHORT_LENGTH, readLengthIndicator } from '../../../driver/values/length-indicator.ts';
import { makePart } from '../../../driver/wire/message.ts';
import type { ParameterMetadata } from '../../../driver/wire/metadata.ts';
import { PartKind } from '../../../driver/wire/part-kind.ts';
import { decodeParameters, isLob } from '../../../driver/wire/parts/parameters.ts';
import { TypeCode } from '../../../driver/wire/type-code.ts';
import type { ColumnDefinition } from '../catalog/definitions.ts';
import { coerced } from '../parameter-values.ts';
import { HANA_TYPES, type HanaType } from '../types/hana-type.ts';
import type { ColumnSink } from './column-sink.ts';
import { fixedLanes } from './fixed-lanes.ts';
import { FixedSink, fixedWidth } from './fixed-sink.ts';
import type { PackedReader } from './packed-reader.ts';
import { TextSink } from './text-sink.ts';

/** Reads the values of one parameter, row by row, into the sink of its column. */
export interface PackedColumn {
  readonly sink: ColumnSink;
  /** False when this way takes no such value; the rows must then go another. */
  read(reader: PackedReader, row: number): boolean;
}

/** Puts a value, whose type byte has been read, into the sink it was made for; false for unusual values. */
type Lane = (reader: PackedReader, row: number) => boolean;

const NULL_BIT = 0x80;

/** The column as a target of packed values; undefined for types that are never packed. */
export function packedColumn(
  column: ColumnDefinition,
  parameter: ParameterMetadata,
): PackedColumn | undefined {
  const target = fixedTarget(column) ?? textTarget(column);
  if (target === undefined) return undefined;
  const { sink, lanes } = target;
  const general = generalLane(column.type, parameter, sink);
  return {
    sink,
    read: (reader, row) => {
      const start = reader.skip(1);
      const code = reader.bytes[start] ?? NULL_BIT;
      if (code >= NULL_BIT) return sink.putNull(row);
      if (lanes.get(code)?.(reader, row) === true) return true;
      reader.at = start;
      return general(reader, row);
    },
  };
}

interface Target {
  readonly sink: ColumnSink;
  /** By type code. */
  readonly lanes: ReadonlyMap<number, Lane>;
}

function fixedTarget({ type, nullable }: ColumnDefinition): Target | undefined {
  const width = fixedWidth(type);
  if (width === undefined) return undefined;
  const sink = new FixedSink(type, width, nullable);
  const lanes = [...fixedLanes(type.name)].map(([code, lane]): [number, Lane] => [
    code,
    (reader, row) => lane(reader, sink, row),
  ]);
  return { sink, lanes: new Map(lanes) };
}

const CHARACTER_CODES = [
  TypeCode.CHAR,
  TypeCode.VARCHAR,
  TypeCode.NCHAR,
  TypeCode.NVARCHAR,
  TypeCode.STRING,
  TypeCode.NSTRING,
  TypeCode.VARCHAR2,
  TypeCode.SHORTTEXT,
  TypeCode.ALPHANUM,
];
const BINARY_CODES = [TypeCode.BINARY, TypeCode.VARBINARY, TypeCode.BSTRING];
/** Longer texts are limited by nothing but the table's own check. */
const LONGEST_CHECKED_TEXT = 4999;

function textTarget({ type, nullable }: ColumnDefinition): Target | undefined {
  const { storage } = HANA_TYPES[type.name];
  const character = storage === 'VARCHAR';
  if (!character && storage !== 'BLOB') return undefined;
  const isChecked = character ? type.length <= LONGEST_CHECKED_TEXT : type.name.endsWith('BINARY');
  const maxLength = isChecked ? Math.max(type.length, 0) : 0;
  const sink = new TextSink({ character, maxLength, nullable });
  const lane: Lane = (reader, row) => {
    const length = readLength(reader);
    return length === undefined
      ? sink.putNull(row)
      : sink.putBytes(row, reader.bytes, reader.skip(length), length);
  };
  const isSpatial = type.name.startsWith('ST_');
  const codes = character ? CHARACTER_CODES : isSpatial ? [] : BINARY_CODES;
  return { sink, lanes: new Map(codes.map((code) => [code, lane])) };
}

/** Undefined for NULL. */
function readLength(reader: PackedReader): number | undefined {
  const first = reader.bytes[reader.at] ?? 0;
  if (first <= MAX_SHORT_LENGTH) {
    reader.at++;
    return first;
  }
  const { length, next } = readLengthIndicator(reader.bytes, reader.at);
  reader.at = next;
  return length;
}

/** Bytes of the values that have no length of their own before them. */
const VALUE_BYTES: ReadonlyMap<number, number> = new Map([
  [TypeCode.TINYINT, 1],
  [TypeCode.SMALLINT, 2],
  [TypeCode.INT, 4],
  [TypeCode.BIGINT, 8],
  [TypeCode.REAL, 4],
  [TypeCode.DOUBLE, 8],
  [TypeCode.BOOLEAN, 1],
  [TypeCode.DECIMAL, 16],
  [TypeCode.FIXED8, 8],
  [TypeCode.FIXED12, 12],
  [TypeCode.FIXED16, 16],
  [TypeCode.DATE, 4],
  [TypeCode.TIME, 4],
  [TypeCode.TIMESTAMP, 8],
  [TypeCode.DAYDATE, 4],
  [TypeCode.SECONDTIME, 4],
  [TypeCode.SECONDDATE, 8],
  [TypeCode.LONGDATE, 8],
]);

const WITH_LENGTH: ReadonlySet<number> = new Set([...CHARACTER_CODES, ...BINARY_CODES]);

/**
 * Any value that comes whole, by way of a JavaScript value as in a row of its own: the errors are the
 * same, but here they only mean that the rows must go the other way. The reader stands at the type byte.
 */
function generalLane(type: HanaType, parameter: ParameterMetadata, sink: ColumnSink): Lane {
  return (reader, row) => {
    const start = reader.skip(1);
    const code = reader.bytes[start] ?? NULL_BIT;
    const bytes = VALUE_BYTES.get(code) ?? (WITH_LENGTH.has(code) ? readLength(reader) : undefined);
    if (bytes === undefined) return false;
    reader.skip(bytes);
    const value = reader.bytes.subarray(start, reader.at);
    const stored = storedValue(value, type, parameter);
    if (stored === undefined) return false;
    if (stored === null) return sink.putNull(row);
    sink.put(row, stored);
    return true;
  };
}

/** Undefined for what the type does not take. */
function storedValue(
  bytes: Uint8Array,
  type: HanaType,
  parameter: ParameterMetadata,
): DuckDBValue | undefined {
  try {
    const part = makePart(PartKind.PARAMETERS, 1, bytes);
    const value = decodeParameters(part, [parameter])[0]?.[0] ?? null;
    if (isLob(value)) return undefined;
    return value === null ? null : coerced(value, type);
  } catch {
    return undefined;
  }
}

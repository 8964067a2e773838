import { cesu8ToString, stringToCesu8 } from '../../values/cesu8.ts';
import {
  DECIMAL_BYTES,
  FLOATING_SCALE,
  formatDecimal,
  parseDecimal,
  readDecimal,
  readFixed,
  rescale,
  writeDecimal,
  writeFixed,
} from '../../values/decimal.ts';
import { LobOption } from '../lob-option.ts';
import { makePart, type Part, readerOf } from '../message.ts';
import type { ParameterMetadata } from '../metadata.ts';
import { PartKind } from '../part-kind.ts';
import type { WireReader } from '../reader.ts';
import {
  formatDayDate,
  formatLegacyDate,
  formatLegacyTime,
  formatLongDate,
  formatSecondDate,
  formatSecondTime,
} from '../temporal-text.ts';
import { TypeCode } from '../type-code.ts';
import { WireWriter } from '../writer.ts';

/** A LOB parameter: the bytes that came along, and whether WRITELOB brings more. */
export interface LobParameter {
  readonly kind: 'lob';
  readonly character: boolean;
  /** CESU-8 for a character LOB. */
  readonly data: Uint8Array;
  readonly complete: boolean;
}

/**
 * A parameter as its own type byte says: BIGINT is a bigint, decimals and temporal values are text.
 */
export type ParameterValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Float32Array
  | LobParameter;

/*
 * Each row: the values of the IN and INOUT parameters in order, then the bytes of its LOBs in order.
 * Each value: type byte, then data without a NULL flag. A type byte of 0x80 and above is NULL and has no
 * data; drivers write different ones (BOOLEAN NULL is 1c 01 in go-hdb). The type byte need not be the
 * declared type: hdbconnect sends any text as STRING.
 * A LOB value: u8 LobOption bits, i32 length, i32 position. Drivers count the position differently, so
 * it is not used: LOB bytes follow in order.
 */

const NULL_BIT = 0x80;
const BOOLEAN_NULL = 1;
const BOOLEAN_TRUE = 2;

interface PendingLob {
  readonly character: boolean;
  readonly length: number;
  readonly complete: boolean;
}

type ValueReader = (reader: WireReader, parameter: ParameterMetadata) => ParameterValue | undefined;

/** How a value of each type code is read; undefined stands for NULL. */
const READERS: ReadonlyMap<number, ValueReader> = new Map<number, ValueReader>([
  [TypeCode.TINYINT, (reader) => reader.readU8('TINYINT')],
  [TypeCode.SMALLINT, (reader) => reader.readI16('SMALLINT')],
  [TypeCode.INT, (reader) => reader.readI32('INT')],
  [TypeCode.BIGINT, (reader) => reader.readI64('BIGINT')],
  [TypeCode.REAL, (reader) => reader.readF32('REAL')],
  [TypeCode.DOUBLE, (reader) => reader.readF64('DOUBLE')],
  [TypeCode.BOOLEAN, readBoolean],
  [TypeCode.DECIMAL, readDecimalText],
  [TypeCode.FIXED8, (reader, parameter) => readFixedText(reader, 8, parameter)],
  [TypeCode.FIXED12, (reader, parameter) => readFixedText(reader, 12, parameter)],
  [TypeCode.FIXED16, (reader, parameter) => readFixedText(reader, 16, parameter)],
  [TypeCode.DAYDATE, (reader) => formatDayDate(reader.readI32('DAYDATE'))],
  [TypeCode.SECONDTIME, (reader) => formatSecondTime(reader.readI32('SECONDTIME'))],
  [TypeCode.SECONDDATE, (reader) => formatSecondDate(reader.readI64('SECONDDATE'))],
  [TypeCode.LONGDATE, (reader) => formatLongDate(reader.readI64('LONGDATE'))],
  [TypeCode.DATE, (reader) => formatLegacyDate(reader.readBytes(4, 'DATE'))],
  [TypeCode.TIME, (reader) => formatLegacyTime(reader.readBytes(4, 'TIME'))],
  [TypeCode.TIMESTAMP, readLegacyTimestamp],
  [TypeCode.REAL_VECTOR, readRealVector],
  ...[
    TypeCode.CHAR,
    TypeCode.VARCHAR,
    TypeCode.NCHAR,
    TypeCode.NVARCHAR,
    TypeCode.STRING,
    TypeCode.NSTRING,
    TypeCode.VARCHAR2,
    TypeCode.SHORTTEXT,
    TypeCode.ALPHANUM,
  ].map((code): [number, ValueReader] => [code, readString]),
  ...[
    TypeCode.BINARY,
    TypeCode.VARBINARY,
    TypeCode.BSTRING,
    TypeCode.ST_GEOMETRY,
    TypeCode.ST_POINT,
  ].map((code): [number, ValueReader] => [
    code,
    (reader) => reader.readLengthPrefixed('binary value'),
  ]),
]);

/** Type codes of LOB parameters; true for those whose bytes are text. */
const LOB_CODES: ReadonlyMap<number, boolean> = new Map([
  [TypeCode.BLOB, false],
  [TypeCode.LOCATOR, false],
  [TypeCode.CLOB, true],
  [TypeCode.NCLOB, true],
  [TypeCode.NLOCATOR, true],
  [TypeCode.TEXT, true],
  [TypeCode.BINTEXT, true],
]);

/**
 * The rows of a PARAMETERS part, each with one value per IN and INOUT parameter. A statement without
 * parameters has one empty row, whatever the part counts: node-hdb sends 1, go-hdb 0.
 */
export function decodeParameters(
  part: Part,
  parameters: readonly ParameterMetadata[],
): readonly (readonly ParameterValue[])[] {
  const inputs = parameters.filter((parameter) => parameter.mode !== 'out');
  if (inputs.length === 0) return [[]];
  const reader = readerOf(part);
  const rows: ParameterValue[][] = [];
  for (let index = 0; index < part.argumentCount; index++) rows.push(readRow(reader, inputs));
  if (reader.remaining > 0) {
    throw reader.malformed(
      `expected the end after ${rows.length} rows of ${inputs.length} values, ${reader.remaining} bytes left`,
    );
  }
  return rows;
}

function readRow(reader: WireReader, inputs: readonly ParameterMetadata[]): ParameterValue[] {
  const fixed = inputs.map((parameter, index) => readValue(reader, parameter, index));
  return fixed.map((value, index) => {
    if (!isPendingLob(value)) return value;
    const { character, complete } = value;
    return {
      kind: 'lob',
      character,
      data: reader.readBytes(value.length, `LOB of parameter ${index + 1}`),
      complete,
    };
  });
}

function readValue(
  reader: WireReader,
  parameter: ParameterMetadata,
  index: number,
): Exclude<ParameterValue, LobParameter> | PendingLob {
  const field = `parameter ${index + 1}`;
  const code = reader.readU8(`type of ${field}`);
  if (code >= NULL_BIT) return null;
  const character = LOB_CODES.get(code);
  if (character !== undefined) return readLob(reader, character);
  const read = READERS.get(code);
  if (read === undefined) {
    throw reader.malformed(
      `${field}: expected a type code of an input, got ${code}`,
      reader.offset - 1,
    );
  }
  const value = read(reader, parameter);
  return value === undefined || isLob(value) ? null : value;
}

function readLob(reader: WireReader, character: boolean): PendingLob | null {
  const options = reader.readU8('LOB options');
  const length = reader.readI32('LOB length');
  reader.skip(4, 'LOB position');
  if ((options & LobOption.NULL) !== 0) return null;
  const included = (options & LobOption.DATA_INCLUDED) !== 0;
  return {
    character,
    length: included ? length : 0,
    complete: (options & LobOption.LAST_DATA) !== 0,
  };
}

function isPendingLob(value: unknown): value is PendingLob {
  return typeof value === 'object' && value !== null && 'complete' in value && 'length' in value;
}

/** True for a LOB among parameter values. */
export function isLob(value: ParameterValue): value is LobParameter {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function readBoolean(reader: WireReader): boolean | undefined {
  const value = reader.readU8('BOOLEAN');
  return value === BOOLEAN_NULL ? undefined : value === BOOLEAN_TRUE;
}

function readString(reader: WireReader): string | undefined {
  const bytes = reader.readLengthPrefixed('character value');
  return bytes === undefined ? undefined : cesu8ToString(bytes);
}

function readDecimalText(reader: WireReader): string | undefined {
  const decimal = readDecimal(reader.readBytes(DECIMAL_BYTES, 'DECIMAL'), 0);
  return decimal === null ? undefined : formatDecimal(decimal);
}

function readFixedText(
  reader: WireReader,
  width: 8 | 12 | 16,
  parameter: ParameterMetadata,
): string {
  const unscaled = readFixed(reader.readBytes(width, `FIXED${width}`), 0, width);
  return formatDecimal({ unscaled, exponent: -fixedScale(parameter) });
}

function fixedScale(parameter: ParameterMetadata): number {
  return parameter.scale === FLOATING_SCALE ? 0 : parameter.scale;
}

function readLegacyTimestamp(reader: WireReader): string | undefined {
  const date = formatLegacyDate(reader.readBytes(4, 'TIMESTAMP date'));
  const time = formatLegacyTime(reader.readBytes(4, 'TIMESTAMP time'));
  return date === undefined || time === undefined ? undefined : `${date} ${time}`;
}

function readRealVector(reader: WireReader): Float32Array | undefined {
  const bytes = reader.readLengthPrefixed('REAL_VECTOR');
  if (bytes === undefined) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimension = bytes.length >= 4 ? view.getInt32(0, true) : -1;
  if (bytes.length !== 4 + 4 * dimension) {
    throw reader.malformed(`REAL_VECTOR: expected 4 + 4 x dimension bytes, got ${bytes.length}`);
  }
  return Float32Array.from({ length: dimension }, (_, index) =>
    view.getFloat32(4 + 4 * index, true),
  );
}

/**
 * A PARAMETERS part in the codes that SAP's own clients use. Temporal values go as STRING: HANA converts
 * text to the declared type. Throws `invalid-argument` when a number does not fit its declared type.
 */
export function encodeParameters(
  rows: readonly (readonly ParameterValue[])[],
  parameters: readonly ParameterMetadata[],
): Part {
  const inputs = parameters.filter((parameter) => parameter.mode !== 'out');
  const writer = new WireWriter();
  for (const row of rows) {
    inputs.forEach((parameter, index) => {
      writeValue(writer, parameter, row[index] ?? null);
    });
    for (const value of row) if (isLob(value)) writer.writeBytes(value.data);
  }
  return makePart(PartKind.PARAMETERS, rows.length, writer.finish());
}

function writeValue(writer: WireWriter, parameter: ParameterMetadata, value: ParameterValue): void {
  if (value === null) writer.writeU8(TypeCode.NSTRING | NULL_BIT);
  else if (typeof value === 'string') writeText(writer, parameter, value);
  else if (typeof value === 'boolean') {
    writer.writeU8(TypeCode.BOOLEAN).writeU8(value ? BOOLEAN_TRUE : 0);
  } else if (typeof value === 'bigint') writer.writeU8(TypeCode.BIGINT).writeI64(value);
  else if (typeof value === 'number') writeNumber(writer, parameter, value);
  else if (value instanceof Uint8Array) {
    writer.writeU8(TypeCode.BINARY).writeLengthPrefixed(value);
  } else if (value instanceof Float32Array) writeRealVector(writer, value);
  else {
    const last = value.complete ? LobOption.LAST_DATA : 0;
    writer.writeU8(value.character ? TypeCode.NCLOB : TypeCode.BLOB);
    writer
      .writeU8(LobOption.DATA_INCLUDED | last)
      .writeI32(value.data.length)
      .writeI32(0);
  }
}

const FIXED_WIDTHS: ReadonlyMap<number, 8 | 12 | 16> = new Map([
  [TypeCode.FIXED8, 8],
  [TypeCode.FIXED12, 12],
  [TypeCode.FIXED16, 16],
]);

function writeText(writer: WireWriter, parameter: ParameterMetadata, text: string): void {
  const width = FIXED_WIDTHS.get(parameter.typeCode);
  if (width !== undefined) {
    const unscaled = rescale(parseDecimal(text), fixedScale(parameter));
    if (unscaled !== undefined) {
      const bytes = new Uint8Array(width);
      writeFixed(bytes, 0, width, unscaled);
      writer.writeU8(parameter.typeCode).writeBytes(bytes);
      return;
    }
  }
  if (parameter.typeCode === TypeCode.DECIMAL) {
    const bytes = new Uint8Array(DECIMAL_BYTES);
    writeDecimal(bytes, 0, parseDecimal(text));
    writer.writeU8(TypeCode.DECIMAL).writeBytes(bytes);
    return;
  }
  writer.writeU8(TypeCode.NSTRING).writeLengthPrefixed(stringToCesu8(text));
}

function writeNumber(writer: WireWriter, parameter: ParameterMetadata, value: number): void {
  switch (parameter.typeCode) {
    case TypeCode.TINYINT:
      writer.writeU8(TypeCode.TINYINT).writeU8(value);
      return;
    case TypeCode.SMALLINT:
      writer.writeU8(TypeCode.SMALLINT).writeI16(value);
      return;
    case TypeCode.INT:
      writer.writeU8(TypeCode.INT).writeI32(value);
      return;
    case TypeCode.REAL:
      writer.writeU8(TypeCode.REAL).writeF32(value);
      return;
    default:
      writer.writeU8(TypeCode.DOUBLE).writeF64(value);
  }
}

function writeRealVector(writer: WireWriter, vector: Float32Array): void {
  const bytes = new WireWriter(4 + 4 * vector.length).writeI32(vector.length);
  for (const component of vector) bytes.writeF32(component);
  writer.writeU8(TypeCode.REAL_VECTOR).writeLengthPrefixed(bytes.finish());
}

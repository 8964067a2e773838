import { stringToCesu8 } from '../../src/driver/values/cesu8.ts';
import {
  DAYDATE_NULL,
  LONGDATE_NULL,
  SECONDDATE_NULL,
  SECONDTIME_NULL,
} from '../../src/driver/values/temporal.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import type { RowWriter } from './row-writer.ts';

/** How HANA describes the columns of one type, and writes their values. */
export interface ColumnKind<Value> {
  readonly typeCode: number;
  readonly length: number;
  readonly scale: number;
  readonly write: (writer: RowWriter, value: Value) => void;
  readonly writeNull: (writer: RowWriter) => void;
}

const NULL_TEXT = 255;
const FLOATING_SCALE = 32_767;
const DECIMAL_BIAS = 6176;
const LOB_NULL = 1;
/** The data is here, and it is all of it. */
const LOB_WHOLE = 6;
const LOB_LOCATOR = 7n;

/** Absent values of numbers are a byte 0 in place of the byte 1 before each value. */
const writeAbsent = (writer: RowWriter): void => writer.writeU8(0);

function present<Value>(
  typeCode: number,
  writeValue: (writer: RowWriter, value: Value) => void,
  [length, scale]: readonly [number, number] = [0, 0],
): ColumnKind<Value> {
  return {
    typeCode,
    length,
    scale,
    write: (writer, value) => {
      writer.writeU8(1);
      writeValue(writer, value);
    },
    writeNull: writeAbsent,
  };
}

export const TINYINT = present<number>(TypeCode.TINYINT, (writer, value) => writer.writeU8(value));
export const SMALLINT = present<number>(TypeCode.SMALLINT, (writer, value) =>
  writer.writeInt(value, 2),
);
export const INTEGER = present<number>(TypeCode.INT, (writer, value) => writer.writeInt(value, 4));
/** Of values that a number holds exactly. */
export const BIGINT = present<number>(TypeCode.BIGINT, (writer, value) => writer.writeInt64(value));

/** NULL is a number with every bit set. */
export const REAL: ColumnKind<number> = {
  typeCode: TypeCode.REAL,
  length: 0,
  scale: 0,
  write: (writer, value) => writer.writeFloat(value),
  writeNull: (writer) => writer.writeRepeated(0xff, 4),
};

export const DOUBLE: ColumnKind<number> = {
  typeCode: TypeCode.DOUBLE,
  length: 0,
  scale: 0,
  write: (writer, value) => writer.writeDouble(value),
  writeNull: (writer) => writer.writeRepeated(0xff, 8),
};

export const BOOLEAN: ColumnKind<boolean> = {
  typeCode: TypeCode.BOOLEAN,
  length: 0,
  scale: 0,
  write: (writer, value) => writer.writeU8(value ? 2 : 0),
  writeNull: (writer) => writer.writeU8(1),
};

/** DECIMAL with a scale and up to 18 digits. Values are unscaled, and a number holds them exactly. */
export function fixed8(length: number, scale: number): ColumnKind<number> {
  return present(TypeCode.FIXED8, (writer, value) => writer.writeInt64(value), [length, scale]);
}

/** Up to 28 digits. */
export function fixed12(length: number, scale: number): ColumnKind<bigint> {
  return wide(TypeCode.FIXED12, 12, [length, scale]);
}

/** Up to 38 digits. */
export function fixed16(length: number, scale: number): ColumnKind<bigint> {
  return wide(TypeCode.FIXED16, 16, [length, scale]);
}

function wide(
  typeCode: number,
  bytes: 12 | 16,
  size: readonly [number, number],
): ColumnKind<bigint> {
  return present(typeCode, (writer, value) => writer.writeBigInt(value, bytes), size);
}

/** DECIMAL without a scale: each value has its own. */
export const FLOATING_DECIMAL: ColumnKind<{
  readonly unscaled: number;
  readonly exponent: number;
}> = {
  typeCode: TypeCode.DECIMAL,
  length: 34,
  scale: FLOATING_SCALE,
  write: (writer, { unscaled, exponent }) => {
    const sign = unscaled < 0 ? 1n << 127n : 0n;
    const biased = BigInt(exponent + DECIMAL_BIAS) << 113n;
    writer.writeBigInt(BigInt(Math.abs(unscaled)) | biased | sign, 16);
  },
  writeNull: (writer) => {
    writer.writeRepeated(0, 15);
    writer.writeU8(0x70);
  },
};

function counted(
  typeCode: number,
  nullValue: bigint | number,
  bytes: 4 | 8,
): ColumnKind<bigint | number> {
  const write = (writer: RowWriter, value: bigint | number): void => {
    if (bytes === 4) writer.writeInt(Number(value), 4);
    else writer.writeBigInt(BigInt(value), 8);
  };
  return { typeCode, length: 0, scale: 0, write, writeNull: (writer) => write(writer, nullValue) };
}

/** Values are HANA's own counts, as `src/driver/values/temporal.ts` tells them. */
export const TIMESTAMP = counted(TypeCode.LONGDATE, LONGDATE_NULL, 8);
export const SECONDDATE = counted(TypeCode.SECONDDATE, SECONDDATE_NULL, 8);
export const DATE = counted(TypeCode.DAYDATE, DAYDATE_NULL, 4);
export const TIME = counted(TypeCode.SECONDTIME, SECONDTIME_NULL, 4);

/** Any text. */
export function nvarchar(length: number): ColumnKind<string> {
  return variable(TypeCode.NVARCHAR, length, (writer, text) =>
    writer.writeVariable(stringToCesu8(text)),
  );
}

/** Texts of ASCII of at most 245 characters: quicker to make. */
export function asciiNvarchar(length: number): ColumnKind<string> {
  return variable(TypeCode.NVARCHAR, length, (writer, text) => writer.writeAscii(text));
}

export function varbinary(length: number): ColumnKind<Uint8Array> {
  return variable(TypeCode.VARBINARY, length, (writer, bytes) => writer.writeVariable(bytes));
}

function variable<Value>(
  typeCode: number,
  length: number,
  write: (writer: RowWriter, value: Value) => void,
): ColumnKind<Value> {
  return { typeCode, length, scale: 0, write, writeNull: (writer) => writer.writeU8(NULL_TEXT) };
}

/** A text that comes whole with its row. */
export const NCLOB: ColumnKind<string> = lob(TypeCode.NCLOB, 3, (text) => ({
  characters: text.length,
  bytes: stringToCesu8(text),
}));

/** Bytes that come whole with their row. */
export const BLOB: ColumnKind<Uint8Array> = lob(TypeCode.BLOB, 1, (bytes) => ({
  characters: bytes.length,
  bytes,
}));

/** The descriptor of a LOB is laid out in `src/driver/columnar/lob-descriptor.ts`. */
function lob<Value>(
  typeCode: number,
  source: number,
  contentOf: (value: Value) => { readonly characters: number; readonly bytes: Uint8Array },
): ColumnKind<Value> {
  return {
    typeCode,
    length: 0,
    scale: 0,
    write: (writer, value) => {
      const { characters, bytes } = contentOf(value);
      writer.writeU8(source);
      writer.writeU8(LOB_WHOLE);
      writer.writeInt(0, 2);
      writer.writeInt64(characters);
      writer.writeInt64(bytes.length);
      writer.writeBigInt(LOB_LOCATOR, 8);
      writer.writeInt(bytes.length, 4);
      writer.writeBytes(bytes);
    },
    writeNull: (writer) => {
      writer.writeU8(source);
      writer.writeU8(LOB_NULL);
    },
  };
}

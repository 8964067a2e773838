import { makePart, type Part, readerOf } from '../message.ts';
import type { PartKind } from '../part-kind.ts';
import type { WireReader } from '../reader.ts';
import { TypeCode } from '../type-code.ts';
import { WireWriter } from '../writer.ts';

/** A value of an options part; `type` is its wire type. */
export type OptionValue =
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'tinyint' | 'int' | 'double'; readonly value: number }
  | { readonly type: 'bigint'; readonly value: bigint }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Uint8Array };

/** The content of an options part: option id to value. */
export type Options = ReadonlyMap<number, OptionValue>;

/*
 * Each option:  0  i8  id   1  u8  type   2  value
 * BOOLEAN (28) 1 byte, 0 or 1 - not the 0/1/2 of columns; TINYINT (1) 1 byte; INT (3) i32;
 * BIGINT (4) i64; DOUBLE (7) f64; STRING (29) and BSTRING (33) i16 length, bytes.
 * There are no other types: go-hdb panics on one and node-hdb loses its place.
 */

export function encodeOptions(kind: PartKind, options: Options): Part {
  const writer = new WireWriter();
  for (const [id, option] of options) writeOption(writer.writeU8(id), option);
  return makePart(kind, options.size, writer.finish());
}

/**
 * Reads to the end of the data: drivers disagree on what the argument count of an options part counts.
 * Of an id that comes twice the last value holds.
 */
export function decodeOptions(part: Part): Options {
  const reader = readerOf(part);
  const options = new Map<number, OptionValue>();
  while (reader.remaining > 0) {
    const id = reader.readI8('option id');
    options.set(id, readOption(reader, id));
  }
  return options;
}

/** The value of an INT (or TINYINT) option; undefined when it is absent or of another type. */
export function intOption(options: Options, id: number): number | undefined {
  const option = options.get(id);
  return option?.type === 'int' || option?.type === 'tinyint' ? option.value : undefined;
}

/** The value of a STRING option; undefined when it is absent or of another type. */
export function stringOption(options: Options, id: number): string | undefined {
  const option = options.get(id);
  return option?.type === 'string' ? option.value : undefined;
}

function writeOption(writer: WireWriter, option: OptionValue): void {
  switch (option.type) {
    case 'boolean':
      writer.writeU8(TypeCode.BOOLEAN).writeU8(option.value ? 1 : 0);
      return;
    case 'tinyint':
      writer.writeU8(TypeCode.TINYINT).writeU8(option.value);
      return;
    case 'int':
      writer.writeU8(TypeCode.INT).writeI32(option.value);
      return;
    case 'bigint':
      writer.writeU8(TypeCode.BIGINT).writeI64(option.value);
      return;
    case 'double':
      writer.writeU8(TypeCode.DOUBLE).writeF64(option.value);
      return;
    case 'string': {
      const text = Buffer.from(option.value, 'utf8');
      writer.writeU8(TypeCode.STRING).writeI16(text.length).writeBytes(text);
      return;
    }
    case 'bytes':
      writer.writeU8(TypeCode.BSTRING).writeI16(option.value.length).writeBytes(option.value);
      return;
  }
}

function readOption(reader: WireReader, id: number): OptionValue {
  const type = reader.readU8(`type of option ${id}`);
  const field = `option ${id}`;
  switch (type) {
    case TypeCode.BOOLEAN:
      return { type: 'boolean', value: reader.readU8(field) !== 0 };
    case TypeCode.TINYINT:
      return { type: 'tinyint', value: reader.readU8(field) };
    case TypeCode.INT:
      return { type: 'int', value: reader.readI32(field) };
    case TypeCode.BIGINT:
      return { type: 'bigint', value: reader.readI64(field) };
    case TypeCode.DOUBLE:
      return { type: 'double', value: reader.readF64(field) };
    case TypeCode.STRING:
      return { type: 'string', value: reader.readText(reader.readI16(`${field} length`), field) };
    case TypeCode.BSTRING:
      return { type: 'bytes', value: reader.readBytes(reader.readI16(`${field} length`), field) };
    default:
      throw reader.malformed(
        `option ${id}: expected an option type, got ${type}`,
        reader.offset - 1,
      );
  }
}

import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireReader } from '../reader.ts';
import { WireWriter } from '../writer.ts';

/*
 * Fields:  0  u16  number of fields, then each field: length indicator, bytes.
 * Indicator: up to 245 the length itself; 246 u16; 247 u32; 255 u16 big endian.
 * go-hdb writes lengths up to 250 as themselves, so 246 and 247 can also be lengths.
 */

const MAX_SHORT_LENGTH = 245;
const MAX_GO_SHORT_LENGTH = 250;
const LENGTH_U16 = 246;
const LENGTH_U32 = 247;
const LENGTH_U16_BE = 255;

/** An AUTHENTICATION part. Field by field: user, method, data, … or method, data. */
export function encodeAuthentication(fields: readonly Uint8Array[]): Part {
  return makePart(PartKind.AUTHENTICATION, 1, encodeFields(fields));
}

export function decodeAuthentication(part: Part): readonly Uint8Array[] {
  return readFields(readerOf(part), () => readerOf(part));
}

/** A field list; a field may itself hold one. Written so that every driver can read it. */
export function encodeFields(fields: readonly Uint8Array[]): Uint8Array {
  const writer = new WireWriter().writeU16(fields.length);
  for (const field of fields) {
    if (field.length <= MAX_SHORT_LENGTH) writer.writeU8(field.length);
    else writer.writeU8(LENGTH_U16_BE).writeU16BE(field.length);
    writer.writeBytes(field);
  }
  return writer.finish();
}

/** @param what names the list in the text of a `malformed-packet` error. */
export function decodeFields(bytes: Uint8Array, what: string): readonly Uint8Array[] {
  return readFields(new WireReader(bytes, what), () => new WireReader(bytes, what));
}

/** Takes go-hdb's reading of 246 and 247 when the usual one does not fit the bytes exactly. */
function readFields(usual: WireReader, restart: () => WireReader): readonly Uint8Array[] {
  try {
    return readAllFields(usual, MAX_SHORT_LENGTH);
  } catch (error) {
    try {
      return readAllFields(restart(), MAX_GO_SHORT_LENGTH);
    } catch {
      throw error;
    }
  }
}

function readAllFields(reader: WireReader, maxShortLength: number): readonly Uint8Array[] {
  const count = reader.readU16('field count');
  const fields: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const name = `field ${index + 1}`;
    fields.push(reader.readBytes(readFieldLength(reader, maxShortLength, name), name));
  }
  if (reader.remaining > 0) {
    throw reader.malformed(
      `expected the end after ${count} fields, ${reader.remaining} bytes left`,
    );
  }
  return fields;
}

function readFieldLength(reader: WireReader, maxShortLength: number, name: string): number {
  const first = reader.readU8(`length of ${name}`);
  if (first <= maxShortLength) return first;
  if (first === LENGTH_U16) return reader.readU16(`length of ${name}`);
  if (first === LENGTH_U32) return reader.readU32(`length of ${name}`);
  if (first === LENGTH_U16_BE) return reader.readU16BE(`length of ${name}`);
  throw reader.malformed(`${name}: expected a length indicator, got ${first}`, reader.offset - 1);
}

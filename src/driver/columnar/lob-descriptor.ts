import { LobOption } from '../wire/lob-option.ts';
import { TypeCode } from '../wire/type-code.ts';

/**
 * What stands in a row for a LOB:
 *
 * | offset | type | field |
 * |---|---|---|
 * | 0 | u8 | source type: 0 unknown, 1 BLOB, 2 CLOB, 3 NCLOB |
 * | 1 | u8 | options (LobOption); a NULL ends here |
 * | 2 | 2 | filler |
 * | 4 | i64 | length in characters |
 * | 12 | i64 | length in bytes |
 * | 20 | 8 | locator |
 * | 28 | i32 | bytes of the first chunk |
 * | 32 | n | first chunk |
 */
export const LOB_HEADER_BYTES = 32;
/** Bytes of a NULL LOB. */
export const LOB_NULL_BYTES = 2;
export const LOB_OPTIONS_OFFSET = 1;
const LOB_CHAR_LENGTH_OFFSET = 4;
export const LOB_BYTE_LENGTH_OFFSET = 12;
const LOB_LOCATOR_OFFSET = 20;
const LOB_LOCATOR_BYTES = 8;
export const LOB_CHUNK_LENGTH_OFFSET = 28;

/** What HANA counts in a LOB's offsets: bytes, or UTF-16 code units. */
export type LobUnit = 'byte' | 'utf16';

/** A LOB value as its row announces it. Lengths are the peer's claim. */
export interface LobDescriptor {
  readonly locator: Uint8Array;
  readonly byteLength: number;
  readonly charLength: number;
  /** The first chunk is all there is. */
  readonly complete: boolean;
}

/** Types whose LOBs are counted in UTF-16 code units; the others are counted in bytes. */
const UTF16_LOBS: ReadonlySet<number> = new Set([
  TypeCode.NCLOB,
  TypeCode.NLOCATOR,
  TypeCode.TEXT,
  TypeCode.BINTEXT,
]);

export function lobUnitOf(typeCode: number): LobUnit {
  return UTF16_LOBS.has(typeCode) ? 'utf16' : 'byte';
}

/** Reads a descriptor that is not NULL; the scanner has checked that all of it is there. */
export function readLobDescriptor(bytes: Uint8Array, view: DataView, at: number): LobDescriptor {
  const byteLength = readLength(view, at + LOB_BYTE_LENGTH_OFFSET);
  const charLength = readLength(view, at + LOB_CHAR_LENGTH_OFFSET);
  const last = (view.getUint8(at + LOB_OPTIONS_OFFSET) & LobOption.LAST_DATA) !== 0;
  return {
    locator: bytes.slice(at + LOB_LOCATOR_OFFSET, at + LOB_LOCATOR_OFFSET + LOB_LOCATOR_BYTES),
    byteLength,
    charLength,
    complete: last || (byteLength === 0 && charLength === 0),
  };
}

/** An i64 length; beyond 2^53 it is not exact, which no limit on LOBs lets matter. */
export function readLength(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
}

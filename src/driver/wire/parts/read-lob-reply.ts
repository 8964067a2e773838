import { LobOption } from '../lob-option.ts';
import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/** A piece of a LOB. */
export interface ReadLobReply {
  readonly locator: Uint8Array;
  /** Bytes, CESU-8 for character LOBs; may begin or end between two surrogates. */
  readonly data: Uint8Array;
  readonly last: boolean;
}

/*
 *  0  8    locator
 *  8  u8   LobOption bits
 *  9  i32  length in bytes
 * 13  3    filler
 * 16       data
 */

/** A READLOBREPLY part. */
export function encodeReadLobReply(reply: ReadLobReply): Part {
  const writer = new WireWriter(16 + reply.data.length).writeBytes(reply.locator);
  writer.writeU8(LobOption.DATA_INCLUDED | (reply.last ? LobOption.LAST_DATA : 0));
  writer.writeI32(reply.data.length).writeZeros(3).writeBytes(reply.data);
  return makePart(PartKind.READLOBREPLY, 1, writer.finish());
}

export function decodeReadLobReply(part: Part): ReadLobReply {
  const reader = readerOf(part);
  const locator = reader.readBytes(8, 'locator');
  const options = reader.readU8('options');
  const length = reader.readI32('length');
  reader.skip(3, 'filler');
  const data = reader.readBytes(length, 'data');
  return { locator, data, last: (options & LobOption.LAST_DATA) !== 0 };
}

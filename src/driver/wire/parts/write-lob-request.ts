import { LobOption } from '../lob-option.ts';
import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/** A piece of a LOB parameter that follows its EXECUTE. */
export interface WriteLobRequest {
  readonly locator: Uint8Array;
  /** 0 (node-hdb) and -1 (go-hdb, hdbconnect) both append. */
  readonly offset: bigint;
  readonly data: Uint8Array;
  readonly last: boolean;
}

/*
 * Each LOB:   0  8    locator
 *             8  u8   LobOption bits
 *             9  i64  offset
 *            17  i32  length in bytes
 *            21       data
 */

/** A WRITELOBREQUEST part. */
export function encodeWriteLobRequests(requests: readonly WriteLobRequest[]): Part {
  const writer = new WireWriter();
  for (const request of requests) {
    writer.writeBytes(request.locator);
    writer.writeU8(LobOption.DATA_INCLUDED | (request.last ? LobOption.LAST_DATA : 0));
    writer.writeI64(request.offset).writeI32(request.data.length).writeBytes(request.data);
  }
  return makePart(PartKind.WRITELOBREQUEST, requests.length, writer.finish());
}

export function decodeWriteLobRequests(part: Part): readonly WriteLobRequest[] {
  const reader = readerOf(part);
  const requests: WriteLobRequest[] = [];
  for (let index = 0; index < part.argumentCount; index++) {
    const locator = reader.readBytes(8, 'locator');
    const options = reader.readU8('options');
    const offset = reader.readI64('offset');
    const data = reader.readBytes(reader.readI32('length'), 'data');
    requests.push({ locator, offset, data, last: (options & LobOption.LAST_DATA) !== 0 });
  }
  return requests;
}

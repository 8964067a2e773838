import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/** What a client wants of a LOB. */
export interface ReadLobRequest {
  readonly locator: Uint8Array;
  /** From 1, in bytes; in UTF-16 code units for an NCLOB. */
  readonly offset: bigint;
  /** In the unit of `offset`. */
  readonly length: number;
}

/*
 *  0  8    locator
 *  8  i64  offset, from 1
 * 16  i32  length
 * 20  4    filler
 */

/** A READLOBREQUEST part. */
export function encodeReadLobRequest(request: ReadLobRequest): Part {
  const writer = new WireWriter(24).writeBytes(request.locator).writeI64(request.offset);
  writer.writeI32(request.length).writeZeros(4);
  return makePart(PartKind.READLOBREQUEST, 1, writer.finish());
}

/** The first request of the part: HANA answers only that one as well. */
export function decodeReadLobRequest(part: Part): ReadLobRequest {
  const reader = readerOf(part);
  const locator = reader.readBytes(8, 'locator');
  const offset = reader.readI64('offset');
  const length = reader.readI32('length');
  reader.skip(4, 'filler');
  return { locator, offset, length };
}

import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/** A RESULTSETID part: 8 bytes that name an open cursor. Never 0, which go-hdb takes for none. */
export function encodeResultSetId(id: bigint): Part {
  return makePart(PartKind.RESULTSETID, 1, new WireWriter(8).writeI64(id).finish());
}

export function decodeResultSetId(part: Part): bigint {
  return readerOf(part).readI64('result set id');
}

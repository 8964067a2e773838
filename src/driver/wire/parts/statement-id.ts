import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/** A STATEMENTID part: 8 bytes that name a prepared statement. */
export function encodeStatementId(id: bigint): Part {
  return makePart(PartKind.STATEMENTID, 1, new WireWriter(8).writeI64(id).finish());
}

export function decodeStatementId(part: Part): bigint {
  return readerOf(part).readI64('statement id');
}

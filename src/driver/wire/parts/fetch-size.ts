import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/** A FETCHSIZE part: the most rows a client wants in the reply, an i32. */
export function encodeFetchSize(rows: number): Part {
  return makePart(PartKind.FETCHSIZE, 1, new WireWriter(4).writeI32(rows).finish());
}

export function decodeFetchSize(part: Part): number {
  return readerOf(part).readI32('fetch size');
}

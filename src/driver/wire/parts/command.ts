import { cesu8ToString, stringToCesu8 } from '../../values/cesu8.ts';
import { makePart, type Part } from '../message.ts';
import { PartKind } from '../part-kind.ts';

/** A COMMAND part: the SQL text in CESU-8, without a terminator. */
export function encodeCommand(sql: string): Part {
  return makePart(PartKind.COMMAND, 1, stringToCesu8(sql));
}

export function decodeCommand(part: Part): string {
  return cesu8ToString(part.data);
}

import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';
import { WireWriter } from '../writer.ts';

/** Entry of a row of a batch that failed; the ERROR part has one error for each. */
export const ROW_FAILED = -3;

/*
 * Other entries: 0 and above are rows, -1 is "not known yet" (the EXECUTE of a row whose LOBs follow: newer
 * HANAs count it in the reply to the last WRITELOB), -2 is "done, not counted" (DDL).
 */

/** A ROWSAFFECTED part: an i32 per executed row. */
export function encodeRowsAffected(counts: readonly number[]): Part {
  const writer = new WireWriter(4 * counts.length);
  for (const count of counts) writer.writeI32(count);
  return makePart(PartKind.ROWSAFFECTED, counts.length, writer.finish());
}

export function decodeRowsAffected(part: Part): readonly number[] {
  const reader = readerOf(part);
  const counts: number[] = [];
  for (let index = 0; index < part.argumentCount; index++) {
    counts.push(reader.readI32(`count ${index + 1}`));
  }
  return counts;
}

/**
 * Rows changed in all. Entries below 0 count as none, as in go-hdb, whose tests against HANA find every
 * row of a batch that way: HANA does not answer -2 for DML.
 */
export function countAffectedRows(parts: readonly Part[]): number {
  return parts
    .filter(({ kind }) => kind === PartKind.ROWSAFFECTED)
    .flatMap((part) => decodeRowsAffected(part))
    .reduce((sum, count) => sum + Math.max(count, 0), 0);
}

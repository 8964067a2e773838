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

/** A reply to a large batch has tens of thousands of counts, and the next batch waits for it. */
export function readRowCounts(part: Part): Int32Array {
  const { argumentCount } = part;
  const bytes = readerOf(part).readBytes(4 * argumentCount, `${argumentCount} counts`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const counts = new Int32Array(argumentCount);
  for (let row = 0; row < argumentCount; row++) counts[row] = view.getInt32(4 * row, true);
  return counts;
}

/** The same as plain data. */
export function decodeRowsAffected(part: Part): readonly number[] {
  return [...readRowCounts(part)];
}

/**
 * Rows changed in all. Entries below 0 count as none, as in go-hdb, whose tests against HANA find every
 * row of a batch that way: HANA does not answer -2 for DML.
 */
export function countAffectedRows(parts: readonly Part[]): number {
  let rows = 0;
  for (const part of parts) {
    if (part.kind !== PartKind.ROWSAFFECTED) continue;
    for (const count of readRowCounts(part)) rows += Math.max(count, 0);
  }
  return rows;
}

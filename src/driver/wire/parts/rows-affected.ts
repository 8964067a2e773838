import { makePart, type Part, readerOf } from '../message.ts';
import { PartKind } from '../part-kind.ts';

/** Entry of a row of a batch that failed; the ERROR part has one error for each. */
export const ROW_FAILED = -3;

/*
 * Other entries: 0 and above are rows, -1 is "not known yet" (the EXECUTE of a row whose LOBs follow: newer
 * HANAs count it in the reply to the last WRITELOB), -2 is "done, not counted" (DDL).
 */

const COUNT_BYTES = 4;

/** A ROWSAFFECTED part: an i32 per executed row. */
export function encodeRowsAffected(counts: readonly number[]): Part {
  const data = new Uint8Array(COUNT_BYTES * counts.length);
  const view = new DataView(data.buffer);
  for (let row = 0; row < counts.length; row++) {
    view.setInt32(COUNT_BYTES * row, counts[row] ?? 0, true);
  }
  return makePart(PartKind.ROWSAFFECTED, counts.length, data);
}

/** A reply to a large batch has tens of thousands of counts, and the next batch waits for it. */
export function readRowCounts(part: Part): Int32Array {
  const view = countsOf(part);
  const counts = new Int32Array(part.argumentCount);
  for (let row = 0; row < counts.length; row++)
    counts[row] = view.getInt32(COUNT_BYTES * row, true);
  return counts;
}

/** @throws HanaFlightError `malformed-packet` when the part is shorter than its counts. */
export function checkRowCounts(part: Part): void {
  countsOf(part);
}

function countsOf(part: Part): DataView {
  const { argumentCount } = part;
  const bytes = readerOf(part).readBytes(COUNT_BYTES * argumentCount, `${argumentCount} counts`);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    const counts = countsOf(part);
    for (let at = 0; at < counts.byteLength; at += COUNT_BYTES) {
      rows += Math.max(counts.getInt32(at, true), 0);
    }
  }
  return rows;
}

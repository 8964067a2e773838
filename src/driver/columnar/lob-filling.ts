import type { ArrowBatch } from '../../arrow/batch.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { DecodedBatch } from './result-decoder.ts';

/** Arrow's utf8 and binary count bytes in int32. */
const MAX_COLUMN_BYTES = 0x7fff_ffff;

/**
 * Puts the contents of a batch's pending LOBs (in their order) into their rows: the batch as it is to be
 * sent. Text is expected as UTF-8.
 */
export function fillLobs(
  { batch, pendingLobs }: DecodedBatch,
  contents: readonly Uint8Array[],
): ArrowBatch {
  if (pendingLobs.length === 0) return batch;
  const buffers = [...batch.buffers];
  for (const offsetsBuffer of new Set(pendingLobs.map((lob) => lob.offsetsBuffer))) {
    const contentByRow = new Map<number, Uint8Array>();
    pendingLobs.forEach((lob, index) => {
      const content = contents[index];
      if (lob.offsetsBuffer === offsetsBuffer && content) contentByRow.set(lob.row, content);
    });
    const { offsets, values } = filledColumn(batch, offsetsBuffer, contentByRow);
    buffers[offsetsBuffer] = offsets;
    buffers[offsetsBuffer + 1] = values;
  }
  return { ...batch, buffers };
}

/** One column with the contents in place of the empty values of their rows. */
function filledColumn(
  { buffers, rowCount }: ArrowBatch,
  offsetsBuffer: number,
  contentByRow: ReadonlyMap<number, Uint8Array>,
) {
  const bytes = buffers[offsetsBuffer] ?? new Uint8Array(0);
  const oldOffsets = new Int32Array(bytes.buffer, bytes.byteOffset, rowCount + 1);
  const oldValues = buffers[offsetsBuffer + 1] ?? new Uint8Array(0);
  let total = oldValues.length;
  for (const content of contentByRow.values()) total += content.length;
  if (total > MAX_COLUMN_BYTES) {
    throw new HanaFlightError(
      'resource-exhausted',
      `LOBs of a batch: expected at most ${MAX_COLUMN_BYTES} bytes in a column, got ${total}`,
    );
  }
  const offsets = new Int32Array(rowCount + 1);
  const values = new Uint8Array(total);
  let used = 0;
  for (let row = 0; row < rowCount; row++) {
    const start = oldOffsets[row] ?? 0;
    const content = contentByRow.get(row) ?? oldValues.subarray(start, oldOffsets[row + 1]);
    values.set(content, used);
    used += content.length;
    offsets[row + 1] = used;
  }
  return { offsets: new Uint8Array(offsets.buffer), values };
}

import { HanaFlightError } from '../core/errors.ts';
import { isValid } from './bitmap.ts';
import { checkGrowth } from './growth-limit.ts';
import { dataViewOf, type PlainValues } from './plain-array.ts';

/*
 * A view is 16 bytes: i32 length; up to 12 bytes of value, or 4 bytes of prefix, i32 index of a data
 * buffer, i32 offset into it (https://arrow.apache.org/docs/format/Columnar.html).
 */
export const VIEW_BYTES = 16;
const MAX_INLINE_BYTES = 12;
const INLINE_AT = 4;
const BUFFER_INDEX_AT = 8;
const OFFSET_AT = 12;

/** An array of views as it came. */
export interface ViewSource {
  readonly length: number;
  readonly validity: Uint8Array;
  /** {@link VIEW_BYTES} a row. */
  readonly views: Uint8Array;
  readonly buffers: readonly Uint8Array[];
  readonly place: string;
}

/** The values that the views point to, one behind the other. NULLs become empty. */
export function gatherViews(source: ViewSource): PlainValues {
  const { length, validity, views } = source;
  checkGrowth(source.place, (length + 1) * 4);
  const offsets = new Int32Array(length + 1);
  const view = dataViewOf(views);
  let end = 0;
  for (let row = 0; row < length; row++) {
    if (isValid(validity, row)) end += Math.max(0, view.getInt32(row * VIEW_BYTES, true));
    checkGrowth(source.place, end);
    offsets[row + 1] = end;
  }
  const data = new Uint8Array(end);
  for (let row = 0; row < length; row++) {
    if (isValid(validity, row)) data.set(valueAt(source, view, row), offsets[row] ?? 0);
  }
  return { kind: 'variable', offsets, data };
}

function valueAt({ views, buffers, place }: ViewSource, view: DataView, row: number): Uint8Array {
  const at = row * VIEW_BYTES;
  const length = view.getInt32(at, true);
  if (length >= 0 && length <= MAX_INLINE_BYTES) {
    return views.subarray(at + INLINE_AT, at + INLINE_AT + length);
  }
  const index = view.getInt32(at + BUFFER_INDEX_AT, true);
  const offset = view.getInt32(at + OFFSET_AT, true);
  const buffer = buffers[index];
  if (length >= 0 && buffer !== undefined && offset >= 0 && offset + length <= buffer.length) {
    return buffer.subarray(offset, offset + length);
  }
  const size = buffer === undefined ? 'which does not exist' : `of ${buffer.length} bytes`;
  throw new HanaFlightError(
    'invalid-argument',
    `${place}, row ${row + 1} of the batch: expected a view inside a data buffer, got ${length} bytes at offset ${offset} of buffer ${index}, ${size}`,
  );
}

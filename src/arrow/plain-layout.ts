import { HanaFlightError } from '../core/errors.ts';
import { bitmapBytes, countSetBits, isValid } from './bitmap.ts';
import type { ArrowColumn } from './columns.ts';
import { checkGrowth } from './growth-limit.ts';
import type { FixedLayout, IncomingField, IncomingLayout, OffsetBytes } from './incoming-field.ts';
import { readOffsets } from './incoming-offsets.ts';
import type { BodyReader } from './ipc-batch-reader.ts';
import { bytesOf, columnOf, dataViewOf, type PlainArray, type PlainValues } from './plain-array.ts';
import { gatherViews, VIEW_BYTES } from './view-values.ts';

/** An array that is being read. */
interface ArraySource {
  readonly body: BodyReader;
  readonly place: string;
  /** Rows that the parent says; undefined where the array's own node says it. */
  readonly rows: number | undefined;
}

/** Reads a column that is not dictionary-encoded: its arrays in the plain layout. */
export function readColumn(field: IncomingField, source: ArraySource): ArrowColumn {
  const { layout } = field;
  if (layout.kind === 'null') {
    const { length } = source.body.takeNode(source.place, source.rows);
    return { nodes: [{ length, nullCount: length }], buffers: [] };
  }
  if (layout.kind === 'list') return readList(layout, source);
  if (layout.kind === 'fixed-size-list') return readFixedSizeList(layout, source);
  return columnOf(readArray(layout, source));
}

/** The layouts of arrays without children. */
export type LeafLayout = Exclude<
  IncomingLayout,
  { kind: 'null' } | { kind: 'list' } | { kind: 'fixed-size-list' }
>;

export function readArray(layout: LeafLayout, source: ArraySource): PlainArray {
  const base = readValidity(source);
  return { ...base, values: readValues(layout, base, source) };
}

/** Length and NULLs of an array. */
type Base = Omit<PlainArray, 'values'>;

/** A null count of 0 means that the bitmap is not to be read, whatever is in it. */
function readValidity({ body, place, rows }: ArraySource): Base {
  const { length, nullCount: claimed } = body.takeNode(place, rows);
  const bitmap = body.takeBuffer(`${place}, validity`);
  if (claimed === 0) return { length, nullCount: 0, validity: NO_BYTES };
  const bytes = bitmapBytes(length);
  if (bitmap.length < bytes) throw tooShort(`${place}, validity`, bytes, bitmap.length);
  const validity = bitmap.subarray(0, bytes);
  const nullCount = length - countSetBits(validity, length);
  return { length, nullCount, validity: nullCount === 0 ? NO_BYTES : validity };
}

function readValues(layout: LeafLayout, base: Base, { body, place }: ArraySource): PlainValues {
  const { length } = base;
  if (layout.kind === 'variable') return readVariable(layout.offsetBytes, length, { body, place });
  if (layout.kind === 'bits') {
    return { kind: 'bits', bits: exactBuffer(body, place, bitmapBytes(length)) };
  }
  if (layout.kind === 'view') {
    const views = exactBuffer(body, place, length * VIEW_BYTES);
    const count = body.takeVariadicCount(place);
    const buffers = Array.from({ length: count }, () => body.takeBuffer(place));
    return gatherViews({ ...base, views, buffers, place });
  }
  const bytes = exactBuffer(body, place, length * layout.bytes);
  if (layout.kind === 'fixed') return readFixed(layout, base, bytes, place);
  return { kind: 'variable', offsets: evenOffsets(length, layout.bytes, place), data: bytes };
}

function readFixed(
  { bytes, plainBytes, convert }: FixedLayout,
  { length, validity }: Base,
  source: Uint8Array,
  place: string,
): PlainValues {
  if (convert === undefined) return { kind: 'fixed', width: plainBytes, bytes: source };
  const target = new Uint8Array(length * plainBytes);
  const sourceView = dataViewOf(source);
  const targetView = dataViewOf(target);
  for (let row = 0; row < length; row++) {
    const fits = convert(sourceView, row * bytes, targetView, row * plainBytes);
    if (!fits && isValid(validity, row)) {
      const expected = bytes === 8 ? 'whole days (date64)' : '38 digits or fewer (decimal256)';
      throw new HanaFlightError(
        'invalid-argument',
        `${place}, row ${row + 1} of the batch: expected ${expected}, got another value`,
      );
    }
  }
  return { kind: 'fixed', width: plainBytes, bytes: target };
}

function readVariable(
  offsetBytes: OffsetBytes,
  rows: number,
  { body, place }: Pick<ArraySource, 'body' | 'place'>,
): PlainValues {
  const bytes = body.takeBuffer(`${place}, offsets`);
  const data = body.takeBuffer(`${place}, data`);
  const offsets = readOffsets({ bytes, offsetBytes, rows, place }, data.length);
  return { kind: 'variable', offsets, data: data.subarray(0, offsets[rows]) };
}

function readList(layout: IncomingLayout & { kind: 'list' }, source: ArraySource): ArrowColumn {
  const { body, place } = source;
  const { length, nullCount, validity } = readValidity(source);
  const bytes = body.takeBuffer(`${place}, offsets`);
  const items = readColumn(layout.item, { body, place: `${place}, items`, rows: undefined });
  const { offsetBytes } = layout;
  const limit = items.nodes[0]?.length ?? 0;
  const offsets = readOffsets({ bytes, offsetBytes, rows: length, place }, limit);
  const own = { nodes: [{ length, nullCount }], buffers: [validity, bytesOf(offsets)] };
  return joined(own, items);
}

function readFixedSizeList(
  layout: IncomingLayout & { kind: 'fixed-size-list' },
  source: ArraySource,
): ArrowColumn {
  const { body, place } = source;
  const { length, nullCount, validity } = readValidity(source);
  const rows = length * layout.size;
  const items = readColumn(layout.item, { body, place: `${place}, items`, rows });
  return joined({ nodes: [{ length, nullCount }], buffers: [validity] }, items);
}

function joined(own: ArrowColumn, items: ArrowColumn): ArrowColumn {
  return { nodes: [...own.nodes, ...items.nodes], buffers: [...own.buffers, ...items.buffers] };
}

function evenOffsets(rows: number, width: number, place: string): Int32Array {
  checkGrowth(place, (rows + 1) * 4);
  return Int32Array.from({ length: rows + 1 }, (_, row) => row * width);
}

/** The next buffer without what lies behind its values. */
function exactBuffer(body: BodyReader, place: string, bytes: number): Uint8Array {
  const buffer = body.takeBuffer(`${place}, values`);
  if (buffer.length < bytes) throw tooShort(`${place}, values`, bytes, buffer.length);
  return buffer.subarray(0, bytes);
}

const NO_BYTES = new Uint8Array(0);

function tooShort(place: string, needed: number, got: number): HanaFlightError {
  return invalid(place, `a buffer of ${needed} bytes or more`, String(got));
}

function invalid(place: string, expected: string, got: string): HanaFlightError {
  return new HanaFlightError('invalid-argument', `${place}: expected ${expected}, got ${got}`);
}

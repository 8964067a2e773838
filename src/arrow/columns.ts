import type { ArrowBatch, ArrowNode } from './batch.ts';

/** The arrays of one column, its own first and then those of its children. */
export interface ArrowColumn {
  readonly nodes: readonly ArrowNode[];
  readonly buffers: readonly Uint8Array[];
}

/**
 * Builders for small tables that do not come from HANA's wire: metadata results, tests, examples.
 * `null` stands for SQL NULL.
 */
export function makeBatch(rowCount: number, columns: readonly ArrowColumn[]): ArrowBatch {
  return {
    rowCount,
    nodes: columns.flatMap((column) => column.nodes),
    buffers: columns.flatMap((column) => column.buffers),
  };
}

export function utf8Column(values: readonly (string | null)[]): ArrowColumn {
  return binaryColumn(values.map((value) => (value === null ? null : Buffer.from(value, 'utf8'))));
}

export function binaryColumn(values: readonly (Uint8Array | null)[]): ArrowColumn {
  const offsets = offsetsOf(values.map((value) => value?.length ?? 0));
  const data = Buffer.concat(values.map((value) => value ?? new Uint8Array(0)));
  return leaf(values, [bytesOf(offsets), data]);
}

export function boolColumn(values: readonly (boolean | null)[]): ArrowColumn {
  return leaf(values, [bitmapOf(values.map((value) => value === true))]);
}

export function int32Column(values: readonly (number | null)[]): ArrowColumn {
  return leaf(values, [bytesOf(Int32Array.from(values, (value) => value ?? 0))]);
}

export function uint8Column(values: readonly (number | null)[]): ArrowColumn {
  return leaf(values, [Uint8Array.from(values, (value) => value ?? 0)]);
}

export function uint32Column(values: readonly (number | null)[]): ArrowColumn {
  return leaf(values, [bytesOf(Uint32Array.from(values, (value) => value ?? 0))]);
}

export function int64Column(values: readonly (bigint | null)[]): ArrowColumn {
  return leaf(values, [bytesOf(BigInt64Array.from(values, (value) => value ?? 0n))]);
}

export function float64Column(values: readonly (number | null)[]): ArrowColumn {
  return leaf(values, [bytesOf(Float64Array.from(values, (value) => value ?? 0))]);
}

/** One list a row; `items` builds the child of all lists' items in a row. */
export function listColumn<T>(
  values: readonly (readonly T[] | null)[],
  items: (flat: readonly T[]) => ArrowColumn,
): ArrowColumn {
  const offsets = offsetsOf(values.map((value) => value?.length ?? 0));
  const own = leaf(values, [bytesOf(offsets)]);
  return withChildren(own, [items(values.flatMap((value) => value ?? []))]);
}

/** A struct that is never NULL itself. */
export function structColumn(length: number, children: readonly ArrowColumn[]): ArrowColumn {
  const own = { nodes: [{ length, nullCount: 0 }], buffers: [NO_BYTES] };
  return withChildren(own, children);
}

/** Which member a row is, and where in that member's array. */
export interface UnionSlot {
  readonly typeId: number;
  readonly offset: number;
}

/** Unions have no validity bitmap of their own since metadata version 5. */
export function denseUnionColumn(
  slots: readonly UnionSlot[],
  members: readonly ArrowColumn[],
): ArrowColumn {
  const own = {
    nodes: [{ length: slots.length, nullCount: 0 }],
    buffers: [
      Uint8Array.from(slots, (slot) => slot.typeId),
      bytesOf(Int32Array.from(slots, (slot) => slot.offset)),
    ],
  };
  return withChildren(own, members);
}

const NO_BYTES = new Uint8Array(0);

function leaf(values: readonly unknown[], buffers: readonly Uint8Array[]): ArrowColumn {
  const nullCount = values.filter((value) => value === null).length;
  const validity = nullCount === 0 ? NO_BYTES : bitmapOf(values.map((value) => value !== null));
  return { nodes: [{ length: values.length, nullCount }], buffers: [validity, ...buffers] };
}

function withChildren(own: ArrowColumn, children: readonly ArrowColumn[]): ArrowColumn {
  return {
    nodes: [...own.nodes, ...children.flatMap((child) => child.nodes)],
    buffers: [...own.buffers, ...children.flatMap((child) => child.buffers)],
  };
}

function offsetsOf(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  for (const [row, length] of lengths.entries()) offsets[row + 1] = (offsets[row] ?? 0) + length;
  return offsets;
}

/** Bit `row % 8` of byte `row / 8`, as Arrow counts them. */
function bitmapOf(bits: readonly boolean[]): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(bits.length / 8));
  for (const [row, bit] of bits.entries()) {
    if (bit) bitmap[row >> 3] = (bitmap[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return bitmap;
}

function bytesOf(array: Int32Array | Uint32Array | BigInt64Array | Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

import type { ArrowColumn } from './columns.ts';

/**
 * One array of values without children, in the layout that the rest of the project knows. Buffers begin
 * at multiples of 8 bytes and are no longer than needed; `validity` is empty when no value is NULL.
 */
export interface PlainArray {
  readonly length: number;
  readonly nullCount: number;
  readonly validity: Uint8Array;
  readonly values: PlainValues;
}

export type PlainValues =
  | { readonly kind: 'bits'; readonly bits: Uint8Array }
  | { readonly kind: 'fixed'; readonly width: number; readonly bytes: Uint8Array }
  /** `offsets` has one more element than there are rows; its first need not be 0. */
  | { readonly kind: 'variable'; readonly offsets: Int32Array; readonly data: Uint8Array };

/** The buffers of an array in IPC order. */
export function columnOf({ length, nullCount, validity, values }: PlainArray): ArrowColumn {
  return { nodes: [{ length, nullCount }], buffers: [validity, ...valueBuffers(values)] };
}

function valueBuffers(values: PlainValues): readonly Uint8Array[] {
  if (values.kind === 'bits') return [values.bits];
  return values.kind === 'fixed' ? [values.bytes] : [bytesOf(values.offsets), values.data];
}

export function dataViewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The bytes of offsets or other words, not copied. */
export function bytesOf({ buffer, byteOffset, byteLength }: Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

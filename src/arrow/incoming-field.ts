import type { ArrowField, ArrowType } from './types.ts';

/** How the values of a field stand in the body of a message, and what brings them into a plain layout. */
export type IncomingLayout =
  | { readonly kind: 'null' }
  | { readonly kind: 'bits' }
  | FixedLayout
  /** Fixed-size binary: without offsets. */
  | { readonly kind: 'fixed-binary'; readonly bytes: number }
  | { readonly kind: 'variable'; readonly offsetBytes: OffsetBytes }
  | { readonly kind: 'view' }
  | { readonly kind: 'list'; readonly offsetBytes: OffsetBytes; readonly item: IncomingField }
  | { readonly kind: 'fixed-size-list'; readonly size: number; readonly item: IncomingField };

export type OffsetBytes = 4 | 8;

/** Values of one width. */
export interface FixedLayout {
  readonly kind: 'fixed';
  /** Bytes of a value as it comes. */
  readonly bytes: number;
  /** Bytes of a value in the plain layout. */
  readonly plainBytes: number;
  /** Absent when the values are plain already. */
  readonly convert?: FixedConversion;
}

/**
 * Converts the value at byte `from` of what came into the plain one at byte `to`.
 * @returns false when there is no plain value for it. It may be what lies under a NULL.
 */
export type FixedConversion = (
  source: DataView,
  from: number,
  target: DataView,
  to: number,
) => boolean;

/** One field of a schema that a client sent. */
export interface IncomingField {
  /** As the plain layout describes it. */
  readonly field: ArrowField;
  readonly layout: IncomingLayout;
  /** Present when batches hold indices into a dictionary. */
  readonly dictionary?: DictionaryReference;
}

export interface DictionaryReference {
  readonly id: bigint;
  readonly indexBytes: 1 | 2 | 4 | 8;
  readonly signed: boolean;
}

/** A type that came, in plain words. */
export interface IncomingType {
  readonly type: ArrowType;
  readonly layout: IncomingLayout;
}

import type { CodecKind } from './type-mapping.ts';

/** How a value is delimited on the wire. */
export type LayoutKind =
  /** A byte 1 and `width` bytes, or a byte 0 for NULL. */
  | 'flagged'
  /** `width` bytes; NULL is one of the values. */
  | 'plain'
  /** A length indicator and that many bytes. */
  | 'variable'
  /** As variable, but the Arrow size of a row does not depend on the length. */
  | 'vector'
  | 'lob';

export interface WireLayout {
  readonly kind: LayoutKind;
  /** Bytes of every value; 0 when they differ. */
  readonly width: number;
}

const flagged = (width: number): WireLayout => ({ kind: 'flagged', width });
const plain = (width: number): WireLayout => ({ kind: 'plain', width });
const VARIABLE: WireLayout = { kind: 'variable', width: 0 };

export const WIRE_LAYOUT: Readonly<Record<CodecKind, WireLayout>> = {
  tinyint: flagged(1),
  smallint: flagged(2),
  int: flagged(4),
  bigint: flagged(8),
  real: plain(4),
  double: plain(8),
  boolean: plain(1),
  decimal: plain(16),
  fixed8: flagged(8),
  fixed12: flagged(12),
  fixed16: flagged(16),
  daydate: plain(4),
  secondtime: plain(4),
  seconddate: plain(8),
  longdate: plain(8),
  'legacy-date': plain(4),
  'legacy-time': plain(4),
  'legacy-timestamp': plain(8),
  text: VARIABLE,
  alphanum: VARIABLE,
  binary: VARIABLE,
  vector: { kind: 'vector', width: 0 },
  lob: { kind: 'lob', width: 0 },
};

/** Bytes of a value on the wire; undefined where each value has a length of its own. */
export function wireWidth(codec: CodecKind): number | undefined {
  const { kind, width } = WIRE_LAYOUT[codec];
  if (kind === 'flagged') return 1 + width;
  return kind === 'plain' ? width : undefined;
}

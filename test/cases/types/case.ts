import type { DecoderOptions } from '../../../src/driver/columnar/result-decoder.ts';
import type { TypeOptions } from '../../../src/driver/columnar/type-mapping.ts';
import type { PlainValue } from '../../support/arrow-values.ts';

/** One HANA type: its values as they stand in a RESULTSET part, written by hand, and what they become. */
export interface TypeCase {
  readonly name: string;
  readonly typeCode: number;
  readonly length?: number;
  readonly scale?: number;
  readonly types?: Partial<TypeOptions>;
  readonly decoder?: Partial<DecoderOptions>;
  /** apache-arrow's name of the Arrow type. */
  readonly arrow: string;
  readonly values: readonly GoldenValue[];
  readonly refused?: readonly RefusedValue[];
}

export interface GoldenValue {
  /** What the bytes say, field by field. */
  readonly note: string;
  readonly wire: string;
  readonly expected: PlainValue;
}

/** A value that is HANA's, but has no place in the Arrow type, or that no HANA sends. */
export interface RefusedValue {
  readonly note: string;
  readonly wire: string;
  readonly code: 'unrepresentable-value' | 'malformed-packet';
  readonly message: RegExp;
}

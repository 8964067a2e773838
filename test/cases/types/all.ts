import type { TypeCase } from './case.ts';
import { DECIMAL_CASES } from './decimals.ts';
import { LOB_CASES } from './lobs.ts';
import { NUMBER_CASES } from './numbers.ts';
import { TEMPORAL_CASES } from './temporal.ts';
import { VARIABLE_CASES } from './variable.ts';

/** Golden bytes of every type that HANA describes a result column with. */
export const TYPE_CASES: readonly TypeCase[] = [
  ...NUMBER_CASES,
  ...DECIMAL_CASES,
  ...TEMPORAL_CASES,
  ...VARIABLE_CASES,
  ...LOB_CASES,
];

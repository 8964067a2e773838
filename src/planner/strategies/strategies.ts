import type { StrategyName } from '../plan.ts';
import { bounds } from './bounds.ts';
import { hash } from './hash.ts';
import { histogram } from './histogram.ts';
import { modulo } from './modulo.ts';
import { parts } from './parts.ts';
import { range } from './range.ts';
import { sample } from './sample.ts';
import type { Strategy } from './strategy.ts';

/** All strategies. Without a wish of the caller the first that can divide a query does; see plan.ts. */
export const STRATEGY_TABLE: Readonly<Record<StrategyName, Strategy>> = {
  parts,
  histogram,
  sample,
  range,
  modulo,
  hash,
  bounds,
};

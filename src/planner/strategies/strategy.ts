import type { Division } from '../division.ts';
import type { StrategyName } from '../plan.ts';
import type { Deriving, Share, Shares } from '../shares.ts';

/** A way to divide the rows of a query. */
export interface Strategy {
  readonly name: StrategyName;
  /** What planning costs, and what reading costs beyond the rows of an endpoint; in words. */
  readonly cost: string;
  /** True when each share is a range of the key: an order of the key can be kept. */
  readonly ranges: boolean;
  /** Why it cannot divide this; undefined when it can. */
  readonly obstacle: (division: Division) => string | undefined;
  /** Why it is not taken unless the caller asks for it; undefined when it is. */
  readonly reserve: (division: Division) => string | undefined;
  readonly derive: (division: Division) => Deriving;
}

export const NO_KEY = 'no column is fit to divide by';

/** Why something that divides by one column cannot; undefined when it can. */
export function notOneColumn({ key }: Division): string | undefined {
  if (key.length === 0) return NO_KEY;
  return key.length > 1 ? 'it divides by one column' : undefined;
}

/** Shares that divide the rows evenly, as far as anybody knows before reading them. */
export function evenly(
  { table, sole }: Division,
  count: number,
  share: (place: number) => Omit<Share, 'rows'>,
): Pick<Shares, 'shares' | 'rows'> {
  const rows = sole ? table?.rows : undefined;
  const each = rows === undefined ? undefined : Math.round(rows / count);
  return {
    rows,
    shares: Array.from({ length: count }, (_, place) => ({ ...share(place), rows: each })),
  };
}

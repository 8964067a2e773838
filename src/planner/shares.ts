import { countText, type Division } from './division.ts';
import type { Probe, ProbeAnswer } from './facts.ts';
import { type Bound, boundText, type Key, keyNames } from './keys/key.ts';
import type { PartsGuard, StrategyName } from './plan.ts';
import { type Range, rangeCondition } from './predicates.ts';
import type { Edit } from './sql/query.ts';

/** The rows of one endpoint. */
export interface Share {
  readonly edit: Edit;
  /** In words: `TRANSACTION_ID from 1000 up to 2000`. */
  readonly label: string;
  /** Undefined when nothing is known. */
  readonly rows: number | undefined;
}

/** How the rows are divided; at least two shares. */
export interface Shares {
  readonly kind: 'shares';
  readonly strategy: StrategyName;
  readonly key: readonly string[];
  readonly bounds: readonly string[];
  readonly shares: readonly Share[];
  /** How many there should have been. */
  readonly wanted: number;
  /** A clause: `ranges of K with about as many rows each, from a sample of 0.5 %`. */
  readonly how: string;
  /** Rows of all shares; undefined when nothing is known. */
  readonly rows: number | undefined;
  /** Places where the rows could have been cut, when somebody counted them: so many different keys at least. */
  readonly cuts?: number | undefined;
  readonly guard?: PartsGuard | undefined;
}

export type Outcome =
  | Shares
  /** The rows are not worth several endpoints: why, as a clause. */
  | { readonly kind: 'few-rows'; readonly reason: string; readonly rows: number }
  /** This way there is no division: why, as a clause. */
  | { readonly kind: 'none'; readonly reason: string };

/** A strategy asks its questions one after the other. */
export type Deriving = Generator<Probe, Outcome, ProbeAnswer>;

/** What a strategy tells of the ranges it made. */
export type RangesOf = Pick<Shares, 'strategy' | 'wanted' | 'how' | 'rows' | 'cuts'>;

/**
 * Ranges of the key between strictly ascending bounds, in the order the query wants.
 * @param rows of each range, one more than bounds; undefined when not known.
 */
export function rangeShares(
  { key, order }: Pick<Division, 'key' | 'order'>,
  bounds: readonly Bound[],
  rows: readonly (number | undefined)[],
  facts: RangesOf,
): Outcome {
  if (bounds.length === 0) return tooFewValues(key);
  const shares = rangesOf(bounds, order).map((range, place) => ({
    edit: { condition: rangeCondition(key, range) },
    label: rangeLabel(key, range),
    rows: rows[place],
  }));
  return {
    ...facts,
    kind: 'shares',
    key: key.map(({ name }) => name),
    bounds: bounds.map(boundText),
    shares: order?.descending === true ? shares.toReversed() : shares,
  };
}

export function tooFewValues(key: Key): Outcome {
  return {
    kind: 'none',
    reason: `there are too few different values of ${keyNames(key)} to divide by`,
  };
}

/** All rows as ranges in ascending order. */
export function rangesOf(bounds: readonly Bound[], order?: Division['order']): readonly Range[] {
  // NULL is where the order wants it; without one where HANA's default has it.
  const nullsLow = order === undefined || order.nullsFirst !== order.descending;
  const nullsAt = nullsLow ? 0 : bounds.length;
  return Array.from({ length: bounds.length + 1 }, (_, place) => ({
    from: bounds[place - 1],
    to: bounds[place],
    nulls: place === nullsAt,
  }));
}

export function rangeLabel(key: Key, { from, to, nulls }: Range): string {
  const limits = [
    ...(from === undefined ? [] : [`from ${boundText(from)}`]),
    ...(to === undefined ? [] : [`up to ${boundText(to)}`]),
  ];
  return [`${keyNames(key)} ${limits.join(' ')}`, ...(nulls ? ['NULL'] : [])].join(', or ');
}

/** `about 1,000,000 rows`. */
export function aboutRows(rows: number): string {
  if (rows === 0) return 'no rows';
  return rows === 1 ? 'about 1 row' : `about ${countText(rows)} rows`;
}

import type { Division } from '../division.ts';
import { equalDepth } from '../equal-depth.ts';
import { type Bound, compareBounds, type Key, keyNames, readBound } from '../keys/key.ts';
import { type Deriving, rangeShares } from '../shares.ts';
import { notOneColumn, type Strategy } from './strategy.ts';

/** Ranges of about the same number of rows, by what data statistics say of the key. */
export const histogram: Strategy = {
  name: 'histogram',
  cost: 'nothing beyond the catalog',
  ranges: true,
  obstacle: (division) =>
    notOneColumn(division) ??
    (bucketsOf(division).length < 2
      ? `there are no data statistics of type HISTOGRAM on ${keyNames(division.key)}`
      : undefined),
  reserve: ({ filter }) =>
    filter === undefined
      ? undefined
      : 'statistics are of all rows, and the query filters: a sample tells which are left',
  derive,
};

/** Of a partitioned table there is one for each part: together they are one of more buckets. */
function bucketsOf({ key, table }: Division): readonly Bucket[] {
  return (table?.histograms ?? [])
    .filter(({ column }) => column === key[0]?.column)
    .flatMap(({ buckets }) => buckets)
    .flatMap(({ upper, rows }) => {
      const bound = readBound(key, [upper]);
      return bound === undefined ? [] : [{ bound, rows }];
    })
    .toSorted((left, right) => compareBounds(key, left.bound, right.bound));
}

interface Bucket {
  /** The largest value in it. */
  readonly bound: Bound;
  readonly rows: number;
}

// Asks nothing, but has the form of the others.
// oxlint-disable-next-line require-yield
function* derive(division: Division): Deriving {
  const { key, table, sole } = division;
  const buckets = bucketsOf(division);
  const wanted = division.endpointsFor(table?.rows);
  const counted = buckets.reduce((sum, { rows }) => sum + rows, 0);
  // Statistics may be old; the catalog counts the rows of today.
  const scale = table?.rows === undefined || counted === 0 ? 1 : table.rows / counted;
  const { before, cuts } = cutsBetween(key, buckets);
  const scaled = cuts.map((cut) => ({ ...cut, rows: cut.rows * scale }));
  const { bounds, rows } = equalDepth(before * scale, scaled, wanted);
  return rangeShares(division, bounds, sole ? rows : [], {
    strategy: 'histogram',
    wanted,
    how: `ranges of ${keyNames(key)} with about as many rows each, by data statistics`,
    rows: sole ? table?.rows : undefined,
    cuts: cuts.length,
  });
}

/** Cuts at the upper bounds of all buckets but the last: each has the rows of the bucket behind it. */
function cutsBetween(key: Key, buckets: readonly Bucket[]) {
  const [first, ...others] = buckets;
  const cuts: { bound: Bound; rows: number }[] = [];
  let before = first?.rows ?? 0;
  let upper = first?.bound;
  for (const bucket of others) {
    const last = cuts.at(-1);
    if (upper !== undefined && (!last || compareBounds(key, last.bound, upper) < 0)) {
      cuts.push({ bound: upper, rows: bucket.rows });
    } else if (last === undefined) before += bucket.rows;
    else last.rows += bucket.rows;
    upper = bucket.bound;
  }
  return { before, cuts };
}

import type { Histogram } from './facts.ts';
import { ascending, type KeyColumn, type KeyValue, keyValueOf } from './key.ts';
import { keyNumber, keyText } from './key-values.ts';
import { type Asking, type Extent, quantiles, type Sampled } from './probes.ts';

/**
 * `count - 1` values between the smallest and the largest key, in equal steps; fewer where they would be
 * equal. None for text keys, which are not counted.
 */
export function evenBounds(
  key: KeyColumn,
  { least, greatest }: Pick<Extent, 'least' | 'greatest'>,
  count: number,
): readonly KeyValue[] {
  const { kind, scale } = key;
  const low = least === undefined ? undefined : keyNumber(kind, least, scale);
  const high = greatest === undefined ? undefined : keyNumber(kind, greatest, scale);
  if (kind === 'text' || low === undefined || high === undefined) return [];
  const steps = BigInt(count);
  const width = high - low + 1n;
  const values = Array.from({ length: count - 1 }, (_, index) => [
    keyText(kind, low + (width * BigInt(index + 1)) / steps, scale),
  ]);
  // The first bound must leave something below it.
  return ascending([key], values).filter(
    ([text = '']) => (keyNumber(kind, text, scale) ?? low) > low,
  );
}

/** Bounds where a sample of the keys is cut into equal pieces. */
export function* sampledBounds(
  key: readonly KeyColumn[],
  sampled: Sampled,
  size: { readonly count: number; readonly rows: number },
): Asking<readonly KeyValue[]> {
  const rows = yield* quantiles(key, sampled, size);
  return boundsOf(key, rows);
}

/** Bounds where the buckets of a histogram add up to equal pieces. */
export function histogramBounds(
  key: KeyColumn,
  { buckets }: Histogram,
  count: number,
): readonly KeyValue[] {
  const total = buckets.reduce((sum, { rows }) => sum + rows, 0);
  const bounds: string[][] = [];
  let rows = 0;
  for (const bucket of buckets.slice(0, -1)) {
    rows += bucket.rows;
    if (rows >= ((bounds.length + 1) * total) / count && bounds.length < count - 1) {
      bounds.push([bucket.upper]);
    }
  }
  return boundsOf([key], bounds);
}

/** Values that HANA or a caller gave, in order, without those that cannot be bounds. */
export function boundsOf(
  key: readonly KeyColumn[],
  rows: readonly (readonly (string | undefined)[])[],
): readonly KeyValue[] {
  const values = rows.map((row) => keyValueOf(key, row)).filter((value) => value !== undefined);
  return ascending(key, values);
}

import type { Partitioning, PartitionLevel, RangePart } from './catalog/definitions.ts';

/** Parts that have no parts in turn. */
export const partCount = ({ count, second }: Partitioning): number => count * (second?.count ?? 1);

/** Which parts of the two levels part `part` is, all counted from 1; the second is undefined without one. */
export function levelsOf(
  { second }: Partitioning,
  part: number,
): { readonly first: number; readonly second: number | undefined } {
  if (second === undefined) return { first: part, second: undefined };
  const index = part - 1;
  return { first: Math.floor(index / second.count) + 1, second: (index % second.count) + 1 };
}

/**
 * DuckDB's condition for the rows of part `part` (from 1). Every row is in exactly one part: NULL keys
 * hash like any value, and in a range-partitioned table belong to OTHERS, or else to the first part.
 */
export function partitionCondition(partitioning: Partitioning, part: number): string {
  const levels = levelsOf(partitioning, part);
  const first = levelCondition(partitioning, levels.first);
  const { second } = partitioning;
  if (second === undefined || levels.second === undefined) return first;
  return `(${first}) AND (${levelCondition(second, levels.second)})`;
}

function levelCondition(
  { kind, expressions, count, ranges }: PartitionLevel,
  part: number,
): string {
  if (kind === 'RANGE') return rangeCondition(expressions[0] ?? 'NULL', ranges, part);
  const key = kind === 'HASH' ? `hash(${expressions.join(', ')})` : 'rowid';
  return `${key} % ${count} = ${part - 1}`;
}

function rangeCondition(key: string, ranges: readonly RangePart[], part: number): string {
  const range = ranges[part - 1];
  if (range === undefined) return 'FALSE';
  const inRange = (candidate: RangePart): string =>
    candidate.max === undefined
      ? `${key} = ${candidate.min}`
      : `(${key} >= ${candidate.min} AND ${key} < ${candidate.max})`;
  const holdsNulls = range.others || (part === 1 && !ranges.some(({ others }) => others));
  const nulls = holdsNulls ? ` OR ${key} IS NULL` : '';
  if (!range.others) return inRange(range) + nulls;
  const named = ranges.filter(({ others }) => !others).map(inRange);
  return `NOT (${named.length === 0 ? 'FALSE' : named.join(' OR ')})${nulls}`;
}

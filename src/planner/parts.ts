import { sampledBounds } from './bounds.ts';
import type { PartFacts, Partitioning } from './facts.ts';
import type { KeyColumn } from './key.ts';
import { rangeConditions } from './predicates.ts';
import type { Asking, Sampled } from './probes.ts';
import type { Edit } from './sql/query.ts';

/** The rows of one endpoint of a partitioned table. */
export interface PartShare {
  readonly edit: Edit;
  readonly share: string;
  readonly rows: number;
}

interface PartsRequest {
  readonly count: number;
  /** Cuts parts that are much larger than an endpoint; without one they stay whole. */
  readonly key: readonly KeyColumn[] | undefined;
  /** How a part is looked at. */
  readonly sampledPart: (id: number) => Sampled;
}

/**
 * Shares of about equal size: where there are more parts than endpoints, parts are put together; where there
 * are fewer, the largest are cut by ranges of the key. Parts that are empty by the catalog's count belong to a
 * share as well, as they may have been filled since.
 */
export function* partShares(
  { parts }: Partitioning,
  request: PartsRequest,
): Asking<readonly PartShare[]> {
  if (parts.length >= request.count || request.key === undefined) {
    return groupParts(parts, request.count);
  }
  const shares: PartShare[] = [];
  for (const { part, pieces } of piecesOf(parts, request.count)) {
    shares.push(...(yield* cutPart(part, pieces, request)));
  }
  return shares;
}

interface CutPart {
  readonly part: PartFacts;
  readonly pieces: number;
}

/** `count` pieces in all: each further one goes to the part whose pieces are the largest so far. */
function piecesOf(parts: readonly PartFacts[], count: number): readonly CutPart[] {
  const cuts = parts.map((part) => ({ part, pieces: 1 }));
  for (let left = count - parts.length; left > 0; left--) {
    const largest = cuts.reduce((best, cut) =>
      cut.part.rows / cut.pieces > best.part.rows / best.pieces ? cut : best,
    );
    largest.pieces += 1;
  }
  return cuts;
}

function* cutPart(
  { id, rows }: PartFacts,
  pieces: number,
  { key = [], sampledPart }: PartsRequest,
): Asking<readonly PartShare[]> {
  const bounds =
    pieces === 1 ? [] : yield* sampledBounds(key, sampledPart(id), { count: pieces, rows });
  const conditions = rangeConditions(key, bounds);
  return conditions.map((condition, index) => ({
    edit: { parts: [id], condition: conditions.length === 1 ? undefined : condition },
    share: conditions.length === 1 ? `part ${id}` : `piece ${index + 1} of part ${id}`,
    rows: Math.round(rows / conditions.length),
  }));
}

/** The largest part goes where the least is, and so on: no share is much larger than another. */
function groupParts(parts: readonly PartFacts[], count: number): readonly PartShare[] {
  const groups = Array.from({ length: Math.min(count, parts.length) }, () => ({
    ids: [] as number[],
    rows: 0,
  }));
  for (const { id, rows } of parts.toSorted((a, b) => b.rows - a.rows)) {
    const least = groups.reduce((best, group) => (isSmaller(group, best) ? group : best));
    least.ids.push(id);
    least.rows += rows;
  }
  return groups.map(({ ids, rows }) => {
    const sorted = ids.toSorted((a, b) => a - b);
    const share = `${sorted.length === 1 ? 'part' : 'parts'} ${sorted.join(', ')}`;
    return { edit: { parts: sorted }, share, rows };
  });
}

interface PartGroup {
  readonly ids: readonly number[];
  readonly rows: number;
}

const isSmaller = (a: PartGroup, b: PartGroup): boolean =>
  a.rows < b.rows || (a.rows === b.rows && a.ids.length < b.ids.length);

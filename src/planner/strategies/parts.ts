import { type Division, tableName } from '../division.ts';
import { equalDepth } from '../equal-depth.ts';
import type { PartFacts, Partitioning, Probe, ProbeAnswer, TableFacts, TextRow } from '../facts.ts';
import { type Bound, compareBounds, type Key, keyNames, readBound } from '../keys/key.ts';
import { rangeCondition } from '../predicates.ts';
import { askRows, quantilesOfPartsSql } from '../probes.ts';
import { type Deriving, rangeLabel, rangesOf, type Share } from '../shares.ts';
import { cutsOf, percentText, samplePercent, tilesFor } from './sample.ts';
import { NO_KEY, type Strategy } from './strategy.ts';

/** The parts that the table is divided into: small ones together, large ones cut further by the key. */
export const parts: Strategy = {
  name: 'parts',
  cost: 'nothing beyond the catalog; a sample when there are fewer parts than endpoints',
  ranges: false,
  obstacle: ({ table, plainRows, asOf }) => {
    if (table === undefined || !plainRows) {
      return 'the rows are not those of one table: PARTITION restricts a single table';
    }
    if (asOf !== undefined) return 'the history of a table is not in its parts';
    const count = table.partitioning?.parts.length ?? 0;
    if (table.kind !== 'column-table' || count === 0) return `${tableName(table)} has no parts`;
    return count === 1 ? `${tableName(table)} has one part only` : undefined;
  },
  reserve: ({ named }) => (named ? 'the key is given' : undefined),
  derive,
};

function* derive(division: Division): Deriving {
  const { table } = division;
  const partitioning = table?.partitioning;
  if (table === undefined || partitioning === undefined) return { kind: 'none', reason: NO_KEY };
  const wanted = division.endpointsFor(table.rows);
  const all = partitioning.parts;
  const facts = {
    kind: 'shares',
    strategy: 'parts',
    bounds: [],
    wanted,
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    guard: guardOf(table, partitioning),
  } as const;
  if (wanted <= all.length || division.key.length === 0) {
    const groups = groupsOf(all, Math.min(wanted, all.length));
    const how = `groups of the ${all.length} parts of ${tableName(table)}`;
    return { ...facts, key: [], how, shares: groups.map(groupShare) };
  }
  const { key, shares, how } = yield* cutParts(division, table, wanted);
  return { ...facts, key: key.map(({ name }) => name), how, shares };
}

function guardOf({ schema, name }: TableFacts, { definition, parts: all }: Partitioning) {
  return { schema, table: name, definition, parts: all.map(({ id }) => id) };
}

/** Groups of about the same size: each part, the largest first, goes to the group with the fewest rows. */
function groupsOf(all: readonly PartFacts[], count: number): readonly (readonly PartFacts[])[] {
  const groups = Array.from({ length: count }, () => ({ rows: 0, parts: new Array<PartFacts>() }));
  for (const part of all.toSorted((left, right) => right.rows - left.rows)) {
    const smallest = groups.reduce((least, group) => (isSmaller(group, least) ? group : least));
    smallest.rows += part.rows;
    smallest.parts.push(part);
  }
  return groups.map((group) => group.parts.toSorted((left, right) => left.id - right.id));
}

interface Group {
  readonly rows: number;
  readonly parts: readonly PartFacts[];
}

/** Of groups with the same rows the one with fewer parts: so that none stays empty. */
function isSmaller(left: Group, right: Group): boolean {
  return (
    left.rows < right.rows || (left.rows === right.rows && left.parts.length < right.parts.length)
  );
}

function groupShare(group: readonly PartFacts[]): Share {
  const ids = group.map(({ id }) => id);
  const last = ids.at(-1);
  const label =
    ids.length === 1 ? `part ${last}` : `parts ${ids.slice(0, -1).join(', ')} and ${last}`;
  return { edit: { parts: ids }, label, rows: group.reduce((sum, { rows }) => sum + rows, 0) };
}

interface CutParts {
  readonly key: Key;
  readonly shares: readonly Share[];
  readonly how: string;
}

/** Cuts the large parts by key, each by bounds of its own: one question for all of them. */
function* cutParts(
  { key, filter }: Division,
  table: TableFacts,
  wanted: number,
): Generator<Probe, CutParts, ProbeAnswer> {
  const all = table.partitioning?.parts ?? [];
  const pieces = piecesOf(all, wanted);
  const cut = all.filter(({ id }) => (pieces.get(id) ?? 1) > 1);
  const percent = samplePercent(table.rows, wanted);
  const sources = cut.map(({ id }) => ({ table, filter, part: id, percent }));
  const sql = quantilesOfPartsSql(sources, key, (part) => tilesFor(pieces.get(part) ?? 1));
  const why = `bounds of ${keyNames(key)} inside ${cut.length} large parts`;
  const answer = yield* askRows(sql, key.length + 2, why);
  const shares = all.flatMap((part) => {
    const count = pieces.get(part.id) ?? 1;
    return count === 1 ? [groupShare([part])] : pieceShares(key, part, count, answer);
  });
  const source = percent < 100 ? `a sample of ${percentText(percent)}` : 'all keys';
  const how = `the ${all.length} parts of ${tableName(table)}, large ones cut by ranges of ${keyNames(key)} from ${source}`;
  return { key, shares, how };
}

/** Pieces that each part is cut into, by its rows, together `wanted`; at least one for each. */
function piecesOf(all: readonly PartFacts[], wanted: number): ReadonlyMap<number, number> {
  const pieces = new Map(all.map(({ id }) => [id, 1]));
  const perPiece = ({ id, rows }: PartFacts): number => rows / (pieces.get(id) ?? 1);
  for (let count = all.length; count < wanted; count++) {
    const { id } = all.reduce((most, part) => (perPiece(part) > perPiece(most) ? part : most));
    pieces.set(id, (pieces.get(id) ?? 1) + 1);
  }
  return pieces;
}

/** One share when the part has too few different keys. */
function pieceShares(
  key: Key,
  part: PartFacts,
  count: number,
  answer: readonly TextRow[],
): readonly Share[] {
  const rowsOfPart = answer
    .filter((row) => row.at(-1) === String(part.id))
    .toSorted((left, right) => compareTexts(key, left, right));
  const { before, cuts } = cutsOf(key, rowsOfPart, part.rows);
  const { bounds, rows } = equalDepth<Bound>(before, cuts, count);
  if (bounds.length === 0) return [groupShare([part])];
  return rangesOf(bounds).map((range, place) => ({
    edit: { parts: [part.id], condition: rangeCondition(key, range) },
    label: `part ${part.id}, ${rangeLabel(key, range)}`,
    rows: rows[place],
  }));
}

/** UNION ALL keeps no order. What is no bound, such as NULL, is smaller than any. */
function compareTexts(key: Key, left: TextRow, right: TextRow): number {
  const [first, second] = [readBound(key, left), readBound(key, right)];
  if (first !== undefined && second !== undefined) return compareBounds(key, first, second);
  return Number(first !== undefined) - Number(second !== undefined);
}

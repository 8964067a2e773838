import { type Division, tableName } from '../division.ts';
import { type Cut, equalDepth } from '../equal-depth.ts';
import type { TextRow } from '../facts.ts';
import { type Bound, compareBounds, type Key, keyNames, readBound } from '../keys/key.ts';
import { askRows, quantilesSql } from '../probes.ts';
import { aboutRows, type Deriving, rangeShares } from '../shares.ts';
import { NO_KEY, type Strategy } from './strategy.ts';

/** Ranges of about the same number of rows, by a sample of the table. */
export const sample: Strategy = {
  name: 'sample',
  cost: 'one query that reads the key of some ten thousand rows',
  ranges: true,
  obstacle: ({ key, table }) => {
    if (key.length === 0) return NO_KEY;
    if (table === undefined) return 'the table behind the key is not known';
    return table.kind === 'column-table' ? undefined : 'only column tables have samples';
  },
  reserve: () => undefined,
  derive,
};

/** Rows of a sample for each endpoint: the sizes of endpoints then differ by a few per cent. */
const SAMPLED_ROWS_PER_ENDPOINT = 1000;
const MIN_SAMPLED_ROWS = 20_000;

/** Groups of rows for each endpoint: so that a value that is often there does not cost a bound. */
const TILES_PER_ENDPOINT = 4;

/** Per cent of a table of `rows` rows that is enough for `endpoints`; 100 for a small one. */
export function samplePercent(rows: number | undefined, endpoints: number): number {
  const enough = Math.max(MIN_SAMPLED_ROWS, SAMPLED_ROWS_PER_ENDPOINT * endpoints);
  if (rows === undefined || rows <= enough) return 100;
  const percent = (100 * enough) / rows;
  // Two digits are enough, and no exponent is: HANA reads a decimal number.
  return Number(percent.toFixed(1 - Math.floor(Math.log10(percent))));
}

export function tilesFor(endpoints: number): number {
  return TILES_PER_ENDPOINT * endpoints;
}

function* derive(division: Division): Deriving {
  const { key, table, filter, sole } = division;
  if (table === undefined) return { kind: 'none', reason: NO_KEY };
  const most = division.endpointsFor(table.rows);
  const percent = samplePercent(table.rows, most);
  const sql = quantilesSql({ table, filter, percent }, key, tilesFor(most));
  const why = `bounds of ${keyNames(key)} with about as many rows between them`;
  const answer = yield* askRows(sql, key.length + 1, why);
  const sampled = Number(answer[0]?.at(-1) ?? 0);
  const filtered = filter !== undefined;
  const counted = estimateRows(sampled, percent, table.rows);
  const estimate = filtered ? counted : (table.rows ?? counted);
  const wanted = sole && filtered ? division.endpointsFor(estimate) : most;
  const source = percent < 100 ? `a sample of ${percentText(percent)}` : 'all keys';
  if (wanted < 2) {
    const left = `${aboutRows(estimate)} of ${tableName(table)} pass its WHERE`;
    const reason = percent < 100 ? `by ${source} ${left}` : left;
    return { kind: 'few-rows', reason, rows: estimate };
  }
  const { before, cuts } = cutsOf(key, answer, estimate);
  const chosen = equalDepth(before, cuts, wanted);
  const prefix = shortestPrefix(key, chosen.bounds);
  const bounds = chosen.bounds.map((bound) => bound.slice(0, prefix));
  return rangeShares({ ...division, key: key.slice(0, prefix) }, bounds, sole ? chosen.rows : [], {
    strategy: 'sample',
    wanted,
    how: `ranges of ${keyNames(key.slice(0, prefix))} with about as many rows each, from ${source}${filtered ? ' that pass its WHERE' : ''}`,
    rows: sole ? estimate : undefined,
    cuts: cuts.length,
  });
}

/** Rows in three of a sample that finds none: with 95 % of certainty there are no more. */
const NONE_FOUND = 3;

function estimateRows(sampled: number, percent: number, rows: number | undefined): number {
  if (percent >= 100) return sampled;
  const estimate = Math.round(((sampled || NONE_FOUND) * 100) / percent);
  return Math.min(estimate, rows ?? estimate);
}

export function percentText(percent: number): string {
  return `${percent} %`;
}

interface CutsOf {
  /** Rows before the first cut. */
  readonly before: number;
  readonly cuts: readonly Cut<Bound>[];
}

/**
 * The first keys of groups of the same size as cuts in strictly ascending order. What cannot be a bound, or is
 * not above the one before, is none: its rows go to the cut before it.
 * @param answer rows of a probe of quantiles.
 * @param total rows that the groups stand for.
 */
export function cutsOf(key: Key, answer: readonly TextRow[], total: number): CutsOf {
  const perGroup = total / Math.max(1, answer.length);
  const cuts: { bound: Bound; rows: number }[] = [];
  let before = 0;
  // At the smallest key of all nothing is cut; behind NULL there may be.
  let highest = readBound(key, answer[0] ?? []);
  for (const [place, row] of answer.entries()) {
    const bound = place === 0 ? undefined : readBound(key, row);
    const last = cuts.at(-1);
    if (bound !== undefined && (!highest || compareBounds(key, highest, bound) < 0)) {
      highest = bound;
      cuts.push({ bound, rows: perGroup });
    } else if (last === undefined) before += perGroup;
    else last.rows += perGroup;
  }
  return { before, cuts };
}

/** As many columns as keep the bounds apart: often the first one is enough, and makes simple conditions. */
function shortestPrefix(key: Key, bounds: readonly Bound[]): number {
  for (let length = 1; length < key.length; length++) {
    const isAscending = bounds.every(
      (bound, place) =>
        place === 0 ||
        compareBounds(key, (bounds[place - 1] ?? []).slice(0, length), bound.slice(0, length)) < 0,
    );
    if (isAscending && bounds.length > 1) return length;
  }
  return key.length;
}

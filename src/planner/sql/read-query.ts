import { readClauses } from './clauses.ts';
import { conditionSplit } from './condition-split.ts';
import { blankOut, readFlightHints } from './flight-hint.ts';
import type { Obstacle, Query } from './query.ts';
import { findCostlyWork, findObstacle, isBound } from './rules.ts';
import { sortKeys } from './sort-keys.ts';
import { isSubquery, isSymbol, isWord, type Leaf, type Token } from './token.ts';
import { TokenReader } from './token-reader.ts';
import { nestTokens } from './token-tree.ts';
import { tokenize } from './tokenizer.ts';
import { wrapSplit } from './wrap-split.ts';

/**
 * Reads a statement so that the planner knows how it may be split. Any text is accepted: what is not
 * understood has an obstacle, and HANA says what is wrong with it.
 *
 * @throws HanaFlightError `invalid-argument` for a malformed FLIGHT hint, and for nothing else.
 */
export function readQuery(sql: string): Query {
  const { tokens: all, comments } = tokenize(sql);
  const { values: hint, spans } = readFlightHints(sql, comments);
  const tokens = withoutClosingSemicolons(all);
  const text = withoutSemicolonsAt(blankOut(sql, spans), all.slice(tokens.length));
  const tree = nestTokens(tokens);
  const noQuery = shapeObstacle(tree);
  const readsOnly = noQuery === undefined && !isBound(tree);
  const base = { text, hint, markers: countMarkers(tokens), readsOnly };
  const obstacle = noQuery ?? findObstacle(tree);
  if (obstacle !== undefined) return unsplit(base, obstacle);
  const reader = new TokenReader(tree);
  const clauses = readClauses(reader);
  if (clauses === undefined) return unsplit(base, reader.obstacle ?? NO_QUERY);
  return {
    ...base,
    obstacle: undefined,
    condition: conditionSplit(text, clauses),
    wrap: wrapSplit(text, clauses, tree),
    wrapCostly: findCostlyWork(tree),
    order: sortKeys(clauses),
  };
}

const NO_QUERY: Obstacle = { rule: 'no-query', reason: 'it is no query' };

function unsplit(
  base: Pick<Query, 'text' | 'hint' | 'markers' | 'readsOnly'>,
  obstacle: Obstacle,
): Query {
  const wrapCostly = undefined;
  return { ...base, obstacle, condition: obstacle, wrap: obstacle, wrapCostly, order: undefined };
}

function shapeObstacle(tree: readonly Token[]): Obstacle | undefined {
  const [first] = tree;
  const isQuery = isWord(first, 'SELECT', 'WITH') || isSubquery(first);
  return isQuery || first?.kind === 'unknown' ? undefined : NO_QUERY;
}

function withoutClosingSemicolons(tokens: readonly Leaf[]): readonly Leaf[] {
  const last = tokens.findLastIndex((token) => !isSymbol(token, ';'));
  return tokens.slice(0, last + 1);
}

/** Drops them when nothing but blanks follows; before a comment each becomes a blank. */
function withoutSemicolonsAt(sql: string, semicolons: readonly Leaf[]): string {
  const [first] = semicolons;
  if (first === undefined) return sql;
  const blanked = blankOut(sql, semicolons);
  return blanked.slice(first.at).trim() === '' ? sql.slice(0, first.at) : blanked;
}

/** `?` are counted, `:1` are numbered. */
function countMarkers(tokens: readonly Leaf[]): number {
  const markers = tokens.filter(({ kind }) => kind === 'marker').map(({ value }) => value);
  const numbers = markers.filter((marker) => marker !== '?').map((marker) => marker.slice(1));
  const highest = numbers.reduce((most, number) => Math.max(most, Number(number)), 0);
  return markers.length - numbers.length + highest;
}

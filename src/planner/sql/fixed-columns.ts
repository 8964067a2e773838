import { type Expression, referenceOf } from './expressions.ts';
import type { ColumnReference } from './query.ts';
import { isGroup, isSubquery, isSymbol, isWord, type Token } from './token.ts';

/** Columns that a condition compares for equality with a literal or a marker, joined by AND. */
export function fixedColumns(condition: Expression | undefined): readonly ColumnReference[] {
  if (condition === undefined) return [];
  return conjunctsOf(condition.tokens).flatMap((tokens) => {
    const [only] = tokens;
    if (tokens.length === 1 && isGroup(only) && !isSubquery(only)) {
      return fixedColumns({ ...condition, tokens: only.items });
    }
    return equalityOf(tokens) ?? [];
  });
}

/** What AND joins: nothing when there is an OR. The AND of BETWEEN and those inside CASE join nothing. */
function conjunctsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const conjuncts: Token[][] = [[]];
  let cases = 0;
  let betweens = 0;
  for (const token of tokens) {
    if (isWord(token, 'CASE')) cases++;
    if (isWord(token, 'END')) cases--;
    if (cases === 0 && isWord(token, 'OR')) return [];
    if (cases === 0 && isWord(token, 'BETWEEN')) betweens++;
    const isAnd = cases === 0 && isWord(token, 'AND');
    if (isAnd && betweens === 0) conjuncts.push([]);
    else conjuncts.at(-1)?.push(token);
    if (isAnd && betweens > 0) betweens--;
  }
  return conjuncts;
}

function equalityOf(tokens: readonly Token[]): ColumnReference | undefined {
  const equals = tokens.findIndex((token) => isSymbol(token, '='));
  if (equals < 0) return undefined;
  const left = tokens.slice(0, equals);
  const right = tokens.slice(equals + 1);
  if (isConstant(right)) return columnOf(left);
  return isConstant(left) ? columnOf(right) : undefined;
}

const columnOf = (tokens: readonly Token[]): ColumnReference | undefined =>
  referenceOf({ tokens, at: 0, end: 0 });

/** A literal, with its sign or its type, or a marker. */
function isConstant(tokens: readonly Token[]): boolean {
  const value = tokens.at(-1);
  const before = tokens[0];
  const isValue = value?.kind === 'number' || value?.kind === 'string' || value?.kind === 'marker';
  if (!isValue || tokens.length > 2) return false;
  return tokens.length === 1 || isSymbol(before, '-', '+') || isWord(before, ...LITERAL_TYPES);
}

const LITERAL_TYPES = ['DATE', 'TIME', 'TIMESTAMP'];

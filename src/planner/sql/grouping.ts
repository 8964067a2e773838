import { callsOf } from './calls.ts';
import type { Clauses, SelectBlock } from './clauses.ts';
import { type Expression, referenceOf } from './expressions.ts';
import { isAggregate } from './function-table.ts';
import { CLAUSE_WORDS } from './keywords.ts';
import type { ColumnReference } from './query.ts';
import type { SelectItem } from './select-list.ts';
import { isGroup, isName, isSubquery, isSymbol, type Token } from './token.ts';
import { levelsOf } from './token-tree.ts';

/**
 * Columns that keep the rows of a group together when a query is split by one of them: undefined when any
 * column does, empty when none is known to.
 */
export function keysOf(select: SelectBlock): readonly ColumnReference[] | undefined {
  const { groupBy, distinct } = select;
  const grouped = groupBy === undefined ? undefined : groupingKeys(select, groupBy);
  const selected = distinct ? selectedColumns(select) : undefined;
  if (grouped === undefined || selected === undefined) return grouped ?? selected;
  return grouped.filter((key) => selected.some((other) => isSameColumn(key, other)));
}

function groupingKeys(
  { list }: SelectBlock,
  groupBy: readonly Expression[],
): readonly ColumnReference[] {
  const items = list.filter((item) => item.kind === 'item');
  return groupBy
    .map(referenceOf)
    .filter((key) => key !== undefined)
    .filter((key) => !isHiddenByAlias(key, items));
}

/** `SELECT UPPER(A) AS A … GROUP BY A`: it is open which of the two is grouped by. */
function isHiddenByAlias(key: ColumnReference, items: readonly SelectItem[]): boolean {
  return (
    key.table === undefined &&
    items.some(
      ({ alias, reference }) =>
        alias === key.column && (reference === undefined || reference.column !== key.column),
    )
  );
}

/** Columns of the tables that are in the output as they are; undefined when all of them are. */
function selectedColumns({ list, from }: SelectBlock): readonly ColumnReference[] | undefined {
  const sources = from?.sources ?? [];
  const isAll = list.some(
    (item) => item.kind === 'star' && (item.table === undefined || sources.length === 1),
  );
  if (isAll) return undefined;
  return list
    .map((item) => (item.kind === 'item' ? item.reference : undefined))
    .filter((reference) => reference !== undefined);
}

/** A name without a table is unambiguous, or else HANA refuses the query. */
function isSameColumn(a: ColumnReference, b: ColumnReference): boolean {
  const isSameTable = a.table === undefined || b.table === undefined || a.table === b.table;
  return isSameTable && a.column === b.column;
}

/** True when all rows become one: aggregates or HAVING without GROUP BY. */
export function isAggregated({ body, orderBy }: Clauses): boolean {
  const { groupBy, having, list } = body.first;
  if (groupBy !== undefined) return false;
  const expressions = expressionsOf(list, orderBy);
  return having !== undefined || expressions.some(({ tokens }) => hasOwnAggregate(tokens));
}

/** Where aggregates may stand: what is selected, and what it is ordered by. */
function expressionsOf(
  list: SelectBlock['list'],
  orderBy: Clauses['orderBy'],
): readonly Expression[] {
  const items = list.filter((item) => item.kind === 'item');
  return [...items, ...(orderBy?.keys ?? [])].map(({ expression }) => expression);
}

/** An aggregate that does not stand in a subquery. */
function hasOwnAggregate(tokens: readonly Token[]): boolean {
  if (callsOf(tokens).some(({ name }) => isAggregate(name.value))) return true;
  return tokens.some(
    (token) => isGroup(token) && !isSubquery(token) && hasOwnAggregate(token.items),
  );
}

/**
 * True when an aggregate in a subquery of the select list or of ORDER BY might be one of the outer query,
 * which makes one row of all: SQL takes it so when all columns in its argument are of outer tables. Only
 * columns that are qualified by another table are known not to be.
 */
export function mayAggregateOutside({ body, orderBy }: Clauses): boolean {
  const { list, groupBy, from } = body.first;
  if (groupBy !== undefined) return false;
  const outer = new Set(from?.sources.map(({ name }) => name));
  return expressionsOf(list, orderBy)
    .flatMap(({ tokens }) => [...levelsOf(tokens)].flatMap(callsOf))
    .filter(({ name }) => isAggregate(name.value))
    .some(({ group }) => [...levelsOf(group.items)].some((level) => namesOuter(level, outer)));
}

function namesOuter(level: readonly Token[], outer: ReadonlySet<string | undefined>): boolean {
  return level.some((token, index) => {
    if (!isName(token) || isSymbol(level[index - 1], '.') || isGroup(level[index + 1]))
      return false;
    if (token.kind === 'word' && CLAUSE_WORDS.has(token.value)) return false;
    return !isSymbol(level[index + 1], '.') || outer.has(token.value);
  });
}

import type { Clauses, OrderKey, SelectBlock } from './clauses.ts';
import { referenceOf } from './expressions.ts';
import type { SortKey } from './query.ts';
import { outputName, type SelectItem } from './select-list.ts';

/** What a key of ORDER BY stands for. */
type Sorted = Pick<SortKey, 'table' | 'column' | 'output'>;

/**
 * The leading keys of the top-level ORDER BY that are plain columns, or output columns of a set operation;
 * undefined without ORDER BY.
 */
export function sortKeys({ body, orderBy }: Clauses): readonly SortKey[] | undefined {
  if (orderBy === undefined) return undefined;
  const keys: SortKey[] = [];
  for (const { expression, descending, nullsFirst } of orderBy.keys) {
    const sorted = sortedColumn(expression, body.first);
    if (sorted === undefined || (body.combined && sorted.output === undefined)) break;
    const column = body.combined
      ? { table: undefined, column: sorted.output ?? '', output: sorted.output }
      : sorted;
    keys.push({ ...column, descending, nullsFirst });
  }
  return keys;
}

function sortedColumn(expression: OrderKey['expression'], select: SelectBlock): Sorted | undefined {
  const ordinal = ordinalOf(expression);
  if (ordinal !== undefined) return ofItem(itemAt(select, ordinal));
  const reference = referenceOf(expression);
  if (reference === undefined) return undefined;
  const items = select.list.filter((item) => item.kind === 'item');
  if (reference.table === undefined) {
    const named = items.filter((item) => outputName(item) === reference.column);
    const [item] = named;
    // A column among those of a `*` may have the name of an alias too.
    const isUnique = named.length === 1 && items.length === select.list.length;
    if (item !== undefined) return isUnique ? ofItem(item) : undefined;
  }
  const selected = items.find(
    (item) =>
      item.reference?.column === reference.column && item.reference.table === reference.table,
  );
  const isInStar = select.list.some(
    ({ kind }) => kind === 'star' && select.from?.sources.length === 1,
  );
  const output = selected === undefined ? undefined : outputName(selected);
  return { ...reference, output: output ?? (isInStar ? reference.column : undefined) };
}

function ofItem(item: SelectItem | undefined): Sorted | undefined {
  if (item?.reference === undefined) return undefined;
  return { ...item.reference, output: outputName(item) };
}

/** `2` in ORDER BY 2, counted from 1. */
export function ordinalOf({ tokens }: OrderKey['expression']): number | undefined {
  const [token] = tokens;
  const isOrdinal = tokens.length === 1 && token?.kind === 'number' && /^\d+$/.test(token.value);
  return isOrdinal ? Number(token.value) : undefined;
}

/** Undefined when a `*` before it hides which one it is. */
function itemAt({ list }: SelectBlock, ordinal: number): SelectItem | undefined {
  const items = list.slice(0, ordinal);
  if (items.some(({ kind }) => kind === 'star')) return undefined;
  const item = items[ordinal - 1];
  return item?.kind === 'item' ? item : undefined;
}

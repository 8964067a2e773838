import type { ColumnFacts, TableFacts } from '../facts.ts';
import { type KeyType, keyTypeOf } from './key-types.ts';

/** Columns that rows could be divided by. */
export type KeyNames = readonly string[];

/** More columns than this make conditions that nobody reads; the first ones divide well enough. */
const MAX_KEY_COLUMNS = 4;

/** A table without a primary key offers so many columns; each may cost a question. */
const MAX_SUBSTITUTES = 2;

const DIRECT: ReadonlySet<KeyType['kind']> = new Set([
  'integer',
  'date',
  'seconddate',
  'timestamp',
]);

/**
 * Columns to divide the rows of a table by, the best first. The primary key: no value is there twice, so that
 * ranges of it can be of any size; its first columns, when a later one has a type that divides nothing.
 * Without one, columns with data statistics: somebody found them worth it. Then whole numbers, dates and times
 * that are never NULL, in the order of the table: the first is what rows were added by, as a rule.
 * @param allowed only these: the rows of a group must stay together.
 */
export function keyChoices(
  table: TableFacts,
  allowed: readonly string[] | undefined,
): readonly KeyNames[] {
  const isAllowed = (name: string): boolean => allowed?.includes(name) !== false;
  const primary = leadingWhile(table.primaryKey, (name) => isAllowed(name) && isKey(table, name));
  const others = table.columns.filter(({ name }) => isAllowed(name) && isKey(table, name));
  const withHistogram = table.histograms
    .map(({ column }) => column)
    .filter((name) => others.some((column) => column.name === name));
  const substitutes =
    allowed === undefined ? others.filter(isDirect) : others.toSorted(byNullability);
  const choices: KeyNames[] = [
    ...(primary.length === 0 ? [] : [primary.slice(0, MAX_KEY_COLUMNS)]),
    ...withHistogram.map((name) => [name]),
    ...substitutes.slice(0, MAX_SUBSTITUTES).map(({ name }) => [name]),
  ];
  if (primary.length === 0) return distinct(choices);
  // Where no sample tells the bounds of several columns, the first one at least has a smallest and a largest.
  const alone = table.kind !== 'column-table' && primary.length > 1;
  return [...choices.slice(0, 1), ...(alone ? [primary.slice(0, 1)] : [])];
}

function isKey({ columns }: TableFacts, name: string): boolean {
  const column = columns.find((candidate) => candidate.name === name);
  return column !== undefined && keyTypeOf(column.type) !== undefined;
}

function isDirect({ type, nullable }: ColumnFacts): boolean {
  const kind = keyTypeOf(type)?.kind;
  return !nullable && kind !== undefined && DIRECT.has(kind);
}

function byNullability(left: ColumnFacts, right: ColumnFacts): number {
  return Number(left.nullable) - Number(right.nullable);
}

function leadingWhile(names: readonly string[], holds: (name: string) => boolean): KeyNames {
  const end = names.findIndex((name) => !holds(name));
  return end < 0 ? names : names.slice(0, end);
}

function distinct(choices: readonly KeyNames[]): readonly KeyNames[] {
  const seen = new Set<string | undefined>();
  return choices.filter(([name]) => !seen.has(name) && seen.add(name));
}

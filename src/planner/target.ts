import { HanaFlightError } from '../core/errors.ts';
import type { ColumnFacts, TableFacts } from './facts.ts';
import { type KeyColumn, keyColumn } from './key.ts';
import { KEY_TYPE_NAMES } from './key-types.ts';
import type { OutputColumn } from './plan.ts';
import type { Asking } from './probes.ts';
import { tableFacts } from './probes.ts';
import type {
  ColumnReference,
  ConditionSplit,
  SortKey,
  TableReference,
  WrapSplit,
} from './sql/query.ts';

/** A table of FROM and what the catalog says of it. */
export interface KnownTable {
  readonly reference: TableReference;
  readonly facts: TableFacts;
}

/** Facts of the tables that the catalog knows; synonyms and what the user may not see are left out. */
export function* knownTables(references: readonly TableReference[]): Asking<readonly KnownTable[]> {
  const known: KnownTable[] = [];
  for (const reference of references) {
    const facts = yield* tableFacts(reference.schema, reference.name);
    if (facts !== undefined) known.push({ reference, facts });
  }
  return known;
}

/** A table and the columns of it that divide the result. */
export interface Target {
  readonly table: KnownTable;
  readonly key: readonly KeyColumn[];
}

/**
 * The key that a caller named: columns of one table.
 * @returns undefined when no table has them all. @throws HanaFlightError `invalid-argument` for a type that
 * cannot be a key, and for a column that would tear groups of rows apart.
 */
export function namedTarget(
  split: ConditionSplit,
  tables: readonly KnownTable[],
  columns: readonly string[],
): Target | undefined {
  for (const table of tables) {
    const found = columns.map((name) => table.facts.columns.find((each) => each.name === name));
    const all = found.filter((column) => column !== undefined);
    if (all.length < columns.length) continue;
    for (const { name } of all) {
      if (isKey(split, table, name)) continue;
      throw new HanaFlightError(
        'invalid-argument',
        `expected a column that the query groups by, got ${name}: the rows of a group must stay together`,
      );
    }
    return { table, key: all.map((column) => requireKey(column, split, table)) };
  }
  return undefined;
}

/** The key that a table offers by itself: its primary key, or what the query groups by. */
export function ownTarget(split: ConditionSplit, table: KnownTable): Target | undefined {
  const { primaryKey } = table.facts;
  const primary = columnsOf(table, primaryKey);
  const whole = primary.length > 0 && primary.length === primaryKey.length;
  const fits = whole && primary.every(({ name }) => isKey(split, table, name));
  if (fits) {
    const key = primary.map((column) => keyOf(column, split, table));
    if (key.every((column) => column !== undefined)) return { table, key };
  }
  const grouped = split.keys?.filter((key) => belongsTo(key, table)) ?? [];
  for (const column of columnsOf(table, [...primaryKey, ...grouped.map((key) => key.column)])) {
    const key = isKey(split, table, column.name) ? keyOf(column, split, table) : undefined;
    if (key !== undefined) return { table, key: [key] };
  }
  return undefined;
}

/** The first sort key as the key; undefined when it is no plain column of a known table. */
export function sortTarget(
  split: ConditionSplit,
  tables: readonly KnownTable[],
  order: readonly SortKey[],
): Target | undefined {
  const [sortKey] = order;
  if (sortKey === undefined) return undefined;
  const table = tables.find((each) => belongsTo(sortKey, each));
  const [column] = table === undefined ? [] : columnsOf(table, [sortKey.column]);
  if (table === undefined || column === undefined) return undefined;
  const key = isKey(split, table, column.name) ? keyOf(column, split, table) : undefined;
  return key && { table, key: [key] };
}

/** Whether the query looks a row up by the whole primary key. */
export function isLookup(split: ConditionSplit, table: KnownTable): boolean {
  const { primaryKey } = table.facts;
  const isFixed = (name: string): boolean =>
    split.fixed.some((fixed) => fixed.column === name && belongsTo(fixed, table));
  return primaryKey.length > 0 && primaryKey.every(isFixed);
}

/** An output column as a key. @throws HanaFlightError `invalid-argument` for a type that cannot be one. */
export function outputKey(
  wrap: WrapSplit,
  { name, typeName, length, scale }: OutputColumn,
): KeyColumn {
  const facts = { name, type: { name: typeName, length, scale }, nullable: true };
  return keyColumn(facts, wrap.column(name)) ?? noKey(facts);
}

function requireKey(column: ColumnFacts, split: ConditionSplit, table: KnownTable): KeyColumn {
  return keyOf(column, split, table) ?? noKey(column);
}

function noKey({ name, type }: ColumnFacts): never {
  throw new HanaFlightError(
    'invalid-argument',
    `expected a key of type ${KEY_TYPE_NAMES.join(', ')}, column ${name} is ${type.name}`,
  );
}

function keyOf(
  column: ColumnFacts,
  split: ConditionSplit,
  { reference }: KnownTable,
): KeyColumn | undefined {
  return keyColumn(column, split.column(reference, column.name));
}

function columnsOf({ facts }: KnownTable, names: readonly string[]): readonly ColumnFacts[] {
  return names
    .map((name) => facts.columns.find((column) => column.name === name))
    .filter((column) => column !== undefined);
}

function isKey({ keys }: ConditionSplit, table: KnownTable, name: string): boolean {
  return keys === undefined || keys.some((key) => key.column === name && belongsTo(key, table));
}

/** A reference without a table is of this one if it has such a column: HANA refuses what is ambiguous. */
function belongsTo({ table, column }: ColumnReference, { reference, facts }: KnownTable): boolean {
  const named = table === undefined || reference.qualifier === `"${table.replaceAll('"', '""')}"`;
  return named && facts.columns.some(({ name }) => name === column);
}

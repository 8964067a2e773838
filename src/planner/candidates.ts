import { HanaFlightError } from '../core/errors.ts';
import { suggestion } from '../core/nearest-name.ts';
import { type Division, tableName } from './division.ts';
import type { ColumnType, TableFacts } from './facts.ts';
import type { Key } from './keys/key.ts';
import { keyChoices } from './keys/key-choice.ts';
import { keyTypeOf } from './keys/key-types.ts';
import { findColumn, hasColumn, type NamedTable, readTables, sizeText } from './named-tables.ts';
import { type Candidates, type Choosing, one, type PlanningTask } from './planning-task.ts';
import { isCounted, sizeRule } from './sizes.ts';
import { type ConditionSplit, isObstacle } from './sql/query.ts';
import { wrapCandidates, wrapOrdered } from './wrap-candidates.ts';

/**
 * Finds what a query can be divided by: the key of its order, the columns that the caller names, or what the
 * catalog says of its tables.
 * @throws HanaFlightError `invalid-argument` when a column that the caller names is none.
 */
export function* findCandidates(task: PlanningTask): Choosing {
  const { query, request } = task;
  const { condition, order } = query;
  if (order?.length === 0) return one('it is ordered by more than plain columns');
  if (isObstacle(condition)) {
    return yield* order === undefined ? wrapCandidates(task) : wrapOrdered(task);
  }
  const tables = yield* readTables(condition);
  const temporary = tables.find(({ facts }) => facts.kind === 'temporary-table');
  if (temporary !== undefined) {
    return one(`the rows of the temporary table ${temporary.facts.name} are of one session only`);
  }
  if (tables.length === 0 && task.asOf === undefined) {
    return yield* order === undefined ? wrapCandidates(task) : wrapOrdered(task);
  }
  const split = { task, condition, tables };
  if (order !== undefined) return ofOrder(split);
  if (request.columns !== undefined) return yield* ofColumns(split, request.columns);
  return automatic(split);
}

interface Split {
  readonly task: PlanningTask;
  readonly condition: ConditionSplit;
  readonly tables: readonly NamedTable[];
}

/** The endpoints follow the first key of ORDER BY; nothing that the caller names goes before it. */
function ofOrder(split: Split): Candidates {
  const { task, condition, tables } = split;
  const [sortKey] = task.query.order ?? [];
  const found = sortKey && findColumn(tables, sortKey);
  if (sortKey === undefined || found === undefined) {
    return one('the catalog does not know the column that it is ordered by');
  }
  const { columns } = task.request;
  if (columns !== undefined && (columns.length > 1 || columns[0] !== sortKey.column)) {
    return one(
      `it is ordered by ${sortKey.column}: endpoints by ${columns.join(', ')} would not keep the order`,
    );
  }
  const { named, column } = found;
  if (condition.keys !== undefined && !hasColumn(named, column.name, condition.keys)) {
    return one(`it is ordered by ${column.name}, which does not keep the rows of a group together`);
  }
  const key = keyOf(split, named, [column.name]);
  if (key === undefined) {
    return one(`it is ordered by ${column.name} of type ${column.type.name}, which has no ranges`);
  }
  return sized(split, named, [{ ...divisionOf(split, named, key), order: sortKey }]);
}

function* ofColumns(split: Split, columns: readonly string[]): Choosing {
  const { task, condition, tables } = split;
  const [first] = columns;
  const named = tables.find(({ facts }) =>
    columns.every((column) => facts.columns.some(({ name }) => name === column)),
  );
  if (named === undefined) {
    const isOutput = columns.every((column) => task.output.some(({ name }) => name === column));
    if (isOutput && first !== undefined && task.asOf === undefined)
      return yield* wrapCandidates(task);
    throw unknownColumn(split, columns);
  }
  const { keys } = condition;
  const apart = columns.find((column) => keys !== undefined && !hasColumn(named, column, keys));
  if (apart !== undefined) {
    const known = keys?.map(({ column }) => column).join(', ') ?? '';
    throw new HanaFlightError(
      'invalid-argument',
      `column: ${apart} does not keep the rows of a group together, expected one of ${known}`,
    );
  }
  const key = keyOf(split, named, columns);
  if (key !== undefined) return sized(split, named, [divisionOf(split, named, key)]);
  const types = columns.map((column) => {
    const type = named.facts.columns.find(({ name }) => name === column)?.type.name;
    return `${column} is ${type}`;
  });
  throw new HanaFlightError(
    'invalid-argument',
    `column: expected numbers, dates or text to divide by, but ${types.join(', ')}`,
  );
}

function unknownColumn({ task, tables }: Split, columns: readonly string[]): HanaFlightError {
  const known = [
    ...tables.flatMap(({ facts }) => facts.columns.map(({ name }) => name)),
    ...task.output.map(({ name }) => name),
  ];
  const wrong = columns.find((column) => !known.includes(column)) ?? columns.join(', ');
  const all = [...new Set(known)].join(', ');
  return new HanaFlightError(
    'invalid-argument',
    `column: ${wrong} is none to divide by together${suggestion(wrong, known)}; there are ${all}`,
  );
}

/** The largest table with a usable key leads. */
function automatic(split: Split): Candidates {
  const { task, condition, tables } = split;
  const counted = isCounted(task.request);
  const [largest] = tables;
  if (largest === undefined) return one('the catalog knows none of its tables');
  if (largest.facts.rows === undefined && !counted) return one(unknownSize(largest.facts));
  for (const named of tables) {
    const { facts } = named;
    if (!counted && isLookup(named, condition)) {
      return one(`it looks up rows of ${tableName(facts)} by the whole primary key`);
    }
    const divisions = divisionsOf(split, named);
    if (divisions.length > 0) return sized(split, named, divisions);
  }
  const { facts } = largest;
  return condition.keys === undefined
    ? one(`no column of ${tableName(facts)} is known to divide it well; ${NAME_ONE}`, facts.rows)
    : one('no column that it groups by is known to divide it well', facts.rows);
}

const NAME_ONE = 'name one by /*+ FLIGHT(column=…) */';

function unknownSize(facts: TableFacts): string {
  const what = facts.kind === 'view' ? 'a view' : 'a virtual table';
  return `${tableName(facts)} is ${what}, whose size the catalog does not tell; ${NAME_ONE}`;
}

function isLookup(named: NamedTable, { fixed }: ConditionSplit): boolean {
  const { primaryKey } = named.facts;
  return primaryKey.length > 0 && primaryKey.every((column) => hasColumn(named, column, fixed));
}

/** One for each choice of a key; without any, one for the parts of a table that has some. */
function divisionsOf(split: Split, named: NamedTable): readonly Division[] {
  const { condition } = split;
  const allowed =
    condition.keys &&
    named.facts.columns.flatMap(({ name }) =>
      hasColumn(named, name, condition.keys ?? []) ? [name] : [],
    );
  const divisions = keyChoices(named.facts, allowed).flatMap((names) => {
    const key = keyOf(split, named, names);
    return key === undefined ? [] : [divisionOf(split, named, key)];
  });
  if (divisions.length > 0) return divisions;
  const hasParts = condition.plainRows && (named.facts.partitioning?.parts.length ?? 0) > 1;
  return hasParts ? [divisionOf(split, named, [])] : [];
}

/** Nothing more is asked when the table is small. */
function sized(split: Split, { facts }: NamedTable, divisions: readonly Division[]): Candidates {
  const { endpointsFor } = divisions[0] ?? { endpointsFor: () => 1 };
  if (endpointsFor(facts.rows) > 1) return { kind: 'divisions', divisions };
  const limit = split.task.limits.autoEndpoints < 2 ? 'no more are made' : 'that is not worth more';
  return one(`${sizeText(facts)}: ${limit}`, split.condition.sole ? facts.rows : undefined);
}

/** Undefined when a column has a type that divides nothing. */
function keyOf(
  { condition }: Split,
  { reference, facts }: NamedTable,
  names: readonly string[],
): Key | undefined {
  const key = names.flatMap((name) => {
    const type: ColumnType | undefined = facts.columns.find((column) => column.name === name)?.type;
    const keyType = type && keyTypeOf(type);
    const sql = condition.column(reference, name);
    return type === undefined || keyType === undefined
      ? []
      : [{ name, column: name, sql, type, keyType }];
  });
  return key.length === names.length ? key : undefined;
}

function divisionOf({ task, condition }: Split, named: NamedTable, key: Key): Division {
  const { where, sole, plainRows } = condition;
  const { asOf, request } = task;
  const { qualifier } = named.reference;
  const isMovable = where !== undefined && sole && !namesSchema(where, named);
  return {
    key,
    table: named.facts,
    sole,
    plainRows,
    grouped: condition.keys !== undefined,
    filter: isMovable ? { where, qualifier } : undefined,
    order: undefined,
    asOf,
    named: request.columns !== undefined,
    bounds: request.bounds,
    endpointsFor: sizeRule(request, task.limits),
    render: (edit) => condition.apply({ ...edit, asOf }),
  };
}

/** Without blanks and quotes, so that all spellings of a name are one. */
function bare(text: string): string {
  return text.toUpperCase().replaceAll(/[\s"]/g, '');
}

/** `SALES.ITEMS.ID`: means nothing where the table is a sample with an alias. */
function namesSchema(where: string, { facts }: NamedTable): boolean {
  return bare(where).includes(`.${bare(facts.name)}.`);
}

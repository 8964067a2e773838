import { HanaFlightError } from '../core/errors.ts';
import { suggestion } from '../core/nearest-name.ts';
import type { Division } from './division.ts';
import type { ColumnType, Probe, ProbeAnswer, TableFacts } from './facts.ts';
import type { Key } from './keys/key.ts';
import { keyTypeOf } from './keys/key-types.ts';
import { sizeText } from './named-tables.ts';
import type { OutputColumn } from './plan.ts';
import { type Choosing, one, type PlanningTask } from './planning-task.ts';
import { askTable } from './probes.ts';
import { isCounted, sizeRule } from './sizes.ts';
import { isObstacle, type Query, type WrapSplit } from './sql/query.ts';

/** Divisions of the output of a query that takes no condition itself: CTEs, derived tables, UNION ALL. */

/** By the columns that the caller names, or else by the key of a large table that is in the output. */
export function* wrapCandidates(task: PlanningTask): Choosing {
  const { query, request, output } = task;
  const { wrap } = query;
  if (isObstacle(wrap)) return one(whyNoCondition(query) ?? wrap.reason);
  if (request.columns !== undefined) return yield* ofColumns(task, wrap, request.columns);
  if (query.wrapCostly !== undefined) return one(query.wrapCostly.reason);
  const largest = yield* largestOrigin(output);
  const names = largest && keyInOutput(largest, output);
  const key = names && keyOf(wrap, names, output);
  if (largest === undefined || key === undefined || key.length === 0) {
    return one(whyNoCondition(query) ?? 'no key of a table is in its output');
  }
  const division = divisionOf(task, wrap, { key, table: largest });
  if (division.endpointsFor(largest.rows) > 1) return { kind: 'divisions', divisions: [division] };
  return one(`${sizeText(largest)}: that is not worth more`);
}

/** By the output column that the result is ordered by. */
export function* wrapOrdered(task: PlanningTask): Choosing {
  const { query, request, output } = task;
  const [sortKey] = query.order ?? [];
  const { wrap } = query;
  if (isObstacle(wrap)) return one(wrap.reason);
  if (sortKey?.output === undefined) return one('it is ordered by what is no output column');
  const { columns } = request;
  if (columns !== undefined && (columns.length > 1 || columns[0] !== sortKey.output)) {
    return one(`it is ordered by ${sortKey.output}: other endpoints would not keep the order`);
  }
  if (query.wrapCostly !== undefined && columns === undefined) return one(query.wrapCostly.reason);
  const key = keyOf(wrap, [sortKey.output], output);
  const table = yield* originOf(output, sortKey.output);
  if (key === undefined || (table === undefined && request.bounds === undefined)) {
    return one(`HANA does not say which values of ${sortKey.output} there are`);
  }
  const division = { ...divisionOf(task, wrap, { key, table }), order: sortKey };
  if (division.endpointsFor(table?.rows) > 1) return { kind: 'divisions', divisions: [division] };
  return one(
    table === undefined ? 'its size is not known' : `${sizeText(table)}: that is not worth more`,
  );
}

function whyNoCondition({ condition }: Query): string | undefined {
  return isObstacle(condition) ? condition.reason : undefined;
}

function* ofColumns(task: PlanningTask, wrap: WrapSplit, columns: readonly string[]): Choosing {
  const known = task.output.map(({ name }) => name);
  const wrong = columns.find((column) => !known.includes(column));
  if (wrong !== undefined) {
    throw new HanaFlightError(
      'invalid-argument',
      `column: ${wrong} is no output column${suggestion(wrong, known)}; there are ${known.join(', ')}`,
    );
  }
  const key = keyOf(wrap, columns, task.output);
  if (key === undefined) {
    throw new HanaFlightError(
      'invalid-argument',
      `column: expected numbers, dates or text to divide by, not all of ${columns.join(', ')} are`,
    );
  }
  const table = columns.length === 1 ? yield* originOf(task.output, columns[0]) : undefined;
  const division = divisionOf(task, wrap, { key, table });
  const size = isCounted(task.request) ? undefined : table?.rows;
  if (division.endpointsFor(size) > 1) return { kind: 'divisions', divisions: [division] };
  return one(
    table === undefined ? 'no more are made' : `${sizeText(table)}: that is not worth more`,
  );
}

/** Facts of the table that an output column comes from. */
function* originOf(
  output: readonly OutputColumn[],
  name: string | undefined,
): Generator<Probe, TableFacts | undefined, ProbeAnswer> {
  const origin = output.find((column) => column.name === name)?.origin;
  return origin === undefined ? undefined : yield* askTable(origin.schema, origin.table);
}

function* largestOrigin(
  output: readonly OutputColumn[],
): Generator<Probe, TableFacts | undefined, ProbeAnswer> {
  const asked = new Set<string>();
  let largest: TableFacts | undefined;
  for (const { origin } of output) {
    const id = JSON.stringify([origin?.schema, origin?.table]);
    if (origin === undefined || asked.has(id)) continue;
    asked.add(id);
    const facts = yield* askTable(origin.schema, origin.table);
    const isKeyed = facts !== undefined && keyInOutput(facts, output).length > 0;
    if (isKeyed && (facts.rows ?? 0) > (largest?.rows ?? -1)) largest = facts;
  }
  return largest;
}

/** Output columns that hold the leading columns of the primary key. */
function keyInOutput(table: TableFacts, output: readonly OutputColumn[]): readonly string[] {
  const names = table.primaryKey.map(
    (column) =>
      output.find(
        ({ origin }) =>
          origin?.column === column &&
          origin.table === table.name &&
          origin.schema === table.schema,
      )?.name,
  );
  const end = names.indexOf(undefined);
  return names.slice(0, end < 0 ? names.length : end).filter((name) => name !== undefined);
}

/** Undefined when a column has a type that divides nothing. */
function keyOf(
  wrap: WrapSplit,
  names: readonly string[],
  output: readonly OutputColumn[],
): Key | undefined {
  const key = names.flatMap((name) => {
    const column = output.find((candidate) => candidate.name === name);
    if (column === undefined) return [];
    const type: ColumnType = { name: column.typeName, length: column.length, scale: column.scale };
    const keyType = keyTypeOf(type);
    if (keyType === undefined) return [];
    return [{ name, column: column.origin?.column ?? name, sql: wrap.column(name), type, keyType }];
  });
  return key.length === names.length ? key : undefined;
}

function divisionOf(
  { request, limits }: PlanningTask,
  wrap: WrapSplit,
  of: Pick<Division, 'key' | 'table'>,
): Division {
  return {
    ...of,
    sole: false,
    plainRows: false,
    grouped: false,
    filter: undefined,
    order: undefined,
    asOf: undefined,
    named: request.columns !== undefined,
    bounds: request.bounds,
    endpointsFor: sizeRule(request, limits),
    render: ({ condition }) => wrap.apply(condition ?? '1 = 1'),
  };
}

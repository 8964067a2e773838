import { HanaFlightError } from '../core/errors.ts';
import { type Division, type Ground, STRATEGY_TABLE } from './division.ts';
import type { KeyColumn } from './key.ts';
import { keyKindOf } from './key-types.ts';
import type {
  OutputColumn,
  PartitionPlan,
  PartitionRequest,
  PlanLimits,
  Planning,
} from './plan.ts';
import { type Asking, currentMoment, tableFacts } from './probes.ts';
import { type ConditionSplit, type Edit, isObstacle, type Query } from './sql/query.ts';
import {
  isLookup,
  type KnownTable,
  knownTables,
  namedTarget,
  outputKey,
  ownTarget,
  sortTarget,
} from './target.ts';

/** What is known before HANA is asked anything. */
export interface PlanningContext {
  readonly limits: PlanLimits;
  /** Columns of the result. */
  readonly output: readonly OutputColumn[];
}

interface Task extends PlanningContext {
  readonly query: Query;
  readonly request: PartitionRequest;
}

/** A place where the query can be divided. */
interface Place {
  readonly ground: Omit<Ground, 'count'>;
  readonly apply: (edit: Edit) => string;
}

/** Why the query stays whole, as a clause. */
interface Whole {
  readonly whole: string;
}

/**
 * Decides how a result is divided. Asks only what the decision needs: nothing when the query must stay
 * whole, one question a table when it is small.
 * @throws HanaFlightError `invalid-argument` for a request that cannot be met, `failed-precondition` for
 * `as-of` where the table keeps no history.
 */
export function* planPartitions(
  query: Query,
  request: PartitionRequest,
  context: PlanningContext,
): Planning {
  const task = { ...context, query, request };
  const moment = request.consistency === 'as-of' ? yield* momentOf(query) : undefined;
  const reason = wholeByItself(task);
  if (reason !== undefined) return wholePlan(task, reason, moment);
  const place = yield* findPlace(task);
  if ('whole' in place) return wholePlan(task, place.whole, moment);
  const count = countFor(task, place.ground);
  if (typeof count !== 'number') return wholePlan(task, count.whole, moment);
  const division = yield* divide({ ...place.ground, count }, request);
  if (division === undefined) {
    return wholePlan(task, `${namesOf(place.ground.key)} has the same value everywhere`, moment);
  }
  return plural(task, place, { division, count, moment });
}

/** What needs no question. */
function wholeByItself({ query, request, limits }: Task): string | undefined {
  if (request.endpoints === 'off') return 'partitioning is off';
  if (request.endpoints === 1) return 'one endpoint was asked for';
  if (limits.oneEndpoint !== undefined) return limits.oneEndpoint;
  if (query.obstacle !== undefined) return query.obstacle.reason;
  return query.order === undefined ? undefined : limits.orderedInOne;
}

function* findPlace(task: Task): Asking<Place | Whole> {
  const { query, request } = task;
  const { condition } = query;
  if (isObstacle(condition)) return yield* wrapPlace(task, condition.reason);
  const tables = yield* knownTables(condition.tables);
  if (query.order !== undefined) return orderedPlace(task, condition, tables);
  if (request.columns !== undefined) {
    const target = namedTarget(condition, tables, request.columns);
    if (target === undefined) return yield* wrapPlace(task, 'no table in FROM has such a column');
    return placeOf(condition, target.table, target.key, request);
  }
  return ownPlace(task, condition, tables);
}

function ownPlace(
  { request, limits }: Task,
  condition: ConditionSplit,
  tables: readonly KnownTable[],
): Place | Whole {
  const lookup = tables.find((table) => isLookup(condition, table));
  if (lookup !== undefined && request.endpoints === 'auto') {
    return { whole: `it looks up rows of ${nameOf(lookup)} by the whole primary key` };
  }
  const largest = tables.toSorted((a, b) => (b.facts.rows ?? -1) - (a.facts.rows ?? -1));
  for (const table of largest) {
    if (request.endpoints === 'auto' && table.facts.rows === undefined) continue;
    if (request.endpoints === 'auto' && (table.facts.rows ?? 0) < limits.minRows) {
      return { whole: tooSmall(table, limits) };
    }
    const target = ownTarget(condition, table);
    const hasParts = condition.plainRows && table.facts.partitioning !== undefined;
    if (target !== undefined || hasParts) {
      return placeOf(condition, table, target?.key ?? [], request);
    }
  }
  return { whole: noKeyReason(condition, tables) };
}

function tooSmall({ facts }: KnownTable, { minRows }: PlanLimits): string {
  return `${facts.schema}.${facts.name} has ${grouped(facts.rows ?? 0)} rows, fewer than ${grouped(minRows)} (--endpoint-min-rows)`;
}

function noKeyReason({ keys }: ConditionSplit, tables: readonly KnownTable[]): string {
  const [first] = tables;
  if (first === undefined) {
    return 'the catalog shows this user no table of its FROM; name an output column to divide by: /*+ FLIGHT(column=…) */';
  }
  if (first.facts.kind === 'view') {
    return `the size of the view ${nameOf(first)} is not known; name a column to divide by: /*+ FLIGHT(column=…) */`;
  }
  return keys === undefined
    ? `${nameOf(first)} has no primary key that could divide it; name a column: /*+ FLIGHT(column=…) */`
    : 'it groups by no column that could divide it';
}

/** An order is kept only by ranges of its first key. */
function orderedPlace(
  { query, request }: Task,
  condition: ConditionSplit,
  tables: readonly KnownTable[],
): Place | Whole {
  const target = sortTarget(condition, tables, query.order ?? []);
  if (target === undefined) {
    return { whole: 'it is ordered by something else than a plain column that could divide it' };
  }
  const [column] = target.key;
  const asked = request.columns;
  if (asked !== undefined && (asked.length !== 1 || asked[0] !== column?.name)) {
    return {
      whole: `its order is kept only by ranges of ${column?.name}, and ${namesList(asked)} was asked for`,
    };
  }
  return placeOf(condition, target.table, target.key, request, query.order?.[0]);
}

function placeOf(
  condition: ConditionSplit,
  table: KnownTable,
  key: readonly KeyColumn[],
  { bounds, columns }: PartitionRequest,
  order?: Ground['order'],
): Place {
  const { reference, facts } = table;
  const name = `${quoted(facts.schema)}.${quoted(facts.name)}`;
  const rowsOfTable = facts.kind === 'view' ? undefined : facts.rows;
  return {
    apply: (edit) => condition.apply(edit),
    ground: {
      table,
      key,
      order,
      byParts: condition.plainRows && columns === undefined,
      rows: rowsOfTable,
      bounds,
      sampled: (parts) => ({
        from: `${name}${parts === undefined ? '' : ` PARTITION (${parts.join(', ')})`} AS ${reference.qualifier}`,
        where: condition.sole ? condition.where : undefined,
      }),
    },
  };
}

/** The output of the query as the place: what a caller names, or a key of a large table that comes through. */
function* wrapPlace(task: Task, reason: string): Asking<Place | Whole> {
  const { query, request, output, limits } = task;
  const { wrap } = query;
  if (isObstacle(wrap)) return refused(task, `${reason}, and ${wrap.reason}`);
  if (request.columns !== undefined) {
    const columns = request.columns.map((name) => output.find((each) => each.name === name));
    const known = columns.filter((column) => column !== undefined);
    if (known.length < columns.length) return refused(task, reason);
    return outputPlace(
      task,
      wrap,
      known.map((column) => outputKey(wrap, column)),
      undefined,
    );
  }
  if (query.order !== undefined) return { whole: `${reason}, and it is ordered` };
  if (query.wrapCostly !== undefined) return { whole: query.wrapCostly.reason };
  for (const column of output) {
    const { origin } = column;
    if (origin === undefined || !hasKeyType(column)) continue;
    const facts = yield* tableFacts(origin.schema, origin.table);
    const isKey = facts?.primaryKey[0] === origin.column;
    if (!isKey || facts.rows === undefined) continue;
    const enough = request.endpoints !== 'auto' || facts.rows >= limits.minRows;
    if (enough) return outputPlace(task, wrap, [outputKey(wrap, column)], facts.rows);
  }
  return { whole: `${reason}, and no output column is known to be the key of a large table` };
}

function outputPlace(
  { query, request }: Task,
  wrap: Exclude<Query['wrap'], { rule: string }>,
  key: readonly KeyColumn[],
  rows: number | undefined,
): Place {
  return {
    apply: ({ condition = '1 = 1' }) => wrap.apply(condition),
    ground: {
      table: undefined,
      key,
      order: undefined,
      byParts: false,
      rows,
      bounds: request.bounds,
      sampled: () => ({ from: `(${query.text}) AS "q"`, where: undefined }),
    },
  };
}

function refused({ request, output }: Task, reason: string): Whole {
  if (request.columns === undefined) return { whole: reason };
  const names = output.map(({ name }) => name).join(', ');
  throw new HanaFlightError(
    'invalid-argument',
    `expected a column of the query, got ${namesList(request.columns)}: ${reason}; its output has ${names}`,
  );
}

function countFor({ request, limits }: Task, { rows }: Place['ground']): number | Whole {
  if (typeof request.endpoints === 'number') return request.endpoints;
  if (request.bounds !== undefined) return request.bounds.length + 1;
  if (rows === undefined) return limits.autoEndpoints;
  const count = Math.min(limits.autoEndpoints, Math.ceil(rows / limits.minRows));
  return count < 2 ? { whole: `it has ${grouped(rows)} rows` } : count;
}

function* divide(ground: Ground, { strategy }: PartitionRequest): Asking<Division | undefined> {
  if (strategy !== undefined) {
    const row = STRATEGY_TABLE.find(({ name }) => name === strategy);
    const obstacle = row?.obstacle(ground);
    if (row === undefined || obstacle !== undefined) {
      const usable = STRATEGY_TABLE.filter((each) => each.obstacle(ground) === undefined);
      throw new HanaFlightError(
        'invalid-argument',
        `strategy ${strategy} cannot be used: ${obstacle}; possible here: ${usable.map(({ name }) => name).join(', ') || 'none'}`,
      );
    }
    return yield* row.divide(ground);
  }
  const preferred = ground.bounds === undefined ? STRATEGY_TABLE : STRATEGY_TABLE.toReversed();
  for (const row of preferred) {
    if (row.automatic === (ground.bounds !== undefined) || row.obstacle(ground) !== undefined)
      continue;
    const division = yield* row.divide(ground);
    if (division !== undefined) return division;
  }
  return undefined;
}

function* momentOf(query: Query): Asking<string> {
  const { condition } = query;
  if (query.obstacle === undefined && !isObstacle(condition) && condition.sole) {
    const [table] = yield* knownTables(condition.tables);
    if (table?.facts.systemVersioned === true) return yield* currentMoment();
  }
  throw new HanaFlightError(
    'failed-precondition',
    'consistency as-of needs a query of one system-versioned table; use snapshot',
  );
}

function wholePlan({ query }: Task, reason: string, moment: string | undefined): PartitionPlan {
  const { condition } = query;
  const asOf = momentLiteral(moment);
  const sql = asOf === undefined || isObstacle(condition) ? query.text : condition.apply({ asOf });
  return {
    strategy: 'single',
    reason: `one endpoint, because ${reason}`,
    key: [],
    bounds: [],
    rows: undefined,
    endpoints: [{ sql, share: 'all rows', rows: undefined }],
    ordered: true,
    guard: undefined,
    asOf: moment,
    consistency: moment === undefined ? 'statement' : 'as-of',
  };
}

interface Divided {
  readonly division: Division;
  readonly count: number;
  readonly moment: string | undefined;
}

function plural(
  task: Task,
  { ground, apply }: Place,
  { division, count, moment }: Divided,
): PartitionPlan {
  const { shares, strategy, bounds, how, guard } = division;
  const asOf = momentLiteral(moment);
  const fewer = shares.length < count ? `, as many of ${count} as the key has values for` : '';
  const size = ground.rows === undefined ? '' : ` of about ${grouped(ground.rows)} rows`;
  return {
    strategy,
    reason: `${shares.length} endpoints${size} by ${how}${fewer}`,
    key: ground.key.map(({ name }) => name),
    bounds,
    rows: ground.rows,
    endpoints: shares.map(({ edit, share, rows }) => ({
      sql: apply({ ...edit, asOf }),
      share,
      rows,
    })),
    ordered: task.query.order !== undefined,
    guard,
    asOf: moment,
    consistency: moment === undefined ? 'statement' : 'as-of',
  };
}

const momentLiteral = (moment: string | undefined): string | undefined =>
  moment === undefined ? undefined : `'${moment}'`;
const hasKeyType = ({ typeName }: OutputColumn): boolean =>
  keyKindOf({ name: typeName }) !== undefined;
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const nameOf = ({ facts }: KnownTable): string => `${facts.schema}.${facts.name}`;
const namesOf = (key: readonly KeyColumn[]): string => namesList(key.map(({ name }) => name));
const namesList = (names: readonly string[]): string => names.join(', ');
const grouped = (rows: number): string => rows.toLocaleString('en-US');

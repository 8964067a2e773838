import { HanaFlightError } from '../core/errors.ts';
import { readMoment } from './as-of.ts';
import { findCandidates } from './candidates.ts';
import { type Divided, divide, shortage } from './divide.ts';
import type { Division } from './division.ts';
import { literals } from './literals.ts';
import { sizeText } from './named-tables.ts';
import type {
  OutputColumn,
  PartitionPlan,
  PartitionRequest,
  PlanLimits,
  Planning,
} from './plan.ts';
import type { PlanningTask } from './planning-task.ts';
import { aboutRows, type Shares } from './shares.ts';
import { isAsked } from './sizes.ts';
import { isObstacle, type Query } from './sql/query.ts';

/** What planning needs to know besides the query and the wishes. */
export interface PlanningContext {
  readonly limits: PlanLimits;
  readonly output: readonly OutputColumn[];
}

/**
 * Divides a query into endpoints whose results together are the result of the query, or says why it stays
 * whole. Nothing is asked when the answer is one endpoint anyway. A top-level ORDER BY goes before everything
 * that the caller asks: the endpoints follow it, or there is one.
 *
 * @throws HanaFlightError `invalid-argument` for a column, bound or strategy that cannot be used;
 * `failed-precondition` for consistency `as-of` of what keeps no history; `internal` when a probe is
 * answered by something else.
 */
export function* planPartitions(
  query: Query,
  request: PartitionRequest,
  { limits, output }: PlanningContext,
): Planning {
  checkBounds(request);
  const moment = request.consistency === 'as-of' ? yield* readMoment(query) : undefined;
  const asOf = moment === undefined ? undefined : literals.text(moment);
  const task: PlanningTask = { query, request, limits, output, asOf };
  const undivided = (reason: string, rows?: number): PartitionPlan => ({
    ...singlePlan(task, reason, rows),
    asOf: moment,
  });
  const reason = whyOne(task);
  if (reason !== undefined) return undivided(reason);
  const candidates = yield* findCandidates(task);
  if (candidates.kind === 'one') return undivided(candidates.reason, candidates.rows);
  const { division, outcome } = yield* divide(candidates.divisions, request);
  if (outcome.kind !== 'shares') {
    return undivided(outcome.reason, outcome.kind === 'few-rows' ? outcome.rows : undefined);
  }
  if (division.grouped && !isAsked(request) && makesFewGroups(outcome)) {
    return undivided('it makes few groups, which HANA is faster with as a whole', outcome.rows);
  }
  return { ...planOf(task, division, outcome), asOf: moment };
}

/** An endpoint should have several groups at least; where nobody counted, enough endpoints have to do. */
function makesFewGroups({ shares, wanted, cuts }: Shares): boolean {
  return shares.length < wanted || (cuts !== undefined && cuts < 2 * wanted);
}

function checkBounds({ strategy, bounds }: PartitionRequest): void {
  if (strategy === 'bounds' && bounds === undefined) {
    throw new HanaFlightError('invalid-argument', 'strategy bounds: expected bounds, got none');
  }
  if (bounds !== undefined && strategy !== undefined && strategy !== 'bounds') {
    throw new HanaFlightError(
      'invalid-argument',
      `bounds: expected with strategy bounds only, got them with ${strategy}`,
    );
  }
}

/** Why there is one endpoint, as far as nothing has to be asked; undefined when there may be several. */
function whyOne({ query, request, limits }: PlanningTask): string | undefined {
  if (request.endpoints === 'off') return 'dividing is switched off';
  if (limits.oneEndpoint !== undefined) return limits.oneEndpoint;
  if (query.obstacle !== undefined) return query.obstacle.reason;
  if (query.order !== undefined && limits.orderedInOne !== undefined) return limits.orderedInOne;
  return request.endpoints === 1 ? 'one endpoint was asked for' : undefined;
}

function singlePlan({ query, asOf }: PlanningTask, reason: string, rows?: number): PartitionPlan {
  const { condition } = query;
  const sql = asOf === undefined || isObstacle(condition) ? query.text : condition.apply({ asOf });
  return {
    strategy: 'single',
    reason: `one endpoint, because ${reason}`,
    key: [],
    bounds: [],
    rows,
    endpoints: [{ sql, share: 'all rows', rows }],
    ordered: true,
    guard: undefined,
    asOf: undefined,
    consistency: asOf === undefined ? 'statement' : 'as-of',
  };
}

function planOf(task: PlanningTask, division: Division, shares: Shares): PartitionPlan {
  return {
    strategy: shares.strategy,
    reason: reasonOf(task, { division, outcome: shares }, shares),
    key: shares.key,
    bounds: shares.bounds,
    rows: shares.rows,
    endpoints: shares.shares.map(({ edit, label, rows }) => ({
      sql: division.render(edit),
      share: label,
      rows,
    })),
    ordered: division.order !== undefined,
    guard: shares.guard,
    asOf: undefined,
    consistency: task.asOf === undefined ? 'statement' : 'as-of',
  };
}

function reasonOf({ request }: PlanningTask, { division }: Divided, shares: Shares): string {
  const { shares: all, how } = shares;
  const ordered = division.order === undefined ? '' : ', in the order of the query';
  const tooFew = shortage(shares);
  return (
    `${occasion(request, division, shares)}: ${all.length} endpoints by ${how}${ordered}` +
    (tooFew === undefined ? '' : `; ${tooFew}`)
  );
}

/** Why there are several at all. */
function occasion(
  request: PartitionRequest,
  { table, filter, named }: Division,
  { rows, strategy }: Shares,
): string {
  if (request.bounds !== undefined) return 'bounds were given';
  if (typeof request.endpoints === 'number') return `${request.endpoints} endpoints were asked for`;
  // Only these count with the filter.
  const isCountedWith = strategy === 'sample' || strategy === 'range';
  if (filter !== undefined && rows !== undefined && isCountedWith)
    return `${aboutRows(rows)} pass its WHERE`;
  if (table?.rows !== undefined) return sizeText(table);
  if (rows !== undefined) return `there are ${aboutRows(rows)}`;
  return named ? 'a column was named' : 'its size is not known';
}

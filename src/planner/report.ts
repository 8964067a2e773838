import type { Consistency, PartitionPlan, StrategyName } from './plan.ts';
import { aboutRows } from './shares.ts';

/**
 * What a plan says of itself: plain data for JSON, in the application metadata of a FlightInfo and of
 * `hana-flight explain`. Members without a value are left out.
 */
export interface PlanReport {
  readonly strategy: StrategyName | 'single';
  readonly reason: string;
  readonly key?: readonly string[];
  /** Lower bounds of all endpoints but the first, in ascending order. */
  readonly bounds?: readonly string[];
  /** Read one after the other the endpoints have the order of the query. */
  readonly ordered: boolean;
  /** About how many the whole result has; an upper bound when the query filters. */
  readonly rows?: number;
  readonly endpoints: readonly { readonly share: string; readonly rows?: number }[];
  /** What was reached, which may be less than was asked for. */
  readonly consistency: Consistency;
  /** The moment that all endpoints show. */
  readonly asOf?: string;
}

/** @param reached the consistency that planning and execution together brought about. */
export function planReport(
  plan: PartitionPlan,
  { consistency }: { readonly consistency: Consistency },
): PlanReport {
  return {
    strategy: plan.strategy,
    reason: plan.reason,
    ...(plan.key.length > 0 && { key: plan.key }),
    ...(plan.bounds.length > 0 && { bounds: plan.bounds }),
    ordered: plan.ordered,
    ...(plan.rows !== undefined && { rows: plan.rows }),
    endpoints: plan.endpoints.map(({ share, rows }) => ({
      share,
      ...(rows !== undefined && { rows }),
    })),
    consistency,
    ...(plan.asOf !== undefined && { asOf: plan.asOf }),
  };
}

/** What divides, for the first line of a description. */
const HEADLINES: Readonly<Record<StrategyName, (key: string) => string>> = {
  parts: (key) => `by parts of the table${key === '' ? '' : ` and ranges of ${key}`}`,
  histogram: (key) => `by ranges of ${key} (equal depth, from data statistics)`,
  sample: (key) => `by ranges of ${key} (equal depth, from a sample)`,
  range: (key) => `by ranges of ${key} (equal width)`,
  modulo: (key) => `by remainders of ${key}`,
  hash: (key) => `by a hash of ${key}`,
  bounds: (key) => `by ranges of ${key} (given bounds)`,
};

/** Endpoints that a description lists before it skips to the last. */
const LISTED_ENDPOINTS = 8;

/** Lines of text for people. */
export function describePlan(report: PlanReport): readonly string[] {
  const { strategy, endpoints, rows, ordered, consistency, asOf } = report;
  const headline =
    strategy === 'single'
      ? '1 endpoint'
      : `${endpoints.length} endpoints ${HEADLINES[strategy](report.key?.join(', ') ?? '')}`;
  return [
    headline,
    `  reason       ${report.reason}`,
    `  rows         ${rows === undefined ? 'not known' : aboutRows(rows)}`,
    `  order        ${orderText(strategy, ordered)}`,
    `  consistency  ${consistency}${asOf === undefined ? '' : ` ${asOf}`}`,
    ...(strategy === 'single' ? [] : endpointLines(endpoints)),
  ];
}

function orderText(strategy: PlanReport['strategy'], ordered: boolean): string {
  if (strategy === 'single') return 'as the query says';
  return ordered ? 'kept, endpoint after endpoint' : 'none';
}

function endpointLines(endpoints: PlanReport['endpoints']): readonly string[] {
  const lines = endpoints.map(({ share, rows }, place) => {
    const size = rows === undefined ? '' : ` (${aboutRows(rows)})`;
    return `  ${String(place + 1).padStart(4)}  ${share}${size}`;
  });
  if (lines.length <= LISTED_ENDPOINTS + 2) return lines;
  return [...lines.slice(0, LISTED_ENDPOINTS), '     …', ...lines.slice(-1)];
}

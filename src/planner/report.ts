import type { Consistency, PartitionPlan, StrategyName } from './plan.ts';

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
  readonly consistency: ConsistencyReport;
  /** The moment that all endpoints show. */
  readonly asOf?: string;
}

/** What the endpoints show together. */
export interface ConsistencyReport {
  readonly asked: Consistency;
  /** What planning and execution together brought about; it may be less. */
  readonly reached: Consistency;
  /** HANA's name for the state of the data that a snapshot shows. */
  readonly stamp?: string | undefined;
}

export function planReport(plan: PartitionPlan, consistency: ConsistencyReport): PlanReport {
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

import type { Consistency, PartitionPlan } from './plan.ts';

/** What a caller is told of a plan, as JSON: FlightInfo.app_metadata, and what `explain` prints. */
export interface PlanReport {
  readonly strategy: string;
  readonly reason: string;
  readonly key: readonly string[];
  readonly bounds: readonly string[];
  readonly rows: number | null;
  readonly ordered: boolean;
  readonly consistency: ConsistencyReport;
  readonly endpoints: readonly { readonly share: string; readonly rows: number | null }[];
}

export interface ConsistencyReport {
  readonly asked: Consistency;
  readonly reached: Consistency;
  readonly stamp?: string | undefined;
  readonly asOf?: string | undefined;
}

export function planReport(plan: PartitionPlan, consistency: ConsistencyReport): PlanReport {
  const { strategy, reason, key, bounds, rows, ordered, endpoints } = plan;
  return {
    strategy,
    reason,
    key,
    bounds,
    rows: rows ?? null,
    ordered,
    consistency,
    endpoints: endpoints.map(({ share, rows: each }) => ({ share, rows: each ?? null })),
  };
}

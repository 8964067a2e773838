import type { Division } from './division.ts';
import type { Probe, ProbeAnswer } from './facts.ts';
import type { OutputColumn, PartitionRequest, PlanLimits } from './plan.ts';
import type { Query } from './sql/query.ts';

/** Everything that a plan is made of. */
export interface PlanningTask {
  readonly query: Query;
  readonly request: PartitionRequest;
  readonly limits: PlanLimits;
  readonly output: readonly OutputColumn[];
  /** SQL text of the moment, with consistency `as-of`. */
  readonly asOf: string | undefined;
}

/** Divisions to try, the best first; or why there is one endpoint, as a clause. */
export type Candidates =
  | { readonly kind: 'divisions'; readonly divisions: readonly Division[] }
  | { readonly kind: 'one'; readonly reason: string; readonly rows: number | undefined };

export type Choosing = Generator<Probe, Candidates, ProbeAnswer>;

export function one(reason: string, rows?: number): Candidates {
  return { kind: 'one', reason, rows };
}

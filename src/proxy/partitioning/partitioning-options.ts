import type { ClientRule } from '../../core/endpoint-policy.ts';
import type { PartitionRequest, PlanLimits } from '../../planner/plan.ts';

/** How results are divided when callers ask for nothing else, and within which limits. */
export interface PartitioningOptions
  extends Pick<PartitionRequest, 'endpoints' | 'consistency'>,
    Pick<PlanLimits, 'minRows' | 'autoEndpoints'> {
  /** How long connections that hold a snapshot wait for their endpoints to be read. */
  readonly snapshotMaxAgeMs: number;
  /** How long facts of the catalog are good for. */
  readonly factsMaxAgeMs: number;
  /** What clients can take, before the rules of our own. */
  readonly clients: readonly ClientRule[];
}

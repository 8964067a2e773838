import type { Probe, ProbeAnswer } from './facts.ts';

/** How a result is divided, most preferred first. */
export const STRATEGIES = [
  'parts',
  'histogram',
  'sample',
  'range',
  'modulo',
  'hash',
  'bounds',
] as const;

export type StrategyName = (typeof STRATEGIES)[number];

export const CONSISTENCY_LEVELS = ['statement', 'snapshot', 'as-of'] as const;

/** `statement`: each endpoint sees what was committed when it was executed. */
export type Consistency = (typeof CONSISTENCY_LEVELS)[number];

/** What the caller asks for; every member may come from a hint, a header, a session option or a setting. */
export interface PartitionRequest {
  /** `auto`: as the size suggests. A number: as many as that, where the query can be split at all. */
  readonly endpoints: 'auto' | 'off' | number;
  /** Names as HANA stores them. */
  readonly columns?: readonly string[] | undefined;
  readonly strategy?: StrategyName | undefined;
  /** Lower bounds of all endpoints but the first, as text of the key's type. */
  readonly bounds?: readonly string[] | undefined;
  readonly consistency: Consistency;
}

export interface PlanLimits {
  /** Below this many rows a query is one endpoint, unless a number was asked for. */
  readonly minRows: number;
  /** Most endpoints that `auto` makes. */
  readonly autoEndpoints: number;
  /** Set when this caller gets ordered results in one endpoint: why, as a clause. */
  readonly orderedInOne?: string | undefined;
  /** Set when this caller gets one endpoint whatever the query is: why, as a clause. */
  readonly oneEndpoint?: string | undefined;
}

/** A column of the result as HANA described it when it compiled the query. */
export interface OutputColumn {
  readonly name: string;
  /** HANA's name of the type, e.g. `BIGINT`. */
  readonly typeName: string;
  readonly length: number;
  readonly scale: number;
  /** Where its values come from, when HANA says so. */
  readonly origin:
    | { readonly schema: string; readonly table: string; readonly column: string }
    | undefined;
}

export interface PlannedEndpoint {
  readonly sql: string;
  /** What it holds, in words: `parts 1 and 2`, `TRANSACTION_ID from 1000 up to 2000`. */
  readonly share: string;
  /** Undefined when nothing is known. */
  readonly rows: number | undefined;
}

/** What must still be so when an endpoint is read. */
export interface PartsGuard {
  readonly schema: string;
  readonly table: string;
  readonly definition: string;
  readonly parts: readonly number[];
}

export interface PartitionPlan {
  readonly strategy: StrategyName | 'single';
  /** One sentence: why this strategy and this number of endpoints. */
  readonly reason: string;
  readonly key: readonly string[];
  /** Lower bounds of all endpoints but the first, as text; empty when the strategy has none. */
  readonly bounds: readonly string[];
  /** Rows of the whole result, as far as is known; an upper bound when the query filters. */
  readonly rows: number | undefined;
  /** At least one. Read one after the other they keep the order of the query when {@link ordered}. */
  readonly endpoints: readonly PlannedEndpoint[];
  readonly ordered: boolean;
  readonly guard: PartsGuard | undefined;
  /** Set with consistency `as-of`: the moment that all endpoints show, as text. */
  readonly asOf: string | undefined;
  /** The consistency that the SQL texts alone bring about; `snapshot` is the executor's work. */
  readonly consistency: 'statement' | 'as-of';
}

/** Planning asks its questions one after the other and ends with a plan; it does no I/O itself. */
export type Planning = Generator<Probe, PartitionPlan, ProbeAnswer>;

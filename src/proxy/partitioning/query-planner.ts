import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { readTextRows } from '../../driver/catalog/catalog-rows.ts';
import { resultSchema } from '../../driver/columnar/result-schema.ts';
import { sqlTypeName, type TypeOptions } from '../../driver/columnar/type-mapping.ts';
import type { HanaConnection } from '../../driver/hana-connection.ts';
import type { Probe, ProbeAnswer } from '../../planner/facts.ts';
import type {
  OutputColumn,
  PartitionPlan,
  PartitionRequest,
  PlanLimits,
} from '../../planner/plan.ts';
import { planPartitions } from '../../planner/plan-partitions.ts';
import { isAsked } from '../../planner/sizes.ts';
import type { Query } from '../../planner/sql/query.ts';
import type { StatementShape } from '../statements/described-statements.ts';
import { schemaFingerprint } from '../statements/schema-fingerprint.ts';
import type { FactsCache } from './facts-cache.ts';
import { checkGuard } from './parts-guard.ts';

/** A query that HANA has compiled, and what its caller wants of the plan. */
export interface PlanningTask {
  readonly query: Query;
  readonly shape: StatementShape;
  /** Answers the questions of the planning. */
  readonly connection: HanaConnection;
  readonly user: string;
  readonly request: PartitionRequest;
  readonly limits: PlanLimits;
}

export interface PlannedQuery {
  readonly plan: PartitionPlan;
  /** Of every endpoint. */
  readonly schema: ArrowSchema;
}

/** Plans queries: asks HANA what the planner wants to know, and lets HANA compile what it came up with. */
export class QueryPlanner {
  readonly #facts: FactsCache;
  readonly #types: TypeOptions;

  constructor(facts: FactsCache, types: TypeOptions) {
    this.#facts = facts;
    this.#types = types;
  }

  /**
   * A plan of several endpoints, or of one where the query cannot be split, is small, or HANA refuses a
   * question or the split text: the reason in the plan says which.
   * @throws HanaFlightError `invalid-argument` for a request that cannot be met; what a lost connection throws.
   */
  async plan(task: PlanningTask): Promise<PlannedQuery> {
    try {
      return await this.#verified(task, await this.#planned(task));
    } catch (thrown) {
      const failure = HanaFlightError.from(thrown);
      if (failure.hana === undefined || !task.connection.usable) throw failure;
      return this.#whole(task, `HANA refused what planning asked it: ${failure.message}`);
    }
  }

  async #planned(task: PlanningTask): Promise<PartitionPlan> {
    const plan = await this.#run(task);
    if (plan.guard === undefined) return plan;
    // The facts may be as old as the cache lets them be.
    if (await checkGuard(task.connection, plan.guard)) return plan;
    await this.#facts.forget(task.connection, {
      user: task.user,
      schema: plan.guard.schema,
      name: plan.guard.table,
      detailed: isAsked(task.request),
    });
    return this.#run(task);
  }

  async #run(task: PlanningTask): Promise<PartitionPlan> {
    const { query, request, limits, shape } = task;
    const output = shape.columns.map(outputColumn);
    const planning = planPartitions(query, request, { limits, output });
    let step = planning.next();
    while (step.done !== true) step = planning.next(await this.#answer(step.value, task));
    return step.value;
  }

  async #answer(
    probe: Probe,
    { connection, user, query: { markers }, request }: PlanningTask,
  ): Promise<ProbeAnswer> {
    if (probe.kind === 'rows') {
      return { kind: 'rows', rows: await readTextRows(connection, probe.sql, probe.columns) };
    }
    const { schema, name } = probe;
    const detailed = isAsked(request);
    const facts = await this.#facts.read(connection, { user, schema, name, detailed });
    // A query with parameters is executed only when it is read: too late to tell whether the parts are the same.
    const usable = facts && markers > 0 ? { ...facts, partitioning: undefined } : facts;
    return { kind: 'table', facts: usable };
  }

  /** HANA compiles the text of one endpoint: columns and markers must be those of the query. */
  async #verified(task: PlanningTask, plan: PartitionPlan): Promise<PlannedQuery> {
    const { shape, connection, query } = task;
    const schema = resultSchema(shape.columns, this.#types);
    // One in the middle has a condition at both ends.
    const sample = plan.endpoints[plan.endpoints.length >> 1]?.sql ?? query.text;
    if (sample === query.text) return { plan, schema };
    const split = await connection.prepare(sample);
    try {
      const splitSchema = resultSchema(split.columns, this.#types);
      const same =
        schemaFingerprint(splitSchema) === schemaFingerprint(schema) &&
        split.parameters.length === shape.parameters.length;
      if (same) return { plan, schema: splitSchema };
    } finally {
      split.drop();
    }
    return this.#whole(task, 'HANA gives the columns of the split query other types');
  }

  async #whole(task: PlanningTask, reason: string): Promise<PlannedQuery> {
    const { shape, limits, request } = task;
    if (request.consistency === 'as-of') throw new HanaFlightError('failed-precondition', reason);
    const plan = await this.#run({ ...task, limits: { ...limits, oneEndpoint: reason } });
    return { plan, schema: resultSchema(shape.columns, this.#types) };
  }
}

function outputColumn(column: StatementShape['columns'][number]): OutputColumn {
  const { displayName, length, scale, schemaName, tableName, columnName } = column;
  const origin =
    schemaName === undefined || tableName === undefined || columnName === undefined
      ? undefined
      : { schema: schemaName, table: tableName, column: columnName };
  return { name: displayName, typeName: sqlTypeName(column), length, scale, origin };
}

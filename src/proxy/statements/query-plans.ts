import type { ArrowSchema } from '../../arrow/types.ts';
import { expectedRowBytes } from '../../driver/columnar/stream-memory.ts';
import type { HanaConnection } from '../../driver/hana-connection.ts';
import type { StatementEndpoint, StatementPlan } from '../../flight/producer.ts';
import type { PartitionPlan, PartitionRequest, PlanLimits } from '../../planner/plan.ts';
import { type PlanReport, planReport } from '../../planner/report.ts';
import type { Query } from '../../planner/sql/query.ts';
import { clientLimits } from '../partitioning/client-endpoints.ts';
import { partitionRequest } from '../partitioning/partition-request.ts';
import type { PartitioningOptions } from '../partitioning/partitioning-options.ts';
import type { PlannedQuery, QueryPlanner } from '../partitioning/query-planner.ts';
import type { Snapshot } from '../partitioning/snapshot.ts';
import type { Snapshots } from '../partitioning/snapshots.ts';
import type { Connections } from '../sessions/connections.ts';
import type { ParameterRows } from './bound-parameters.ts';
import type { StatementShape } from './described-statements.ts';
import { parameterText } from './parameter-text.ts';
import { schemaFingerprint } from './schema-fingerprint.ts';
import type { StatementHandles } from './statement-handles.ts';
import type { StatementTask } from './statement-task.ts';
import { endpointsThatFit } from './ticket-size.ts';

export interface QueryPlansOptions {
  readonly connections: Connections;
  readonly handles: StatementHandles;
  readonly planner: QueryPlanner;
  readonly snapshots: Snapshots;
  readonly partitioning: PartitioningOptions;
}

/** A statement, and the connection for it. */
export interface PlaceOfQuery {
  readonly query: Query;
  readonly connection: HanaConnection;
  /** It is outside of its transaction, which has changed nothing. */
  readonly detached: boolean;
}

/** A query that HANA has compiled. */
export interface CompiledQuery extends PlaceOfQuery {
  readonly shape: StatementShape;
}

/** What a compiled query was planned to be; its tickets are still to be made. */
export interface PlannedStatement {
  readonly request: PartitionRequest;
  readonly plan: PartitionPlan;
  readonly schema: ArrowSchema;
  /** It is read outside of its transaction as long as that has changed nothing. */
  readonly detached: boolean;
  /** Bytes of a row on HANA's wire, as far as the columns tell. */
  readonly rowBytes: number;
}

interface CallFacts {
  /** Read on the connection of its transaction. */
  readonly attached: boolean;
  /** Its session has a connection of its own. */
  readonly pinned: boolean;
  /** Rows of parameters. */
  readonly executions: number;
}

/** What makes a call get one endpoint whatever its query is; the first that holds gives the reason. */
const CALL_RULES: readonly {
  readonly holds: (facts: CallFacts) => boolean;
  readonly reason: string;
}[] = [
  {
    holds: ({ attached }) => attached,
    reason: 'it must see what its transaction has done, which one connection does',
  },
  {
    holds: ({ pinned }) => pinned,
    reason: 'its session has a connection of its own, by SET or a temporary table',
  },
  {
    holds: ({ executions }) => executions > 1,
    reason: 'it is executed once for each row of parameters',
  },
];

/** From a compiled query to the endpoints that its client reads. */
export class QueryPlans {
  readonly #options: QueryPlansOptions;

  constructor(options: QueryPlansOptions) {
    this.#options = options;
  }

  /** Decides how the result is divided; the compiled statement is not needed afterwards. */
  async plan(statement: StatementTask, compiled: CompiledQuery): Promise<PlannedStatement> {
    const { planner, connections } = this.#options;
    const { endpoints, consistency } = this.#options.partitioning;
    const { call } = statement;
    const { request } = partitionRequest({
      hint: compiled.query.hint,
      headers: call.headers,
      session: connections.optionsOf(call),
      defaults: { endpoints, consistency },
    });
    const limits = this.#limitsFor(statement, compiled.detached);
    const task = { ...compiled, user: call.principal.user, request, limits };
    const wished = await planner.plan(task);
    const room = await this.#roomFor(statement, wished);
    const planned =
      wished.plan.endpoints.length <= room
        ? wished
        : await planner.plan({ ...task, request: { ...request, endpoints: room } });
    const rowBytes = expectedRowBytes(compiled.shape.columns);
    return { ...planned, request, detached: compiled.detached, rowBytes };
  }

  /** Seals a ticket for each endpoint, and opens the snapshot that they share if the caller wants one. */
  async seal(task: StatementTask, planned: PlannedStatement): Promise<StatementPlan> {
    const { plan, request, schema } = planned;
    const shared = request.consistency === 'snapshot' && plan.endpoints.length > 1;
    const snapshot = shared ? await this.#openSnapshot(task, plan.endpoints.length) : undefined;
    return {
      schema,
      endpoints: await this.#sealAll(task, planned, snapshot),
      // What planning knows is an estimate, and clients take this number for a promise.
      totalRecords: -1,
      ordered: plan.ordered,
      appMetadata: Buffer.from(JSON.stringify(reportOf(planned, snapshot))),
    };
  }

  /** Endpoints that one FlightInfo has room for, by the longest of the texts: each ticket holds one. */
  async #roomFor(task: StatementTask, { plan }: PlannedQuery): Promise<number> {
    if (plan.endpoints.length === 1) return 1;
    const longest = plan.endpoints.reduce(
      (best, { sql }) => (sql.length > best.length ? sql : best),
      '',
    );
    const { handles } = this.#options;
    const { handle } = await handles.sealTicket(
      {
        kind: 'query',
        id: handles.newTicketId(),
        sql: longest,
        fingerprint: '',
        parameters: task.parameters && [...parameterText(task.parameters)],
        guard: plan.guard,
      },
      task.call.principal,
    );
    return endpointsThatFit(handle.byteLength);
  }

  #openSnapshot(task: StatementTask, endpoints: number): Promise<Snapshot> {
    const { snapshots, connections } = this.#options;
    return snapshots.open(endpoints, connections.forSnapshot(task), task.call);
  }

  #sealAll(
    task: StatementTask,
    { plan, schema, detached, rowBytes }: PlannedStatement,
    snapshot: Snapshot | undefined,
  ): Promise<readonly StatementEndpoint[]> {
    const { handles, connections } = this.#options;
    const of = plan.endpoints.length;
    const shared = {
      kind: 'query' as const,
      id: handles.newTicketId(),
      fingerprint: schemaFingerprint(schema),
      transaction: task.transaction?.id,
      detached: detached || undefined,
      schema: task.schema ?? connections.schemaOf(task.call),
      parameters: task.parameters && [...parameterText(task.parameters)],
      guard: plan.guard,
      rowBytes,
    };
    const tickets = plan.endpoints.map(({ sql }, index) =>
      handles.sealTicket(
        {
          ...shared,
          sql,
          endpoint: of > 1 ? { index, of } : undefined,
          snapshot: snapshot && { id: snapshot.id, member: index % snapshot.size },
        },
        task.call.principal,
      ),
    );
    return Promise.all(tickets);
  }

  /** What stands in the way of several endpoints on the caller's side. */
  #limitsFor({ call, transaction, parameters }: StatementTask, detached: boolean): PlanLimits {
    const { partitioning, connections } = this.#options;
    const { minRows, autoEndpoints, clients } = partitioning;
    const ofClient = clientLimits(call.headers.get('user-agent'), clients);
    const ofCall = CALL_RULES.find(({ holds }) =>
      holds({
        attached: transaction !== undefined && !detached,
        pinned: connections.isPinned(call),
        executions: rowCount(parameters),
      }),
    );
    const oneEndpoint = ofCall?.reason ?? ofClient.oneEndpoint;
    return { minRows, autoEndpoints, ...ofClient, oneEndpoint };
  }
}

function rowCount(parameters: ParameterRows | undefined): number {
  return parameters?.batches.reduce((sum, batch) => sum + batch.rowCount, 0) ?? 0;
}

function reportOf({ plan, request }: PlannedStatement, snapshot: Snapshot | undefined): PlanReport {
  // The one endpoint of a query is one statement, and that sees one snapshot.
  const whole = plan.endpoints.length === 1 && request.consistency === 'snapshot';
  return planReport(plan, {
    asked: request.consistency,
    reached: whole || snapshot !== undefined ? 'snapshot' : plan.consistency,
    stamp: snapshot?.stamp,
  });
}

import { HanaFlightError } from '../../core/errors.ts';
import type { BatchOptions } from '../../driver/columnar/batch-stream.ts';
import type { HanaConnection } from '../../driver/hana-connection.ts';
import type { BatchStream } from '../../flight/producer.ts';
import { requireGuard } from '../partitioning/parts-guard.ts';
import type { Snapshots } from '../partitioning/snapshots.ts';
import type { Connections, Task, Workplace } from '../sessions/connections.ts';
import { LeasedBatches } from './leased-batches.ts';
import { parameterRows } from './parameter-text.ts';
import { openParameterQuery, openQuery, type QueryResult } from './query-result.ts';
import type { RunningStatements } from './running-statements.ts';
import { schemaFingerprint } from './schema-fingerprint.ts';
import type { QueryTicket } from './statement-handles.ts';

export interface QueryReadsOptions {
  readonly connections: Connections;
  readonly running: RunningStatements;
  readonly snapshots: Snapshots;
  /** How result sets become Arrow batches. */
  readonly batches: BatchOptions;
}

/** Reads the results behind tickets; each may be read again, which executes it again. */
export class QueryReads {
  readonly #options: QueryReadsOptions;

  constructor(options: QueryReadsOptions) {
    this.#options = options;
  }

  /**
   * Starts to read the result behind a ticket.
   * @throws HanaFlightError `failed-precondition` when the table or its division is not what the ticket was
   * made for, or its snapshot is over; `cancelled` when the query was cancelled.
   */
  async open(ticket: QueryTicket, task: Task): Promise<BatchStream> {
    const { call, ended } = this.#options.running.enter(ticket.id, task.call);
    try {
      return await this.#open(ticket, this.#placed(ticket, { ...task, call }), ended);
    } catch (cause) {
      ended();
      throw cause;
    }
  }

  /** Where the endpoint is read: on its snapshot, or when its turn has come. */
  #placed(ticket: QueryTicket, task: Task): Task {
    const { endpoint, snapshot, id } = ticket;
    if (endpoint === undefined) return task;
    if (snapshot !== undefined) {
      const shown = this.#options.snapshots.find(snapshot.id, task.call);
      return { ...task, lease: shown.borrow(snapshot.member) };
    }
    return { ...task, turn: { query: id, endpoint: endpoint.index, of: endpoint.of } };
  }

  #open(ticket: QueryTicket, task: Task, ended: () => void): Promise<BatchStream> {
    const { connections } = this.#options;
    return connections.use(task, async ({ connection, keep }) => {
      const result = await this.#execute(ticket, connection);
      const batches = this.#leased(result, { task, keep, ended, ticket });
      try {
        requireSchema(result, ticket);
        // Only now: what the statement saw cannot change any more.
        if (ticket.guard !== undefined) await requireGuard(connection, ticket.guard);
      } catch (cause) {
        await batches.return();
        throw cause;
      }
      return { schema: result.schema, batches };
    });
  }

  #execute(ticket: QueryTicket, connection: HanaConnection): Promise<QueryResult> {
    const { batches: options } = this.#options;
    const { sql, parameters } = ticket;
    if (parameters === undefined) return openQuery(connection, sql, options);
    return openParameterQuery(connection, sql, { parameters: parameterRows(parameters), options });
  }

  #leased(
    result: QueryResult,
    use: {
      readonly task: Task;
      readonly keep: Workplace['keep'];
      readonly ended: () => void;
      readonly ticket: QueryTicket;
    },
  ): LeasedBatches {
    const { connections, snapshots } = this.#options;
    const { task, ticket } = use;
    const lease = use.keep();
    return new LeasedBatches(
      {
        lease,
        batches: result.batches,
        close: () => result.close(),
        cancel: () => connections.cancel(lease, task.call),
        onComplete: () => {
          const { snapshot, endpoint } = ticket;
          if (snapshot !== undefined && endpoint !== undefined) {
            snapshots.markRead(snapshot.id, endpoint.index);
          }
        },
        onEnd: use.ended,
      },
      task.call.signal,
    );
  }
}

function requireSchema(result: QueryResult, ticket: QueryTicket): void {
  if (schemaFingerprint(result.schema) === ticket.fingerprint) return;
  throw new HanaFlightError(
    'failed-precondition',
    'the columns of the result changed after GetFlightInfo described them; call GetFlightInfo again',
  );
}

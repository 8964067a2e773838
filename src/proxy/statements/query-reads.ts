import { HanaFlightError } from '../../core/errors.ts';
import type { BatchOptions } from '../../driver/columnar/batch-stream.ts';
import { expectedStreamBytes, StreamMemory } from '../../driver/columnar/stream-memory.ts';
import type { EndpointTurn } from '../../driver/pool/endpoint-query.ts';
import type { Lease } from '../../driver/pool/pool.ts';
import type { Call, ResultStream } from '../../flight/producer.ts';
import type { ReaderProgress } from '../../flight/reader-progress.ts';
import { requireGuard } from '../partitioning/parts-guard.ts';
import type { Snapshots } from '../partitioning/snapshots.ts';
import type { Connections, Task } from '../sessions/connections.ts';
import { LeasedBatches } from './leased-batches.ts';
import { parameterRows } from './parameter-text.ts';
import { QueryReaders } from './query-readers.ts';
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
  /** Rows asked for with each fetch. */
  readonly fetchRows: number;
}

/** A result that is about to be read. */
interface Opening {
  readonly ticket: QueryTicket;
  readonly task: Task;
  readonly progress: ReaderProgress;
  /** To be called when nothing of it runs any more. */
  readonly ended: () => void;
}

/** Reads the results behind tickets; each may be read again, which executes it again. */
export class QueryReads {
  readonly #options: QueryReadsOptions;
  readonly #readers = new QueryReaders();

  constructor(options: QueryReadsOptions) {
    this.#options = options;
  }

  /**
   * Starts to read the result behind a ticket.
   * @throws HanaFlightError `failed-precondition` when the table or its division is not what the ticket was
   * made for, or its snapshot is over; `cancelled` when the query was cancelled.
   */
  async open(ticket: QueryTicket, task: Task): Promise<ResultStream> {
    const running = this.#options.running.enter(ticket.id, task.call);
    const { progress, left } = this.#readers.enter(ticket.id);
    const ended = (): void => {
      running.ended();
      left();
    };
    try {
      const placed = this.#placed(ticket, { ...task, call: running.call });
      return await this.#open({ ticket, task: placed, progress, ended });
    } catch (cause) {
      ended();
      throw cause;
    }
  }

  /** Where it is read: on its snapshot, or else when its turn has come. */
  #placed(ticket: QueryTicket, task: Task): Task {
    const { snapshot } = ticket;
    if (snapshot === undefined) return { ...task, turn: this.#turnOf(ticket) };
    const shown = this.#options.snapshots.find(snapshot.id, task.call);
    // Only when the task begins: one that never does would keep the connection.
    return { ...task, borrow: () => shown.borrow(snapshot.member) };
  }

  /** A query that was divided is large; one that was not is mostly small, and its first packet tells. */
  #turnOf({ id, endpoint, rowBytes }: QueryTicket): EndpointTurn {
    if (endpoint === undefined) return { query: id, endpoint: 0, of: 1 };
    const turn = { query: id, endpoint: endpoint.index, of: endpoint.of };
    if (rowBytes === undefined) return turn;
    const { fetchRows, batches } = this.#options;
    const batchBytes = batches.targetBytes;
    return { ...turn, streamBytes: expectedStreamBytes({ rowBytes, fetchRows, batchBytes }) };
  }

  #open(opening: Opening): Promise<ResultStream> {
    const { ticket, task, progress } = opening;
    return this.#options.connections.use(task, async ({ connection, keep }) => {
      const lease = keep();
      const result = await progress.during(() => this.#execute(ticket, lease, task.call));
      const batches = this.#leased(result, lease, opening);
      try {
        requireSchema(result, ticket);
        // Only now: what the statement saw cannot change any more.
        if (ticket.guard !== undefined) await requireGuard(connection, ticket.guard);
      } catch (cause) {
        await batches.return();
        throw cause;
      }
      return { schema: result.schema, batches, progress };
    });
  }

  async #execute(ticket: QueryTicket, lease: Lease, call: Call): Promise<QueryResult> {
    const { guard } = ticket;
    try {
      return await this.#start(ticket, lease, call);
    } catch (cause) {
      // HANA refuses parts that a table does not have any more, in words of its own.
      const refused = HanaFlightError.from(cause).hana !== undefined && lease.connection.usable;
      if (guard !== undefined && refused) await requireGuard(lease.connection, guard, cause);
      throw cause;
    }
  }

  #start(
    { sql, parameters, guard }: QueryTicket,
    lease: Lease,
    { compression }: Call,
  ): Promise<QueryResult> {
    const { batches } = this.#options;
    const { connection } = lease;
    const memory = new StreamMemory(batches.targetBytes, (bytes) => lease.holds(bytes));
    const onPacket = (bytes: number): void => memory.add(bytes);
    const options = { ...batches, onPacket, compression };
    if (parameters === undefined) {
      // What is fetched would keep the question waiting whether the parts are still the same.
      return openQuery(connection, sql, { options, ahead: guard === undefined });
    }
    return openParameterQuery(connection, sql, { parameters: parameterRows(parameters), options });
  }

  #leased(result: QueryResult, lease: Lease, { ticket, task, ended }: Opening): LeasedBatches {
    const { connections, snapshots } = this.#options;
    const { snapshot, endpoint } = ticket;
    return new LeasedBatches(
      {
        lease,
        batches: result.messages,
        close: () => result.close(),
        cancel: () => connections.cancel(lease, task.call),
        onComplete: () => {
          if (snapshot !== undefined && endpoint !== undefined) {
            snapshots.markRead(snapshot.id, endpoint.index);
          }
        },
        onEnd: ended,
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

import { Worker } from 'node:worker_threads';
import { HanaFlightError } from '../../core/errors.ts';
import type { HanaConnection } from '../hana-connection.ts';
import type { ConnectOptions } from '../session/connect.ts';
import { LaneConnection } from './lane-connection.ts';
import type { LaneMethods, LaneOrder, LaneReport } from './lane-messages.ts';

/** How long a thread may take to end by itself. */
const END_GRACE_MS = 2_000;

/**
 * Young objects that V8 lets a lane have, its two halves and what survives included. By default it would be
 * four times as many, which fill up before any are collected; that takes no more time with these.
 */
const YOUNG_MIB = 12;

/** One thread that has connections to HANA, decodes their results and makes messages of them. */
export class Lane {
  /** Resolves when the thread has ended: with the reason, or undefined when it was told to. */
  readonly ended: Promise<HanaFlightError | undefined>;
  readonly #worker: Worker;
  readonly #connections = new Map<number, LaneConnection>();
  #lastConnection = 0;
  #ending = false;

  /** @param entry The program of the thread. */
  constructor(entry: URL) {
    this.#worker = new Worker(entry, {
      name: 'hana-flight lane',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    });
    // Posted by the host in the lane, which is typed to post nothing else.
    this.#worker.on('message', (report: LaneReport) => {
      this.#connections.get(report.connection)?.take(report);
    });
    this.ended = new Promise((resolve) => {
      let cause: unknown;
      this.#worker.once('error', (error) => {
        cause = error;
      });
      this.#worker.once('exit', (code) => {
        const failure = endOf(cause ?? new Error(`exit code ${code}`));
        for (const connection of this.#connections.values()) connection.fail(failure);
        resolve(this.#ending ? undefined : failure);
      });
    });
  }

  /** Connections that are open or being opened. */
  get load(): number {
    return this.#connections.size;
  }

  /** As `connectHana`. */
  async connect(
    endpoint: Parameters<LaneMethods['connect']>[0],
    credentials: Parameters<LaneMethods['connect']>[1],
    { signal, ...options }: ConnectOptions,
  ): Promise<HanaConnection> {
    const id = ++this.#lastConnection;
    const connection = new LaneConnection({
      id,
      send: (order, transfer) => this.#send(order, transfer),
      onGone: () => this.#connections.delete(id),
    });
    this.#connections.set(id, connection);
    await connection.connect([endpoint, credentials, options], signal);
    return connection;
  }

  /** Closes what is open, and ends the thread. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#send({ kind: 'end' });
    const timer = setTimeout(() => void this.#worker.terminate(), END_GRACE_MS);
    await this.ended;
    clearTimeout(timer);
  }

  #send(order: LaneOrder, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(order, transfer);
  }
}

function endOf(cause: unknown): HanaFlightError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HanaFlightError(
    'unavailable',
    `the thread that had the connection to HANA (a lane) ended: ${reason}; try again`,
    { cause },
  );
}

import type { DuckDBConnection } from '@duckdb/node-api';
import type { DuckConnections } from './duck-connections.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { DATABASE } from './rendered-sql.ts';

/** Stamps of a real system are large and say nothing; small ones would look like counters. */
const FIRST_STAMP = 1_000_000n;

/** DuckDB takes its snapshot of a database when a transaction first touches it, not at BEGIN. */
const TOUCH = `SELECT 1 FROM "${DATABASE}"."SYS"."DUMMY" LIMIT 0`;

/** HANA's function for the stamp of the snapshot that a statement reads. */
export const STAMP_FUNCTION = 'CURRENT_MVCC_SNAPSHOT_TIMESTAMP';

/** The time at which DuckDB's transaction began, as HANA's TIMESTAMP. The sandbox runs on UTC. */
export const UTC_NOW = "CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP)";

const STAMP_VARIABLE = '_sys_mvcc_stamp';

/** DuckDB's text for the stamp that {@link tellStamp} has told the connection. */
export const STAMP_SQL = `CAST(getvariable('${STAMP_VARIABLE}') AS BIGINT)`;

/** Lets CURRENT_MVCC_SNAPSHOT_TIMESTAMP() be `stamp` in statements prepared on the connection from now on. */
export async function tellStamp(connection: DuckDBConnection, stamp: bigint): Promise<void> {
  await connection.run(`SET VARIABLE ${STAMP_VARIABLE} = ${stamp}`);
}

/**
 * The count of commits: the MVCC timestamp of HANA. Two snapshots have equal stamps exactly when they
 * show the same commits, because taking a snapshot and committing exclude each other.
 */
export class CommitClock {
  readonly #connections: DuckConnections;
  #stamp = FIRST_STAMP;
  #lastTimeMicros = 0n;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connections: DuckConnections) {
    this.#connections = connections;
  }

  /** The stamp of a snapshot taken now. */
  get stamp(): bigint {
    return this.#stamp;
  }

  /** Begins a transaction of DuckDB with its snapshot taken; the snapshot's stamp. */
  begin(connection: DuckDBConnection, access: 'READ ONLY' | 'READ WRITE'): Promise<bigint> {
    return this.#alone(async () => {
      try {
        await connection.run(`BEGIN TRANSACTION ${access}; ${TOUCH}`);
      } catch (error) {
        // Interrupted in the middle: nobody would end what nobody knows to have begun.
        await connection.run('ROLLBACK').catch(() => undefined);
        throw hanaErrorOf(error, undefined);
      }
      return this.#stamp;
    });
  }

  /**
   * Runs what changes committed data, such as COMMIT or a statement outside a transaction, and counts it.
   * Work that rejects is not counted. It must be short: no snapshot is taken meanwhile.
   */
  commit<T>(work: () => Promise<T>): Promise<T> {
    return this.#alone(async () => {
      const result = await work();
      this.#stamp++;
      return result;
    });
  }

  /**
   * A time for the commit under way, as DuckDB's text: later than that of any commit before, and later than
   * any time that a snapshot has shown as CURRENT_TIMESTAMP. To be called inside {@link commit}.
   */
  async commitTime(): Promise<string> {
    const connection = await this.#connections.acquire();
    try {
      const reader = await connection.runAndReadAll('SELECT epoch_us(now())');
      const [[micros] = []] = reader.getRowsJson();
      const now = typeof micros === 'string' ? BigInt(micros) : 0n;
      const time = now > this.#lastTimeMicros ? now : this.#lastTimeMicros + 1n;
      this.#lastTimeMicros = time;
      return `make_timestamp(${time})`;
    } finally {
      this.#connections.release(connection);
    }
  }

  /** One after the other, in the order they came. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const running = this.#last.then(work);
    this.#last = running.catch(() => undefined);
    return running;
  }
}

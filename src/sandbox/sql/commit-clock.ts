import type { DuckDBConnection } from '@duckdb/node-api';
import { hanaErrorOf } from './duckdb-errors.ts';
import { DATABASE } from './rendered-sql.ts';

/** Stamps of a real system are large and say nothing; small ones would look like counters. */
const FIRST_STAMP = 1_000_000n;

/** DuckDB takes its snapshot of a database when a transaction first touches it, not at BEGIN. */
const TOUCH = `SELECT 1 FROM "${DATABASE}"."SYS"."DUMMY" LIMIT 0`;

/** HANA's function for the stamp of the snapshot that a statement reads. */
export const STAMP_FUNCTION = 'CURRENT_MVCC_SNAPSHOT_TIMESTAMP';

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
  #stamp = FIRST_STAMP;
  #last: Promise<unknown> = Promise.resolve();

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

  /** One after the other, in the order they came. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const running = this.#last.then(work);
    this.#last = running.catch(() => undefined);
    return running;
  }
}

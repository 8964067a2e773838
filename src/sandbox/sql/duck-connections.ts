import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { DATABASE, quoteName } from './rendered-sql.ts';

/** DuckDB schema of HANA's functions: on the search path, before DuckDB's own. */
export const FUNCTION_SCHEMA = '_SYS_HANA';

/** Settings of the whole DuckDB instance: nothing outside memory may be read or written. */
const INSTANCE_SETTINGS = {
  enable_external_access: 'false',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
};

/** NULL is HANA's smallest value: first in ascending order. */
const SESSION_SETTINGS: readonly string[] = [
  'SET errors_as_json = true',
  "SET TimeZone = 'UTC'",
  "SET default_null_order = 'nulls_first_on_asc_last_on_desc'",
];

/**
 * The connections to one DuckDB instance. All have the same settings, and SQL names every table with
 * its schema, so any connection serves any session.
 */
export class DuckConnections {
  readonly #instance: DuckDBInstance;
  readonly #idle: DuckDBConnection[] = [];

  private constructor(instance: DuckDBInstance) {
    this.#instance = instance;
  }

  static async create(): Promise<DuckConnections> {
    return new DuckConnections(await DuckDBInstance.create(':memory:', INSTANCE_SETTINGS));
  }

  /** A connection of the caller's own; give it back with {@link release}. */
  async acquire(): Promise<DuckDBConnection> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    const connection = await this.#instance.connect();
    // In memory, but compressed, so that it takes a tenth of the room.
    await connection.run(`ATTACH IF NOT EXISTS ':memory:' AS ${DATABASE} (COMPRESS)`);
    await connection.run(`USE ${DATABASE}`);
    await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteName(FUNCTION_SCHEMA)}`);
    await connection.run(`SET search_path = '${DATABASE}.${FUNCTION_SCHEMA}'`);
    for (const setting of SESSION_SETTINGS) await connection.run(setting);
    return connection;
  }

  /** Takes back a connection on which no result is open and no transaction. */
  release(connection: DuckDBConnection): void {
    this.#idle.push(connection);
  }

  close(): void {
    for (const connection of this.#idle) connection.closeSync();
    this.#idle.length = 0;
    this.#instance.closeSync();
  }
}

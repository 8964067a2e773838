import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { EngineValue, SandboxError } from '../engine.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { hanaError } from './errors.ts';
import { bindRow } from './parameter-values.ts';
import type { RenderedSql } from './rendered-sql.ts';
import type { HanaType } from './types/hana-type.ts';

/** A statement that changes rows, with the rows of parameters it is executed for. */
export interface Write {
  readonly source: string;
  readonly rendered: RenderedSql;
  /** The statement for so many rows at once; undefined where rows go one by one. */
  readonly batch: ((rowCount: number) => string) | undefined;
  readonly parameterTypes: readonly HanaType[];
  /** Parameters that may not be NULL, by index, with the column they go to. */
  readonly required: ReadonlyMap<number, string>;
  /** An INSERT of values into a table with a key, which may add ON CONFLICT. */
  readonly insertsKeys: boolean;
  readonly rows: readonly (readonly EngineValue[])[];
}

/** Counts by row, 0 for one that failed; each failure names its row. */
export interface WriteResult {
  readonly counts: readonly number[];
  readonly failures: readonly SandboxError[];
}

/** Executes a write for all of its rows, several per statement where it can. Rejects when one fails. */
export function executeAll(connection: DuckDBConnection, write: Write): Promise<readonly number[]> {
  const asBatch = write.batch !== undefined && write.rows.length > 1;
  return (asBatch ? executeBatch : executeRows)(connection, write);
}

async function executeRows(
  connection: DuckDBConnection,
  { source, rendered, parameterTypes, rows }: Write,
): Promise<readonly number[]> {
  const counts: number[] = [];
  try {
    const prepared = await connection.prepare(rendered.text);
    try {
      for (const row of rows) {
        bindRow(prepared, parameterTypes, row);
        counts.push((await prepared.run()).rowsChanged);
      }
    } finally {
      prepared.destroySync();
    }
    return counts;
  } catch (error) {
    throw hanaErrorOf(error, { source, rendered });
  }
}

/** Values in one statement of a batch; DuckDB's planning time grows faster than the number of them. */
const MAX_BATCH_VALUES = 2_000;

/** Many rows per statement: each execution costs DuckDB more than the rows in it. */
async function executeBatch(
  connection: DuckDBConnection,
  { batch, parameterTypes, rows }: Write,
): Promise<readonly number[]> {
  if (batch === undefined) return [];
  const rowsPerStatement = Math.max(1, Math.floor(MAX_BATCH_VALUES / parameterTypes.length));
  let prepared: DuckDBPreparedStatement | undefined;
  let preparedRows = 0;
  try {
    for (let start = 0; start < rows.length; start += rowsPerStatement) {
      const part = rows.slice(start, start + rowsPerStatement);
      if (prepared === undefined || preparedRows !== part.length) {
        prepared?.destroySync();
        prepared = await connection.prepare(batch(part.length));
        preparedRows = part.length;
      }
      const types = part.flatMap(() => parameterTypes);
      bindRow(prepared, types, part.flat());
      await prepared.run();
    }
  } finally {
    prepared?.destroySync();
  }
  return rows.map(() => 1);
}

interface RowFailure {
  readonly failure: SandboxError;
  /** DuckDB ended the transaction. */
  readonly aborted: boolean;
}

/**
 * A write executed row by row, failures told apart. DuckDB ends the transaction when an execution fails,
 * and all that it held must be executed again; so what fails often in a batch, a duplicate key or a
 * NULL, is found without a failure of DuckDB's.
 */
export class SingleRowWrite {
  readonly #connection: DuckDBConnection;
  readonly #write: Write;
  #prepared: DuckDBPreparedStatement | undefined;

  constructor(connection: DuckDBConnection, write: Write) {
    this.#connection = connection;
    this.#write = write;
  }

  /** The number of rows changed, or why there are none. */
  async execute(row: readonly EngineValue[], index: number): Promise<number | RowFailure> {
    const { source, rendered, parameterTypes, required, insertsKeys } = this.#write;
    const missing = [...required].find(([parameter]) => (row[parameter] ?? null) === null);
    if (missing !== undefined) {
      const text = `cannot insert NULL or update to NULL: ${missing[1]}`;
      return { failure: hanaError('notNull', text, { row: index }), aborted: false };
    }
    let bound = false;
    try {
      const prepared = await this.#statement();
      bindRow(prepared, parameterTypes, row);
      bound = true;
      const count = (await prepared.run()).rowsChanged;
      if (count > 0 || !insertsKeys) return count;
      const failure = hanaError('uniqueViolation', 'unique constraint violated', { row: index });
      return { failure, aborted: false };
    } catch (error) {
      return { failure: hanaErrorOf(error, { source, rendered }, index), aborted: bound };
    }
  }

  /** Frees the statement; the next row prepares it anew. */
  close(): void {
    this.#prepared?.destroySync();
    this.#prepared = undefined;
  }

  async #statement(): Promise<DuckDBPreparedStatement> {
    const { rendered, insertsKeys } = this.#write;
    const text = insertsKeys ? `${rendered.text} ON CONFLICT DO NOTHING` : rendered.text;
    this.#prepared ??= await this.#connection.prepare(text);
    return this.#prepared;
  }
}

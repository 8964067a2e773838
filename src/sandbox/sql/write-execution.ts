import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import type { EngineValue, SandboxError } from '../engine.ts';
import type { TableDefinition } from './catalog/definitions.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { hanaError } from './errors.ts';
import { bindRow } from './parameter-values.ts';
import type { RenderedSql } from './rendered-sql.ts';
import type { HanaType } from './types/hana-type.ts';

/** Copies the rows that a statement is about to change into a history table. */
export interface HistoryWrite {
  readonly text: string;
  readonly parameterTypes: readonly HanaType[];
  /** Its parameters as indices into those of the statement. */
  readonly parameters: readonly number[];
}

/** A statement that changes rows, with the rows of parameters it is executed for. */
export interface Write {
  readonly source: string;
  readonly rendered: RenderedSql;
  /** The table, when the system keeps a period of its rows. */
  readonly versioned: TableDefinition | undefined;
  /** The statement for so many rows at once; undefined where rows go one by one. */
  readonly batch: ((rowCount: number) => string) | undefined;
  readonly parameterTypes: readonly HanaType[];
  /** Parameters that may not be NULL, by index, with the column they go to. */
  readonly required: ReadonlyMap<number, string>;
  /** An INSERT of values into a table with a key, which may add ON CONFLICT. */
  readonly insertsKeys: boolean;
  /** Executed before the statement, for each row of parameters. */
  readonly history: HistoryWrite | undefined;
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

async function executeRows(connection: DuckDBConnection, write: Write): Promise<readonly number[]> {
  const { source, rendered, history, rows } = write;
  const counts: number[] = [];
  try {
    const prepared = await PreparedWrite.prepare(connection, rendered.text, history);
    try {
      for (const row of rows) counts.push(await prepared.execute(row, write.parameterTypes));
    } finally {
      prepared.close();
    }
    return counts;
  } catch (error) {
    throw hanaErrorOf(error, { source, rendered });
  }
}

/** A statement made ready, together with its copy into the history table. */
class PreparedWrite {
  readonly #main: DuckDBPreparedStatement;
  readonly #copy: DuckDBPreparedStatement | undefined;
  readonly #history: HistoryWrite | undefined;

  private constructor(
    main: DuckDBPreparedStatement,
    copy: DuckDBPreparedStatement | undefined,
    history: HistoryWrite | undefined,
  ) {
    this.#main = main;
    this.#copy = copy;
    this.#history = history;
  }

  static async prepare(
    connection: DuckDBConnection,
    text: string,
    history: HistoryWrite | undefined,
  ): Promise<PreparedWrite> {
    const copy = history && (await connection.prepare(history.text));
    return new PreparedWrite(await connection.prepare(text), copy, history);
  }

  /** @param onBound called when the values are taken: what fails then ends DuckDB's transaction. */
  async execute(
    row: readonly EngineValue[],
    types: readonly HanaType[],
    onBound?: () => void,
  ): Promise<number> {
    bindRow(this.#main, types, row);
    onBound?.();
    const history = this.#history;
    if (this.#copy !== undefined && history !== undefined) {
      const values = history.parameters.map((index) => row[index] ?? null);
      bindRow(this.#copy, history.parameterTypes, values);
      await this.#copy.run();
    }
    return (await this.#main.run()).rowsChanged;
  }

  close(): void {
    this.#main.destroySync();
    this.#copy?.destroySync();
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
  #prepared: PreparedWrite | undefined;

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
      const count = await prepared.execute(row, parameterTypes, () => {
        bound = true;
      });
      if (count > 0 || !insertsKeys) return count;
      const failure = hanaError('uniqueViolation', 'unique constraint violated', { row: index });
      return { failure, aborted: false };
    } catch (error) {
      return { failure: hanaErrorOf(error, { source, rendered }, index), aborted: bound };
    }
  }

  /** Frees the statement; the next row prepares it anew. */
  close(): void {
    this.#prepared?.close();
    this.#prepared = undefined;
  }

  async #statement(): Promise<PreparedWrite> {
    const { rendered, insertsKeys, history } = this.#write;
    const text = insertsKeys ? `${rendered.text} ON CONFLICT DO NOTHING` : rendered.text;
    this.#prepared ??= await PreparedWrite.prepare(this.#connection, text, history);
    return this.#prepared;
  }
}

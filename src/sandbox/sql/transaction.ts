import type { DuckDBConnection, DuckDBPreparedStatement } from '@duckdb/node-api';
import { type EngineValue, SandboxError } from '../engine.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { HANA_ERRORS } from './errors.ts';
import { bindRow } from './parameter-values.ts';
import type { QueryCursor } from './query-cursor.ts';
import type { RenderedSql } from './rendered-sql.ts';
import type { HanaType } from './types/hana-type.ts';

/** A statement that changes rows, with the rows of parameters it is executed for. */
export interface Write {
  readonly source: string;
  readonly rendered: RenderedSql;
  /** The statement for so many rows at once; undefined where rows go one by one. */
  readonly batch: ((rowCount: number) => string) | undefined;
  readonly parameterTypes: readonly HanaType[];
  readonly rows: readonly (readonly EngineValue[])[];
}

/** READ COMMITTED takes a snapshot per statement, the others per transaction. */
export type IsolationLevel = 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';

/**
 * A session's transaction on a DuckDB connection of its own, begun when it is first needed.
 *
 * A failed statement ends DuckDB's transaction, while in HANA only the statement is undone. So the
 * statements of the transaction are kept and, after a failure, executed again in a new transaction;
 * SAVEPOINT works by the same means.
 */
export class SessionTransaction {
  readonly #connection: DuckDBConnection;
  readonly #cursors = new Set<QueryCursor>();
  readonly #savepoints = new Map<string, number>();
  #journal: Write[] = [];
  #open = false;
  isolation: IsolationLevel = 'READ COMMITTED';

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** The connection, free of open results, inside the transaction. */
  async connection(): Promise<DuckDBConnection> {
    const failures = await this.#freeConnection();
    if (failures && this.#open) await this.#replay(this.#journal.length);
    if (!this.#open) {
      await this.#connection.run('BEGIN TRANSACTION');
      this.#open = true;
    }
    return this.#connection;
  }

  /** Tells that a result is open on the connection. */
  addCursor(cursor: QueryCursor): void {
    this.#cursors.add(cursor);
  }

  removeCursor(cursor: QueryCursor): void {
    this.#cursors.delete(cursor);
  }

  /** Executes a write for each of its rows; all of them are undone when one fails. */
  async write(write: Write): Promise<readonly number[]> {
    const connection = await this.connection();
    const asBatch = write.batch !== undefined && write.rows.length > 1;
    try {
      const counts = await (asBatch ? executeBatch : executeRows)(connection, write);
      this.#journal.push(write);
      return counts;
    } catch (error) {
      await this.recover(error);
      // Row by row, the failure tells which row it was.
      if (asBatch && this.#open) return this.write({ ...write, batch: undefined });
      throw error;
    }
  }

  /**
   * Brings the transaction back to where it was before a statement failed. A cancelled statement takes
   * the whole transaction with it.
   */
  async recover(failure: unknown): Promise<void> {
    if (!this.#open) return;
    const cancelled = failure instanceof SandboxError && failure.code === HANA_ERRORS.cancelled[0];
    if (cancelled) await this.rollback();
    else await this.#replay(this.#journal.length);
  }

  setSavepoint(name: string): void {
    this.#savepoints.set(name, this.#journal.length);
  }

  releaseSavepoint(name: string): boolean {
    return this.#savepoints.delete(name);
  }

  /** False when there is no such savepoint. */
  async rollbackTo(name: string): Promise<boolean> {
    const length = this.#savepoints.get(name);
    if (length === undefined) return false;
    await this.#replay(length);
    return true;
  }

  async commit(): Promise<void> {
    await this.#end('COMMIT');
  }

  async rollback(): Promise<void> {
    await this.#end('ROLLBACK');
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  async #end(command: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    if (!this.#open) return;
    if (await this.#freeConnection()) await this.#replay(this.#journal.length);
    this.#open = false;
    this.#journal = [];
    this.#savepoints.clear();
    try {
      await this.#connection.run(command);
    } catch (error) {
      throw hanaErrorOf(error, undefined);
    }
  }

  /** Takes open results off the connection; true when one failed, and the transaction with it. */
  async #freeConnection(): Promise<boolean> {
    let failed = false;
    for (const cursor of this.#cursors) {
      if ((await cursor.buffer()) !== undefined) failed = true;
    }
    this.#cursors.clear();
    return failed;
  }

  async #replay(length: number): Promise<void> {
    const kept = this.#journal.slice(0, length);
    await this.#connection.run('ROLLBACK');
    this.#open = false;
    const connection = await this.connection();
    for (const write of kept) await executeRows(connection, write);
    this.#journal = kept;
  }
}

async function executeRows(
  connection: DuckDBConnection,
  { source, rendered, parameterTypes, rows }: Write,
): Promise<readonly number[]> {
  const failed = { source, rendered };
  const counts: number[] = [];
  const rowIndex = (): number | undefined => (rows.length > 1 ? counts.length : undefined);
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
    throw hanaErrorOf(error, failed, rowIndex());
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

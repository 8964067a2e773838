import type { DuckDBValue } from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';

/** Rows of a DuckDB chunk, and so of a sink. */
export const CHUNK_ROWS = 2048;

/** Collects the values of one column for up to {@link CHUNK_ROWS} rows, in DuckDB's own layout. */
export interface ColumnSink {
  /** False, and nothing done, when the column takes no NULL. */
  putNull(row: number): boolean;
  put(row: number, value: DuckDBValue): void;
  /** Moves the first `rowCount` values into a vector of a chunk of so many rows; the sink is empty then. */
  moveTo(vector: Vector, rowCount: number): void;
  /** Forgets the values that will not be moved. */
  clear(): void;
}

const BITS_PER_WORD = 64;
const WORD_BYTES = 8;

/** Which rows of a sink have a value: DuckDB's mask, a bit per row. */
export class RowValidity {
  readonly #mask = new Uint8Array(CHUNK_ROWS / 8).fill(0xff);
  #hasNull = false;

  setNull(row: number): void {
    this.#hasNull = true;
    this.#mask[row >> 3] = (this.#mask[row >> 3] ?? 0) & ~(1 << (row & 7));
  }

  moveTo(vector: Vector, rowCount: number): void {
    if (!this.#hasNull) return;
    const byteCount = Math.ceil(rowCount / BITS_PER_WORD) * WORD_BYTES;
    duckdb.vector_ensure_validity_writable(vector);
    duckdb.copy_data_to_vector_validity(vector, 0, this.#mask.buffer, 0, byteCount);
    this.clear();
  }

  clear(): void {
    this.#mask.fill(0xff);
    this.#hasNull = false;
  }
}

import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { ColumnEncoder, RowTarget } from './column-encoder.ts';

/** A chunk's rows as HANA result-set bytes; valid until the next chunk is encoded. */
export interface EncodedChunk {
  readonly bytes: Buffer;
  /** Offset behind each row. */
  readonly rowEnds: Uint32Array;
}

const FIRST_ROOM_BYTES = 64 * 1024;

/**
 * Encodes all rows of a chunk, row after row, with one encoder per column. Its memory serves chunk after
 * chunk: to allocate it anew, and to collect it, took more time than some of the columns.
 */
export class RowEncoder {
  readonly #encoders: readonly ColumnEncoder[];
  #cursors = new Uint32Array();
  #target: RowTarget = room(FIRST_ROOM_BYTES);

  constructor(encoders: readonly ColumnEncoder[]) {
    this.#encoders = encoders;
  }

  encode(chunk: DuckDBDataChunk): EncodedChunk {
    if (this.#cursors.length < chunk.rowCount) this.#cursors = new Uint32Array(chunk.rowCount);
    const cursors = this.#cursors.subarray(0, chunk.rowCount).fill(0);
    for (const encoder of this.#encoders) encoder.measure(chunk, cursors);
    let end = 0;
    for (let row = 0; row < cursors.length; row++) {
      const start = end;
      end += cursors[row] ?? 0;
      cursors[row] = start;
    }
    if (this.#target.bytes.length < end) this.#target = room(2 * end);
    for (const encoder of this.#encoders) encoder.write(this.#target, cursors);
    return { bytes: this.#target.bytes.subarray(0, end), rowEnds: cursors };
  }
}

function room(byteCount: number): RowTarget {
  const bytes = Buffer.allocUnsafeSlow(byteCount);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, byteCount) };
}

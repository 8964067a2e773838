import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { ColumnEncoder, RowTarget } from './column-encoder.ts';

/** A chunk's rows as HANA result-set bytes. */
export interface EncodedChunk {
  readonly bytes: Buffer;
  /** Offset behind each row. */
  readonly rowEnds: Uint32Array;
}

/** Encodes all rows of `chunk`, row after row, with one encoder per column. */
export function encodeChunk(
  chunk: DuckDBDataChunk,
  encoders: readonly ColumnEncoder[],
): EncodedChunk {
  const cursors = new Uint32Array(chunk.rowCount);
  for (const encoder of encoders) encoder.measure(chunk, cursors);
  let end = 0;
  for (let row = 0; row < cursors.length; row++) {
    const start = end;
    end += cursors[row] ?? 0;
    cursors[row] = start;
  }
  const bytes = Buffer.allocUnsafeSlow(end);
  const target: RowTarget = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, end) };
  for (const encoder of encoders) encoder.write(target, cursors);
  return { bytes, rowEnds: cursors };
}

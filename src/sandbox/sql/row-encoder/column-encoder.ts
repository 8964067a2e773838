import type { DuckDBDataChunk } from '@duckdb/node-api';
import { type ChunkVector, chunkVector, isPresent } from './chunk-vector.ts';

/** Where encoded rows go. */
export interface RowTarget {
  readonly bytes: Buffer;
  readonly view: DataView;
}

/**
 * Encodes one column of chunk after chunk. HANA's rows have values of changing width, so a chunk is
 * passed over twice, column by column: first every value's width is added to its row, then every value
 * is written at its row's cursor.
 */
export interface ColumnEncoder {
  /** Takes the chunk's column in and adds the bytes of each row's value to `sizes`. */
  measure(chunk: DuckDBDataChunk, sizes: Uint32Array): void;
  /** Writes the values measured last, each at its row's cursor, which moves behind it. */
  write(target: RowTarget, cursors: Uint32Array): void;
}

/** How values of a fixed width are written. */
export interface FixedValue {
  /** Bytes of a value in DuckDB's vector. */
  readonly sourceBytes: number;
  /** Bytes of a value on the wire, without a flag. */
  readonly wireBytes: number;
  put(vector: ChunkVector, row: number, target: RowTarget, at: number): void;
}

/** A type whose NULL is a flag byte of 0 and whose values follow a flag byte of 1. */
export function flagged(column: number, value: FixedValue): ColumnEncoder {
  let vector: ChunkVector;
  return {
    measure(chunk, sizes) {
      vector = chunkVector(chunk, column, value.sourceBytes);
      for (let row = 0; row < vector.rowCount; row++) {
        sizes[row] = (sizes[row] ?? 0) + (isPresent(vector, row) ? 1 + value.wireBytes : 1);
      }
    },
    write(target, cursors) {
      for (let row = 0; row < vector.rowCount; row++) {
        const at = cursors[row] ?? 0;
        if (isPresent(vector, row)) {
          target.bytes[at] = 1;
          value.put(vector, row, target, at + 1);
          cursors[row] = at + 1 + value.wireBytes;
        } else {
          target.bytes[at] = 0;
          cursors[row] = at + 1;
        }
      }
    },
  };
}

/** A type whose NULL is a value of its own, as wide as any other. */
export function withNullValue(
  column: number,
  value: FixedValue,
  putNull: (target: RowTarget, at: number) => void,
): ColumnEncoder {
  let vector: ChunkVector;
  return {
    measure(chunk, sizes) {
      vector = chunkVector(chunk, column, value.sourceBytes);
      for (let row = 0; row < vector.rowCount; row++) {
        sizes[row] = (sizes[row] ?? 0) + value.wireBytes;
      }
    },
    write(target, cursors) {
      for (let row = 0; row < vector.rowCount; row++) {
        const at = cursors[row] ?? 0;
        if (isPresent(vector, row)) value.put(vector, row, target, at);
        else putNull(target, at);
        cursors[row] = at + value.wireBytes;
      }
    },
  };
}

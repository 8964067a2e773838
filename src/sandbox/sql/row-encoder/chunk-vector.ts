import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';

/**
 * One column of a DuckDB chunk as the bytes DuckDB keeps it in. The memory belongs to the chunk: a
 * ChunkVector must not outlive it.
 */
export interface ChunkVector {
  readonly rowCount: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** One bit per row, set where there is a value; undefined when no row is NULL. */
  readonly validity: Uint8Array | undefined;
}

const BITS_PER_VALIDITY_WORD = 64;

/** The bytes of column `column`, `width` bytes a row. */
export function chunkVector(chunk: DuckDBDataChunk, column: number, width: number): ChunkVector {
  return vectorBytes(duckdb.data_chunk_get_vector(chunk.chunk, column), chunk.rowCount, width);
}

/** Column `column` of fixed-size arrays: the validity of the rows, and the elements back to back. */
export function arrayVector(
  chunk: DuckDBDataChunk,
  column: number,
  bytesPerRow: number,
): ChunkVector {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
  const elements = vectorBytes(duckdb.array_vector_get_child(vector), chunk.rowCount, bytesPerRow);
  return { ...elements, validity: validityOf(vector, chunk.rowCount) };
}

function vectorBytes(vector: Vector, rowCount: number, width: number): ChunkVector {
  const bytes = duckdb.vector_get_data(vector, rowCount * width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { rowCount, bytes, view, validity: validityOf(vector, rowCount) };
}

function validityOf(vector: Vector, rowCount: number): Uint8Array | undefined {
  const words = Math.ceil(rowCount / BITS_PER_VALIDITY_WORD);
  // The binding's declaration leaves out that there is no mask when all rows have values.
  const mask: Uint8Array | null = duckdb.vector_get_validity(vector, words * 8);
  return mask ?? undefined;
}

export function isPresent(vector: ChunkVector, row: number): boolean {
  const { validity } = vector;
  return validity === undefined || ((validity[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}

/** Bytes of a DuckDB string slot: u32 length, then 12 inline bytes or 4 of prefix and a pointer. */
export const STRING_SLOT_BYTES = 16;
const INLINE_BYTES = 12;
const POINTER_OFFSET = 8;
/** Strings whose ends lie this close are read as one piece: DuckDB's heap pads values to words. */
const MAX_GAP = 8;

/** Rows of a chunk, at most. */
const CHUNK_ROWS = 2048;

/**
 * Where the values of a column of strings or blobs lie: value `row` is `length[row]` bytes of
 * `pieces[piece[row]]` from `offset[row]` on. Piece 0 is the slots themselves, which hold short values.
 *
 * DuckDB hands out a pointer per value, and each crossing into native code costs more than encoding
 * the value. But it lays the values of a chunk out one after the other, so that a handful of pieces
 * holds them all. The arrays serve chunk after chunk: allocating them anew costs more than filling them.
 */
export class StringSpans {
  readonly pieces: Buffer[] = [];
  /** The same bytes, to be read by words. */
  readonly views: DataView[] = [];
  readonly piece: Uint32Array = new Uint32Array(CHUNK_ROWS);
  readonly offset: Uint32Array = new Uint32Array(CHUNK_ROWS);
  readonly length: Uint32Array = new Uint32Array(CHUNK_ROWS);

  /** Finds the values of a column of DuckDB strings; NULL has length 0. */
  locate(vector: ChunkVector): void {
    const { rowCount, view, bytes } = vector;
    const { pieces, piece, offset, length } = this;
    pieces.length = 0;
    this.views.length = 0;
    this.#add(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    let start = 0;
    let end = -1;
    for (let row = 0; row < rowCount; row++) {
      const slot = row * STRING_SLOT_BYTES;
      const size = isPresent(vector, row) ? view.getUint32(slot, true) : 0;
      length[row] = size;
      if (size <= INLINE_BYTES) {
        piece[row] = 0;
        offset[row] = slot + 4;
        continue;
      }
      const pointer = pointerAt(view, slot + POINTER_OFFSET);
      if (pointer < end || pointer > end + MAX_GAP) {
        if (end > start) this.#add(pieceAt(start, end));
        start = pointer;
      }
      end = pointer + size;
      piece[row] = pieces.length;
      offset[row] = pointer - start;
    }
    if (end > start) this.#add(pieceAt(start, end));
  }

  /** Puts other bytes in the place of a value. */
  replace(row: number, bytes: Buffer): void {
    this.piece[row] = this.pieces.length;
    this.#add(bytes);
    this.offset[row] = 0;
    this.length[row] = bytes.length;
  }

  #add(piece: Buffer): void {
    this.pieces.push(piece);
    this.views.push(new DataView(piece.buffer, piece.byteOffset, piece.byteLength));
  }
}

/** Addresses of a process have at most 48 bits, so a number holds them, and a BigInt per value is saved. */
const pointerAt = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);

function pieceAt(start: number, end: number): Buffer {
  const pointer = new BigUint64Array([BigInt(start)]);
  const bytes = duckdb.get_data_from_pointer(pointer.buffer, 0, end - start);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

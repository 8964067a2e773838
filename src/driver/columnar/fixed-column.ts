import { type Column, type ColumnOutput, NO_LOBS, type RowChunk } from './column.ts';
import { bytesOf, bytesOfBits, grownWords, NO_WORDS, Validity } from './column-buffers.ts';
import type { ColumnMemory } from './column-memory.ts';

/** Where a reader of fixed-width values writes. Memory is zero, so a NULL needs its mark only. */
interface FixedTarget {
  /** The values; types narrower than 32 bits overlay it. */
  readonly words: Int32Array;
  /** First row to write. */
  readonly row: number;
  readonly validity: Validity;
}

/**
 * Reads the values of one column of a chunk. `slot` is the column's first index in `chunk.positions`.
 * One loop per type, so that the engine compiles each for itself.
 */
export type FixedReader = (chunk: RowChunk, slot: number, target: FixedTarget) => void;

export interface FixedColumnOptions {
  readonly index: number;
  readonly bitsPerRow: number;
  readonly read: FixedReader;
  readonly memory: ColumnMemory;
}

/** A column whose Arrow values all have the same width. */
export class FixedColumn implements Column {
  readonly bitsPerRow: number;
  readonly #index: number;
  readonly #read: FixedReader;
  readonly #memory: ColumnMemory;
  readonly #validity: Validity;
  #words = NO_WORDS;
  #rows = 0;
  #expectedRows = 0;

  constructor({ index, bitsPerRow, read, memory }: FixedColumnOptions) {
    this.#index = index;
    this.bitsPerRow = bitsPerRow;
    this.#read = read;
    this.#memory = memory;
    this.#validity = new Validity(memory);
  }

  append(chunk: RowChunk): void {
    const rows = this.#rows + chunk.rowCount;
    const room = { needed: this.#wordsOf(rows), expected: this.#wordsOf(this.#expectedRows) };
    this.#words = grownWords(this.#words, room, this.#memory);
    this.#validity.reserve(rows);
    const target = { words: this.#words, row: this.#rows, validity: this.#validity };
    this.#read(chunk, this.#index * chunk.stride, target);
    this.#rows = rows;
  }

  take(nextRows: number): ColumnOutput {
    const length = this.#rows;
    const values = bytesOf(this.#words, bytesOfBits(length * this.bitsPerRow));
    const { bits, nullCount } = this.#validity.take(length, nextRows);
    this.#words = NO_WORDS;
    this.#rows = 0;
    this.#expectedRows = nextRows;
    return { nodes: [{ length, nullCount }], buffers: [bits, values], lobs: NO_LOBS };
  }

  #wordsOf(rows: number): number {
    return Math.ceil((rows * this.bitsPerRow) / 32);
  }
}

import { type Column, type ColumnOutput, NO_LOBS, type RowChunk } from './column.ts';
import { bytesOf, grownBytes, grownWords, NO_BYTES, NO_WORDS, Validity } from './column-buffers.ts';
import type { ColumnMemory } from './column-memory.ts';
import { type ColumnPlace, malformedValue, unrepresentableValue } from './column-place.ts';
import { NULL_POSITION } from './value-places.ts';

const FLOAT_BYTES = 4;
/** A vector begins with its dimension as an i32. */
const DIMENSION_BYTES = 4;

/**
 * A REAL_VECTOR column: a fixed-size list when the column's dimension is known, else a list. The floats
 * are the same bytes on both sides.
 */
export class VectorColumn implements Column {
  readonly bitsPerRow: number;
  readonly #place: ColumnPlace;
  readonly #dimension: number | undefined;
  readonly #memory: ColumnMemory;
  readonly #validity: Validity;
  #ends = NO_WORDS;
  #floats = NO_BYTES;
  #used = 0;
  #rows = 0;
  #expectedRows = 0;
  #expectedBytes = 0;

  /** @param dimension Floats of every value; undefined when values may differ. */
  constructor(place: ColumnPlace, dimension: number | undefined, memory: ColumnMemory) {
    this.#place = place;
    this.#dimension = dimension;
    this.#memory = memory;
    this.#validity = new Validity(memory);
    this.bitsPerRow = 32 * (dimension ?? 1);
  }

  append(chunk: RowChunk): void {
    const slot = this.#place.index * chunk.stride;
    this.#validity.reserve(this.#rows + chunk.rowCount);
    const ends = { needed: this.#rows + chunk.rowCount + 1, expected: this.#expectedRows + 1 };
    this.#ends = grownWords(this.#ends, ends, this.#memory);
    for (let index = 0; index < chunk.rowCount; index++) {
      const at = chunk.positions[slot + index] ?? NULL_POSITION;
      if (at === NULL_POSITION) {
        this.#validity.markNull(this.#rows);
        this.#reserve((this.#dimension ?? 0) * FLOAT_BYTES);
        this.#used += (this.#dimension ?? 0) * FLOAT_BYTES;
      } else {
        this.#appendValue(chunk, index, at);
      }
      this.#rows++;
      this.#ends[this.#rows] = this.#used / FLOAT_BYTES;
    }
  }

  take(nextRows: number): ColumnOutput {
    const length = this.#rows;
    const { bits, nullCount } = this.#validity.take(length, nextRows);
    const floats = this.#floats.subarray(0, this.#used);
    const ends = bytesOf(this.#ends, (length + 1) * 4);
    const lists = this.#dimension === undefined ? [bits, ends] : [bits];
    const items = { length: this.#used / FLOAT_BYTES, nullCount: 0 };
    this.#ends = NO_WORDS;
    this.#floats = NO_BYTES;
    this.#expectedRows = nextRows;
    this.#expectedBytes = Math.ceil((this.#used / Math.max(length, 1)) * nextRows);
    this.#used = 0;
    this.#rows = 0;
    return {
      nodes: [{ length, nullCount }, items],
      buffers: [...lists, NO_BYTES, floats],
      lobs: NO_LOBS,
    };
  }

  #appendValue(chunk: RowChunk, index: number, offset: number): void {
    const { bytes, view } = chunk.packet;
    const row = chunk.firstRow + index;
    const length = chunk.lengths[this.#place.index * chunk.stride + index] ?? 0;
    const count = length < DIMENSION_BYTES ? -1 : view.getInt32(offset, true);
    if (count < 0 || count * FLOAT_BYTES !== length - DIMENSION_BYTES) {
      const problem = `expected a dimension and as many floats in ${length} bytes, got dimension ${count}`;
      throw malformedValue(this.#place, { row, offset }, problem);
    }
    if (this.#dimension !== undefined && count !== this.#dimension) {
      const problem = `expected ${this.#dimension} dimensions, got ${count}`;
      throw unrepresentableValue(this.#place, row, problem);
    }
    this.#reserve(length);
    this.#floats.set(bytes.subarray(offset + DIMENSION_BYTES, offset + length), this.#used);
    this.#used += length - DIMENSION_BYTES;
  }

  #reserve(bytes: number): void {
    this.#floats = grownBytes(
      this.#floats,
      { used: this.#used, needed: this.#used + bytes, expected: this.#expectedBytes },
      this.#memory,
    );
  }
}

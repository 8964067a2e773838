import { isAscii } from 'node:buffer';
import { DuckDBBlobValue, type DuckDBValue } from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { cesu8ToUtf8, utf16Length } from '../../../driver/values/cesu8.ts';
import { CHUNK_ROWS, type ColumnSink, RowValidity } from './column-sink.ts';

/** A slot of DuckDB's: u32 length, then 12 inline bytes or 4 of prefix and a pointer. */
const SLOT_BYTES = 16;
const INLINE_BYTES = 12;
const POINTER_AT = 8;
/** Where the heap begins in the sink's memory, behind the slots. */
const HEAP_AT = CHUNK_ROWS * SLOT_BYTES;
const FIRST_HEAP_BYTES = 64 * 1024;
/** Up to here a loop is faster than a call that copies. */
const SHORT_COPY_BYTES = 64;
const ASCII_END = 0x80;
const TWO_TO_32 = 0x1_0000_0000;

/** What a column of text or bytes takes. */
export interface TextLimits {
  /** Text: CESU-8 comes and UTF-8 is kept. */
  readonly character: boolean;
  /** Longest value, in UTF-16 units or bytes; 0 for any. */
  readonly maxLength: number;
  readonly nullable: boolean;
}

/**
 * A column of text or bytes.
 *
 * A call into native code for each value would cost more than the rest of the insert. So the values that
 * do not fit into their slots are handed over as one, which DuckDB copies into the vector's own memory;
 * the slots then point into that copy.
 */
export class TextSink implements ColumnSink {
  readonly #limits: TextLimits;
  readonly #validity = new RowValidity();
  /** The slots, then the heap. */
  #memory = Buffer.from(new ArrayBuffer(HEAP_AT + FIRST_HEAP_BYTES));
  #words = wordsOf(this.#memory);
  #heapEnd = HEAP_AT;
  /** Rows whose value is in the heap; their slots hold its place in the memory instead of a pointer. */
  readonly #inHeap = new Uint16Array(CHUNK_ROWS);
  #inHeapCount = 0;

  constructor(limits: TextLimits) {
    this.#limits = limits;
  }

  putNull(row: number): boolean {
    if (!this.#limits.nullable) return false;
    this.#validity.setNull(row);
    this.#words.fill(0, 4 * row, 4 * row + 4);
    return true;
  }

  put(row: number, value: DuckDBValue): void {
    const bytes = value instanceof DuckDBBlobValue ? value.bytes : Buffer.from(String(value));
    this.#store(row, bytes, 0, bytes.length);
  }

  /** Puts bytes as they came; false, and nothing done, when they are too long for the column. */
  putBytes(row: number, source: Uint8Array, start: number, length: number): boolean {
    const { character, maxLength } = this.#limits;
    if (maxLength > 0 && length > maxLength) {
      if (!character) return false;
      if (utf16Length(source.subarray(start, start + length)) > maxLength) return false;
    }
    const heapEnd = this.#heapEnd;
    const inHeapCount = this.#inHeapCount;
    if (this.#store(row, source, start, length) || !character) return true;
    const came = source.subarray(start, start + length);
    const utf8 = cesu8ToUtf8(came);
    if (utf8 === came) return true;
    this.#heapEnd = heapEnd;
    this.#inHeapCount = inHeapCount;
    this.#store(row, utf8, 0, utf8.length);
    return true;
  }

  moveTo(vector: Vector, rowCount: number): void {
    if (this.#inHeapCount > 0) this.#pointIntoVector(vector);
    duckdb.copy_data_to_vector(vector, 0, this.#memory.buffer, 0, rowCount * SLOT_BYTES);
    this.#validity.moveTo(vector, rowCount);
  }

  /** Forgets the values of rows that will not be moved. */
  clear(): void {
    this.#heapEnd = HEAP_AT;
    this.#inHeapCount = 0;
    this.#validity.clear();
  }

  /** Puts bytes into the slot or the heap. True when all are ASCII. */
  #store(row: number, source: Uint8Array, start: number, length: number): boolean {
    if (length <= INLINE_BYTES) {
      this.#words.fill(0, 4 * row + 1, 4 * row + 4);
      this.#words[4 * row] = length;
      return this.#copy(source, start, length, row * SLOT_BYTES + 4);
    }
    const at = this.#allocate(length);
    this.#inHeap[this.#inHeapCount++] = row;
    this.#words[4 * row] = length;
    this.#words[4 * row + 2] = at;
    return this.#copy(source, start, length, at);
  }

  /** True when the bytes are ASCII. */
  #copy(source: Uint8Array, start: number, length: number, at: number): boolean {
    const memory = this.#memory;
    if (length > SHORT_COPY_BYTES) {
      const bytes = source.subarray(start, start + length);
      memory.set(bytes, at);
      return isAscii(bytes);
    }
    let bits = 0;
    for (let index = 0; index < length; index++) {
      const byte = source[start + index] ?? 0;
      bits |= byte;
      memory[at + index] = byte;
    }
    return bits < ASCII_END;
  }

  #allocate(length: number): number {
    const at = this.#heapEnd;
    this.#heapEnd += length;
    if (this.#heapEnd > this.#memory.length) {
      const larger = Buffer.from(new ArrayBuffer(2 * this.#heapEnd));
      this.#memory.copy(larger, 0, 0, at);
      this.#memory = larger;
      this.#words = wordsOf(larger);
    }
    return at;
  }

  /** Gives the heap to the vector and makes pointers of the places in it. */
  #pointIntoVector(vector: Vector): void {
    const words = this.#words;
    const heap = this.#memory.subarray(HEAP_AT, this.#heapEnd);
    duckdb.vector_assign_string_element_len(vector, 0, heap);
    const slot = duckdb.vector_get_data(vector, SLOT_BYTES);
    const view = new DataView(slot.buffer, slot.byteOffset, SLOT_BYTES);
    // Addresses have at most 48 bits, so a number holds them.
    const low = view.getUint32(POINTER_AT, true);
    const base = view.getUint32(POINTER_AT + 4, true) * TWO_TO_32 + low - HEAP_AT;
    for (let index = 0; index < this.#inHeapCount; index++) {
      const word = 4 * (this.#inHeap[index] ?? 0);
      const place = words[word + 2] ?? 0;
      const pointer = base + place;
      words[word + 1] = this.#memory.readUInt32LE(place);
      words[word + 2] = pointer % TWO_TO_32;
      words[word + 3] = Math.floor(pointer / TWO_TO_32);
    }
    this.#heapEnd = HEAP_AT;
    this.#inHeapCount = 0;
  }
}

const wordsOf = (memory: Buffer): Uint32Array =>
  new Uint32Array(memory.buffer, memory.byteOffset, memory.length >> 2);

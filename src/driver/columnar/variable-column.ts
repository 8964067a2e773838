import { HanaFlightError } from '../../core/errors.ts';
import {
  type Column,
  type ColumnLob,
  type ColumnOutput,
  NO_LOBS,
  type RowChunk,
} from './column.ts';
import { bytesOf, grownBytes, grownWords, NO_BYTES, NO_WORDS, Validity } from './column-buffers.ts';
import type { ColumnMemory } from './column-memory.ts';
import { validUtf8 } from './utf8-values.ts';

/** Bits of an Arrow offset: what every row of a variable-length column takes. */
const OFFSET_BITS = 32;
/** Arrow's utf8 and binary count bytes in int32. */
const MAX_VALUE_BYTES = 0x7fff_ffff;
/** Up to here a loop over words is quicker than a call that makes a view of the bytes: 70 ns on Node 20. */
const LOOP_COPY_BYTES = 96;
/** Bytes that the loop copies at a time; it may copy as many more than a value has, but one. */
const BLOCK_BYTES = 16;

/** Collects the values of a variable-length column, and where each ends. */
class VariableTarget {
  readonly validity: Validity;
  readonly #memory: ColumnMemory;
  #offsets = NO_WORDS;
  #values = NO_BYTES;
  #rows = 0;
  #expectedRows = 0;
  #expectedBytes = 0;

  constructor(memory: ColumnMemory) {
    this.#memory = memory;
    this.validity = new Validity(memory);
  }

  get rows(): number {
    return this.#rows;
  }

  /**
   * Copies one value per row of `chunk` from where the scanner placed it. Short values go by whole blocks:
   * what is copied too much is overwritten by the next value, and not having to look at the length makes
   * it twice as quick. At the end of the packet there is nothing to copy too much.
   */
  appendChunk(chunk: RowChunk, slot: number): void {
    const { positions, lengths, rowCount } = chunk;
    const { bytes, view } = chunk.packet;
    let used = this.reserve(rowCount, sumOf(lengths, slot, rowCount) + BLOCK_BYTES);
    const lastBlock = bytes.length - LOOP_COPY_BYTES - BLOCK_BYTES;
    const offsets = this.#offsets;
    const values = this.#values;
    const target = new DataView(values.buffer, values.byteOffset, values.byteLength);
    const firstRow = this.#rows;
    for (let index = 0; index < rowCount; index++) {
      const at = positions[slot + index] ?? -1;
      const length = lengths[slot + index] ?? 0;
      if (at < 0) this.validity.markNull(firstRow + index);
      else if (length <= LOOP_COPY_BYTES && at <= lastBlock) {
        copyBlock(target, used, view, at);
        for (let byte = BLOCK_BYTES; byte < length; byte += BLOCK_BYTES) {
          copyBlock(target, used + byte, view, at + byte);
        }
      } else values.set(bytes.subarray(at, at + length), used);
      used += length;
      offsets[firstRow + index + 1] = used;
    }
    this.#rows += rowCount;
  }

  /** Appends one value; undefined is NULL. Call {@link reserve} first. */
  append(value: Uint8Array | undefined): void {
    const used = this.#offsets[this.#rows] ?? 0;
    if (value === undefined) this.validity.markNull(this.#rows);
    else this.#values.set(value, used);
    this.#rows++;
    this.#offsets[this.#rows] = used + (value?.length ?? 0);
  }

  /** Makes room for `rows` values of `bytes` bytes in all; returns the bytes in use. */
  reserve(rows: number, bytes: number): number {
    const used = this.#offsets[this.#rows] ?? 0;
    if (used + bytes > MAX_VALUE_BYTES) {
      throw new HanaFlightError(
        'resource-exhausted',
        `a column of a batch: expected at most ${MAX_VALUE_BYTES} bytes, got ${used + bytes}`,
      );
    }
    const ends = { needed: this.#rows + rows + 1, expected: this.#expectedRows + 1 };
    this.#offsets = grownWords(this.#offsets, ends, this.#memory);
    const room = { used, needed: used + bytes, expected: this.#expectedBytes };
    this.#values = grownBytes(this.#values, room, this.#memory);
    this.validity.reserve(this.#rows + rows);
    return used;
  }

  take(nextRows: number) {
    const rows = this.#rows;
    const offsets = this.#offsets;
    const used = offsets[rows] ?? 0;
    const values = this.#values.subarray(0, used);
    const { bits, nullCount } = this.validity.take(rows, nextRows);
    this.#rows = 0;
    this.#offsets = NO_WORDS;
    this.#values = NO_BYTES;
    this.#expectedRows = nextRows;
    this.#expectedBytes = Math.ceil((used / Math.max(rows, 1)) * nextRows);
    return { node: { length: rows, nullCount }, bits, offsets, values };
  }
}

/** Adds the values of a chunk to a target. */
export type VariableReader = (chunk: RowChunk, slot: number, target: VariableTarget) => void;

export interface VariableColumnOptions {
  readonly index: number;
  readonly read: VariableReader;
  /** Text is made valid UTF-8; other values stay as they are. */
  readonly isText: boolean;
  readonly memory: ColumnMemory;
  /** LOBs of the rows read since the last call; a column without LOBs has none. */
  readonly takeLobs?: () => readonly ColumnLob[];
}

/** A utf8 or binary column. */
export class VariableColumn implements Column {
  readonly bitsPerRow = OFFSET_BITS;
  readonly #options: VariableColumnOptions;
  readonly #target: VariableTarget;

  constructor(options: VariableColumnOptions) {
    this.#options = options;
    this.#target = new VariableTarget(options.memory);
  }

  append(chunk: RowChunk): void {
    this.#options.read(chunk, this.#options.index * chunk.stride, this.#target);
  }

  take(nextRows: number): ColumnOutput {
    const { node, bits, offsets, values } = this.#target.take(nextRows);
    const valid = this.#options.isText ? validUtf8(values, offsets, node.length) : values;
    return {
      nodes: [node],
      buffers: [bits, bytesOf(offsets, (node.length + 1) * 4), valid],
      lobs: this.#options.takeLobs?.() ?? NO_LOBS,
    };
  }
}

/** Copies {@link BLOCK_BYTES} from `at` to `to`. */
function copyBlock(target: DataView, to: number, source: DataView, at: number): void {
  target.setInt32(to, source.getInt32(at, true), true);
  target.setInt32(to + 4, source.getInt32(at + 4, true), true);
  target.setInt32(to + 8, source.getInt32(at + 8, true), true);
  target.setInt32(to + 12, source.getInt32(at + 12, true), true);
}

function sumOf(lengths: Int32Array, slot: number, count: number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += lengths[slot + index] ?? 0;
  return sum;
}

import { paddedLength } from '../../arrow/ipc-message.ts';
import type { BlockMemory } from '../wire/block-memory.ts';

export type Words = Int32Array<ArrayBuffer>;
export type Bytes = Uint8Array<ArrayBuffer>;

/** Where columns get the memory that they collect values in. All of it is zero; it may be more than asked for. */
export interface ColumnMemory {
  words(count: number): Words;
  bytes(count: number): Bytes;
}

/** Memory that nobody had before, and that goes away with the batch: who has a batch may keep it. */
export const FRESH_MEMORY: ColumnMemory = {
  words: (count) => new Int32Array(count),
  bytes: (count) => new Uint8Array(count),
};

/** The block of a short result. */
const SMALL_BLOCK_BYTES = 64 * 1024;
/**
 * Any other block: it holds all columns of a usual batch and their headroom, and serves for packets and bodies
 * at other times. Only what arrays have of it is touched.
 */
const BLOCK_BYTES = 2.25 * 1024 * 1024;

/**
 * Memory of the batches of one result, used again once a batch has been copied. Columns have none between
 * two batches, so all that is taken belongs to the one that is being built or was taken last. Its arrays lie
 * one behind the other in few blocks.
 */
export class ReusedMemory implements ColumnMemory {
  readonly #blocks: BlockMemory;
  readonly #taken: ArrayBuffer[] = [];
  #block = NO_BLOCK;
  /** Bytes of the block that arrays have. */
  #used = 0;
  /** Bytes of all arrays of this batch. */
  #batchBytes = 0;
  /** The same of the batch before. */
  #expectedBytes = 0;

  constructor(blocks: BlockMemory) {
    this.#blocks = blocks;
  }

  words(count: number): Words {
    // To 8 bytes: the widest values of a column overlay its words as elements of this size.
    const byteLength = paddedLength(count * Int32Array.BYTES_PER_ELEMENT);
    const offset = this.#take(byteLength);
    const length = byteLength / Int32Array.BYTES_PER_ELEMENT;
    return new Int32Array(this.#block, offset, length).fill(0);
  }

  bytes(count: number): Bytes {
    const byteLength = paddedLength(count);
    const offset = this.#take(byteLength);
    return new Uint8Array(this.#block, offset, byteLength).fill(0);
  }

  /**
   * Takes back the memory of the batch that was taken last, which must not be looked at any more, and of
   * what was begun after it: to be called before more is decoded, or when nothing more is.
   */
  reclaim(): void {
    for (const block of this.#taken) this.#blocks.give(block);
    this.#taken.length = 0;
    this.#block = NO_BLOCK;
    this.#used = 0;
    this.#expectedBytes = this.#batchBytes;
    this.#batchBytes = 0;
  }

  /** Where in the block there is room for so many bytes; in a further block if need be. */
  #take(byteLength: number): number {
    if (this.#used + byteLength > this.#block.byteLength) this.#addBlock(byteLength);
    const offset = this.#used;
    this.#used += byteLength;
    this.#batchBytes += byteLength;
    return offset;
  }

  #addBlock(atLeastBytes: number): void {
    const isShort = this.#taken.length === 0 && this.#expectedBytes <= SMALL_BLOCK_BYTES;
    const usual = isShort ? SMALL_BLOCK_BYTES : BLOCK_BYTES;
    this.#block = this.#blocks.take(Math.max(atLeastBytes, usual));
    this.#taken.push(this.#block);
    this.#used = 0;
  }
}

const NO_BLOCK = new ArrayBuffer(0);

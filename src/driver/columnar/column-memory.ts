import type { BlockMemory } from '../wire/block-memory.ts';

export type Words = Int32Array<ArrayBuffer>;
export type Bytes = Uint8Array<ArrayBuffer>;

/** Where columns get the memory that they collect values in. All of it is zero. */
export interface ColumnMemory {
  words(count: number): Words;
  bytes(count: number): Bytes;
}

/** Memory that nobody had before, and that goes away with the batch: who has a batch may keep it. */
export const FRESH_MEMORY: ColumnMemory = {
  words: (count) => new Int32Array(count),
  bytes: (count) => new Uint8Array(count),
};

/** Memory of the batches of one result, used again once a batch has been copied. */
export class ReusedMemory implements ColumnMemory {
  readonly #blocks: BlockMemory;
  readonly #taken = new Set<ArrayBufferLike>();

  constructor(blocks: BlockMemory) {
    this.#blocks = blocks;
  }

  words(count: number): Words {
    return new Int32Array(this.#take(count * Int32Array.BYTES_PER_ELEMENT)).fill(0);
  }

  bytes(count: number): Bytes {
    return new Uint8Array(this.#take(count)).fill(0);
  }

  /** Takes back the memory of a batch, which must not be looked at any more. */
  reclaim(buffers: readonly Uint8Array[]): void {
    // What a column has made anew, such as repaired text, was not taken here.
    for (const { buffer } of buffers) if (this.#taken.delete(buffer)) this.#blocks.give(buffer);
  }

  /** Takes back all that is left: nothing more is decoded. */
  end(): void {
    for (const block of this.#taken) this.#blocks.give(block);
    this.#taken.clear();
  }

  #take(byteLength: number): ArrayBuffer {
    const block = this.#blocks.take(wholeWords(byteLength));
    this.#taken.add(block);
    return block;
  }
}

/** Small blocks are as long as they are asked to be, and must hold whole words all the same. */
function wholeWords(byteLength: number): number {
  return Math.ceil(byteLength / WORD_BYTES) * WORD_BYTES;
}

/** The widest values of a column overlay its words as elements of this size. */
const WORD_BYTES = 8;

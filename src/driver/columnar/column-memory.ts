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

/** Sizes are rounded up to a multiple of this, so that a batch fits where one a little smaller was. */
const GRANULE_BYTES = 4096;

/** Blocks of one size that wait to be used again, at most: the columns of a wide table are alike. */
const MAX_FREE_OF_SIZE = 2048;

/**
 * Memory that is used again once a batch has been copied. Fresh memory has to be mapped, zeroed and
 * collected for each batch, which takes longer than the copy. For one result set: its values stay in it.
 */
export class ReusedMemory implements ColumnMemory {
  readonly #free = new Map<number, ArrayBuffer[]>();
  readonly #owned = new WeakSet<ArrayBufferLike>();

  words(count: number): Words {
    const { block, isUsed } = this.#block(count * Int32Array.BYTES_PER_ELEMENT);
    const words = new Int32Array(block);
    return isUsed ? words.fill(0) : words;
  }

  bytes(count: number): Bytes {
    const { block, isUsed } = this.#block(count);
    const bytes = new Uint8Array(block);
    return isUsed ? bytes.fill(0) : bytes;
  }

  /** Takes back the memory of a batch, which must not be looked at any more. */
  reclaim(buffers: readonly Uint8Array[]): void {
    for (const { buffer } of buffers) {
      // What a column has made anew, such as repaired text, is not ours; a block counts once.
      if (!(buffer instanceof ArrayBuffer) || !this.#owned.delete(buffer)) continue;
      const free = this.#free.get(buffer.byteLength) ?? [];
      if (free.length < MAX_FREE_OF_SIZE) free.push(buffer);
      this.#free.set(buffer.byteLength, free);
    }
  }

  #block(byteLength: number): { readonly block: ArrayBuffer; readonly isUsed: boolean } {
    const size = Math.ceil(byteLength / GRANULE_BYTES) * GRANULE_BYTES;
    const known = this.#free.get(size)?.pop();
    const block = known ?? new ArrayBuffer(size);
    this.#owned.add(block);
    return { block, isUsed: known !== undefined };
  }
}

/** Smaller blocks are not worth keeping. */
const SMALLEST_KEPT_BYTES = 4096;

/** Blocks that wait to be used again have no more than this together. */
const MAX_FREE_BYTES = 32 * 1024 * 1024;

/** Sizes between two powers of two: the next larger one is an eighth larger at most. */
const SIZES_PER_DOUBLING = 8;

/**
 * Memory for packets, columns and the bodies of messages, which is used again and again. Fresh memory has to
 * be mapped and zeroed by the system and collected by V8, which counts every megabyte of it as pressure:
 * together that took a third of the server's processor time.
 */
export class BlockMemory {
  readonly #free = new Map<number, ArrayBuffer[]>();
  #freeBytes = 0;

  /** A block of at least `byteLength` bytes, with anything in it. */
  take(byteLength: number): ArrayBuffer {
    if (byteLength < SMALLEST_KEPT_BYTES) return new ArrayBuffer(byteLength);
    const size = blockSize(byteLength);
    const block = this.#free.get(size)?.pop();
    if (block === undefined) return new ArrayBuffer(size);
    this.#freeBytes -= size;
    return block;
  }

  /** Takes a block back that nobody uses any more; one that is of no use is left to V8. */
  give(block: ArrayBufferLike): void {
    const size = block.byteLength;
    const isOurs = size >= SMALLEST_KEPT_BYTES && size === blockSize(size);
    if (!(block instanceof ArrayBuffer) || !isOurs) return;
    if (this.#freeBytes + size > MAX_FREE_BYTES) return;
    const free = this.#free.get(size) ?? [];
    free.push(block);
    this.#free.set(size, free);
    this.#freeBytes += size;
  }
}

/** That of this thread. What is in a block from before is overwritten before anybody sees it. */
export const THREAD_BLOCKS = new BlockMemory();

function blockSize(byteLength: number): number {
  const step = 2 ** Math.floor(Math.log2(byteLength)) / SIZES_PER_DOUBLING;
  return Math.ceil(byteLength / step) * step;
}

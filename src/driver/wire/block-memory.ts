/** Smaller blocks are not worth keeping. */
const SMALLEST_KEPT_BYTES = 4096;

/** Blocks that wait to be used again have no more than this together. */
const MAX_FREE_BYTES = 32 * 1024 * 1024;

/** Sizes between two powers of two: the next larger one is an eighth larger at most. */
const SIZES_PER_DOUBLING = 8;

/** A free block may be so many times as large as it would have to be: that is better than one block more. */
const MAX_EXCESS = 4;

/** Free blocks of a size are stale when others were taken or given so many times since: some hundred batches. */
const STALE_USES = 500;

/** The free blocks of one size. */
interface SizeClass {
  readonly size: number;
  readonly blocks: ArrayBuffer[];
  /** When a block was last taken or given, by a count of both. */
  usedAt: number;
}

/**
 * Memory for packets, columns and the bodies of messages, which is used again and again. Fresh memory has to
 * be mapped and zeroed by the system and collected by V8, which counts every megabyte of it as pressure:
 * together that took a third of the server's processor time. A block serves any purpose: were there some for
 * packets and others for bodies, the highest number of each would be kept, which are not needed together.
 */
export class BlockMemory {
  /** From the smallest to the largest. */
  readonly #classes: SizeClass[] = [];
  #freeBytes = 0;
  #uses = 0;

  /** A block of at least `byteLength` bytes, which may be several times as many, with anything in it. */
  take(byteLength: number): ArrayBuffer {
    if (byteLength < SMALLEST_KEPT_BYTES) return new ArrayBuffer(byteLength);
    const size = blockSize(byteLength);
    const fitting = this.#classes.find((each) => each.size >= size && each.blocks.length > 0);
    const block =
      fitting !== undefined && fitting.size <= size * MAX_EXCESS ? this.#pop(fitting) : undefined;
    return block ?? this.#make(size);
  }

  /**
   * Takes a block back that nobody uses any more; one that is of no use is left to V8. When there are too many,
   * those go whose size was not used for the longest time.
   */
  give(block: ArrayBufferLike): void {
    const size = block.byteLength;
    const isOurs = size >= SMALLEST_KEPT_BYTES && size === blockSize(size);
    if (!(block instanceof ArrayBuffer) || !isOurs || size > MAX_FREE_BYTES) return;
    const sizeClass = this.#classOf(size);
    sizeClass.blocks.push(block);
    sizeClass.usedAt = ++this.#uses;
    this.#freeBytes += size;
    while (this.#freeBytes > MAX_FREE_BYTES) this.#dropOne();
  }

  /** A new block. Stale ones make room for it: at its beginning a result needs sizes that never come again. */
  #make(size: number): ArrayBuffer {
    for (const each of this.#classes) {
      if (this.#uses - each.usedAt <= STALE_USES) continue;
      this.#freeBytes -= each.size * each.blocks.length;
      each.blocks.length = 0;
    }
    return new ArrayBuffer(size);
  }

  #pop(from: SizeClass): ArrayBuffer | undefined {
    const block = from.blocks.pop();
    if (block === undefined) return undefined;
    from.usedAt = ++this.#uses;
    this.#freeBytes -= from.size;
    return block;
  }

  #classOf(size: number): SizeClass {
    const at = this.#classes.findIndex((each) => each.size >= size);
    const found = this.#classes[at];
    if (found?.size === size) return found;
    const made: SizeClass = { size, blocks: [], usedAt: 0 };
    this.#classes.splice(at < 0 ? this.#classes.length : at, 0, made);
    return made;
  }

  #dropOne(): void {
    const filled = this.#classes.filter(({ blocks }) => blocks.length > 0);
    const [first, ...others] = filled;
    if (first === undefined) return;
    const stalest = others.reduce((one, other) => (other.usedAt < one.usedAt ? other : one), first);
    stalest.blocks.pop();
    this.#freeBytes -= stalest.size;
  }
}

/** That of this thread. What is in a block from before is overwritten before anybody sees it. */
export const THREAD_BLOCKS = new BlockMemory();

function blockSize(byteLength: number): number {
  const step = 2 ** Math.floor(Math.log2(byteLength)) / SIZES_PER_DOUBLING;
  return Math.ceil(byteLength / step) * step;
}

import type { BlockMemory } from '../wire/block-memory.ts';

/** Memory that rows are written into, one behind the other; it grows as they come. */
export class RowMemory {
  readonly #blocks: BlockMemory | undefined;
  #block: ArrayBuffer;
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /**
   * @param blocks Where the memory comes from; absent: fresh memory.
   * @param byteLength Room to begin with.
   */
  constructor(blocks?: BlockMemory, byteLength = 0) {
    this.#blocks = blocks;
    this.#block = this.#take(byteLength);
    this.#bytes = new Uint8Array(this.#block);
    this.#view = new DataView(this.#block);
  }

  /** Bytes that were reserved so far. */
  get length(): number {
    return this.#length;
  }

  /** All of the memory, until the next {@link reserve}. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** The same memory. */
  get view(): DataView {
    return this.#view;
  }

  /** The memory itself, for whoever takes it over. */
  get block(): ArrayBuffer {
    return this.#block;
  }

  /** Makes room for so many bytes more, with anything in them. */
  reserve(byteLength: number): void {
    const needed = this.#length + byteLength;
    if (needed > this.#block.byteLength) this.#grow(needed);
    this.#length = needed;
  }

  /** Gives back what was reserved beyond `length` bytes. */
  cutTo(length: number): void {
    this.#length = length;
  }

  #grow(needed: number): void {
    const old = this.#bytes.subarray(0, this.#length);
    const block = this.#take(old.length === 0 ? needed : Math.max(needed, 2 * old.length));
    this.#bytes = new Uint8Array(block);
    this.#bytes.set(old);
    this.#view = new DataView(block);
    this.#blocks?.give(this.#block);
    this.#block = block;
  }

  #take(byteLength: number): ArrayBuffer {
    return this.#blocks?.take(byteLength) ?? new ArrayBuffer(byteLength);
  }
}

/** Sizes are rounded up to a multiple of this, so that bodies of about one size share memory. */
const GRANULE_BYTES = 128 * 1024;

/** Smaller bodies are not worth keeping memory for. */
const SMALLEST_KEPT_BYTES = 64 * 1024;

/** Memory that waits to be used again, at most. */
const MAX_FREE_BYTES = 32 * 1024 * 1024;

/** Memory is taken for a body that needs at least this part of it. */
const LEAST_USE = 1 / 4;

/**
 * Memory for the bodies of messages. It comes back when a message has been sent. What is in it from before
 * is never sent: a body overwrites all that it has.
 */
export class BodyMemory {
  readonly #free: ArrayBuffer[] = [];
  #freeBytes = 0;

  /** Memory of at least `byteLength` bytes, with anything in it. */
  take(byteLength: number): ArrayBuffer {
    if (byteLength < SMALLEST_KEPT_BYTES) return new ArrayBuffer(byteLength);
    const place = this.#free.findIndex(
      (body) => body.byteLength >= byteLength && byteLength >= body.byteLength * LEAST_USE,
    );
    const [body] = place < 0 ? [] : this.#free.splice(place, 1);
    if (body === undefined) {
      return new ArrayBuffer(Math.ceil(byteLength / GRANULE_BYTES) * GRANULE_BYTES);
    }
    this.#freeBytes -= body.byteLength;
    return body;
  }

  give(body: ArrayBuffer): void {
    const { byteLength } = body;
    if (byteLength < SMALLEST_KEPT_BYTES || byteLength > MAX_FREE_BYTES) return;
    this.#free.push(body);
    this.#freeBytes += byteLength;
    // The one unused for longest goes first.
    while (this.#freeBytes > MAX_FREE_BYTES) this.#freeBytes -= this.#free.shift()?.byteLength ?? 0;
  }
}

/** That of this thread: all results that it reads share it. */
export const THREAD_BODIES = new BodyMemory();

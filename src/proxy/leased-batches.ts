import type { ArrowBatch } from '../arrow/batch.ts';
import { HanaFlightError } from '../core/errors.ts';
import type { HanaCursor } from '../driver/hana-connection.ts';
import type { Lease } from '../driver/pool/pool.ts';

/** How long closing the cursor of an abandoned result may take before the connection is given up. */
const CLOSE_GRACE_MS = 1_000;

export interface LeasedSource {
  readonly lease: Lease;
  readonly cursor: HanaCursor;
  /** Decoded from the cursor. */
  readonly batches: AsyncIterable<ArrowBatch>;
}

/**
 * The batches of a result together with the connection they come from. However it ends — last batch,
 * failure, an early `return()` even before the first `next()`, an abort — the connection goes back to
 * the pool exactly once, or is closed when its cursor cannot be closed in time.
 */
export class LeasedBatches implements AsyncIterableIterator<ArrowBatch> {
  readonly #lease: Lease;
  readonly #cursor: HanaCursor;
  readonly #batches: AsyncIterator<ArrowBatch>;
  readonly #signal: AbortSignal;
  #ended = false;

  constructor(source: LeasedSource, signal: AbortSignal) {
    this.#lease = source.lease;
    this.#cursor = source.cursor;
    this.#batches = source.batches[Symbol.asyncIterator]();
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ArrowBatch, undefined>> {
    try {
      const result = await this.#batches.next();
      if (!result.done) return result;
      await this.#end();
      return { done: true, value: undefined };
    } catch (cause) {
      await this.#end();
      throw cause;
    }
  }

  async return(): Promise<IteratorResult<ArrowBatch, undefined>> {
    await this.#end();
    return { done: true, value: undefined };
  }

  readonly #onAbort = (): void => {
    void this.#end();
  };

  async #end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal.removeEventListener('abort', this.#onAbort);
    const giveUp = setTimeout(() => {
      this.#lease.discard(
        new HanaFlightError('cancelled', 'the result was abandoned while HANA was working on it'),
      );
    }, CLOSE_GRACE_MS);
    try {
      await this.#batches.return?.();
      // A generator that was never started runs none of its own clean-up.
      await this.#cursor.close();
    } catch {
      // The result's own failure has been reported by next(); what closing adds is of no use to anyone.
    } finally {
      clearTimeout(giveUp);
      this.#lease.release();
    }
  }
}

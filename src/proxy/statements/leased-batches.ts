import type { EncodedBatch } from '../../arrow/ipc-batch.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { Lease } from '../../driver/pool/pool.ts';

/** How long closing what stands behind an abandoned result may take before the connection is given up. */
const CLOSE_GRACE_MS = 1_000;

export interface LeasedSource {
  readonly lease: Lease;
  readonly batches: AsyncIterable<EncodedBatch>;
  /** Frees what HANA keeps for the result. */
  readonly close: () => Promise<void>;
  /** Ends the statement that is running on the lease, inside HANA; never rejects. */
  readonly cancel: () => Promise<void>;
  /** Told once, when the last batch has been taken. */
  readonly onComplete?: (() => void) | undefined;
  /** Told once, when the connection has been given back. */
  readonly onEnd?: () => void;
}

/**
 * The batches of a result together with the connection they come from. However it ends — last batch,
 * failure, an early `return()` even before the first `next()`, an abort — the connection is given back
 * exactly once, or closed when the result cannot be closed in time.
 */
export class LeasedBatches implements AsyncIterableIterator<EncodedBatch> {
  readonly #source: LeasedSource;
  readonly #batches: AsyncIterator<EncodedBatch>;
  readonly #signal: AbortSignal;
  #ending: Promise<void> | undefined;

  constructor(source: LeasedSource, signal: AbortSignal) {
    this.#source = source;
    this.#batches = source.batches[Symbol.asyncIterator]();
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<EncodedBatch, undefined>> {
    try {
      const result = await this.#batches.next();
      // A cursor that was closed under its reader looks like one that came to its end.
      this.#signal.throwIfAborted();
      if (!result.done) return result;
    } catch (cause) {
      await this.#end();
      throw this.#signal.aborted ? HanaFlightError.from(this.#signal.reason) : cause;
    }
    this.#complete();
    await this.#end();
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<EncodedBatch, undefined>> {
    await this.#end();
    return { done: true, value: undefined };
  }

  #complete(): void {
    if (this.#ending === undefined) this.#source.onComplete?.();
  }

  readonly #onAbort = (): void => {
    void this.#end();
  };

  #end(): Promise<void> {
    this.#ending ??= this.#close();
    return this.#ending;
  }

  async #close(): Promise<void> {
    const { lease, close, cancel, onEnd } = this.#source;
    this.#signal.removeEventListener('abort', this.#onAbort);
    const giveUp = setTimeout(() => {
      lease.discard(
        new HanaFlightError('cancelled', 'the result was abandoned while HANA was working on it'),
      );
    }, CLOSE_GRACE_MS);
    try {
      // A result that came to its end has nothing left to cancel; asking then sends nothing.
      const cancelled = cancel();
      // A generator that was never started runs none of its own clean-up.
      await Promise.allSettled([close(), this.#batches.return?.()]);
      await cancelled;
    } finally {
      clearTimeout(giveUp);
      lease.release();
      onEnd?.();
    }
  }
}

import type { ArrowBatch } from '../../arrow/batch.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { BatchStream } from '../../flight/producer.ts';
import { handleText } from './statement-handles.ts';

/** Rows of parameter values. */
export interface ParameterRows {
  readonly schema: ArrowSchema;
  readonly batches: readonly ArrowBatch[];
}

interface Entry {
  readonly rows: ParameterRows;
  readonly bytes: number;
  readonly expiresAtMs: number;
}

/** Values bound to one statement, at most; those of a query travel in its tickets. */
const MAX_BOUND_BYTES = 4 * 1024 * 1024;
/** All bound values of the process, at most; the oldest give way. */
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;

/**
 * What clients have bound to prepared statements, by handle, until it is bound anew or closed. It lives
 * in this process only: bind and execution must reach the same one.
 */
export class BoundParameters {
  readonly #lifetimeMs: number;
  readonly #entries = new Map<string, Entry>();
  #totalBytes = 0;

  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs;
  }

  /** @throws HanaFlightError `resource-exhausted` for more than a statement may have. */
  async bind(handle: Uint8Array, stream: BatchStream): Promise<void> {
    const batches: ArrowBatch[] = [];
    let bytes = 0;
    for await (const batch of stream.batches) {
      bytes += batch.buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
      if (bytes > MAX_BOUND_BYTES) throw tooMuch();
      batches.push(batch);
    }
    this.forget(handle);
    this.#makeRoom(bytes);
    this.#totalBytes += bytes;
    this.#entries.set(handleText(handle), {
      rows: { schema: stream.schema, batches },
      bytes,
      expiresAtMs: performance.now() + this.#lifetimeMs,
    });
  }

  find(handle: Uint8Array): ParameterRows | undefined {
    return this.#entries.get(handleText(handle))?.rows;
  }

  forget(handle: Uint8Array): void {
    this.#delete(handleText(handle));
  }

  /** Entries are in the order they were bound: those that expire first come first. */
  #makeRoom(bytes: number): void {
    const now = performance.now();
    for (const [key, entry] of this.#entries) {
      if (entry.expiresAtMs > now && this.#totalBytes + bytes <= MAX_TOTAL_BYTES) return;
      this.#delete(key);
    }
  }

  #delete(key: string): void {
    this.#totalBytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}

function tooMuch(): HanaFlightError {
  return new HanaFlightError(
    'resource-exhausted',
    `expected at most ${MAX_BOUND_BYTES} bytes of parameters bound to one statement; send them with CommandPreparedStatementUpdate, or ingest them`,
  );
}

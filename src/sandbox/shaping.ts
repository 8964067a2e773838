import type { Socket } from 'node:net';

/** How slow a server's replies are on purpose. Requests are not slowed down. */
export interface Shaping {
  /** Waited before each reply. */
  latencyMs: number;
  /** Of each connection by itself; undefined for no limit. */
  bytesPerSecond: number | undefined;
}

/** Bytes sent in one go under a limit: small enough for an even flow, large enough for timers of 1 ms. */
const MIN_SLICE_BYTES = 1024;
const SLICES_PER_SECOND = 100;
/** Idle time up to this counts as time on the link, so that round trips and late timers cost no rate. */
const BURST_MS = 20;

/**
 * Sends replies at the pace of a link. The pace is kept by a clock that says when the link is free again
 * and that a late timer does not move, so the mean rate is exact however coarse the timers are.
 */
export class ShapedLink {
  readonly #socket: Socket;
  readonly #shaping: Shaping;
  readonly #gone: AbortSignal;
  #freeAtMs = 0;
  /** Ends the wait under way. */
  #wake: () => void = () => undefined;

  /** @param gone aborted when the connection is closed; ends every wait. */
  constructor(socket: Socket, shaping: Shaping, gone: AbortSignal) {
    this.#socket = socket;
    this.#shaping = shaping;
    this.#gone = gone;
    gone.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /** Resolves once the socket has taken the bytes; also when the connection is gone. */
  async send(bytes: Uint8Array): Promise<void> {
    const { latencyMs } = this.#shaping;
    if (latencyMs > 0) await this.#wait(latencyMs);
    this.#freeAtMs = Math.max(this.#freeAtMs, performance.now() - BURST_MS);
    for (let start = 0; start < bytes.length && !this.#gone.aborted; ) {
      const { bytesPerSecond } = this.#shaping;
      const end = bytesPerSecond === undefined ? bytes.length : start + sliceBytes(bytesPerSecond);
      const slice = bytes.subarray(start, end);
      if (bytesPerSecond !== undefined) await this.#occupy(slice.length, bytesPerSecond);
      await this.#write(slice);
      start += slice.length;
    }
  }

  async #occupy(byteCount: number, bytesPerSecond: number): Promise<void> {
    this.#freeAtMs += (byteCount / bytesPerSecond) * 1000;
    const waitMs = this.#freeAtMs - performance.now();
    if (waitMs >= 1) await this.#wait(waitMs);
  }

  /** A timer alone: one listener per wait would cost more than the bytes do. */
  #wait(milliseconds: number): Promise<void> {
    if (this.#gone.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #write(slice: Uint8Array): Promise<void> {
    if (this.#gone.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      // A failed write is followed by 'close', which ends the session.
      this.#socket.write(slice, () => resolve());
    });
  }
}

function sliceBytes(bytesPerSecond: number): number {
  return Math.max(MIN_SLICE_BYTES, Math.ceil(bytesPerSecond / SLICES_PER_SECOND));
}

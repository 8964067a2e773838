import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Pieces } from '../arrow/pieces.ts';
import { HanaFlightError } from '../core/errors.ts';
import { sendMessage } from './message-stream.ts';
import type { ReaderProgress } from './reader-progress.ts';

export interface FrameSinkOptions {
  readonly call: ServerWritableStream<Buffer, Buffer>;
  readonly signal: AbortSignal;
  readonly progress: ReaderProgress;
  /** A client that takes nothing for this long is given up. */
  readonly readerTimeoutMs: number;
}

/**
 * Where a handler puts its frames; slows it down to the pace of the client. One message is with HTTP/2,
 * the next one is being made: more would only fill memory. grpc-js alone would queue 16 messages of
 * whatever size, and lose the status of a call whose deadline passes while it has some queued.
 */
export class FrameSink {
  readonly #options: FrameSinkOptions;
  #writing = false;
  #wake: () => void = () => undefined;

  constructor(options: FrameSinkOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /**
   * Sends one message; resolves as soon as the one before it has left. `onLeft` is called when this one
   * has, and its bytes may change; never when the call has ended by then.
   * @throws the reason of the call's signal once it is aborted; HanaFlightError `deadline-exceeded` when
   * the client has stopped reading. No two sends at the same time.
   */
  async send(frame: Pieces, onLeft?: () => void): Promise<void> {
    const { call, signal, progress } = this.#options;
    while (this.#writing && !signal.aborted) await this.#change();
    signal.throwIfAborted();
    this.#writing = true;
    // Called when HTTP/2 has taken the whole message, which the client's window decides. Never called
    // when the stream is gone: the signal says so.
    sendMessage(call, frame, () => {
      this.#writing = false;
      onLeft?.();
      progress.made();
      this.#wake();
    });
  }

  /** Waits until the message has left, the call has ended, or the client has had all the time there is. */
  async #change(): Promise<void> {
    const { progress, readerTimeoutMs } = this.#options;
    const leftMs = readerTimeoutMs - progress.idleMs;
    if (leftMs <= 0) throw stalled(readerTimeoutMs);
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, leftMs);
    });
    clearTimeout(timer);
  }
}

/**
 * A time limit that ended the work. Not `resource-exhausted`: that sounds like a reason to try again later,
 * and the same reader would be as slow.
 */
function stalled(timeoutMs: number): HanaFlightError {
  return new HanaFlightError(
    'deadline-exceeded',
    `the client took nothing of the result for ${timeoutMs} ms (--reader-timeout), nor of other endpoints of the query, so the rest was given up; run the query again`,
  );
}

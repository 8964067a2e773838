import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Pieces } from './flight-data.ts';
import { sendMessage } from './message-stream.ts';

/**
 * Where a handler puts its frames; slows it down to the pace of the client. One message is with HTTP/2,
 * the next one is being made: more would only fill memory. grpc-js alone would queue 16 messages of
 * whatever size, and lose the status of a call whose deadline passes while it has some queued.
 */
export class FrameSink {
  readonly #call: ServerWritableStream<Buffer, Buffer>;
  readonly #signal: AbortSignal;
  #writing = false;
  #wake: () => void = () => undefined;

  constructor(call: ServerWritableStream<Buffer, Buffer>, signal: AbortSignal) {
    this.#call = call;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#wake(), { once: true });
  }

  /**
   * Sends one message; resolves as soon as the one before it has left.
   * @throws the reason of the call's signal once it is aborted. No two sends at the same time.
   */
  async send(frame: Pieces): Promise<void> {
    while (this.#writing && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#signal.throwIfAborted();
    this.#writing = true;
    sendMessage(this.#call, frame, () => {
      this.#writing = false;
      this.#wake();
    });
  }
}

import { setImmediate } from 'node:timers/promises';
import { HanaFlightError } from '../core/errors.ts';
import type { Duplex } from './call-server.ts';

/**
 * The messages that a client streams, one at a time: the next one is taken from HTTP/2 only when it is
 * asked for, so the client's window fills up and the client waits while nobody asks.
 */
export class IncomingMessages {
  readonly #stream: Duplex;
  readonly #signal: AbortSignal;
  /** The stream has asked for a message and was not let through. */
  #withheld: (() => void) | undefined;
  #admitted = false;
  #wake: () => void = () => undefined;

  constructor(stream: Duplex, signal: AbortSignal) {
    this.#stream = stream;
    this.#signal = signal;
    this.#takeOneAtATime();
    const wake = (): void => this.#wake();
    stream.on('readable', wake);
    stream.once('end', wake);
    signal.addEventListener('abort', wake, { once: true });
  }

  /**
   * Undefined after the client's last message. No two calls at the same time.
   * @throws HanaFlightError the reason of the call's signal once it is aborted.
   */
  async next(): Promise<Buffer | undefined> {
    while (!this.#signal.aborted) {
      const message: unknown = this.#stream.read();
      if (Buffer.isBuffer(message)) return message;
      if (this.#stream.readableEnded) return this.#confirmEnd();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#admit();
      });
    }
    throw HanaFlightError.from(this.#signal.reason);
  }

  /**
   * Node ends the stream of a client that has vanished as if it had half-closed, and says some ticks
   * later that it is gone. Half an upload must not pass for a whole one.
   */
  async #confirmEnd(): Promise<undefined> {
    await setImmediate();
    if (this.#signal.aborted) throw HanaFlightError.from(this.#signal.reason);
    return undefined;
  }

  /** A stream of objects would read 16 messages ahead, of up to 64 MiB each. */
  #takeOneAtATime(): void {
    const stream = this.#stream;
    // What a Readable's own machinery calls to get more; Node documents it under this name.
    // oxlint-disable-next-line eslint/no-underscore-dangle
    const read = stream._read.bind(stream);
    // oxlint-disable-next-line eslint/no-underscore-dangle
    stream._read = (size) => {
      if (this.#admitted) read(size);
      else this.#withheld = () => read(size);
      this.#admitted = false;
    };
  }

  #admit(): void {
    const withheld = this.#withheld;
    this.#withheld = undefined;
    if (withheld === undefined) this.#admitted = true;
    else withheld();
  }
}

import { Metadata } from '@grpc/grpc-js';

/**
 * The headers of an answer: initial metadata until it is sent, trailers from then on. C++ finds a cookie
 * in either, Java in trailers only when there was nothing before them.
 */
export class AnswerHeaders {
  readonly #send: (headers: Metadata) => void;
  readonly #initial = new Metadata();
  readonly #trailers = new Metadata();
  #sent = false;

  /** @param send sends initial metadata. */
  constructor(send: (headers: Metadata) => void) {
    this.#send = send;
  }

  add(name: string, value: string): void {
    (this.#sent ? this.#trailers : this.#initial).add(name, value);
  }

  /** Sends the initial metadata, once. */
  send(): void {
    if (this.#sent) return;
    this.#sent = true;
    this.#send(this.#initial);
  }

  /**
   * The trailers of an answer that is complete. Before them goes initial metadata that is still to be
   * sent, if there is any: a failure without headers stays a single block.
   */
  close(): Metadata {
    if (Object.keys(this.#initial.getMap()).length > 0) this.send();
    return this.#trailers;
  }
}

/**
 * Whether the client behind a result still takes what it is sent. The results that one client reads in
 * turn share one: while it reads the first, it lets the others wait.
 */
export class ReaderProgress {
  #lastMs = performance.now();
  #working = 0;

  /** The client has taken something. */
  made(): void {
    this.#lastMs = performance.now();
  }

  /** Does work for which the client has to wait: meanwhile it is not to blame for taking nothing. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#working++;
    try {
      return await work();
    } finally {
      this.#working--;
      this.made();
    }
  }

  /** How long the client has taken nothing although it could; 0 while it has to wait. */
  get idleMs(): number {
    return this.#working > 0 ? 0 : performance.now() - this.#lastMs;
  }
}

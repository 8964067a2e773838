import type { ResultStream } from '../../src/flight/producer.ts';

/** Batches of each endpoint that wait for the reader, at most: what ADBC's Go driver keeps. */
const QUEUE = 5;

export interface InOrderReaderOptions {
  readonly endpoints: number;
  /** Numbers of the endpoints in the order in which they are opened, all at once. */
  readonly order: readonly number[];
  readonly open: (endpoint: number) => Promise<ResultStream>;
  /** Told of each endpoint that has been read to its end. */
  readonly onEnd?: (endpoint: number) => void;
}

/**
 * Reads a result as ADBC's Go driver does: opens all endpoints at once, takes a few batches of each, and
 * gives them to its user strictly one endpoint after the other.
 * @returns the number of rows.
 */
export async function readInOrder(options: InOrderReaderOptions): Promise<number> {
  const queues = Array.from({ length: options.endpoints }, () => new Queue());
  const pumps = options.order.map(async (endpoint) => {
    const queue = queues[endpoint];
    if (queue === undefined) return;
    const { batches } = await options.open(endpoint);
    for await (const batch of batches) await queue.put(batch);
    queue.close();
  });
  const failed = Promise.all(pumps).then(
    () => new Promise<never>(() => {}),
    (cause: unknown) => {
      throw cause;
    },
  );
  let rows = 0;
  for (const [endpoint, queue] of queues.entries()) {
    for (;;) {
      const batch = await Promise.race([queue.take(), failed]);
      if (batch === undefined) break;
      rows += batch.rowCount;
    }
    options.onEnd?.(endpoint);
  }
  return rows;
}

class Queue {
  readonly #batches: { readonly rowCount: number }[] = [];
  #closed = false;
  #changed: () => void = () => {};

  async put(batch: { readonly rowCount: number }): Promise<void> {
    while (this.#batches.length >= QUEUE) await this.#change();
    this.#batches.push(batch);
    this.#changed();
  }

  close(): void {
    this.#closed = true;
    this.#changed();
  }

  /** Undefined when there are no more. */
  async take(): Promise<{ readonly rowCount: number } | undefined> {
    while (this.#batches.length === 0 && !this.#closed) await this.#change();
    const batch = this.#batches.shift();
    this.#changed();
    return batch;
  }

  /** One of the two sides waits at a time: the queue cannot be full and empty at once. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}

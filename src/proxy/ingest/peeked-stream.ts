/** A stream whose first value was looked at: `all` begins with it. */
export interface PeekedStream<T> {
  /** Undefined when the stream is empty. */
  readonly first: T | undefined;
  readonly all: AsyncGenerator<T, void, undefined>;
}

/** Looks at the first value of a stream. `all.return()` ends the stream. */
export async function peekFirst<T>(stream: AsyncIterable<T>): Promise<PeekedStream<T>> {
  const iterator = stream[Symbol.asyncIterator]();
  const first = await iterator.next();
  return {
    first: first.done === true ? undefined : first.value,
    all: goOn(first, iterator),
  };
}

async function* goOn<T>(
  first: IteratorResult<T>,
  iterator: AsyncIterator<T>,
): AsyncGenerator<T, void, undefined> {
  try {
    for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

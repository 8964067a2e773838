import { ReaderProgress } from '../../flight/reader-progress.ts';

interface Readers {
  readonly progress: ReaderProgress;
  streams: number;
}

/** Who reads queries here: the streams of one query, of whichever endpoints, share their progress. */
export class QueryReaders {
  readonly #readers = new Map<string, Readers>();

  /**
   * Joins the readers of a query.
   * @param query as in EndpointTurn. `left` must be called when the stream has ended; once is enough.
   */
  enter(query: string): { readonly progress: ReaderProgress; readonly left: () => void } {
    const readers = this.#readers.get(query) ?? { progress: new ReaderProgress(), streams: 0 };
    readers.streams++;
    this.#readers.set(query, readers);
    let reads = true;
    return {
      progress: readers.progress,
      left: () => {
        if (reads && --readers.streams === 0) this.#readers.delete(query);
        reads = false;
      },
    };
  }
}

/** Something with an end: a process, a connection. */
type Ending = () => void | Promise<void>;

/** Ends what a stage has started, last first, however the stage went. */
export class Resources {
  readonly #endings: Ending[] = [];

  /** @returns what it was given. */
  add<T>(resource: T, end: (resource: T) => void | Promise<void>): T {
    this.#endings.push(() => end(resource));
    return resource;
  }

  /** Runs `work` and ends everything added meanwhile. */
  static async during<T>(work: (resources: Resources) => Promise<T>): Promise<T> {
    const resources = new Resources();
    try {
      return await work(resources);
    } finally {
      for (const end of resources.#endings.toReversed()) await end();
    }
  }
}

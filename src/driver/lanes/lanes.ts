import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HanaFlightError } from '../../core/errors.ts';
import type { HanaCredentials } from '../../core/hana-credentials.ts';
import type { HanaConnection } from '../hana-connection.ts';
import type { HanaEndpoint } from '../hana-endpoint.ts';
import type { ConnectOptions } from '../session/connect.ts';
import { Lane } from './lane.ts';

export interface LanesOptions {
  /** Threads: 1 or more. */
  readonly count: number;
  /** The program of each thread; absent: this project's. */
  readonly entry?: URL | undefined;
  /** Told when a thread has ended that nobody told to. */
  readonly onCrash?: ((failure: HanaFlightError) => void) | undefined;
}

/**
 * The threads that do the work on the way from HANA to Arrow. A connection stays in the lane that opened
 * it; a lane that crashed takes its connections with it, and another takes its place.
 */
export class Lanes {
  readonly #options: LanesOptions;
  /** A place is empty from a crash until the next connection. */
  readonly #lanes: (Lane | undefined)[];
  #closed = false;

  /** Starts the threads, so that the first query does not wait for them. */
  constructor(options: LanesOptions) {
    this.#options = options;
    this.#lanes = Array.from({ length: options.count }, () => undefined);
    for (const place of this.#lanes.keys()) this.#start(place);
  }

  /** Connects in the lane that has the fewest connections. @throws as `connectHana`. */
  async connect(
    endpoint: HanaEndpoint,
    credentials: HanaCredentials,
    options: ConnectOptions,
  ): Promise<HanaConnection> {
    if (this.#closed) throw new HanaFlightError('unavailable', 'the lanes are closed');
    const loads = this.#lanes.map((lane) => lane?.load ?? 0);
    const place = loads.indexOf(Math.min(...loads));
    const lane = this.#lanes[place] ?? this.#start(place);
    return lane.connect(endpoint, credentials, options);
  }

  /** Ends the threads and what connections they have. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#lanes.flatMap((lane) => (lane === undefined ? [] : [lane.end()])));
  }

  #start(place: number): Lane {
    const lane = new Lane(this.#options.entry ?? ownEntry());
    this.#lanes[place] = lane;
    void lane.ended.then((failure) => {
      this.#lanes[place] = undefined;
      if (failure !== undefined) this.#options.onCrash?.(failure);
      return undefined;
    });
    return lane;
  }
}

/** The extension is .ts when run from the source and .js when built. */
function ownEntry(): URL {
  return new URL(`thread/lane-thread${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
}

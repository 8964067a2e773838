import { BroadcastChannel } from 'node:worker_threads';

/** The program of a lane as it is shipped: threads of Node do not read TypeScript. */
export const LANE_ENTRY = new URL('../../dist/driver/lanes/thread/lane-thread.js', import.meta.url);

/** The same, to be crashed with {@link LaneCrasher}. */
export const CRASHING_LANE_ENTRY = new URL('crashing-lane.mjs', import.meta.url);

/** Finds the lanes of this process that can be crashed, and crashes them. */
export class LaneCrasher {
  readonly #channel = new BroadcastChannel('crashing lanes');

  /** Thread ids, once `count` lanes have answered. */
  async find(count: number): Promise<readonly number[]> {
    const found = new Set<number>();
    return new Promise((resolve) => {
      const asking = setInterval(() => this.#post('who'), 50);
      // Node's types know no addEventListener of a channel.
      // oxlint-disable-next-line unicorn/prefer-add-event-listener
      this.#channel.onmessage = (event) => {
        const { data } = event as { readonly data: { readonly lane: number } };
        found.add(data.lane);
        if (found.size < count) return;
        clearInterval(asking);
        resolve([...found].toSorted((a, b) => a - b));
      };
    });
  }

  crash(lane: number): void {
    this.#post({ crash: lane });
  }

  close(): void {
    this.#channel.close();
  }

  #post(message: unknown): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the rule is about windows
    this.#channel.postMessage(message);
  }
}

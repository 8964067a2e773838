import { HanaFlightError } from '../../core/errors.ts';
import type { Clock } from './clock.ts';

interface Waiter<T> {
  readonly owner: string;
  settle(outcome: { readonly value: T } | { readonly error: HanaFlightError }): void;
}

/** Those who wait for a connection, first come first served. */
export class WaitingLine<T> {
  readonly #clock: Clock;
  /** In the order they came. */
  readonly #waiters = new Set<Waiter<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get length(): number {
    return this.#waiters.size;
  }

  /**
   * Joins the line.
   * @param patience how long to wait, and the error that ends a longer wait.
   * @throws HanaFlightError `cancelled` when `signal` is aborted meanwhile.
   */
  join(
    owner: string,
    patience: { readonly timeoutMs: number; readonly exhausted: () => HanaFlightError },
    signal: AbortSignal,
  ): Promise<T> {
    if (signal.aborted) return Promise.reject(abandoned(signal));
    return new Promise((resolve, reject) => {
      const onAbort = (): void => waiter.settle({ error: abandoned(signal) });
      const stopClock = this.#clock.after(patience.timeoutMs, () =>
        waiter.settle({ error: patience.exhausted() }),
      );
      const waiter: Waiter<T> = {
        owner,
        settle: (outcome) => {
          if (!this.#waiters.delete(waiter)) return;
          stopClock();
          signal.removeEventListener('abort', onAbort);
          if ('value' in outcome) resolve(outcome.value);
          else reject(outcome.error);
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }

  /** Offers each in turn what `find` has for it. */
  serve(find: (owner: string) => T | undefined): void {
    for (const waiter of this.#waiters) {
      const value = find(waiter.owner);
      if (value !== undefined) waiter.settle({ value });
    }
  }

  /** Sends everybody away. */
  dismiss(error: HanaFlightError): void {
    for (const waiter of this.#waiters) waiter.settle({ error });
  }
}

function abandoned(signal: AbortSignal): HanaFlightError {
  return new HanaFlightError(
    'cancelled',
    'the call ended while it waited for a connection to HANA',
    {
      cause: signal.reason,
    },
  );
}

import { HanaFlightError } from '../../core/errors.ts';
import type { Admission, Claim, FreeConnections } from './admission.ts';
import type { Clock } from './clock.ts';
import type { EndpointTurn } from './endpoint-query.ts';

/** Where the connections come from that are waited for. */
export interface ConnectionSource<T> extends FreeConnections {
  /** Called only while there is a free one for the owner. */
  take(owner: string): T;
}

export interface WaitingLineOptions<T> {
  readonly admission: Admission;
  readonly source: ConnectionSource<T>;
  readonly clock: Clock;
  /** Longest wait; see {@link Admission.waitsSinceMs}. */
  readonly timeoutMs: number;
  /** The error that ends a longer one. */
  readonly exhausted: (claim: Claim) => HanaFlightError;
}

/** What somebody has waited for. He must see to it that the claim is ended. */
interface Served<T> {
  readonly claim: Claim;
  readonly value: T;
}

type Settle<T> = (outcome: { readonly value: T } | { readonly error: HanaFlightError }) => void;

/** Those who wait for a connection, until it is their turn, or for too long, or in vain. */
export class WaitingLine<T> {
  readonly #options: WaitingLineOptions<T>;
  readonly #waiters = new Map<Claim, Settle<T>>();
  #stopPatience: () => void = () => {};

  constructor(options: WaitingLineOptions<T>) {
    this.#options = options;
  }

  get length(): number {
    return this.#waiters.size;
  }

  /**
   * Joins the line.
   * @throws HanaFlightError `cancelled` when `signal` is aborted meanwhile.
   */
  join(owner: string, turn: EndpointTurn | undefined, signal: AbortSignal): Promise<Served<T>> {
    if (signal.aborted) return Promise.reject(abandoned(signal));
    const { admission, clock, timeoutMs, exhausted } = this.#options;
    const claim = admission.arrive(owner, turn);
    const waiting = new Promise<Served<T>>((resolve, reject) => {
      const settle: Settle<T> = (outcome) => {
        if (!this.#waiters.delete(claim)) return;
        stopClock();
        signal.removeEventListener('abort', onAbort);
        if ('value' in outcome) {
          resolve({ claim, value: outcome.value });
          return;
        }
        admission.end(claim);
        reject(outcome.error);
      };
      const leave = (error: HanaFlightError): void => {
        settle({ error });
        // What he was the lowest of has another lowest now.
        this.serve();
      };
      const onAbort = (): void => leave(abandoned(signal));
      const checkPatience = (): void => {
        const leftMs = admission.waitsSinceMs(claim) + timeoutMs - clock.now();
        if (leftMs > 0) stopClock = clock.after(leftMs, checkPatience);
        else leave(exhausted(claim));
      };
      let stopClock = clock.after(timeoutMs, checkPatience);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.set(claim, settle);
    });
    this.serve();
    return waiting;
  }

  /** Hands out what is free. To be called whenever something has become so. */
  serve(): void {
    const { admission, source } = this.#options;
    this.#stopPatience();
    for (let claim = admission.next(source); claim; claim = admission.next(source)) {
      this.#waiters.get(claim)?.({ value: source.take(claim.owner) });
    }
    this.#servePatient();
  }

  /** Sends everybody away. */
  dismiss(error: HanaFlightError): void {
    this.#stopPatience();
    for (const settle of this.#waiters.values()) settle({ error });
  }

  #servePatient(): void {
    const { admission, clock } = this.#options;
    const endsAtMs = admission.patienceEndsAtMs;
    if (endsAtMs === undefined) return;
    this.#stopPatience = clock.after(Math.max(endsAtMs - clock.now(), 1), () => this.serve());
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

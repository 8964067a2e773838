import { HanaFlightError } from '../../core/errors.ts';
import type { Call } from '../../flight/producer.ts';

/** Tickets of one process that were cancelled and may still be shown again, at most. */
const MAX_REMEMBERED = 10_000;

/** How long a cancel waits for the work to end before it answers. */
const CANCEL_WAIT_MS = 2_000;

/** Work behind a ticket. */
interface Running {
  readonly controller: AbortController;
  readonly over: Promise<void>;
}

/** The results that are being read in this process, by the ids of their tickets, so that they can be cancelled. */
export class RunningStatements {
  readonly #running = new Map<string, Set<Running>>();
  readonly #cancelled = new Set<string>();

  /**
   * The call as the work behind a ticket should see it: its signal aborts with the call, and when the
   * ticket is cancelled. `ended` must be called when the work is over.
   * @throws HanaFlightError `cancelled` for a ticket that was cancelled before.
   */
  enter(ticketId: string, call: Call): { readonly call: Call; readonly ended: () => void } {
    if (this.#cancelled.has(ticketId)) throw cancelledByRequest();
    const controller = new AbortController();
    const followCall = (): void => controller.abort(call.signal.reason);
    call.signal.addEventListener('abort', followCall, { once: true });
    if (call.signal.aborted) followCall();
    let resolveOver: (() => void) | undefined;
    const over = new Promise<void>((resolve) => {
      resolveOver = resolve;
    });
    const running = { controller, over };
    this.#add(ticketId, running);
    return {
      call: { ...call, signal: controller.signal },
      ended: () => {
        call.signal.removeEventListener('abort', followCall);
        this.#remove(ticketId, running);
        resolveOver?.();
      },
    };
  }

  /**
   * Ends what runs for the ticket, and refuses it from now on.
   * @returns whether all of it has ended by now.
   */
  async cancel(ticketId: string): Promise<boolean> {
    this.#remember(ticketId);
    const all = [...(this.#running.get(ticketId) ?? [])];
    for (const { controller } of all) controller.abort(cancelledByRequest());
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), CANCEL_WAIT_MS);
    });
    const over = Promise.all(all.map((running) => running.over)).then(() => true);
    try {
      return await Promise.race([over, tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  #add(ticketId: string, running: Running): void {
    const all = this.#running.get(ticketId) ?? new Set();
    this.#running.set(ticketId, all.add(running));
  }

  #remove(ticketId: string, running: Running): void {
    const all = this.#running.get(ticketId);
    all?.delete(running);
    if (all?.size === 0) this.#running.delete(ticketId);
  }

  #remember(ticketId: string): void {
    this.#cancelled.add(ticketId);
    const [oldest] = this.#cancelled;
    if (this.#cancelled.size > MAX_REMEMBERED && oldest !== undefined) {
      this.#cancelled.delete(oldest);
    }
  }
}

function cancelledByRequest(): HanaFlightError {
  return new HanaFlightError('cancelled', 'the query was cancelled by request');
}

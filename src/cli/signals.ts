import { once } from 'node:events';
import { HanaFlightError } from '../core/errors.ts';
import { InterruptedError } from './exit-codes.ts';

const STOP_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Runs work that Ctrl-C ends in good order.
 * @throws InterruptedError when it was ended so.
 */
export async function abortOnInterrupt(
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new HanaFlightError('cancelled', 'interrupted'));
  process.once('SIGINT', interrupt);
  try {
    await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? new InterruptedError(error) : error;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

/** Resolves with the name of the first signal that asks a server to stop. */
export async function stopSignal(): Promise<string> {
  const waited = new AbortController();
  const name = await Promise.race(
    STOP_SIGNALS.map((signal) =>
      once(process, signal, { signal: waited.signal }).then(() => signal),
    ),
  );
  waited.abort();
  return name;
}

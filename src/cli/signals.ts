import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { startedByNpm } from '../config/npm-script.ts';
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

/** How often a server started by npm looks whether npm's shell still lives. */
const PARENT_CHECK_MS = 500;

/** Resolves with what asks a server to stop: the name of the first signal, or `npm ended`. */
export async function stopSignal(): Promise<string> {
  const waited = new AbortController();
  const { signal } = waited;
  const requests = STOP_SIGNALS.map((name) => once(process, name, { signal }).then(() => name));
  const request = await Promise.race([...requests, ...(startedByNpm() ? [npmEnded(signal)] : [])]);
  waited.abort();
  return request;
}

/**
 * npm runs a script through a shell and passes SIGTERM on to that shell only: the script would go on
 * for ever and keep its port.
 */
async function npmEnded(signal: AbortSignal): Promise<string> {
  const shell = process.ppid;
  while (process.ppid === shell) {
    await delay(PARENT_CHECK_MS, undefined, { signal, ref: false });
  }
  return 'npm ended';
}

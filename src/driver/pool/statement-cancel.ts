import { HanaFlightError } from '../../core/errors.ts';
import type { HanaCredentials } from '../../core/hana-credentials.ts';
import { type Clock, systemClock } from './clock.ts';
import type { HanaPool, Lease } from './pool.ts';

export interface CancelOptions {
  readonly pool: Pick<HanaPool, 'cancel'>;
  /** Those of the lease. */
  readonly credentials: HanaCredentials;
  /** Longest time until the statement has ended; then its connection is closed. Default 800 ms. */
  readonly cancelGraceMs?: number;
  readonly clock?: Clock;
}

const DEFAULT_GRACE_MS = 800;

/** A fetch, and most else, is answered within this time; then there is nothing to cancel. */
const PATIENCE_MS = 50;

/**
 * Ends what runs on a leased connection, inside HANA. When this resolves, everything that was in flight
 * has been answered, mostly with error 139, and so has the cancel: it cannot hit a later statement. Where
 * HANA does not cancel, or not in time, the connection is closed, which ends the statement as well. Sends
 * nothing when nothing is in flight. Never rejects.
 */
export async function cancelRunning(
  lease: Pick<Lease, 'connection'>,
  options: CancelOptions,
): Promise<void> {
  const { connection } = lease;
  if (!connection.busy) return;
  const { pool, credentials, cancelGraceMs = DEFAULT_GRACE_MS, clock = systemClock } = options;
  const settled = connection.settled();
  if (await endsWithin(settled, PATIENCE_MS, clock)) return;
  const ended = Promise.all([pool.cancel(credentials, connection.connectionId), settled]);
  // It may fail when nobody waits for it any more.
  ended.catch(() => {});
  try {
    if (await endsWithin(ended, cancelGraceMs - PATIENCE_MS, clock)) return;
    connection.destroy(
      new HanaFlightError(
        'cancelled',
        `the statement was cancelled; HANA did not end it within ${cancelGraceMs} ms, so its connection was closed`,
      ),
    );
  } catch (cause) {
    connection.destroy(
      new HanaFlightError(
        'cancelled',
        `the statement was cancelled by closing its connection, as HANA did not cancel it: ${HanaFlightError.from(cause).message}`,
        { cause },
      ),
    );
  }
}

/** False when `work` takes longer; rejects when it does. */
function endsWithin(work: Promise<unknown>, limitMs: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const stopClock = clock.after(limitMs, () => resolve(false));
    work.then(() => resolve(true), reject).finally(stopClock);
  });
}

import { HanaFlightError } from '../core/errors.ts';

/**
 * A column may grow when it is brought into a plain layout: many views or dictionary indices can point
 * to one long value. Beyond this its batch is refused, as it would take memory that nobody sent.
 */
const MAX_GROWN_BYTES = 256 * 1024 * 1024;

/** @throws HanaFlightError `resource-exhausted` when a column would grow too large. */
export function checkGrowth(place: string, bytes: number): void {
  if (bytes <= MAX_GROWN_BYTES) return;
  throw new HanaFlightError(
    'resource-exhausted',
    `${place}: expected up to ${MAX_GROWN_BYTES} bytes in a plain layout, got ${bytes}; send smaller batches`,
  );
}

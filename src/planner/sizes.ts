import { HanaFlightError } from '../core/errors.ts';
import type { PartitionRequest, PlanLimits } from './plan.ts';

/** Endpoints for a number of rows; undefined: nobody knows how many rows there are. */
export type SizeRule = (rows: number | undefined) => number;

/** True when the caller says how many endpoints there shall be, whatever the size. */
export function isCounted({ endpoints, bounds }: PartitionRequest): boolean {
  return typeof endpoints === 'number' || bounds !== undefined;
}

/** True when the caller wants a division, and does not leave it to the size. */
export function isAsked(request: PartitionRequest): boolean {
  return isCounted(request) || request.columns !== undefined || request.strategy !== undefined;
}

/**
 * How many endpoints a caller gets. A number that was asked for holds whatever the size; `auto` gives an
 * endpoint for every `minRows` rows, and none beyond the limit.
 * @throws HanaFlightError `invalid-argument` for a number that is none of endpoints.
 */
export function sizeRule(request: PartitionRequest, limits: PlanLimits): SizeRule {
  const { endpoints, bounds } = request;
  if (bounds !== undefined) return () => bounds.length + 1;
  if (typeof endpoints === 'number') {
    if (!Number.isInteger(endpoints) || endpoints < 1) {
      throw new HanaFlightError(
        'invalid-argument',
        `endpoints: expected a whole number from 1, got ${endpoints}`,
      );
    }
    return () => endpoints;
  }
  const most = Math.max(1, limits.autoEndpoints);
  // Who names a column or a strategy wants a division, even of what has no known size.
  const ofUnknown = request.columns !== undefined ? most : 1;
  return (rows) => {
    if (rows === undefined) return ofUnknown;
    if (rows < limits.minRows) return 1;
    return Math.min(most, Math.max(2, Math.ceil(rows / Math.max(1, limits.minRows))));
  };
}

import { HanaFlightError } from '../core/errors.ts';
import type { OnCallEnd } from '../flight/call-server.ts';
import type { Logger } from '../observability/log.ts';

/** Logs each Flight call as it ends: what failed through us as errors, what failed otherwise as info. */
export function callLog(log: Logger): OnCallEnd {
  return ({ error, durationMs, ...call }) => {
    const fields = { ...call, durationMs: Math.round(durationMs) };
    if (error === undefined) log.debug(fields, 'call');
    else if (isOurFault(error)) log.error({ ...fields, err: error }, 'call failed');
    else log.info({ ...fields, err: error }, 'call refused');
  };
}

function isOurFault(error: unknown): boolean {
  if (!(error instanceof HanaFlightError)) return true;
  return ['internal', 'malformed-packet', 'unavailable'].includes(error.code);
}

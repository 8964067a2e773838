import type { ErrorCode } from '../core/errors.ts';

/**
 * What sealed texts are for, and how a refused one is reported. One made for one purpose never opens as
 * another.
 */
export const SEAL_PURPOSES = {
  'session-token': {
    noun: 'session token',
    refused: 'unauthenticated',
    expired: 'unauthenticated',
    remedy: 'log on again',
    // It holds a password, and the length of a compressed text tells of what is in it.
    compressed: false,
  },
  'statement-ticket': {
    noun: 'ticket',
    refused: 'invalid-argument',
    expired: 'failed-precondition',
    remedy: 'call GetFlightInfo again',
    compressed: true,
  },
  'prepared-statement': {
    noun: 'prepared statement handle',
    refused: 'invalid-argument',
    expired: 'failed-precondition',
    remedy: 'prepare the statement again',
    compressed: true,
  },
} as const satisfies Record<
  string,
  { noun: string; refused: ErrorCode; expired: ErrorCode; remedy: string; compressed: boolean }
>;

export type SealPurpose = keyof typeof SEAL_PURPOSES;

/**
 * Every kind of failure hana-flight reports, with what it means. `flight/status.ts` maps each to a
 * gRPC status; nothing else in the project knows gRPC codes.
 */
export const ERROR_CODES = {
  'invalid-argument': 'the request itself is wrong: syntax, types, unknown option',
  unauthenticated: 'no credentials, or credentials that HANA refused',
  'permission-denied': 'the user is known but may not do this',
  'not-found': 'a named object does not exist',
  'already-exists': 'a named object or a key exists already',
  'failed-precondition': 'the state of the system forbids this; repeating will not help',
  aborted: 'a transaction lost against another one; repeating may help',
  cancelled: 'somebody asked for the work to end',
  'deadline-exceeded': 'a time limit ended the work',
  'resource-exhausted': 'a limit on memory, size, connections or load was reached',
  unavailable: 'HANA or the network cannot be reached at present',
  unimplemented: 'this server does not offer the operation',
  'unrepresentable-value': 'a value of HANA does not fit the promised Arrow type',
  'malformed-packet': 'HANA sent bytes that are not its protocol',
  internal: 'a fault of hana-flight or of HANA that the caller cannot mend',
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** What HANA itself said about a failure: the fields of its ERROR part. */
export interface HanaErrorDetail {
  /** HANA's SQL error number, e.g. 259. */
  readonly code: number;
  readonly sqlState: string;
  /** 1-based position in the SQL text; undefined when HANA gave none. */
  readonly position?: number | undefined;
  /** The row of parameters that HANA refused, counted from 1 over all that were sent. */
  readonly row?: number | undefined;
}

export interface ErrorDetails {
  readonly cause?: unknown;
  readonly hana?: HanaErrorDetail | undefined;
}

/** The one error class of the project: a code from {@link ERROR_CODES}, a text for people, the cause. */
export class HanaFlightError extends Error {
  override readonly name = 'HanaFlightError';
  readonly code: ErrorCode;
  readonly hana: HanaErrorDetail | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.hana = details.hana;
  }

  /** Turns anything thrown into a HanaFlightError; one that already is passes through unchanged. */
  static from(thrown: unknown, code: ErrorCode = 'internal'): HanaFlightError {
    if (thrown instanceof HanaFlightError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new HanaFlightError(code, message, { cause: thrown });
  }
}

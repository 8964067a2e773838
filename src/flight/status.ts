import {
  status as GrpcStatus,
  Metadata,
  type ServiceError,
  type StatusObject,
} from '@grpc/grpc-js';
import { type ErrorCode, type HanaErrorDetail, HanaFlightError } from '../core/errors.ts';

/**
 * The gRPC status of each kind of failure: the only place that knows both. Clients turn the status into
 * their own classes (ADBC: INVALID_ARGUMENT is a ProgrammingError, UNAVAILABLE an OperationalError), so
 * the choice is visible to users.
 */
const STATUS_OF = {
  'invalid-argument': GrpcStatus.INVALID_ARGUMENT,
  unauthenticated: GrpcStatus.UNAUTHENTICATED,
  'permission-denied': GrpcStatus.PERMISSION_DENIED,
  'not-found': GrpcStatus.NOT_FOUND,
  'already-exists': GrpcStatus.ALREADY_EXISTS,
  'failed-precondition': GrpcStatus.FAILED_PRECONDITION,
  aborted: GrpcStatus.ABORTED,
  cancelled: GrpcStatus.CANCELLED,
  'deadline-exceeded': GrpcStatus.DEADLINE_EXCEEDED,
  'resource-exhausted': GrpcStatus.RESOURCE_EXHAUSTED,
  unavailable: GrpcStatus.UNAVAILABLE,
  unimplemented: GrpcStatus.UNIMPLEMENTED,
  'unrepresentable-value': GrpcStatus.OUT_OF_RANGE,
  'malformed-packet': GrpcStatus.INTERNAL,
  internal: GrpcStatus.INTERNAL,
} as const satisfies Record<ErrorCode, number>;

/** The way back, for the client: the first code of the table that has the status. */
const CODE_OF = new Map<number, ErrorCode>();
for (const code of Object.keys(STATUS_OF)) {
  if (isErrorCode(code) && code !== 'malformed-packet') CODE_OF.set(STATUS_OF[code], code);
}

/** Trailers that carry what HANA said. ADBC shows them to users as error details. */
export const HANA_TRAILERS = {
  code: 'x-hana-error-code',
  sqlState: 'x-hana-sql-state',
  position: 'x-hana-error-position',
} as const;

/**
 * Bytes that the text may take on the wire, percent-encoded. C++ clients replace a status by
 * RESOURCE_EXHAUSTED when all trailers together pass 8 KiB; what is left holds the other trailers.
 */
export const MAX_STATUS_TEXT_BYTES = 6_656;
const CUT_MARK = ' ... (cut)';
const UNEXPECTED = 'internal error; the log of the server tells more';

/** The status of a failure. An error that is not ours becomes INTERNAL, without its text. */
export function statusOf(thrown: unknown): StatusObject {
  if (!(thrown instanceof HanaFlightError)) {
    return { code: GrpcStatus.INTERNAL, details: UNEXPECTED, metadata: new Metadata() };
  }
  return {
    code: STATUS_OF[thrown.code],
    details: fitStatusText(thrown.message),
    metadata: hanaTrailers(thrown.hana),
  };
}

/** The error behind a status that a server sent; its text unchanged, HANA's detail from the trailers. */
export function errorOfStatus(error: ServiceError): HanaFlightError {
  return new HanaFlightError(CODE_OF.get(error.code) ?? 'internal', error.details, {
    cause: error,
    hana: hanaDetail(error.metadata),
  });
}

/**
 * Makes a text fit for the `grpc-message` trailer: halves of surrogate pairs replaced, because
 * percent-encoding them throws, and cut at a character so that it stays within
 * {@link MAX_STATUS_TEXT_BYTES} once encoded.
 */
export function fitStatusText(text: string): string {
  // Each UTF-16 unit takes a byte or more, so nothing beyond the limit can ever be kept.
  const wellFormed = Buffer.from(text.slice(0, MAX_STATUS_TEXT_BYTES + 1), 'utf8').toString('utf8');
  if (wellFormed.length <= MAX_STATUS_TEXT_BYTES && fits(wellFormed, MAX_STATUS_TEXT_BYTES)) {
    return wellFormed;
  }
  let left = MAX_STATUS_TEXT_BYTES - encodeURI(CUT_MARK).length;
  let kept = '';
  for (const character of wellFormed) {
    left -= encodeURI(character).length;
    if (left < 0) break;
    kept += character;
  }
  return kept + CUT_MARK;
}

function fits(text: string, maxBytes: number): boolean {
  return encodeURI(text).length <= maxBytes;
}

function hanaTrailers(hana: HanaErrorDetail | undefined): Metadata {
  const trailers = new Metadata();
  if (hana === undefined) return trailers;
  trailers.set(HANA_TRAILERS.code, String(hana.code));
  // SQLSTATE is five letters or digits; anything else came damaged and cannot stand in a header.
  if (/^[0-9A-Za-z]{5}$/.test(hana.sqlState)) trailers.set(HANA_TRAILERS.sqlState, hana.sqlState);
  if (hana.position !== undefined) trailers.set(HANA_TRAILERS.position, String(hana.position));
  return trailers;
}

function hanaDetail(metadata: Metadata): HanaErrorDetail | undefined {
  const code = metadata.get(HANA_TRAILERS.code)[0];
  if (code === undefined) return undefined;
  const position = metadata.get(HANA_TRAILERS.position)[0];
  return {
    code: Number(code),
    sqlState: String(metadata.get(HANA_TRAILERS.sqlState)[0] ?? ''),
    position: position === undefined ? undefined : Number(position),
  };
}

function isErrorCode(code: string): code is ErrorCode {
  return code in STATUS_OF;
}

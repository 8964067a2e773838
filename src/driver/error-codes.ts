import { type ErrorCode, type HanaErrorDetail, HanaFlightError } from '../core/errors.ts';

/** What may be done after an error of HANA. */
export const RETRY = {
  no: 'the same request fails again',
  statement:
    'by the caller, who knows what was lost: the transaction was rolled back or never began',
  reconnect: 'on a new connection, as long as no row was delivered',
  later: 'when the load is lower, with growing pauses',
} as const satisfies Record<string, string>;

type Retry = keyof typeof RETRY;

/** One of HANA's SQL error codes: what it becomes and why. */
export interface HanaErrorRow {
  readonly hana: number;
  readonly meaning: string;
  readonly code: ErrorCode;
  readonly retry: Retry;
  /** Why this code, where the meaning does not say it. */
  readonly reason?: string;
  /** The session is of no use afterwards, although HANA may keep it open. */
  readonly endsSession?: true;
  /** HANA has rolled the whole transaction back, not the statement alone. */
  readonly endsTransaction?: true;
  /** Another code when the text matches: some of HANA's codes cover several causes. */
  readonly unless?: { readonly text: RegExp; readonly code: ErrorCode; readonly reason: string };
}

const MEMORY = {
  text: /out of memory|memory allocation|allocation failed/i,
  code: 'resource-exhausted',
  reason: 'when the text tells of memory',
} as const;

/** HANA's error codes that mean more than "something failed", in numerical order. */
export const HANA_ERRORS: readonly HanaErrorRow[] = [
  { hana: 4, meaning: 'out of memory', code: 'resource-exhausted', retry: 'no' },
  { hana: 7, meaning: 'feature not supported', code: 'unimplemented', retry: 'no' },
  { hana: 10, meaning: 'authentication failed', code: 'unauthenticated', retry: 'no' },
  { hana: 18, meaning: 'HANA is shutting down', code: 'unavailable', retry: 'reconnect' },
  {
    hana: 129,
    meaning: 'transaction rolled back by an internal error',
    code: 'aborted',
    retry: 'statement',
    endsTransaction: true,
  },
  {
    hana: 131,
    meaning: 'transaction rolled back: lock wait timeout',
    code: 'aborted',
    retry: 'statement',
    endsTransaction: true,
  },
  {
    hana: 132,
    meaning: 'transaction rolled back: resource unavailable',
    code: 'aborted',
    retry: 'statement',
    endsTransaction: true,
  },
  {
    hana: 133,
    meaning: 'transaction rolled back: deadlock',
    code: 'aborted',
    retry: 'statement',
    endsTransaction: true,
  },
  {
    hana: 138,
    meaning: 'transaction serialization failure',
    code: 'aborted',
    retry: 'statement',
    endsTransaction: true,
  },
  {
    hana: 139,
    meaning: 'statement cancelled by request, transaction rolled back',
    code: 'cancelled',
    retry: 'no',
    reason: 'the session stays',
    endsTransaction: true,
  },
  { hana: 142, meaning: 'too many transactions', code: 'resource-exhausted', retry: 'later' },
  {
    hana: 143,
    meaning: 'invalid commit of a distributed transaction',
    code: 'aborted',
    retry: 'statement',
    endsTransaction: true,
  },
  {
    hana: 145,
    meaning: 'transaction rolled back: distribution failure',
    code: 'aborted',
    retry: 'statement',
    endsTransaction: true,
  },
  { hana: 146, meaning: 'resource busy and NOWAIT given', code: 'aborted', retry: 'statement' },
  {
    hana: 149,
    meaning: 'failure in two-phase commit',
    code: 'aborted',
    retry: 'statement',
    endsTransaction: true,
  },
  {
    hana: 150,
    meaning: 'snapshot too old',
    code: 'aborted',
    retry: 'statement',
    reason: 'parts read from one snapshot cannot be completed: plan the query again',
  },
  { hana: 257, meaning: 'SQL syntax error', code: 'invalid-argument', retry: 'no' },
  { hana: 258, meaning: 'insufficient privilege', code: 'permission-denied', retry: 'no' },
  { hana: 259, meaning: 'invalid table name', code: 'not-found', retry: 'no' },
  {
    hana: 260,
    meaning: 'invalid column name',
    code: 'invalid-argument',
    retry: 'no',
    reason: 'the table exists: the SQL text is wrong',
  },
  { hana: 261, meaning: 'invalid index name', code: 'invalid-argument', retry: 'no' },
  { hana: 262, meaning: 'invalid query name', code: 'invalid-argument', retry: 'no' },
  { hana: 263, meaning: 'invalid alias name', code: 'invalid-argument', retry: 'no' },
  { hana: 264, meaning: 'invalid data type', code: 'invalid-argument', retry: 'no' },
  { hana: 266, meaning: 'inconsistent data type', code: 'invalid-argument', retry: 'no' },
  { hana: 268, meaning: 'column ambiguously defined', code: 'invalid-argument', retry: 'no' },
  { hana: 274, meaning: 'value too large for the column', code: 'invalid-argument', retry: 'no' },
  { hana: 287, meaning: 'NULL into a NOT NULL column', code: 'failed-precondition', retry: 'no' },
  { hana: 288, meaning: 'duplicate table name', code: 'already-exists', retry: 'no' },
  { hana: 289, meaning: 'duplicate index name', code: 'already-exists', retry: 'no' },
  { hana: 301, meaning: 'unique constraint violated', code: 'already-exists', retry: 'no' },
  {
    hana: 303,
    meaning: 'invalid DATE, TIME or TIMESTAMP value',
    code: 'invalid-argument',
    retry: 'no',
  },
  { hana: 304, meaning: 'division by zero', code: 'invalid-argument', retry: 'no' },
  {
    hana: 305,
    meaning: 'single-row subquery returned several rows',
    code: 'invalid-argument',
    retry: 'no',
  },
  { hana: 314, meaning: 'numeric overflow', code: 'invalid-argument', retry: 'no' },
  { hana: 318, meaning: 'decimal precision out of range', code: 'invalid-argument', retry: 'no' },
  { hana: 321, meaning: 'invalid view name', code: 'not-found', retry: 'no' },
  { hana: 328, meaning: 'invalid function or procedure name', code: 'not-found', retry: 'no' },
  { hana: 339, meaning: 'invalid number', code: 'invalid-argument', retry: 'no' },
  { hana: 362, meaning: 'invalid schema name', code: 'not-found', retry: 'no' },
  { hana: 397, meaning: 'invalid object name', code: 'not-found', retry: 'no' },
  {
    hana: 414,
    meaning: 'the password must be changed first',
    code: 'unauthenticated',
    retry: 'no',
  },
  { hana: 415, meaning: 'the user is deactivated', code: 'unauthenticated', retry: 'no' },
  { hana: 416, meaning: 'the user is locked', code: 'unauthenticated', retry: 'no' },
  { hana: 429, meaning: 'integrity check failed', code: 'failed-precondition', retry: 'no' },
  { hana: 430, meaning: 'invalidated procedure', code: 'failed-precondition', retry: 'no' },
  { hana: 455, meaning: 'session variable is read-only', code: 'invalid-argument', retry: 'no' },
  { hana: 459, meaning: 'invalidated function', code: 'failed-precondition', retry: 'no' },
  {
    hana: 461,
    meaning: 'foreign key constraint violated',
    code: 'failed-precondition',
    retry: 'no',
  },
  {
    hana: 462,
    meaning: 'foreign key constraint violated on update or delete',
    code: 'failed-precondition',
    retry: 'no',
  },
  { hana: 597, meaning: 'session context error', code: 'internal', retry: 'no', endsSession: true },
  { hana: 602, meaning: 'session variable is read-only', code: 'invalid-argument', retry: 'no' },
  { hana: 613, meaning: 'statement timeout', code: 'deadline-exceeded', retry: 'no' },
  {
    hana: 616,
    meaning: 'rejected by the workload class',
    code: 'resource-exhausted',
    retry: 'later',
  },
  { hana: 651, meaning: 'duplicate object name', code: 'already-exists', retry: 'no' },
  {
    hana: 663,
    meaning: 'not allowed to connect from this client',
    code: 'permission-denied',
    retry: 'no',
  },
  { hana: 1025, meaning: 'communication error', code: 'unavailable', retry: 'reconnect' },
  { hana: 1030, meaning: 'communication error on send', code: 'unavailable', retry: 'reconnect' },
  {
    hana: 1031,
    meaning: 'communication error on receive',
    code: 'unavailable',
    retry: 'reconnect',
  },
  {
    hana: 1033,
    meaning: 'HANA could not parse the request packet',
    code: 'internal',
    retry: 'no',
    reason: 'the two sides are out of step',
    endsSession: true,
  },
  {
    hana: 1034,
    meaning: 'too many connections to HANA',
    code: 'resource-exhausted',
    retry: 'later',
  },
  {
    hana: 1036,
    meaning: 'invalid session id',
    code: 'unavailable',
    retry: 'reconnect',
    reason: 'HANA has ended the session',
  },
  { hana: 1038, meaning: 'HANA is overloaded', code: 'unavailable', retry: 'later' },
  {
    hana: 1888,
    meaning: 'database service not available',
    code: 'unavailable',
    retry: 'reconnect',
  },
  {
    hana: 2048,
    meaning: 'column store error',
    code: 'internal',
    retry: 'no',
    reason: 'many causes, named in the text',
    unless: MEMORY,
  },
  {
    hana: 3584,
    meaning: 'distributed SQL error',
    code: 'unavailable',
    retry: 'statement',
    reason: 'another host of the system failed',
  },
  {
    hana: 4321,
    meaning: 'HANA accepts secure connections only',
    code: 'failed-precondition',
    retry: 'no',
    reason: 'use hdbsqls:// in place of hdbsql://',
  },
];

/** A failure on this side of the wire: no ERROR part of HANA's. */
interface ClientFailureRow {
  /** `code` of the thrown error. */
  readonly thrown: RegExp;
  readonly meaning: string;
  readonly code: ErrorCode;
}

/** Failures of the network, of TLS and of node-hdb by the code that Node or node-hdb gives them. */
export const CLIENT_FAILURES: readonly ClientFailureRow[] = [
  {
    thrown: /^(ECONN|EHOST|ENET|EPIPE|ETIMEDOUT|EADDRNOTAVAIL)/,
    meaning: 'the network refused or lost the connection',
    code: 'unavailable',
  },
  { thrown: /^(ENOTFOUND|EAI_)/, meaning: 'the host name is not known', code: 'unavailable' },
  {
    thrown: /^(CERT_|ERR_TLS_CERT|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_)/,
    meaning: "HANA's certificate is not trusted",
    code: 'failed-precondition',
  },
  {
    thrown: /^(ERR_SSL|ERR_TLS|EPROTO)/,
    meaning: 'no TLS at the other end, or none that fits',
    code: 'unavailable',
  },
  { thrown: /^EHDBMSGPARSE$/, meaning: 'node-hdb cannot read a reply', code: 'malformed-packet' },
  {
    thrown: /^EHDBSERVERAUTH$/,
    meaning: 'HANA did not prove that it knows the password',
    code: 'failed-precondition',
  },
  {
    thrown: /^EHDBNOAUTHMETH$/,
    meaning: 'no logon method that both sides know',
    code: 'unauthenticated',
  },
  { thrown: /^EHDBTX$/, meaning: 'a failed transaction ended the session', code: 'aborted' },
  { thrown: /^EHDB/, meaning: 'node-hdb reports the connection as closed', code: 'unavailable' },
];

/**
 * Classes of SQLSTATE, for the many codes of HANA that have no row of their own. HANA mostly sends
 * HY000, which says nothing.
 */
const SQLSTATE_CLASSES: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['08', 'unavailable'],
  ['0A', 'unimplemented'],
  ['22', 'invalid-argument'],
  ['23', 'failed-precondition'],
  ['28', 'unauthenticated'],
  ['40', 'aborted'],
  ['42', 'invalid-argument'],
]);

const rowsByCode: ReadonlyMap<number, HanaErrorRow> = new Map(
  HANA_ERRORS.map((row) => [row.hana, row]),
);

/**
 * Turns what node-hdb, the network or Node threw into a HanaFlightError. HANA's own errors keep code,
 * SQLSTATE and position, in `hana` and in the text, because many clients show nothing but the text.
 */
export function hanaError(thrown: unknown): HanaFlightError {
  if (thrown instanceof HanaFlightError) return thrown;
  if (!(thrown instanceof Error)) return HanaFlightError.from(thrown);
  const code: unknown = 'code' in thrown ? thrown.code : undefined;
  if (typeof code === 'number') {
    const [position, sqlState] = [numberAt(thrown, 'position'), textAt(thrown, 'sqlState')];
    return errorOfRecord({ code, position, sqlState, text: thrown.message }, thrown);
  }
  if (typeof code === 'string') {
    const row = CLIENT_FAILURES.find(({ thrown: pattern }) => pattern.test(code));
    if (row !== undefined) {
      return new HanaFlightError(row.code, `${row.meaning}: ${thrown.message}`, { cause: thrown });
    }
  }
  return HanaFlightError.from(thrown);
}

/** True when the connection must be closed after this error. */
export function endsSession(error: HanaFlightError): boolean {
  if (error.code === 'unavailable' || error.code === 'malformed-packet') return true;
  return error.hana !== undefined && rowsByCode.get(error.hana.code)?.endsSession === true;
}

/**
 * True when HANA's error alone tells that the whole transaction was rolled back; TRANSACTIONFLAGS may say so
 * besides. Wrongly true costs the caller a transaction, wrongly false would let him commit half of one, so
 * SQLSTATE class 40 (transaction rollback) suffices.
 */
export function endsTransaction(error: HanaFlightError): boolean {
  const { hana } = error;
  if (hana === undefined) return false;
  return hana.sqlState.startsWith('40') || rowsByCode.get(hana.code)?.endsTransaction === true;
}

/** What HANA says about a failure: the fields of its ERROR part. Position 0 or less means none. */
export interface HanaErrorRecord {
  readonly code: number;
  readonly position: number;
  readonly sqlState: string;
  readonly text: string;
}

/**
 * The error for an ERROR part; see {@link hanaError}.
 * @param row the row of parameters that was refused, from 1, when there were any.
 */
export function errorOfRecord(
  record: HanaErrorRecord,
  cause: unknown,
  row?: number,
): HanaFlightError {
  const detail: HanaErrorDetail = {
    code: record.code,
    sqlState: /^[0-9A-Z]{5}$/.test(record.sqlState) ? record.sqlState : 'HY000',
    position: record.position > 0 ? record.position : undefined,
    row,
  };
  const text = record.text.replace(/[\0\s]+$/, '');
  const place = detail.position === undefined ? '' : ` at position ${detail.position}`;
  return new HanaFlightError(
    classify(detail, text),
    `${row === undefined ? '' : `row ${row}: `}HANA ${detail.code} (SQLSTATE ${detail.sqlState})${place}: ${text}`,
    { cause, hana: detail },
  );
}

function classify(detail: HanaErrorDetail, text: string): ErrorCode {
  const row = rowsByCode.get(detail.code);
  if (row?.unless?.text.test(text)) return row.unless.code;
  return row?.code ?? SQLSTATE_CLASSES.get(detail.sqlState.slice(0, 2)) ?? 'internal';
}

function numberAt(thrown: object, key: string): number {
  const value: unknown = Reflect.get(thrown, key);
  return typeof value === 'number' ? value : 0;
}

function textAt(thrown: object, key: string): string {
  const value: unknown = Reflect.get(thrown, key);
  return typeof value === 'string' ? value : '';
}

import { UsageError } from '../config/usage-error.ts';
import { type ErrorCode, HanaFlightError } from '../core/errors.ts';

/** What the exit code of every command says. */
export const EXIT_CODES = {
  ok: { code: 0, meaning: 'done' },
  fault: { code: 1, meaning: 'a fault of hana-flight or of HANA' },
  usage: { code: 2, meaning: 'a wrong flag, variable, settings file or argument' },
  logon: { code: 3, meaning: 'the logon was refused, or a privilege is missing' },
  connection: { code: 4, meaning: 'a server cannot be reached, was lost, or an address is in use' },
  statement: { code: 5, meaning: 'the SQL statement failed' },
  interrupted: { code: 130, meaning: 'ended by SIGINT (Ctrl-C)' },
} as const;

type ExitClass = keyof typeof EXIT_CODES;

const CLASS_OF: Readonly<Record<ErrorCode, ExitClass>> = {
  'invalid-argument': 'statement',
  unauthenticated: 'logon',
  'permission-denied': 'logon',
  'not-found': 'statement',
  'already-exists': 'statement',
  'failed-precondition': 'statement',
  aborted: 'statement',
  cancelled: 'statement',
  'deadline-exceeded': 'connection',
  'resource-exhausted': 'statement',
  unavailable: 'connection',
  unimplemented: 'statement',
  'unrepresentable-value': 'statement',
  'malformed-packet': 'fault',
  internal: 'fault',
};

/** Ctrl-C ended the command before it was done. */
export class InterruptedError extends HanaFlightError {
  constructor(cause: unknown) {
    super('cancelled', 'interrupted', { cause });
  }
}

/** The exit code that a failure ends a command with. */
export function exitCodeOf(failure: unknown): number {
  if (failure instanceof UsageError) return EXIT_CODES.usage.code;
  if (failure instanceof InterruptedError) return EXIT_CODES.interrupted.code;
  if (failure instanceof HanaFlightError) return EXIT_CODES[CLASS_OF[failure.code]].code;
  return EXIT_CODES.fault.code;
}

/** A failure on one line: `error: …`, with HANA's number when HANA raised it. */
export function errorLine(failure: unknown): string {
  const { message, hana } = HanaFlightError.from(failure);
  const number = String(hana?.code ?? '');
  // The server's text often names HANA's number already.
  const detail = number === '' || message.includes(number) ? '' : ` (HANA error ${number})`;
  return `error: ${message.replaceAll(/\s*[\r\n]+\s*/g, ' ')}${detail}`;
}

import { type ErrorCode, type HanaErrorDetail, HanaFlightError } from '../../core/errors.ts';

/** A HanaFlightError on its way to another thread: the copy that threads make knows no classes. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hana: HanaErrorDetail | undefined;
  /** What it was caused by, down to the first cause, as text. */
  readonly cause: string;
}

export function toPlainError(thrown: unknown): PlainError {
  const error = HanaFlightError.from(thrown);
  const { code, message, hana } = error;
  return { code, message, hana, cause: describe(error) };
}

/** The error as this thread's code expects it; its cause tells where in the other thread it came from. */
export function fromPlainError({ code, message, hana, cause }: PlainError): HanaFlightError {
  const origin = new Error(message);
  origin.stack = cause;
  return new HanaFlightError(code, message, { hana, cause: origin });
}

function describe(error: Error): string {
  const own = error.stack ?? String(error);
  if (error.cause === undefined) return own;
  const cause = error.cause instanceof Error ? error.cause : HanaFlightError.from(error.cause);
  return `${own}\ncaused by: ${describe(cause)}`;
}

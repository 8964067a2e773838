import { HanaFlightError } from '../core/errors.ts';
import { FunctionCode } from '../driver/wire/function-code.ts';
import type { Part } from '../driver/wire/message.ts';
import { type ErrorRecord, encodeErrors } from '../driver/wire/parts/error.ts';
import { SandboxError } from './engine.ts';
import type { Corruption } from './faults.ts';

/** What a request is answered with; the session adds ids and sends it. */
export interface Reply {
  readonly kind: 'reply' | 'error';
  readonly functionCode: number;
  readonly parts: readonly Part[];
  /** The connection ends after this reply. */
  readonly closes?: boolean;
  /** Damage done on purpose before sending. */
  readonly corruption?: Corruption | undefined;
}

/** HANA's number for a request it cannot parse. */
const PROTOCOL_ERROR = 1033;
const GENERAL_ERROR = 2;
const INVALID_TEMPORAL_VALUE = 303;

export function makeReply(functionCode: number, parts: readonly Part[] = []): Reply {
  return { kind: 'reply', functionCode, parts };
}

/** The ERROR reply for anything thrown while a request was served. */
export function errorReply(thrown: unknown): Reply {
  return {
    ...errorsReply([asSandboxError(thrown)]),
    closes: thrown instanceof HanaFlightError && thrown.code === 'malformed-packet',
  };
}

/** An ERROR reply with several errors, behind other parts. */
export function errorsReply(errors: readonly SandboxError[], before: readonly Part[] = []): Reply {
  const records = errors.map(({ code, position, sqlState, message }): ErrorRecord => {
    return { code, position, level: 'error', sqlState, text: message };
  });
  return {
    kind: 'error',
    functionCode: FunctionCode.NIL,
    parts: [...before, encodeErrors(records)],
  };
}

/** HANA's words for a request that cannot be served as it stands: error 1033. */
export function protocolError(problem: string, cause?: unknown): SandboxError {
  return new SandboxError(PROTOCOL_ERROR, `error while parsing protocol: ${problem}`, { cause });
}

/** What HANA would call a failure of any kind. */
function asSandboxError(thrown: unknown): SandboxError {
  if (thrown instanceof SandboxError) return thrown;
  const { code, message } = HanaFlightError.from(thrown);
  if (code === 'malformed-packet') return protocolError(message, thrown);
  if (code === 'unrepresentable-value') {
    return new SandboxError(
      INVALID_TEMPORAL_VALUE,
      `invalid DATE, TIME or TIMESTAMP value: ${message}`,
      { cause: thrown },
    );
  }
  return new SandboxError(GENERAL_ERROR, `general error: ${message}`, { cause: thrown });
}

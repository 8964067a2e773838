import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { HanaFlightError } from '../core/errors.ts';
import { AnswerHeaders } from './answer-headers.ts';

/** Node's timers take no longer delay than this. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A client whose deadline passes cancels by itself, a little before the server's clock agrees. */
const DEADLINE_SLACK_MS = 50;

/** Credentials stay with the authenticator. */
const WITHHELD_HEADER = 'authorization';

/** Where clients of Flight's older logon put their token. */
const OLDER_TOKEN_HEADER = 'auth-token-bin';

/** What the four shapes of a grpc-js call have in common, as far as it is used here. */
export interface ServerCall
  extends Pick<
    ServerUnaryCall<Buffer, Buffer>,
    'metadata' | 'getPeer' | 'getDeadline' | 'sendMetadata'
  > {
  once(event: 'cancelled', listener: () => void): unknown;
}

/** What one call did, filled while it runs. */
export interface CallRecord {
  /** Name of the RPC, e.g. `DoGet`. */
  readonly rpc: string;
  readonly peer: string;
  readonly userAgent: string | undefined;
  /** HANA user, once the caller is known. */
  user?: string | undefined;
  /** The Flight SQL command or action, once it is known. */
  command?: string | undefined;
  rows: number;
  batches: number;
  /** Bytes of FlightData handed to gRPC, or taken from an upload. */
  bytes: number;
}

/**
 * The life of one RPC: from the request to the moment gRPC has closed the stream. Its signal aborts
 * when the client cancelled or vanished, when the deadline passed, or when the server gives it up; the
 * reason is a HanaFlightError.
 */
export class CallScope {
  readonly record: CallRecord;
  readonly answer: AnswerHeaders;
  readonly #call: ServerCall;
  readonly #controller = new AbortController();
  readonly #deadlineMs: number;
  readonly #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(call: ServerCall, rpc: string, onClosed: (scope: CallScope) => void) {
    this.#call = call;
    this.answer = new AnswerHeaders((headers) => call.sendMetadata(headers));
    this.record = {
      rpc,
      peer: call.getPeer(),
      userAgent: firstValue(call.metadata, 'user-agent'),
      rows: 0,
      batches: 0,
      bytes: 0,
    };
    this.#deadlineMs = Number(call.getDeadline());
    this.#timer = this.#startDeadline();
    // grpc-js emits this after every call, also after one that ended well.
    call.once('cancelled', () => {
      if (!this.#ended) this.abort(this.#lossReason());
      clearTimeout(this.#timer);
      onClosed(this);
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the caller shows as `authorization`; undefined when that is blank, too. */
  get authorization(): string | undefined {
    const header = firstValue(this.#call.metadata, WITHHELD_HEADER)?.trim() ?? '';
    if (header !== '') return header;
    const token = this.#call.metadata.get(OLDER_TOKEN_HEADER)[0];
    return Buffer.isBuffer(token) ? `Bearer ${token.toString('utf8')}` : undefined;
  }

  /** Values of the `cookie` headers. */
  get cookies(): readonly string[] {
    return this.#call.metadata.get('cookie').map(String);
  }

  /** Request headers as text; of a repeated one the first. */
  headers(): ReadonlyMap<string, string> {
    const headers = new Map<string, string>();
    for (const [name, value] of Object.entries(this.#call.metadata.getMap())) {
      if (typeof value === 'string' && name !== WITHHELD_HEADER) headers.set(name, value);
    }
    return headers;
  }

  /** Makes the work of the call stop with `reason`; no effect after its end. */
  abort(reason: HanaFlightError): void {
    if (!this.#ended) this.#controller.abort(reason);
  }

  /** The answer is complete: what happens to the stream from now on aborts nothing. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  /** grpc-js has a deadline timer too, but while the client reads nothing its status stays unsent. */
  #startDeadline(): NodeJS.Timeout | undefined {
    const left = this.#deadlineMs - Date.now();
    if (!(left < LONGEST_TIMER_MS)) return undefined;
    return setTimeout(() => this.abort(deadlineExceeded()), Math.max(0, left));
  }

  #lossReason(): HanaFlightError {
    if (Date.now() + DEADLINE_SLACK_MS >= this.#deadlineMs) return deadlineExceeded();
    return new HanaFlightError('cancelled', 'the client cancelled the call or went away');
  }
}

function deadlineExceeded(): HanaFlightError {
  return new HanaFlightError('deadline-exceeded', 'the deadline of the call has passed');
}

function firstValue(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0];
  return typeof value === 'string' ? value : undefined;
}

import type {
  Metadata,
  ServerDuplexStream,
  ServerUnaryCall,
  ServerWritableStream,
  StatusObject,
  sendUnaryData,
} from '@grpc/grpc-js';
import type { Authenticator } from '../auth/authenticator.ts';
import type { HanaFlightError } from '../core/errors.ts';
import { type CallRecord, CallScope, type ServerCall } from './call-scope.ts';
import { CookieSession } from './cookie-session.ts';
import type { Call } from './producer.ts';
import { statusOf } from './status.ts';

type Unary = ServerUnaryCall<Buffer, Buffer>;
export type Streaming = ServerWritableStream<Buffer, Buffer>;
export type Duplex = ServerDuplexStream<Buffer, Buffer>;

/** What a call came to, told when its answer is complete. */
export interface CallEnd extends Readonly<CallRecord> {
  readonly durationMs: number;
  /** Undefined when the call succeeded. What is not a HanaFlightError is a fault of the server. */
  readonly error: unknown;
}

/** Told when a call is over; must not throw. */
export type OnCallEnd = (end: CallEnd) => void;

/** Headers to send with the answer to a request with these headers; must not throw. */
export type ResponseHeaders = (
  request: ReadonlyMap<string, string>,
) => Readonly<Record<string, string>>;

export interface CallServerOptions {
  readonly authenticator: Authenticator;
  readonly onCallEnd?: OnCallEnd | undefined;
  readonly responseHeaders?: ResponseHeaders | undefined;
}

/** A call whose caller is known. */
export interface ServedCall {
  readonly scope: CallScope;
  readonly call: Call;
}

/**
 * Runs handlers inside the life of a call: who calls, when it ends early, which status it ends with,
 * what is reported of it.
 */
export class CallServer {
  readonly #options: CallServerOptions;
  readonly #open = new Set<CallScope>();
  #whenIdle: (() => void) | undefined;

  constructor(options: CallServerOptions) {
    this.#options = options;
  }

  /** One request, one reply. */
  unary(rpc: string, handle: (request: Buffer, served: ServedCall) => Promise<Buffer>) {
    return (unary: Unary, respond: sendUnaryData<Buffer>): void => {
      let reply: Buffer | undefined;
      const work = async (scope: CallScope): Promise<void> => {
        reply = await handle(unary.request, await this.authenticate(scope));
      };
      void this.#run(unary, rpc, work).then(({ status, trailers }) =>
        status === undefined ? respond(null, reply, trailers) : respond(status),
      );
    };
  }

  /** One request, a stream of replies. */
  streaming(rpc: string, handle: (stream: Streaming, served: ServedCall) => Promise<void>) {
    return (stream: Streaming): void => {
      const work = async (scope: CallScope): Promise<void> => {
        await handle(stream, await this.authenticate(scope));
        // A backend may take the abort for its end: what was cut must not look complete.
        scope.signal.throwIfAborted();
      };
      void this.#run(stream, rpc, work).then((outcome) => endStream(stream, outcome));
    };
  }

  /** Streams in both directions. The handler asks who calls, for Handshake does not. */
  duplex(rpc: string, handle: (stream: Duplex, scope: CallScope) => Promise<void>) {
    return (stream: Duplex): void => {
      const work = async (scope: CallScope): Promise<void> => {
        await handle(stream, scope);
        scope.signal.throwIfAborted();
      };
      void this.#run(stream, rpc, work).then((outcome) => endStream(stream, outcome));
    };
  }

  /** @throws HanaFlightError `unauthenticated`. */
  async authenticate(scope: CallScope): Promise<ServedCall> {
    const principal = await this.#options.authenticator.authenticate(scope.authorization);
    scope.record.user = principal.user;
    const session = new CookieSession(principal.sessionId, scope.cookies, (cookie) =>
      scope.answer.add('set-cookie', cookie),
    );
    return { scope, call: { principal, session, signal: scope.signal, headers: scope.headers() } };
  }

  /** Makes every open call end with `reason` as its status. */
  abortAll(reason: HanaFlightError): void {
    for (const scope of this.#open) scope.abort(reason);
  }

  /** Resolves once no call is open, every answer having left, or else after `timeoutMs`. */
  async idle(timeoutMs: number): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Never rejects. */
  async #run(
    call: ServerCall,
    rpc: string,
    work: (scope: CallScope) => Promise<void>,
  ): Promise<Outcome> {
    const started = performance.now();
    const scope = new CallScope(call, rpc, () => this.#forget(scope));
    this.#open.add(scope);
    let error: unknown;
    let status: StatusObject | undefined;
    try {
      this.#addResponseHeaders(scope);
      await work(scope);
    } catch (thrown) {
      // Once a call is given up, whatever its work stumbled over is a consequence of that.
      error = scope.signal.aborted ? scope.signal.reason : thrown;
      status = statusOf(error);
    }
    scope.end();
    const trailers = scope.answer.close();
    status?.metadata.merge(trailers);
    this.#options.onCallEnd?.({
      ...scope.record,
      durationMs: performance.now() - started,
      error,
    });
    return { status, trailers };
  }

  #addResponseHeaders(scope: CallScope): void {
    const headers = this.#options.responseHeaders?.(scope.headers()) ?? {};
    for (const [name, value] of Object.entries(headers)) scope.answer.add(name, value);
  }

  #forget(scope: CallScope): void {
    this.#open.delete(scope);
    if (this.#open.size === 0) this.#whenIdle?.();
  }
}

/** What a call ends with. */
interface Outcome {
  /** Of whatever went wrong, its trailers inside; undefined when nothing did. */
  readonly status: StatusObject | undefined;
  readonly trailers: Metadata;
}

function endStream(stream: Streaming | Duplex, { status, trailers }: Outcome): void {
  // An error event is how grpc-js is told the status of a stream; what was written goes out before.
  if (status === undefined) stream.end(trailers);
  else stream.emit('error', status);
}

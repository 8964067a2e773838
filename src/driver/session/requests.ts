import type { Connection, ReplyCallback } from 'hdb';
import type { Segment } from 'hdb/lib/protocol/request/index.js';
import { HanaFlightError } from '../../core/errors.ts';
import { endsSession } from '../error-codes.ts';
import { findPart, type Part, partName, type ReplyMessage } from '../wire/message.ts';
import { PartKind } from '../wire/part-kind.ts';
import { decodeResultSet } from '../wire/parts/result-set.ts';
import type { ResultPacket } from './cursor.ts';
import type { Link } from './link.ts';
import { type BatchRows, losesTransaction, refusalOf, refuses } from './refusal.ts';
import type { TailedRequest } from './request.ts';

/** A reply as this project reads it. */
export interface HanaReply {
  readonly functionCode: number;
  readonly parts: readonly Part[];
  /** The RESULTSET part; undefined when there is none. */
  readonly rows: ResultPacket | undefined;
}

/** Sends one request of a sequence; the memory of its tail is free once HANA has answered. */
export type SendStep = (request: Segment | TailedRequest, batch?: BatchRows) => Promise<HanaReply>;

/** What of a request is of interest until it has its answer. */
interface Pending {
  readonly answer: Promise<unknown>;
  reject(failure: HanaFlightError): void;
}

/**
 * The requests of one session on their way. node-hdb calls back for some of them and not for others when
 * its socket goes away, so each is settled here as soon as the link fails, whatever node-hdb does.
 */
export class Requests {
  readonly #hdb: Connection;
  readonly #link: Link;
  readonly #onTransactionLost: (failure: HanaFlightError) => void;
  readonly #pending = new Set<Pending>();

  /** @param onTransactionLost told of each error with which HANA rolled the transaction back. */
  constructor(hdb: Connection, link: Link, onTransactionLost: (failure: HanaFlightError) => void) {
    this.#hdb = hdb;
    this.#link = link;
    this.#onTransactionLost = onTransactionLost;
    link.watch((failure) => {
      for (const request of this.#pending) request.reject(failure);
    });
  }

  /** Requests that somebody waits for. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Resolves when those that are pending now have been answered. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#pending].map(({ answer }) => answer));
  }

  /** Sends a request with `send`; rejects with HANA's error or with the failure of the link. */
  run(send: (hdb: Connection, done: ReplyCallback) => void, batch?: BatchRows): Promise<HanaReply> {
    return this.#track((resolve, reject) => {
      send(this.#hdb, (error, reply) => {
        const message = this.#link.reply;
        if (error || reply === undefined || message === undefined || refuses(message)) {
          reject(this.#refuse(message, error, batch));
        } else {
          resolve(readReply(message));
        }
      });
    });
  }

  /** Sends a request that nobody waits for, once what others wait for has been done. */
  sendAside(send: (hdb: Connection, done: ReplyCallback) => void): void {
    setImmediate(() => {
      if (this.#link.failure !== undefined) return;
      send(this.#hdb, (error) => {
        const message = this.#link.reply;
        // That a session is over concerns the next request as well, and any other refusal only this one.
        if (error || message === undefined || refuses(message)) {
          this.#refuse(message, error, undefined);
        }
      });
    });
  }

  /** Runs several requests one after the other, with none of anybody else between them. */
  sequence<T>(work: (send: SendStep) => Promise<T>): Promise<T> {
    return this.#track((resolve, reject) => {
      const step: SendStep = (request, batch) => this.#send(request, batch);
      const refused = (error: unknown): void => reject(refusalOf(undefined, error, undefined));
      const run = (next: () => void): void => {
        void work(step).then(resolve, reject).finally(next);
      };
      this.#hdb.enqueue({ run, receive: refused }, refused);
    });
  }

  async #send(request: Parameters<SendStep>[0], batch: BatchRows | undefined): Promise<HanaReply> {
    if (!('tail' in request)) return this.run((hdb, done) => hdb.send(request, done), batch);
    const { segment, tail } = request;
    let written = Promise.resolve();
    const reply = await this.run((hdb, done) => {
      written = this.#link.withTail(tail, () => hdb.send(segment, done));
    }, batch);
    await written;
    return reply;
  }

  /** Says that the transaction must not be committed any more. */
  loseTransaction(failure: HanaFlightError): void {
    this.#onTransactionLost(failure);
  }

  /** The part of a kind. Without it the reply makes no sense, and the link is closed. */
  require(reply: HanaReply, kind: PartKind, request: string): Part {
    return (
      findPart(reply, kind) ??
      this.malformed(request, `expected a ${partName(kind)} part, it has none`)
    );
  }

  requireRows(reply: HanaReply, request: string): ResultPacket {
    return reply.rows ?? this.malformed(request, 'expected a RESULTSET part, it has none');
  }

  /** Closes the link over a reply that makes no sense. */
  malformed(request: string, problem: string): never {
    const failure = new HanaFlightError('malformed-packet', `reply to ${request}: ${problem}`);
    this.#link.fail(failure);
    throw failure;
  }

  #track<T>(
    start: (resolve: (value: T) => void, reject: (failure: unknown) => void) => void,
  ): Promise<T> {
    const { failure } = this.#link;
    if (failure !== undefined) return Promise.reject(failure);
    const request = new PendingRequest<T>((ended) => this.#pending.delete(ended));
    this.#pending.add(request);
    try {
      start(request.resolve, request.reject);
    } catch (cause) {
      // node-hdb throws when a message cannot be written.
      request.reject(cause);
    }
    return request.answer;
  }

  #refuse(
    message: ReplyMessage | undefined,
    error: unknown,
    batch: BatchRows | undefined,
  ): HanaFlightError {
    const failure = refusalOf(message, error, batch);
    if (losesTransaction(failure, message)) this.#onTransactionLost(failure);
    if (endsSession(failure)) this.#link.fail(failure);
    return failure;
  }
}

/** A request until it has its answer. */
class PendingRequest<T> implements Pending {
  readonly answer: Promise<T>;
  #resolve: (value: T) => void = () => {};
  #reject: (failure: HanaFlightError) => void = () => {};
  readonly #onEnd: (ended: Pending) => void;

  constructor(onEnd: (ended: Pending) => void) {
    this.#onEnd = onEnd;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  readonly resolve = (value: T): void => {
    this.#onEnd(this);
    this.#resolve(value);
  };

  readonly reject = (cause: unknown): void => {
    this.#onEnd(this);
    this.#reject(HanaFlightError.from(cause));
  };
}

function readReply(message: ReplyMessage): HanaReply {
  const part = findPart(message, PartKind.RESULTSET);
  const { functionCode, parts } = message;
  if (part === undefined) return { functionCode, parts, rows: undefined };
  const { bytes, last, closed } = decodeResultSet(part);
  return { functionCode, parts, rows: { bytes, last, closed } };
}

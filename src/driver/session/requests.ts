import type { Reply, ReplyCallback } from 'hdb';
import { HanaFlightError } from '../../core/errors.ts';
import { endsSession, errorOfRecord, hanaError } from '../error-codes.ts';
import { findPart, type Part, partName, type ReplyMessage } from '../wire/message.ts';
import { PartKind } from '../wire/part-kind.ts';
import { decodeErrors } from '../wire/parts/error.ts';
import { decodeResultSet } from '../wire/parts/result-set.ts';
import type { ResultPacket } from './cursor.ts';
import type { Link } from './link.ts';

/** A reply as this project reads it. */
export interface HanaReply {
  readonly functionCode: number;
  readonly parts: readonly Part[];
  /** The RESULTSET part; undefined when there is none. */
  readonly rows: ResultPacket | undefined;
}

const NO_BYTES = new Uint8Array();

/**
 * The requests of one session on their way. node-hdb calls back for some of them and not for others when
 * its socket goes away, so each is settled here as soon as the link fails, whatever node-hdb does.
 */
export class Requests {
  readonly #link: Link;
  readonly #pending = new Set<(failure: HanaFlightError) => void>();

  constructor(link: Link) {
    this.#link = link;
    link.watch((failure) => {
      for (const reject of this.#pending) reject(failure);
      this.#pending.clear();
    });
  }

  /** Requests that have no answer yet. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Sends a request with `send`; rejects with HANA's error or with the failure of the link. */
  run(send: (done: ReplyCallback) => void): Promise<HanaReply> {
    const { failure } = this.#link;
    if (failure !== undefined) return Promise.reject(failure);
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      send((error, reply) => {
        this.#pending.delete(reject);
        const message = this.#link.reply;
        if (error || reply === undefined || message === undefined) {
          reject(this.#failureOf(error, message));
        } else {
          resolve(readReply(message, reply));
        }
      });
    });
  }

  /** The part of a kind. Without it the reply makes no sense, and the link is closed. */
  require(reply: HanaReply, kind: PartKind, request: string): Part {
    return findPart(reply, kind) ?? this.#missing(partName(kind), request);
  }

  requireRows(reply: HanaReply, request: string): ResultPacket {
    return reply.rows ?? this.#missing('RESULTSET', request);
  }

  #missing(part: string, request: string): never {
    const failure = new HanaFlightError(
      'malformed-packet',
      `reply to ${request}: expected a ${part} part, it has none`,
    );
    this.#link.fail(failure);
    throw failure;
  }

  #failureOf(error: unknown, message: ReplyMessage | undefined): HanaFlightError {
    const part = message?.kind === 'error' ? findPart(message, PartKind.ERROR) : undefined;
    const [record] = part === undefined ? [] : decodeErrors({ ...part, argumentCount: 1 });
    const failure = record === undefined ? hanaError(error) : errorOfRecord(record, error);
    if (endsSession(failure)) this.#link.fail(failure);
    return failure;
  }
}

/** Takes the row data from node-hdb, which has copied it into an ArrayBuffer of its own already. */
function readReply(message: ReplyMessage, reply: Reply): HanaReply {
  const part = findPart(message, PartKind.RESULTSET);
  const { functionCode, parts } = message;
  if (part === undefined) return { functionCode, parts, rows: undefined };
  const copy = reply.resultSets.find(({ data }) => data !== undefined)?.data?.buffer;
  const { last, closed } = decodeResultSet(part);
  return { functionCode, parts, rows: { bytes: copy ?? NO_BYTES, last, closed } };
}

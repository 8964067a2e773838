import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { SocketLike } from 'hdb';
import { HanaFlightError } from '../../core/errors.ts';
import { hanaError } from '../error-codes.ts';
import { THREAD_BLOCKS } from '../wire/block-memory.ts';
import { PacketAssembler } from '../wire/framing.ts';
import { INITIALIZATION_REPLY_BYTES } from '../wire/initialization.ts';
import { encodeReply, type ReplyMessage, VAR_PART_LENGTH_OFFSET } from '../wire/message.ts';
import { MessageType } from '../wire/message-type.ts';
import { PartKind } from '../wire/part-kind.ts';
import { checkReply } from '../wire/reply-check.ts';

export interface GuardOptions {
  /** `host:port`, for messages. */
  readonly peer: string;
  /** Longest silence of HANA while it owes a reply after the logon; 0 waits for ever. */
  readonly communicationTimeoutMs: number;
  /** Called once when the connection is lost for whatever reason; the socket is closed by then. */
  readonly onFailure: (cause: unknown) => void;
}

/** Where the message type stands in a request packet. */
const MESSAGE_TYPE_OFFSET = 32 + 13;
const MESSAGE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(MessageType).map(([name, type]) => [type, name]),
);

/** A packet that claims to be longer is taken for garbage: HANA's stay far below. */
const MAX_REPLY_BYTES = 2 ** 30;

/**
 * Stands between the socket and node-hdb, which takes it for its socket. Left alone with the network,
 * node-hdb loses a reply that arrives glued to another one, wants the whole initialization reply in one
 * piece, waits for ever, and throws out of the socket's event handler on bytes it did not expect, which
 * ends the process. So node-hdb is handed exactly one whole, checked reply for each request, and what it
 * throws all the same is caught here. Any failure closes the socket and is reported once.
 */
export class ReplyGuard extends EventEmitter implements SocketLike {
  readonly #socket: Socket;
  readonly #options: GuardOptions;
  readonly #assembler = new PacketAssembler(MAX_REPLY_BYTES, THREAD_BLOCKS);
  /** What follows the next packet. */
  #tail: Tail | undefined;
  #reply: ReplyMessage | undefined;
  /** What HANA owes a reply to; undefined when it owes none. */
  #owed: string | undefined;
  #ended = false;
  #initialized = false;
  #loggedOn = false;

  constructor(socket: Socket, options: GuardOptions) {
    super();
    this.#socket = socket;
    this.#options = options;
    socket.on('error', (cause) => this.#fail(this.#lost('failed', cause)));
    socket.on('timeout', () => this.#fail(this.#lost(this.#silence())));
    socket.on('close', () => this.#fail(this.#lost('was closed by HANA')));
  }

  get readyState(): string {
    return this.#ended ? 'closed' : this.#socket.readyState;
  }

  /** The reply that node-hdb is being handed: there while it calls back for it, and then no more. */
  get reply(): ReplyMessage | undefined {
    return this.#reply;
  }

  /** From now on node-hdb hears of the end of the connection. */
  confirmLogon(): void {
    this.#loggedOn = true;
  }

  write(packet: Buffer): boolean {
    if (this.#ended) return false;
    if (this.#initialized) {
      const type = packet.readUInt8(MESSAGE_TYPE_OFFSET);
      this.#owed = MESSAGE_NAMES.get(type) ?? `message ${type}`;
    } else {
      this.#owed = 'the initialization request';
    }
    // A logon has a time limit of its own.
    if (this.#loggedOn) this.#socket.setTimeout(this.#options.communicationTimeoutMs);
    return this.#tail === undefined
      ? this.#socket.write(packet)
      : this.#writeWithTail(packet, this.#tail);
  }

  /**
   * Calls `send`, in which node-hdb writes one packet, and writes `tail` behind it as the rest of that packet.
   * @returns when the tail was written, or the socket gave it up, or node-hdb has written nothing.
   */
  withTail(pieces: readonly Uint8Array[], send: () => void): Promise<void> {
    return new Promise((resolve) => {
      const tail: Tail = { pieces, onWritten: resolve };
      this.#tail = tail;
      try {
        send();
      } finally {
        // Still there when node-hdb has refused to send.
        if (this.#tail === tail) resolve();
        this.#tail = undefined;
      }
    });
  }

  #writeWithTail(packet: Buffer, { pieces, onWritten }: Tail): boolean {
    this.#tail = undefined;
    const tailBytes = pieces.reduce((sum, { length }) => sum + length, 0);
    const varPartBytes = packet.readUInt32LE(VAR_PART_LENGTH_OFFSET) + tailBytes;
    packet.writeUInt32LE(varPartBytes, VAR_PART_LENGTH_OFFSET);
    const socket = this.#socket;
    socket.cork();
    socket.write(packet);
    let left = pieces.length;
    for (const piece of pieces) {
      // Called in any case, with an error when the socket was destroyed.
      socket.write(piece, () => {
        left--;
        if (left === 0) onWritten();
      });
    }
    socket.uncork();
    return !socket.writableNeedDrain;
  }

  /**
   * What node-hdb calls: without an error when it turns to another host during logon, which is no
   * failure, or has said goodbye; with one when HANA called an error fatal.
   */
  destroy(error?: Error): this {
    if (error === undefined && !this.#loggedOn) {
      this.#ended = true;
      this.#socket.destroy();
    } else {
      this.#fail(error ?? this.#lost('is closed'));
    }
    return this;
  }

  /** Where the socket may read to; undefined: wherever it likes. Good until the next read. */
  room(): Uint8Array | undefined {
    return this.#ended ? undefined : this.#assembler.room();
  }

  /** Takes what the socket has read; its memory may be used again afterwards, unless it was {@link room}. */
  receive(chunk: Uint8Array): void {
    if (this.#ended) return;
    try {
      if (this.#owed === undefined) {
        throw new HanaFlightError(
          'malformed-packet',
          `expected nothing, as no request is open, ${chunk.length} bytes came`,
        );
      }
      this.#assembler.push(chunk);
      const packet = this.#initialized
        ? this.#assembler.nextPacket()
        : this.#assembler.take(INITIALIZATION_REPLY_BYTES);
      if (packet === undefined) return;
      // The protocol is strictly request and reply: what follows a reply answers nothing that was asked.
      if (this.#assembler.bufferedBytes > 0) {
        throw new HanaFlightError(
          'malformed-packet',
          `expected the end after ${packet.length} bytes, ${this.#assembler.bufferedBytes} more came with them`,
        );
      }
      this.#deliver(packet, this.#owed);
    } catch (cause) {
      this.#fail(this.#located(cause));
    }
  }

  #deliver(packet: Uint8Array, request: string): void {
    if (this.#initialized) this.#reply = checkReply(packet);
    const forNodeHdb = this.#reply === undefined ? packet : withoutRows(packet, this.#reply);
    this.#initialized = true;
    this.#owed = undefined;
    this.#socket.setTimeout(0);
    try {
      this.emit(
        'data',
        Buffer.from(forNodeHdb.buffer, forNodeHdb.byteOffset, forNodeHdb.byteLength),
      );
    } catch (cause) {
      const error = hanaError(cause);
      throw error.code === 'internal' ? unreadable(request, error) : error;
    } finally {
      this.#reply = undefined;
    }
  }

  #fail(cause: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#socket.destroy();
    this.#options.onFailure(cause);
    // Before the initialization reply node-hdb runs a timer that only an 'error' ends. Between there and
    // the end of the logon it must hear nothing: its password hashing runs on another thread, and comes
    // back to state that a 'close' would have torn down.
    if (!this.#initialized && this.listenerCount('error') > 0) this.emit('error', cause);
    if (this.#loggedOn) this.emit('close', true);
  }

  #located(cause: unknown): HanaFlightError {
    const error = HanaFlightError.from(cause, 'malformed-packet');
    if (error.code !== 'malformed-packet') return error;
    return new HanaFlightError(
      error.code,
      `${this.#options.peer} sent what is not HANA's protocol${this.#occasion()}: ${error.message}`,
      { cause },
    );
  }

  #lost(event: string, cause?: Error): HanaFlightError {
    const known = cause === undefined ? 'unavailable' : hanaError(cause).code;
    const reason = cause === undefined ? '' : `: ${cause.message}`;
    return new HanaFlightError(
      known === 'internal' ? 'unavailable' : known,
      `connection to HANA at ${this.#options.peer} ${event}${this.#occasion()}${reason}`,
      { cause },
    );
  }

  #silence(): string {
    return `was silent for ${this.#options.communicationTimeoutMs} ms (communicationTimeoutMs)`;
  }

  #occasion(): string {
    if (this.#owed === undefined) return '';
    return this.#assembler.bufferedBytes > 0
      ? `, inside the reply to ${this.#owed}`
      : `, in place of the reply to ${this.#owed}`;
  }
}

/** The end of a packet that node-hdb does not get to see. */
interface Tail {
  readonly pieces: readonly Uint8Array[];
  readonly onWritten: () => void;
}

const NO_BYTES = new Uint8Array(0);

/**
 * The reply with empty row data and without counts of rows: node-hdb would copy the ones and make an array of
 * the others, which are read elsewhere.
 */
function withoutRows(packet: Uint8Array, reply: ReplyMessage): Uint8Array {
  if (!reply.parts.some(({ kind }) => kind === PartKind.RESULTSET || isCounts(kind))) return packet;
  const parts = reply.parts
    .filter(({ kind }) => !isCounts(kind))
    .map((part) => (part.kind === PartKind.RESULTSET ? { ...part, data: NO_BYTES } : part));
  return encodeReply({ ...reply, parts });
}

function isCounts(kind: number): boolean {
  return kind === PartKind.ROWSAFFECTED;
}

/** For what node-hdb threw over a reply whose structure is sound. */
function unreadable(request: string, cause: HanaFlightError): HanaFlightError {
  return new HanaFlightError(
    'malformed-packet',
    `reply to ${request} cannot be read: ${cause.message}`,
    { cause },
  );
}

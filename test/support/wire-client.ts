import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { PacketAssembler } from '../../src/driver/wire/framing.ts';
import {
  encodeInitializationRequest,
  INITIALIZATION_REPLY_BYTES,
} from '../../src/driver/wire/initialization.ts';
import {
  decodeReply,
  encodeRequest,
  findPart,
  makePart,
  type Part,
  type ReplyMessage,
  requirePart,
} from '../../src/driver/wire/message.ts';
import { MessageType } from '../../src/driver/wire/message-type.ts';
import { PartKind } from '../../src/driver/wire/part-kind.ts';
import {
  decodeAuthentication,
  decodeFields,
  encodeAuthentication,
} from '../../src/driver/wire/parts/authentication.ts';
import { encodeCommand } from '../../src/driver/wire/parts/command.ts';
import { decodeErrors } from '../../src/driver/wire/parts/error.ts';
import { encodeOptions, type Options } from '../../src/driver/wire/parts/options.ts';
import { makeClientProof, type ScramMethod } from '../../src/sandbox/scram.ts';

/** How a request differs from a plain one. */
export interface RequestTerms {
  readonly commitImmediate?: boolean;
  readonly commandOptions?: number;
}

/** A HANA client for tests that says exactly what it is told, one request at a time. */
export class WireClient {
  readonly socket: Socket;
  readonly #assembler = new PacketAssembler(1 << 28);
  #wake: () => void = () => undefined;
  #closed = false;
  #packetCount = 0;
  sessionId = 0n;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#assembler.push(chunk);
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  /** Connects; sends nothing. */
  static async open(port: number): Promise<WireClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new WireClient(socket);
  }

  /** Connects, initializes and logs on. */
  static async logOn(port: number, method: ScramMethod = 'SCRAMPBKDF2SHA256'): Promise<WireClient> {
    const client = await WireClient.open(port);
    await client.initialize();
    const reply = await client.authenticate('DEMO', 'Demo1234', method);
    if (reply.kind === 'error') throw new Error('logon failed');
    return client;
  }

  async initialize(): Promise<Uint8Array> {
    this.socket.write(encodeInitializationRequest());
    return this.#arrived(() => this.#assembler.take(INITIALIZATION_REPLY_BYTES));
  }

  /** Both steps of a logon; the reply to CONNECT, or the error that came before. */
  async authenticate(
    user: string,
    password: string,
    method: ScramMethod,
    options: Options = DATA_FORMAT_8,
  ): Promise<ReplyMessage> {
    const clientChallenge = randomBytes(64);
    const name = Buffer.from(method);
    const first = await this.request(MessageType.AUTHENTICATE, [
      encodeAuthentication([Buffer.from(user), name, clientChallenge]),
    ]);
    if (first.kind === 'error') return first;
    const [, data = new Uint8Array()] = decodeAuthentication(
      requirePart(first, PartKind.AUTHENTICATION),
    );
    const [salt = new Uint8Array(), server = new Uint8Array(), rounds] = decodeFields(
      data,
      'terms',
    );
    const iterations = rounds === undefined ? 0 : Buffer.from(rounds).readUInt32BE();
    const proof = await makeClientProof(
      password,
      { method, salt, iterations },
      { client: clientChallenge, server },
    );
    const reply = await this.request(MessageType.CONNECT, [
      encodeAuthentication([
        Buffer.from(user),
        name,
        Buffer.concat([Uint8Array.of(1, 0, 32), proof]),
      ]),
      encodeOptions(PartKind.CONNECTOPTIONS, options),
    ]);
    this.sessionId = reply.sessionId;
    return reply;
  }

  /** Sends one request and waits for its reply. */
  async request(
    messageType: number,
    parts: readonly Part[] = [],
    terms: RequestTerms = {},
  ): Promise<ReplyMessage> {
    this.send(messageType, parts, terms);
    return this.receive();
  }

  send(messageType: number, parts: readonly Part[] = [], terms: RequestTerms = {}): void {
    this.sendRaw(
      encodeRequest({
        sessionId: this.sessionId,
        packetCount: this.#packetCount++,
        messageType,
        commitImmediate: terms.commitImmediate ?? true,
        commandOptions: terms.commandOptions ?? 8,
        parts,
      }),
    );
  }

  sendRaw(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next reply. */
  async receive(): Promise<ReplyMessage> {
    return decodeReply(await this.receiveRaw());
  }

  receiveRaw(): Promise<Uint8Array> {
    return this.#arrived(() => this.#assembler.nextPacket());
  }

  execute(sql: string, terms: RequestTerms = {}): Promise<ReplyMessage> {
    return this.request(MessageType.EXECUTEDIRECT, [encodeCommand(sql)], terms);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Resolves once the server has closed the connection. */
  async untilClosed(): Promise<void> {
    // Not once(): it would reject for the error that a reset connection reports first.
    if (!this.#closed) await new Promise((resolve) => this.socket.on('close', resolve));
  }

  close(): void {
    this.socket.destroy();
  }

  async #arrived(take: () => Uint8Array | undefined): Promise<Uint8Array> {
    for (;;) {
      const bytes = take();
      if (bytes !== undefined) return bytes;
      if (this.#closed) throw new Error('the server closed the connection');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

/** The code and text of the only error of a reply. */
export function errorOf(reply: ReplyMessage): { readonly code: number; readonly text: string } {
  const part = findPart(reply, PartKind.ERROR);
  const [error] = part === undefined ? [] : decodeErrors(part);
  return { code: error?.code ?? 0, text: error?.text ?? '' };
}

/** A part of a kind with bytes that need not make sense. */
export function rawPart(kind: number, data: Uint8Array, argumentCount = 1): Part {
  return { ...makePart(PartKind.COMMAND, argumentCount, data), kind };
}

const DATA_FORMAT_8: Options = new Map([
  [12, { type: 'int', value: 8 }],
  [23, { type: 'int', value: 8 }],
]);

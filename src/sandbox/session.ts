import type { Socket } from 'node:net';
import { THREAD_BLOCKS } from '../driver/wire/block-memory.ts';
import { PacketAssembler } from '../driver/wire/framing.ts';
import { FunctionCode } from '../driver/wire/function-code.ts';
import {
  checkInitializationRequest,
  encodeInitializationReply,
  INITIALIZATION_REQUEST_BYTES,
} from '../driver/wire/initialization.ts';
import {
  decodeRequest,
  encodeReply,
  type ReplyMessage,
  type RequestMessage,
  requirePart,
} from '../driver/wire/message.ts';
import { MessageType } from '../driver/wire/message-type.ts';
import { PartKind } from '../driver/wire/part-kind.ts';
import { DbConnectInfoOption } from '../driver/wire/parts/db-connect-info.ts';
import { decodeOptions, encodeOptions } from '../driver/wire/parts/options.ts';
import type { Engine } from './engine.ts';
import { cutRows, damagePacket, type FaultPlan, InjectedFault } from './faults.ts';
import { LobStore } from './lobs.ts';
import { type LoggedOnClient, Logon, type UserDirectory } from './logon.ts';
import { answerConnectOptions, negotiateDataFormatVersion } from './negotiation.ts';
import { errorReply, makeReply, protocolError, type Reply } from './reply.ts';
import type { RegisteredSession, SessionRegistry, SessionSnapshot } from './session-registry.ts';
import { ShapedLink, type Shaping } from './shaping.ts';
import { SqlSession } from './sql-session.ts';
import type { FetchLimits } from './statement-runner.ts';
import type { StatementSlots } from './statement-slots.ts';
import type { SystemIdentity } from './system-identity.ts';
import type { SessionTrace } from './trace.ts';

/** What all sessions of a server share. */
export interface ServerContext {
  readonly engine: Engine;
  readonly users: UserDirectory;
  readonly system: SystemIdentity;
  readonly registry: SessionRegistry;
  readonly shaping: Shaping;
  readonly faults: FaultPlan;
  readonly limits: FetchLimits;
  readonly slots: StatementSlots;
  readonly maxPacketBytes: number;
  /** Unique in the server; numbers sessions, statements and transactions. */
  readonly nextNumber: () => number;
  readonly openTrace: (connectionId: number) => SessionTrace | undefined;
}

/** How long a connection may take to log on. */
const LOGON_TIMEOUT_MS = 60_000;

/**
 * One TCP connection: initialization, logon, then requests in the order they came, one reply each. When
 * the client goes away, what runs for it is interrupted and rolled back.
 */
export class Session implements RegisteredSession {
  readonly connectionId: number;
  /** Resolves when the connection is gone and its engine session closed. Never rejects. */
  readonly ended: Promise<void>;
  readonly #context: ServerContext;
  readonly #socket: Socket;
  readonly #assembler: PacketAssembler;
  readonly #link: ShapedLink;
  readonly #logon: Logon;
  readonly #trace: SessionTrace | undefined;
  readonly #gone = new AbortController();
  readonly #connectedAt = new Date();
  #initialized = false;
  #client: LoggedOnClient | undefined;
  #sql: SqlSession | undefined;
  #serving: Promise<void> | undefined;

  constructor(socket: Socket, context: ServerContext) {
    this.connectionId = context.nextNumber();
    this.#context = context;
    this.#socket = socket;
    this.#assembler = new PacketAssembler(context.maxPacketBytes);
    this.#link = new ShapedLink(socket, context.shaping, this.#gone.signal);
    this.#logon = new Logon(context.users);
    this.#trace = context.openTrace(this.connectionId);
    this.ended = this.#live();
  }

  snapshot(): SessionSnapshot {
    return {
      connectionId: this.connectionId,
      user: this.#client?.user ?? '',
      clientHost: this.#socket.remoteAddress ?? '',
      clientPid: this.#client?.clientPid ?? 0,
      clientType: this.#client?.clientType ?? '',
      connectedAt: this.#connectedAt,
      status: this.#serving === undefined ? 'idle' : 'running',
      statements: this.#sql?.activeStatements() ?? [],
      transaction: this.#sql?.transaction,
      bytesReceived: this.#socket.bytesRead,
      bytesSent: this.#socket.bytesWritten,
    };
  }

  cancel(): void {
    this.#sql?.cancel();
  }

  disconnect(): void {
    this.#socket.destroy();
  }

  async #live(): Promise<void> {
    const socket = this.#socket;
    const logonTimer = setTimeout(() => {
      if (this.#client === undefined) socket.destroy();
    }, LOGON_TIMEOUT_MS);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#receive(chunk);
    });
    // Read to the end at all times, so that a client that goes away is noticed while its statement runs.
    socket.on('end', () => socket.destroy());
    // 'close' follows every error.
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
    });
    clearTimeout(logonTimer);
    this.#gone.abort();
    this.#context.registry.remove(this.connectionId);
    this.#sql?.cancel();
    await this.#serving;
    // Nobody is left to tell about a failure to clean up.
    await this.#sql?.close().catch(() => undefined);
    this.#trace?.note('closed');
  }

  #receive(chunk: Buffer): void {
    this.#assembler.push(chunk);
    // A client waits for the reply before it sends again; one that does not is held back.
    if (this.#assembler.bufferedBytes > 2 * this.#context.maxPacketBytes) this.#socket.pause();
    this.#serving ??= this.#serveAll().finally(() => {
      this.#serving = undefined;
    });
  }

  async #serveAll(): Promise<void> {
    try {
      while (!this.#gone.signal.aborted && (await this.#serveNext())) this.#socket.resume();
    } catch (error) {
      this.#endBrokenConnection(error);
    }
  }

  /** False when the next packet has not arrived yet. */
  async #serveNext(): Promise<boolean> {
    if (!this.#initialized) return this.#initialize();
    const packet = this.#nextPacket();
    if (packet instanceof Error) {
      await this.#send({ ...errorReply(packet), closes: true }, 0);
      return true;
    }
    if (packet === undefined) return false;
    const packetCount = new DataView(packet.buffer, packet.byteOffset).getInt32(8, true);
    this.#trace?.request(packet);
    const reply = await this.#answerPacket(packet);
    await this.#send(reply, packetCount);
    return true;
  }

  /** The error when the header claims too much: nothing behind it can be told apart. */
  #nextPacket(): Uint8Array | Error | undefined {
    try {
      return this.#assembler.nextPacket();
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  async #initialize(): Promise<boolean> {
    const bytes = this.#assembler.take(INITIALIZATION_REQUEST_BYTES);
    if (bytes === undefined) return false;
    checkInitializationRequest(bytes);
    this.#initialized = true;
    // In one piece and with nothing behind it: node-hdb looks at the first chunk only.
    await this.#link.send(encodeInitializationReply());
    return true;
  }

  /** A failure that is not the request's: reset on purpose, or bytes that are not HANA's at all. */
  #endBrokenConnection(error: unknown): void {
    this.#trace?.note(String(error));
    if (error instanceof InjectedFault) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  async #answerPacket(packet: Uint8Array): Promise<Reply> {
    try {
      return await this.#answer(decodeRequest(packet));
    } catch (error) {
      if (!(error instanceof InjectedFault)) return errorReply(error);
      if (error.action === 'stall') await this.#untilGone();
      throw error;
    }
  }

  #answer(request: RequestMessage): Promise<Reply> {
    switch (request.messageType) {
      case MessageType.AUTHENTICATE:
        return this.#authenticate(request);
      case MessageType.CONNECT:
        return this.#connect(request);
      case MessageType.DBCONNECTINFO:
        return this.#answerDbConnectInfo(request);
      case MessageType.DISCONNECT:
        return Promise.resolve({ ...makeReply(FunctionCode.DISCONNECT), closes: true });
      default:
        if (this.#sql !== undefined) return this.#sql.answer(request);
        throw protocolError(`message type ${request.messageType} came before the logon`);
    }
  }

  async #authenticate(request: RequestMessage): Promise<Reply> {
    if (this.#sql !== undefined) throw protocolError('the session is logged on already');
    return makeReply(FunctionCode.NIL, [await this.#logon.challenge(request)]);
  }

  async #connect(request: RequestMessage): Promise<Reply> {
    if (this.#sql !== undefined) throw protocolError('the session is logged on already');
    const optionsPart = requirePart(request, PartKind.CONNECTOPTIONS);
    const requested = decodeOptions(optionsPart);
    const { client, reply } = this.#logon.prove(request);
    const lobs = new LobStore();
    const engine = await this.#context.engine.openSession(
      {
        connectionId: this.connectionId,
        user: client.user,
        dataFormatVersion: negotiateDataFormatVersion(requested),
        clientHost: this.#socket.remoteAddress ?? '',
      },
      lobs,
    );
    const { registry, system } = this.#context;
    this.#sql = new SqlSession({ ...this.#context, engine, lobs, user: client.user });
    this.#client = client;
    if (!this.#gone.signal.aborted) registry.add(this);
    const options = answerConnectOptions(requested, this.connectionId, system);
    return makeReply(FunctionCode.NIL, [reply, encodeOptions(PartKind.CONNECTOPTIONS, options)]);
  }

  /** There is one database, so every client is at the right place. */
  async #answerDbConnectInfo(request: RequestMessage): Promise<Reply> {
    decodeOptions(requirePart(request, PartKind.DBCONNECTINFO));
    const stay = { type: 'boolean', value: true } as const;
    const info = new Map([[DbConnectInfoOption.ON_CORRECT_DATABASE, stay]]);
    return makeReply(FunctionCode.NIL, [encodeOptions(PartKind.DBCONNECTINFO, info)]);
  }

  async #send(reply: Reply, packetCount: number): Promise<void> {
    const message: ReplyMessage = {
      // SAP's own client refuses an AUTHENTICATE reply with a session id: there is no session yet.
      sessionId: this.#sql === undefined ? 0n : BigInt(this.connectionId),
      packetCount,
      kind: reply.kind,
      functionCode: reply.functionCode,
      parts: reply.corruption === 'cut-rows' ? cutRows(reply.parts) : reply.parts,
    };
    const packet = encodeReply(message, THREAD_BLOCKS);
    if (reply.corruption !== undefined) damagePacket(packet, reply.corruption);
    this.#trace?.reply(packet);
    await this.#link.send(packet);
    THREAD_BLOCKS.give(packet.buffer);
    const failedLogon = reply.kind === 'error' && this.#sql === undefined;
    if (reply.closes || failedLogon) await this.#hangUp();
  }

  /** Sends what is left and waits for the client to close as well, but not for long. */
  async #hangUp(): Promise<void> {
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), 1000);
    await this.#untilGone();
    clearTimeout(timer);
  }

  #untilGone(): Promise<void> {
    const { signal } = this.#gone;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

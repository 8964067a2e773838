import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectFunction } from 'hdb';
import type { HanaFlightError } from '../../core/errors.ts';
import { hanaError } from '../error-codes.ts';
import { hostPort } from '../hana-endpoint.ts';
import type { ReplyMessage } from '../wire/message.ts';
import { ReplyGuard } from './reply-guard.ts';

/** How long a TCP connection may be idle before the system probes whether the peer is alive. */
const KEEP_ALIVE_MS = 200_000;

export interface LinkOptions {
  /** Absent: plain TCP. `authorities` is PEM text. */
  readonly tls?:
    | {
        readonly validateCertificate: boolean;
        readonly authorities: string | undefined;
        readonly serverName: string | undefined;
      }
    | undefined;
  readonly communicationTimeoutMs: number;
}

/**
 * The network connection below one session. A logon may go through several sockets, one after the other
 * (tenant database, redirect of HANA Cloud); the link is whichever is in use. It fails once, for good.
 */
export class Link {
  readonly #options: LinkOptions;
  #socket: Socket | undefined;
  #guard: ReplyGuard | undefined;
  #failure: HanaFlightError | undefined;
  #lose: (failure: HanaFlightError) => void = () => {};
  /** Resolves when the link is down for good. */
  readonly lost = new Promise<HanaFlightError>((resolve) => {
    this.#lose = resolve;
  });
  #onFailure: (failure: HanaFlightError) => void = () => {};

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** Why the link is down; undefined while it is up. */
  get failure(): HanaFlightError | undefined {
    return this.#failure;
  }

  /** Names the one that is told when the link fails, in place of the one before. */
  watch(onFailure: (failure: HanaFlightError) => void): void {
    this.#onFailure = onFailure;
  }

  /** What node-hdb calls to get connected; it gets a {@link ReplyGuard} for its socket. */
  readonly open: ConnectFunction = (target, callback) => {
    // The socket asks for room while it is being made.
    let reader: ReplyGuard | undefined;
    const socket = this.#connect(target, {
      room: () => reader?.room(),
      receive: (chunk) => reader?.receive(chunk),
    });
    const guard = new ReplyGuard(socket, {
      peer: hostPort(target),
      communicationTimeoutMs: this.#options.communicationTimeoutMs,
      onFailure: (cause) => this.#guardFailed(guard, cause),
    });
    reader = guard;
    this.#socket = socket;
    this.#guard = guard;
    const event = this.#options.tls === undefined ? 'connect' : 'secureConnect';
    socket.once(event, () => callback(null, guard));
  };

  /** The reply that node-hdb is calling back for. */
  get reply(): ReplyMessage | undefined {
    return this.#guard?.reply;
  }

  /**
   * Has `send` make node-hdb write a packet, behind which `tail` goes out as part of it.
   * @returns when the tail was written, or never will be; the link has failed in the latter case.
   */
  withTail(tail: readonly Uint8Array[], send: () => void): Promise<void> {
    if (this.#guard !== undefined) return this.#guard.withTail(tail, send);
    send();
    return Promise.resolve();
  }

  /** Ends the logon: no other socket will take this one's place. */
  confirmLogon(): void {
    this.#guard?.confirmLogon();
  }

  /** Closes the socket at once and reports `cause`, unless the link had failed before. */
  fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = hanaError(cause);
    this.#onFailure(this.#failure);
    this.#lose(this.#failure);
    this.#guard?.destroy(this.#failure);
    this.#socket?.destroy();
  }

  #guardFailed(guard: ReplyGuard, cause: unknown): void {
    if (guard === this.#guard) this.fail(cause);
  }

  #connect({ host, port }: { host: string; port: number }, reader: SocketReader): Socket {
    const { tls } = this.#options;
    const tcp = {
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    };
    if (tls === undefined) return connectTcp({ ...tcp, onread: readInto(reader) });
    const serverName = tls.serverName ?? (isIP(host) === 0 ? host : undefined);
    const socket = connectTls({
      ...tcp,
      rejectUnauthorized: tls.validateCertificate,
      ...(tls.authorities === undefined ? {} : { ca: tls.authorities }),
      ...(serverName === undefined ? {} : { servername: serverName }),
    });
    return socket.on('data', reader.receive);
  }
}

/** What takes the bytes of a socket; see ReplyGuard. */
interface SocketReader {
  readonly room: () => Uint8Array | undefined;
  readonly receive: (chunk: Uint8Array) => void;
}

/** How much of a new packet is read at a time; Node's own limit is 64 KiB. */
const READ_BYTES = 256 * 1024;

/** Where packets begin, of all sockets of the thread: what is read there is copied before anything else is read. */
const START = Buffer.allocUnsafeSlow(READ_BYTES);

/** Reads on into the packet that has begun; what begins a new one goes to {@link START}. TLS has no such way. */
function readInto({ room, receive }: SocketReader) {
  return {
    buffer: () => room() ?? START,
    callback: (byteCount: number, buffer: Uint8Array): boolean => {
      receive(buffer.subarray(0, byteCount));
      return true;
    },
  };
}

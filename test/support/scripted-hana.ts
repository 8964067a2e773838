import { createServer, type Server, type Socket } from 'node:net';
import { PacketAssembler } from '../../src/driver/wire/framing.ts';
import {
  encodeInitializationReply,
  INITIALIZATION_REQUEST_BYTES,
} from '../../src/driver/wire/initialization.ts';
import {
  decodeRequest,
  encodeReply,
  type Part,
  type RequestMessage,
  requirePart,
} from '../../src/driver/wire/message.ts';
import { MessageType } from '../../src/driver/wire/message-type.ts';
import { PartKind } from '../../src/driver/wire/part-kind.ts';
import { encodeErrors } from '../../src/driver/wire/parts/error.ts';
import { decodeOptions, encodeOptions } from '../../src/driver/wire/parts/options.ts';
import { Logon, UserDirectory } from '../../src/sandbox/logon.ts';
import { answerConnectOptions } from '../../src/sandbox/negotiation.ts';

/** One client connection of a {@link ScriptedHana}. */
export class ScriptedWire {
  readonly socket: Socket;
  /** The request being answered. */
  request: RequestMessage | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** The bytes of a well-formed reply. */
  packet(functionCode: number, parts: readonly Part[], kind: 'reply' | 'error' = 'reply'): Buffer {
    const packetCount = this.request?.packetCount ?? 0;
    return Buffer.from(encodeReply({ sessionId: 1n, packetCount, kind, functionCode, parts }));
  }

  reply(functionCode: number, parts: readonly Part[] = []): void {
    this.socket.write(this.packet(functionCode, parts));
  }

  error(code: number, text: string, position = 0, level: 'error' | 'fatal' = 'error'): void {
    const record = { code, text, position, level, sqlState: 'HY000' };
    this.socket.write(this.packet(0, [encodeErrors([record])], 'error'));
  }
}

export type Script = (request: RequestMessage, wire: ScriptedWire) => void | Promise<void>;

export interface ScriptedHana {
  readonly port: number;
  /** Message types of the requests that came, the two of a logon included. */
  readonly requests: number[];
  readonly connections: () => number;
  close(): Promise<void>;
}

export interface ScriptedHanaOptions {
  /** Answers one step of the logon in place of the usual answer; returns false to leave it to that. */
  readonly logon?: ((request: RequestMessage, wire: ScriptedWire) => boolean) | undefined;
  /** Bytes in place of the initialization reply. */
  readonly initialization?: (socket: Socket) => void;
}

/**
 * A server on loopback that lets anybody named DEMO with password Demo1234 log on and then answers as a
 * test says, byte by byte if need be: what a HANA in good health, and the sandbox, never send.
 */
export async function startScriptedHana(
  script: Script,
  options: ScriptedHanaOptions = {},
): Promise<ScriptedHana> {
  const requests: number[] = [];
  const sockets = new Set<Socket>();
  let closing = false;
  const server = createServer((socket) => {
    if (closing) socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    serve(socket, script, options, requests);
  });
  const port = await listen(server);
  return {
    port,
    requests,
    connections: () => sockets.size,
    close: async () => {
      closing = true;
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function serve(
  socket: Socket,
  script: Script,
  options: ScriptedHanaOptions,
  requests: number[],
): void {
  const assembler = new PacketAssembler(2 ** 27);
  const logon = new Logon(new UserDirectory((user) => (user === 'DEMO' ? 'Demo1234' : undefined)));
  const wire = new ScriptedWire(socket);
  let initialized = false;
  const answer = async (request: RequestMessage): Promise<void> => {
    requests.push(request.messageType);
    wire.request = request;
    if (!(await logonStep(logon, request, wire, options))) await script(request, wire);
  };
  let queue = Promise.resolve();
  socket.on('data', (chunk) => {
    assembler.push(chunk);
    if (!initialized) {
      if (assembler.take(INITIALIZATION_REQUEST_BYTES) === undefined) return;
      initialized = true;
      if (options.initialization) options.initialization(socket);
      else socket.write(encodeInitializationReply());
    }
    for (let packet = assembler.nextPacket(); packet; packet = assembler.nextPacket()) {
      const request = decodeRequest(Uint8Array.from(packet));
      queue = queue.then(() => answer(request));
    }
  });
}

async function logonStep(
  logon: Logon,
  request: RequestMessage,
  wire: ScriptedWire,
  options: ScriptedHanaOptions,
): Promise<boolean> {
  const { messageType } = request;
  const isLogon =
    messageType === MessageType.AUTHENTICATE ||
    messageType === MessageType.CONNECT ||
    messageType === MessageType.DBCONNECTINFO;
  if (!isLogon) return false;
  if (options.logon?.(request, wire)) return true;
  if (messageType === MessageType.AUTHENTICATE) {
    wire.reply(0, [await logon.challenge(request)]);
  } else {
    try {
      const { reply } = logon.prove(request);
      const asked = decodeOptions(requirePart(request, PartKind.CONNECTOPTIONS));
      const system = { systemId: 'HXE', databaseName: 'HXE', version: '2.00.076.00.1700000000' };
      const told = answerConnectOptions(asked, 4711, system);
      wire.reply(0, [reply, encodeOptions(PartKind.CONNECTOPTIONS, told)]);
    } catch {
      wire.error(10, 'authentication failed');
    }
  }
  return true;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return address.port;
}

import {
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  credentials,
  type Deadline,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { CITIES, memoryProducer } from '../../examples/memory-producer.ts';
import type { ArrowBatch } from '../../src/arrow/batch.ts';
import { encodeBatch } from '../../src/arrow/ipc-batch.ts';
import type { Authenticator, Session } from '../../src/auth/authenticator.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import type { CallEnd } from '../../src/flight/call-server.ts';
import {
  connectFlight,
  type FlightClientOptions,
  type FlightSqlClient,
} from '../../src/flight/client.ts';
import { encodeFlightData } from '../../src/flight/flight-data.ts';
import { DESCRIPTOR_TYPE, FLIGHT, messageCodec, packAny } from '../../src/flight/protocol.ts';
import {
  type FlightServer,
  type FlightServerOptions,
  startFlightServer,
} from '../../src/flight/server.ts';

export const USER = 'DEMO';
export const PASSWORD = 'Demo1234';
export const TOKEN = 'token-of-DEMO';

const SESSION: Session = {
  principal: { user: USER, credentials: { kind: 'password', user: USER, password: PASSWORD } },
  token: TOKEN,
};

/** Knows one user and one token. */
export const authenticator: Authenticator = {
  authenticate: async (header) => (await authenticator.logOn(header)).principal,
  logOn: async (header) => {
    const [scheme, value = ''] = header?.split(' ') ?? [];
    const text = scheme === 'Basic' ? Buffer.from(value, 'base64').toString() : value;
    if (text === `${USER}:${PASSWORD}` || (scheme === 'Bearer' && text === TOKEN)) return SESSION;
    throw new HanaFlightError('unauthenticated', 'wrong user or password');
  },
};

export interface TestServer extends FlightServer {
  /** Calls that are over, oldest first. */
  readonly ended: readonly CallEnd[];
}

/** A server on a free port, closed when the test is over. */
export async function startServer(options: Partial<FlightServerOptions> = {}): Promise<TestServer> {
  const ended: CallEnd[] = [];
  const server = await startFlightServer({
    host: '127.0.0.1',
    port: 0,
    producer: memoryProducer(new Map([['CITIES', CITIES]])),
    authenticator,
    onCallEnd: (end) => ended.push(end),
    ...options,
  });
  onTestFinished(() => server.close(0));
  return { ...server, ended };
}

/** The product's own client, logged on, closed when the test is over. */
export async function connect(
  server: FlightServer,
  options: Partial<FlightClientOptions> = {},
): Promise<FlightSqlClient> {
  const client = await connectFlight({
    url: server.url,
    credentials: { token: TOKEN },
    ...options,
  });
  onTestFinished(() => client.close());
  return client;
}

/** A bare gRPC client that sends and receives bytes, so that it can misbehave. */
export class RawClient {
  readonly #client: Client;

  constructor(server: { readonly port: number }) {
    this.#client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    onTestFinished(() => this.#client.close());
  }

  unary(rpc: string, request: Uint8Array, headers = bearer()): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest<Buffer, Buffer>(
        path(rpc),
        pass,
        pass,
        Buffer.from(request),
        headers,
        (error, reply) => {
          if (error === null && reply !== undefined) resolve(reply);
          else reject(error ?? new Error('no reply'));
        },
      );
    });
  }

  stream(
    rpc: string,
    request: Uint8Array,
    options: { headers?: Metadata; deadline?: Deadline } = {},
  ): ClientReadableStream<Buffer> {
    const { headers = bearer(), ...rest } = options;
    return this.#client.makeServerStreamRequest<Buffer, Buffer>(
      path(rpc),
      pass,
      pass,
      Buffer.from(request),
      headers,
      rest,
    );
  }

  duplex(rpc: string, headers = bearer()): ClientDuplexStream<Buffer, Buffer> {
    return this.#client.makeBidiStreamRequest<Buffer, Buffer>(path(rpc), pass, pass, headers, {});
  }

  /** DoPut of one message, without a half-close: two real clients wait for the answer first. */
  put(message: Uint8Array, headers = bearer()): Promise<Buffer[]> {
    const call = this.duplex('DoPut', headers);
    call.write(Buffer.from(message));
    return collect(call);
  }

  /** DoPut of several messages, half-closed after the last. */
  upload(messages: readonly Uint8Array[], headers = bearer()): Promise<Buffer[]> {
    const call = this.duplex('DoPut', headers);
    for (const message of messages) call.write(Buffer.from(message));
    call.end();
    return collect(call);
  }

  /** DoAction: the bodies of the results. */
  async action(type: string, body: Uint8Array, headers = bearer()): Promise<Buffer[]> {
    const replies = this.stream('DoAction', FLIGHT.action.encode({ type, body }), { headers });
    return (await collect(replies)).map((reply) => Buffer.from(FLIGHT.result.decode(reply).body));
  }
}

export function bearer(): Metadata {
  return authorization(`Bearer ${TOKEN}`);
}

export function authorization(value: string): Metadata {
  const headers = new Metadata();
  headers.set('authorization', value);
  return headers;
}

/** All messages of a stream. */
export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  for await (const message of stream) messages.push(message);
  return messages;
}

/** The gRPC error that a call ends with; fails when it ends well. */
export async function failureOf(call: Promise<unknown>): Promise<ServiceError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error as ServiceError;
    throw error;
  }
  throw new Error('expected the call to fail, it succeeded');
}

export const SQL_PACKAGE = 'arrow.flight.protocol.sql.';

/** A command of Flight SQL, packed. */
export function command(name: string, message: object = {}): Buffer {
  return packAny(messageCodec<object>(SQL_PACKAGE + name), message);
}

/** A descriptor for a packed command. */
export function descriptor(cmd: Uint8Array): Buffer {
  return FLIGHT.descriptor.encode({ type: DESCRIPTOR_TYPE.cmd, cmd });
}

const flightDataMessage = messageCodec<{
  flight_descriptor: { type: number; cmd: Uint8Array };
  data_header: Uint8Array;
  data_body: Uint8Array;
}>('arrow.flight.protocol.FlightData');

/** The first message of an upload: a packed command and, if need be, the header of an Arrow message. */
export function uploadStart(cmd: Uint8Array, header?: Uint8Array): Buffer {
  return flightDataMessage.encode({
    flight_descriptor: { type: DESCRIPTOR_TYPE.cmd, cmd },
    ...(header && { data_header: header }),
  });
}

/** A message of an upload that carries a batch. */
export function batchMessage(batch: ArrowBatch): Buffer {
  const { header, body } = encodeBatch(batch);
  return encodeFlightData(header, body);
}

export function ticket(bytes: Uint8Array): Buffer {
  return FLIGHT.ticket.encode({ ticket: bytes });
}

function path(rpc: string): string {
  return `/arrow.flight.protocol.FlightService/${rpc}`;
}

function pass(bytes: Buffer): Buffer {
  return bytes;
}

/** Something to wait for that the test itself brings about. */
export class Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;

  constructor() {
    const resolvers: (() => void)[] = [];
    this.opened = new Promise((resolve) => resolvers.push(resolve));
    this.open = () => {
      for (const resolve of resolvers) resolve();
    };
  }
}

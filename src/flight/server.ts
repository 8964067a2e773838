import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import type { BodyCompression } from '../arrow/body-compression.ts';
import type { Authenticator } from '../auth/authenticator.ts';
import { HanaFlightError } from '../core/errors.ts';
import { DEFAULT_MAX_MESSAGE_BYTES } from './batch-sender.ts';
import { CallServer, type OnCallEnd, type ResponseHeaders } from './call-server.ts';
import { tuneConnections, tuneSettings } from './http2-windows.ts';
import type { FlightSqlProducer } from './producer.ts';
import { reflected } from './protocol.ts';
import { FLIGHT_SERVICE, FlightService } from './service.ts';

export interface FlightServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly producer: FlightSqlProducer;
  readonly authenticator: Authenticator;
  /** Encrypts, with HTTP/2 by ALPN; absent: plain text. */
  readonly tls?: FlightServerTls | undefined;
  /**
   * Largest FlightData message sent, 4 MiB by default: the limit that Rust, .NET, Go and grpc-js
   * clients start with. A batch above it fails its stream.
   */
  readonly maxMessageBytes?: number | undefined;
  /** Of the bodies of results, unless a call asks for another by `x-flight-compression`; absent: none. */
  readonly compression?: BodyCompression | undefined;
  /** Largest message taken from a client, 64 MiB by default: what one call may make us hold. */
  readonly maxReceiveBytes?: number | undefined;
  /**
   * A client that takes nothing of a result, nor of one that shares its progress, for this long is given
   * up with `deadline-exceeded`; ten minutes by default.
   */
  readonly readerTimeoutMs?: number | undefined;
  /** Idle time after which a silent client is pinged, one minute by default. */
  readonly keepaliveTimeMs?: number | undefined;
  /** Told of every Flight call when its answer is complete; must not throw. */
  readonly onCallEnd?: OnCallEnd | undefined;
  /** Initial metadata for every answer, failures included. */
  readonly responseHeaders?: ResponseHeaders | undefined;
}

/** PEM texts. */
export interface FlightServerTls {
  readonly key: Buffer;
  readonly certificate: Buffer;
  /** Authorities of client certificates; given, a client must show one. */
  readonly clientAuthorities?: Buffer | undefined;
}

export interface FlightServer {
  /** e.g. `grpc://127.0.0.1:32010`, or `grpc+tls://` */
  readonly url: string;
  readonly port: number;
  /** What gRPC health answers; `true` from the start until {@link FlightServer.close}. */
  setServing(serving: boolean): void;
  /**
   * Drains: health says NOT_SERVING, no new connection is taken, clients are told to go (GOAWAY), calls
   * in flight may finish within `graceMs`; what is left then ends with UNAVAILABLE. Never rejects.
   */
  close(graceMs: number): Promise<void>;
}

const DEFAULT_MAX_RECEIVE_BYTES = 64 * 1024 * 1024;
const DEFAULT_READER_TIMEOUT_MS = 600_000;
const DEFAULT_KEEPALIVE_TIME_MS = 60_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;

/** Time for the last statuses to leave before sockets are torn down. */
const LAST_WORDS_MS = 500;

/**
 * Starts a Flight SQL server, with gRPC health and reflection beside it.
 * @throws HanaFlightError `failed-precondition` when it cannot listen there, `invalid-argument` for
 * unusable TLS files.
 */
export async function startFlightServer(options: FlightServerOptions): Promise<FlightServer> {
  const calls = new CallServer(options);
  const service = new FlightService(calls, {
    producer: options.producer,
    authenticator: options.authenticator,
    messages: {
      maxMessageBytes: options.maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
      compression: options.compression,
    },
    readerTimeoutMs: options.readerTimeoutMs ?? DEFAULT_READER_TIMEOUT_MS,
  });
  const server = makeServer(options);
  server.addService(FLIGHT_SERVICE, service.handlers());
  const health = new HealthImplementation({ '': 'SERVING' });
  health.addToServer(server);
  new ReflectionService(reflected).addToServer(server);
  const port = await bind(server, options);
  tuneConnections(server);
  return {
    url: `${options.tls === undefined ? 'grpc' : 'grpc+tls'}://${hostPort(options.host, port)}`,
    port,
    setServing: (serving) => health.setStatus('', serving ? 'SERVING' : 'NOT_SERVING'),
    close: (graceMs) => {
      health.setStatus('', 'NOT_SERVING');
      return drain(server, calls, graceMs);
    },
  };
}

function makeServer(options: FlightServerOptions): Server {
  const server = new Server({
    'grpc.max_receive_message_length': options.maxReceiveBytes ?? DEFAULT_MAX_RECEIVE_BYTES,
    // The limit on what is sent is ours, so that its error can tell what was too large.
    'grpc.max_send_message_length': -1,
    'grpc.keepalive_time_ms': options.keepaliveTimeMs ?? DEFAULT_KEEPALIVE_TIME_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
  });
  tuneSettings(server);
  return server;
}

function bind(server: Server, options: FlightServerOptions): Promise<number> {
  const address = hostPort(options.host, options.port);
  const credentials = serverCredentials(options.tls);
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (cause, port) => {
      if (cause === null) resolve(port);
      else {
        reject(
          new HanaFlightError(
            'failed-precondition',
            `cannot listen on ${address}: ${cause.message}`,
            {
              cause,
            },
          ),
        );
      }
    });
  });
}

function serverCredentials(tls: FlightServerTls | undefined): ServerCredentials {
  if (tls === undefined) return ServerCredentials.createInsecure();
  try {
    return ServerCredentials.createSsl(
      tls.clientAuthorities ?? null,
      [{ private_key: tls.key, cert_chain: tls.certificate }],
      tls.clientAuthorities !== undefined,
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HanaFlightError('invalid-argument', `TLS key and certificate: ${reason}`, { cause });
  }
}

async function drain(server: Server, calls: CallServer, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const grace = setTimeout(() => {
    calls.abortAll(new HanaFlightError('unavailable', 'the server is shutting down'));
  }, graceMs);
  await calls.idle(graceMs + LAST_WORDS_MS);
  clearTimeout(grace);
  // Connections go by themselves once they are idle; one that watches health, or whose client reads
  // nothing any more, does not.
  const torn = setTimeout(() => server.forceShutdown(), LAST_WORDS_MS);
  await closed;
  clearTimeout(torn);
}

function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

import {
  type ChannelCredentials,
  type ChannelOptions,
  Client,
  type ClientReadableStream,
  credentials as grpcCredentials,
  Metadata,
  type ServiceError,
} from '@grpc/grpc-js';
import { type Schema } from 'apache-arrow';
import { HanaFlightError } from '../core/errors.ts';
import { readAsReady, readInOrder } from './client-endpoints.ts';
import { type IpcMessage, readIpcMessages, readSchema } from './client-ipc.ts';
import { COMPRESSION_HEADER, NO_COMPRESSION } from './compression-header.ts';
import {
  DESCRIPTOR_TYPE,
  FLIGHT,
  type FlightDescriptor,
  type MessageCodec,
  messageCodec,
  packAny,
} from './protocol.ts';
import { errorOfStatus } from './status.ts';

export { type IpcMessage, ipcStream, recordBatches } from './client-ipc.ts';

/** How the client proves who it is. Nothing: calls are anonymous. */
type FlightCredentials =
  | { readonly user: string; readonly password: string }
  | { readonly token: string };

export interface FlightClientOptions {
  /** `grpc://host:port` or `grpc+tcp://` in plain text, `grpc+tls://` encrypted. */
  readonly url: string;
  readonly credentials?: FlightCredentials | undefined;
  /** PEM of the certificate authority; absent for the ones Node trusts. Only for `grpc+tls`. */
  readonly rootCertificates?: Buffer | undefined;
  /** Sent with every call, lower-case names. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Ends the logon. */
  readonly signal?: AbortSignal | undefined;
}

/** One part of a result, fetched by its ticket. */
export interface FlightEndpoint {
  readonly ticket: Uint8Array;
  /** Where else it may be fetched; empty: from the server that made it. */
  readonly locations: readonly string[];
}

/** What the server answered to a statement. */
export interface QueryResult {
  readonly schema: Schema;
  /** The encapsulated IPC Schema message behind `schema`. */
  readonly schemaBytes: Uint8Array;
  readonly endpoints: readonly FlightEndpoint[];
  /** Rows in the result or affected by an update; -1 when unknown. */
  readonly totalRecords: number;
  /** True when the order of the endpoints is part of the result. */
  readonly ordered: boolean;
  /** What the server has to say besides, in a form of its own; empty: nothing. */
  readonly appMetadata: Uint8Array;
}

export interface ReadAllOptions {
  /** Endpoints read at the same time; 8 when absent. */
  readonly parallelism?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface StatementQueryCommand {
  readonly query: string;
}

const statementQuery = messageCodec<StatementQueryCommand>(
  'arrow.flight.protocol.sql.CommandStatementQuery',
);

const SERVICE = '/arrow.flight.protocol.FlightService';
const DEFAULT_PARALLELISM = 8;

/** A server may name itself as a location: the connection in hand is the one to use. */
const REUSE_CONNECTION = 'arrow-flight-reuse-connection:';

const CHANNEL_OPTIONS: ChannelOptions = {
  // Tells it from other clients on grpc-js, which cannot take several endpoints.
  'grpc.primary_user_agent': 'hana-flight',
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  // HTTP/2 starts with 64 KiB, which makes every batch wait for window updates.
  'grpc-node.flow_control_window': 8 * 1024 * 1024,
};

/**
 * Connects and, given user and password, logs on by Handshake.
 * @throws HanaFlightError with the server's code and text; `unavailable` when it cannot be reached,
 * `invalid-argument` for a URL of another kind.
 */
export async function connectFlight(options: FlightClientOptions): Promise<FlightSqlClient> {
  const target = parseUrl(options);
  const client = new Client(target.address, target.credentials, CHANNEL_OPTIONS);
  try {
    const headers = await logOn(client, options);
    return new FlightSqlClient(client, headers);
  } catch (error) {
    client.close();
    throw unreachable(error, options.url) ?? error;
  }
}

/** grpc-js's words for a connection that never came to be, with the reason in the middle. */
const NO_CONNECTION =
  /^No connection established\. Last error: (?:Error: )?(.*?)\.? Resolution note:/;

/** The failure to connect in plain words, or undefined for any other failure. */
function unreachable(error: unknown, url: string): HanaFlightError | undefined {
  if (!(error instanceof HanaFlightError)) return undefined;
  const reason = NO_CONNECTION.exec(error.message)?.[1];
  if (reason === undefined) return undefined;
  const hint = reason.startsWith('Failed to connect')
    ? '; does one side expect TLS (grpc+tls://) and the other not?'
    : '';
  return new HanaFlightError('unavailable', `cannot reach ${url}: ${reason}${hint}`, {
    cause: error,
  });
}

/** A connection to a Flight SQL server. Every method rejects with HanaFlightError. */
export class FlightSqlClient {
  readonly #client: Client;
  readonly #headers: Metadata;

  constructor(client: Client, headers: Metadata) {
    this.#client = client;
    this.#headers = headers;
  }

  /** The schema of a query; no fields for any other statement. Executes nothing. */
  async describe(sql: string, signal?: AbortSignal): Promise<Schema> {
    return readSchema((await this.#ask('GetSchema', FLIGHT.schemaResult, sql, signal)).schema);
  }

  /** Sends SQL text. A query is only planned by this; an update has run when it resolves. */
  async execute(sql: string, signal?: AbortSignal): Promise<QueryResult> {
    const info = await this.#ask('GetFlightInfo', FLIGHT.info, sql, signal);
    return {
      schema: readSchema(info.schema),
      schemaBytes: info.schema,
      endpoints: info.endpoint.map((endpoint) => ({
        ticket: endpoint.ticket?.ticket ?? new Uint8Array(0),
        locations: (endpoint.location ?? []).map((location) => location.uri),
      })),
      totalRecords: Number(info.total_records),
      ordered: info.ordered,
      appMetadata: info.app_metadata,
    };
  }

  /**
   * Streams one endpoint: its schema message first, then its record batches. Leaving the loop cancels
   * the call. Only endpoints that this connection serves: a foreign location is `unimplemented`.
   */
  read(endpoint: FlightEndpoint, signal?: AbortSignal): AsyncIterable<IpcMessage> {
    requireOwnLocation(endpoint);
    return readIpcMessages(() => this.#doGet(endpoint.ticket, signal));
  }

  /**
   * Streams all endpoints of a result, several at the same time: the schema message once, then every
   * record batch; in the order of the endpoints if that is part of the result, else as they come. The
   * first failure ends it.
   */
  readAll(result: QueryResult, options: ReadAllOptions = {}): AsyncIterable<IpcMessage> {
    const read = result.ordered ? readInOrder : readAsReady;
    return read(
      result.schemaBytes,
      result.endpoints.map((endpoint) => (left) => {
        const signals = options.signal === undefined ? [left] : [left, options.signal];
        return this.read(endpoint, AbortSignal.any(signals));
      }),
      options.parallelism ?? DEFAULT_PARALLELISM,
    );
  }

  close(): void {
    this.#client.close();
  }

  /** Asks about an SQL text. */
  #ask<Reply>(
    rpc: 'GetFlightInfo' | 'GetSchema',
    codec: MessageCodec<Reply>,
    sql: string,
    signal: AbortSignal | undefined,
  ): Promise<Reply> {
    const request: Partial<FlightDescriptor> = {
      type: DESCRIPTOR_TYPE.cmd,
      cmd: packAny(statementQuery, { query: sql }),
    };
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const call = this.#client.makeUnaryRequest<Partial<FlightDescriptor>, Reply>(
        `${SERVICE}/${rpc}`,
        (message) => FLIGHT.descriptor.encode(message),
        (bytes) => codec.decode(bytes),
        request,
        this.#headers,
        {},
        (error: ServiceError | null, reply?: Reply) => {
          signal?.removeEventListener('abort', cancel);
          if (error !== null) reject(errorOfStatus(error));
          else if (reply === undefined) reject(new HanaFlightError('internal', `${rpc}: no reply`));
          else resolve(reply);
        },
      );
      const cancel = () => call.cancel();
      signal?.addEventListener('abort', cancel);
    });
  }

  #doGet(ticket: Uint8Array, signal: AbortSignal | undefined): ClientReadableStream<Buffer> {
    signal?.throwIfAborted();
    const call = this.#client.makeServerStreamRequest<Uint8Array, Buffer>(
      `${SERVICE}/DoGet`,
      (bytes) => FLIGHT.ticket.encode({ ticket: bytes }),
      (bytes) => bytes,
      ticket,
      this.#headers,
      {},
    );
    const cancel = () => call.cancel();
    signal?.addEventListener('abort', cancel);
    call.once('close', () => signal?.removeEventListener('abort', cancel));
    return call;
  }
}

interface Target {
  readonly address: string;
  readonly credentials: ChannelCredentials;
}

function parseUrl(options: FlightClientOptions): Target {
  const url = URL.canParse(options.url) ? new URL(options.url) : undefined;
  if (url === undefined || url.hostname === '' || url.port === '') {
    throw new HanaFlightError(
      'invalid-argument',
      `server address: expected grpc://host:port or grpc+tls://host:port, got ${options.url}`,
    );
  }
  switch (url.protocol) {
    case 'grpc:':
    case 'grpc+tcp:':
      return { address: url.host, credentials: grpcCredentials.createInsecure() };
    case 'grpc+tls:':
      return {
        address: url.host,
        credentials: grpcCredentials.createSsl(options.rootCertificates ?? null),
      };
    default:
      throw new HanaFlightError(
        'invalid-argument',
        `server address: expected the scheme grpc or grpc+tls, got ${url.protocol.slice(0, -1)}`,
      );
  }
}

async function logOn(client: Client, options: FlightClientOptions): Promise<Metadata> {
  const headers = new Metadata();
  // What reads the batches here cannot decompress them.
  headers.set(COMPRESSION_HEADER, NO_COMPRESSION);
  for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
  const { credentials } = options;
  if (credentials === undefined) return headers;
  if ('token' in credentials) {
    headers.set('authorization', `Bearer ${credentials.token}`);
    return headers;
  }
  const pair = Buffer.from(`${credentials.user}:${credentials.password}`, 'utf8');
  const logon = headers.clone();
  logon.set('authorization', `Basic ${pair.toString('base64')}`);
  headers.set('authorization', await handshake(client, logon, options.signal));
  return headers;
}

/** Resolves with the `authorization` that the server wants to see from now on. */
function handshake(client: Client, logon: Metadata, signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    let authorization: string | undefined;
    const call = client.makeBidiStreamRequest<Buffer, Buffer>(
      `${SERVICE}/Handshake`,
      (bytes) => bytes,
      (bytes) => bytes,
      logon,
      {},
    );
    const cancel = () => call.cancel();
    signal?.addEventListener('abort', cancel);
    call.on('metadata', (metadata: Metadata) => {
      authorization = metadata.get('authorization')[0]?.toString();
    });
    call.on('error', (error: ServiceError) => reject(errorOfStatus(error)));
    call.on('status', () => {
      signal?.removeEventListener('abort', cancel);
      if (authorization !== undefined) resolve(authorization);
      else reject(new HanaFlightError('unauthenticated', 'handshake: the server sent no token'));
    });
    call.resume();
    call.write(FLIGHT.handshakeRequest.encode({}));
    call.end();
  });
}

function requireOwnLocation(endpoint: FlightEndpoint): void {
  const { locations } = endpoint;
  if (locations.length === 0 || locations.some((uri) => uri.startsWith(REUSE_CONNECTION))) return;
  throw new HanaFlightError(
    'unimplemented',
    `endpoint: this client reads from the server it is connected to, not from ${locations.join(', ')}`,
  );
}

/* oxlint-disable no-underscore-dangle -- the names are node-hdb's */
import { type Client, type Connection, createClient } from 'hdb';
import { HanaFlightError } from '../../core/errors.ts';
import type { HanaCredentials } from '../../core/hana-credentials.ts';
import { hanaError } from '../error-codes.ts';
import { type HanaEndpoint, hostPort } from '../hana-endpoint.ts';
import type { Link } from './link.ts';

export interface LogonOptions {
  readonly connectTimeoutMs: number;
  readonly packetBytes: number;
  readonly dataFormatVersion: number;
  /** Session variables by name. */
  readonly variables: ReadonlyMap<string, string>;
  readonly signal: AbortSignal | undefined;
}

/** What a logon yields: the means to send requests, and HANA's id of the session when it told. */
export interface LoggedOn {
  readonly connection: Connection;
  readonly connectionId: number | undefined;
}

/**
 * Connects and logs on through `link`, and gives up when that takes too long: node-hdb itself never does.
 * @throws HanaFlightError `unauthenticated` when HANA refuses the credentials, `unavailable` when it
 * cannot be reached in time, `cancelled` when `signal` ends it.
 */
export async function logOn(
  link: Link,
  endpoint: HanaEndpoint,
  credentials: HanaCredentials,
  options: LogonOptions,
): Promise<LoggedOn> {
  const client = makeClient(endpoint, credentials, options);
  connectThrough(client, link, options.variables);
  const { connectTimeoutMs, signal } = options;
  const onTimeout = (): void => link.fail(tooSlow(endpoint, connectTimeoutMs));
  const onAbort = (): void => link.fail(abandoned(endpoint, signal?.reason));
  const timer = setTimeout(onTimeout, connectTimeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      link.watch(reject);
      client.connect((error) => {
        if (error) link.fail(error);
        else resolve();
      });
      if (signal?.aborted) onAbort();
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
  link.confirmLogon();
  return { connection: client._connection, connectionId: connectionIdOf(client) };
}

function makeClient(
  endpoint: HanaEndpoint,
  credentials: HanaCredentials,
  options: LogonOptions,
): Client {
  try {
    const client = createClient({
      host: endpoint.host,
      port: endpoint.port,
      user: credentials.user,
      password: credentials.password,
      databaseName: endpoint.databaseName,
      dataFormatSupport: options.dataFormatVersion,
      // Decompression has failed in production use of node-hdb, and costs more than a local network does.
      compress: false,
      packetSizeLimit: options.packetBytes,
      initializationTimeout: options.connectTimeoutMs,
    });
    // Everything reaches us through the link; without a listener an 'error' event would end the process.
    client.on('error', () => {});
    return client;
  } catch (cause) {
    throw hanaError(cause);
  }
}

/** Gives every connection of the client, also those it makes for a redirect, the link for its network. */
function connectThrough(client: Client, link: Link, variables: ReadonlyMap<string, string>): void {
  const prepare = (connection: Connection): Connection => {
    connection._connectFn = link.open;
    for (const [name, value] of variables) connection.getClientInfo().setProperty(name, value);
    return connection;
  };
  prepare(client._connection);
  const create = client._createConnection;
  client._createConnection = (settings) => prepare(create(settings));
}

function tooSlow(endpoint: HanaEndpoint, connectTimeoutMs: number): HanaFlightError {
  return new HanaFlightError(
    'unavailable',
    `no logon at HANA ${hostPort(endpoint)} within ${connectTimeoutMs} ms (connectTimeoutMs)`,
  );
}

function abandoned(endpoint: HanaEndpoint, cause: unknown): HanaFlightError {
  return new HanaFlightError('cancelled', `logon at HANA ${hostPort(endpoint)} was abandoned`, {
    cause,
  });
}

/** HANA tells the id among its connect options; node-hdb passes on whatever came. */
function connectionIdOf(client: Client): number | undefined {
  const told = client.connectOptions.connectionId;
  return typeof told === 'number' && told > 0 ? told : undefined;
}

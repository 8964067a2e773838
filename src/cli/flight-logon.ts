import { readFileSync } from 'node:fs';
import type { Settings } from '../config/settings.ts';
import { UsageError } from '../config/usage-error.ts';
import { connectFlight, type FlightClientOptions, type FlightSqlClient } from '../flight/client.ts';

type ClientSettings = Pick<Settings<'query'>, 'server' | 'user' | 'password' | 'tlsRoots'>;

/** Logs on to a Flight SQL server as the client's settings say. The headers go with every call. */
export async function logOnToServer(
  settings: ClientSettings,
  options: Pick<FlightClientOptions, 'headers' | 'signal'> = {},
): Promise<FlightSqlClient> {
  const { server, user, password } = settings;
  requireServerUri(server);
  if (user === undefined) throw new UsageError('no user: give --user or HANA_FLIGHT_USER');
  if (password === undefined) {
    throw new UsageError('no password: give HANA_FLIGHT_PASSWORD or --password');
  }
  return connectFlight({
    url: server,
    credentials: { user, password: password.reveal() },
    rootCertificates: settings.tlsRoots === undefined ? undefined : readPem(settings.tlsRoots),
    ...options,
  });
}

function requireServerUri(server: string): void {
  if (/^grpc(\+tcp|\+tls)?:\/\/[^/]+:\d+\/?$/.test(server)) return;
  throw new UsageError(
    `--server: expected grpc://host:port or grpc+tls://host:port, got ${server}`,
  );
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new UsageError(`--tls-roots: ${cause instanceof Error ? cause.message : path}`, cause);
  }
}

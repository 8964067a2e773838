import { readFile } from 'node:fs/promises';
import { HanaFlightError } from '../../core/errors.ts';
import type { HanaCredentials } from '../../core/hana-credentials.ts';
import { statements } from '../dialect/statements.ts';
import type { HanaConnection } from '../hana-connection.ts';
import { type HanaEndpoint, hostPort } from '../hana-endpoint.ts';
import { Link, type LinkOptions } from './link.ts';
import { logOn } from './log-on.ts';
import { onlyInteger } from './only-row.ts';
import { HdbSession } from './session.ts';

export interface ConnectOptions {
  /** Longest time from the first packet to the end of the logon; default 15 s. */
  readonly connectTimeoutMs?: number;
  /**
   * Longest silence of HANA while it owes a reply; default 10 minutes, 0 for ever. Must be longer than
   * the slowest query takes to its first row.
   */
  readonly communicationTimeoutMs?: number;
  /** Rows asked for with each fetch: 1 to 32,767, which is the default. HANA refuses more. */
  readonly fetchRows?: number;
  /** Largest request packet, which bounds the SQL text; default 64 MiB. */
  readonly packetBytes?: number;
  /** Asks for data format version 9, which has REAL_VECTOR, in place of 8. */
  readonly vectors?: boolean;
  /** Session variable APPLICATIONVERSION: the version of hana-flight. */
  readonly applicationVersion?: string;
  /** Session variable APPLICATIONUSER: on whose behalf a service user is logged on. */
  readonly applicationUser?: string;
  /** Ends the logon; has no effect on the connection afterwards. */
  readonly signal?: AbortSignal;
}

/** The largest FETCHSIZE: HANA calls more a protocol error. */
export const MAX_FETCH_ROWS = 32_767;

const DEFAULTS = {
  connectTimeoutMs: 15_000,
  communicationTimeoutMs: 600_000,
  packetBytes: 64 * 1024 * 1024,
} as const;

/**
 * Logs on to HANA.
 * @throws HanaFlightError `unauthenticated` when HANA refuses the credentials, `unavailable` when it
 * cannot be reached in time, `failed-precondition` when its certificate is not trusted.
 */
export async function connectHana(
  endpoint: HanaEndpoint,
  credentials: HanaCredentials,
  options: ConnectOptions = {},
): Promise<HanaConnection> {
  const packetBytes = options.packetBytes ?? DEFAULTS.packetBytes;
  const link = new Link({
    tls: await loadTls(endpoint),
    communicationTimeoutMs: options.communicationTimeoutMs ?? DEFAULTS.communicationTimeoutMs,
  });
  const { connection, connectionId } = await logOn(link, endpoint, credentials, {
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs,
    packetBytes,
    dataFormatVersion: options.vectors === true ? 9 : 8,
    variables: sessionVariables(options),
    signal: options.signal,
  });
  const session = new HdbSession(connection, link, {
    fetchRows: Math.min(options.fetchRows ?? MAX_FETCH_ROWS, MAX_FETCH_ROWS),
    packetBytes,
  });
  try {
    if (endpoint.currentSchema !== undefined) {
      await session.executeOwn(statements.setSchema(endpoint.currentSchema));
    }
    session.begin(connectionId ?? (await askConnectionId(session)), endpoint.currentSchema);
    return session;
  } catch (cause) {
    const failure = HanaFlightError.from(cause);
    session.destroy(failure);
    throw failure;
  }
}

async function loadTls(endpoint: HanaEndpoint): Promise<LinkOptions['tls']> {
  const { tls } = endpoint;
  if (tls === undefined) return undefined;
  const { validateCertificate, serverName, caFile } = tls;
  if (caFile === undefined) return { validateCertificate, serverName, authorities: undefined };
  try {
    return { validateCertificate, serverName, authorities: await readFile(caFile, 'utf8') };
  } catch (cause) {
    throw new HanaFlightError(
      'failed-precondition',
      `expected certificates of authorities for ${hostPort(endpoint)} in ${caFile}, it cannot be read`,
      { cause },
    );
  }
}

/** What HANA's monitoring views and workload classes know the session by. */
function sessionVariables(options: ConnectOptions): Map<string, string> {
  const variables = new Map([['APPLICATION', 'hana-flight']]);
  if (options.applicationVersion) variables.set('APPLICATIONVERSION', options.applicationVersion);
  if (options.applicationUser) variables.set('APPLICATIONUSER', options.applicationUser);
  return variables;
}

async function askConnectionId(session: HdbSession): Promise<number> {
  const outcome = await session.executeOwn(statements.currentConnection);
  return onlyInteger(outcome, 'CURRENT_CONNECTION');
}

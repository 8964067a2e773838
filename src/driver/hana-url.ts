import { HanaFlightError } from '../core/errors.ts';
import type { HanaCredentials } from '../core/hana-credentials.ts';
import { suggestion } from '../core/nearest-name.ts';
import { type HanaEndpoint, hostPort } from './hana-endpoint.ts';

/** What a HANA URL says. */
export interface HanaUrl {
  readonly endpoint: HanaEndpoint;
  /** Absent: callers log on with credentials of their own. */
  readonly credentials: HanaCredentials | undefined;
}

interface UrlOption {
  readonly name: string;
  readonly value: string;
  readonly doc: string;
  /** Means something only with TLS. */
  readonly tls?: true;
}

/** Every option that may follow the `?` of a HANA URL. */
export const HANA_URL_OPTIONS: readonly UrlOption[] = [
  {
    name: 'databaseName',
    value: 'NAME',
    doc: 'tenant database; host and port are those of the system database',
  },
  {
    name: 'instanceNumber',
    value: '00-99',
    doc: 'in place of a port: 3NN13 with databaseName, else 3NN15',
  },
  {
    name: 'currentSchema',
    value: 'NAME',
    doc: 'schema of unqualified names, as it is spelled in HANA',
  },
  {
    name: 'validateCertificate',
    value: 'true or false',
    doc: 'false accepts any certificate',
    tls: true,
  },
  { name: 'ca', value: 'PATH', doc: 'PEM file with the authorities to trust', tls: true },
  {
    name: 'serverName',
    value: 'NAME',
    doc: 'name the certificate must bear, when it is not the host',
    tls: true,
  },
];

const OPTION_NAMES = HANA_URL_OPTIONS.map(({ name }) => name);

const SCHEMES: ReadonlyMap<string, boolean> = new Map([
  ['hdbsql:', false],
  ['hdbsqls:', true],
]);

/**
 * Reads `hdbsql://[user:password@]host:port[?option=value&…]`; `hdbsqls://` means TLS. User, password and
 * values are percent-decoded, names of options may be in any case.
 * @throws HanaFlightError `invalid-argument` that tells what is wrong and never shows the password.
 */
export function parseHanaUrl(text: string): HanaUrl {
  const url = parseUrl(text);
  const secure = SCHEMES.get(url.protocol);
  if (secure === undefined) {
    throw invalid(`expected hdbsql:// or hdbsqls:// (TLS), got ${url.protocol}//`);
  }
  if (url.pathname !== '' && url.pathname !== '/') {
    throw invalid(
      `expected nothing between port and '?', got a path; a '/' in the password must be written %2F`,
    );
  }
  if (url.hash !== '') throw invalid("expected no '#'; in a password it must be written %23");
  const options = readOptions(url.searchParams, secure);
  const databaseName = options.get('databaseName');
  const host = decode(url.hostname, 'host').replace(/^\[(.*)\]$/, '$1');
  if (host === '') throw invalid('expected a host, got none');
  return {
    endpoint: {
      host,
      port: portOf(url, options.get('instanceNumber'), databaseName !== undefined),
      databaseName,
      currentSchema: options.get('currentSchema'),
      tls: secure
        ? {
            validateCertificate: readBoolean(options, 'validateCertificate', true),
            caFile: options.get('ca'),
            serverName: options.get('serverName'),
          }
        : undefined,
    },
    credentials: credentialsOf(url),
  };
}

/** The URL for people and logs: without user and password. */
export function redactHanaUrl({ endpoint }: HanaUrl): string {
  const scheme = endpoint.tls === undefined ? 'hdbsql' : 'hdbsqls';
  const database = endpoint.databaseName;
  const query = database === undefined ? '' : `?databaseName=${encodeURIComponent(database)}`;
  return `${scheme}://${hostPort(endpoint)}${query}`;
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    // The cause would show the text, and with it the password.
    throw invalid('expected hdbsql://[user:password@]host:port[?options]');
  }
}

function readOptions(parameters: URLSearchParams, secure: boolean): Map<string, string> {
  const options = new Map<string, string>();
  for (const [given, value] of parameters) {
    const option = HANA_URL_OPTIONS.find(({ name }) => name.toLowerCase() === given.toLowerCase());
    if (option === undefined) {
      throw invalid(`unknown option '${given}'${suggestion(given, OPTION_NAMES)}`);
    }
    if (options.has(option.name)) throw invalid(`expected ${option.name} once, got it twice`);
    if (value === '') throw invalid(`expected ${option.name}=${option.value}, got no value`);
    if (option.tls && !secure) throw invalid(`${option.name} needs TLS: use hdbsqls://`);
    options.set(option.name, value);
  }
  return options;
}

function portOf(url: URL, instance: string | undefined, tenant: boolean): number {
  if (url.port !== '' && instance !== undefined) {
    throw invalid('expected a port or instanceNumber, got both');
  }
  if (instance !== undefined) {
    if (!/^\d{1,2}$/.test(instance)) {
      throw invalid(`expected instanceNumber from 00 to 99, got '${instance}'`);
    }
    return 30_000 + 100 * Number(instance) + (tenant ? 13 : 15);
  }
  const port = Number(url.port);
  if (port < 1) throw invalid('expected host:port, got no port; HANA Cloud listens on 443');
  return port;
}

function credentialsOf(url: URL): HanaCredentials | undefined {
  if (url.username === '' && url.password === '') return undefined;
  if (url.username === '' || url.password === '') {
    throw invalid('expected user:password@, got only one of them');
  }
  const user = decode(url.username, 'user');
  return { kind: 'password', user, password: decode(url.password, 'password') };
}

function readBoolean(
  options: ReadonlyMap<string, string>,
  name: string,
  fallback: boolean,
): boolean {
  const value = options.get(name);
  if (value === undefined) return fallback;
  if (value !== 'true' && value !== 'false') {
    throw invalid(`expected ${name}=true or ${name}=false, got '${value}'`);
  }
  return value === 'true';
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`expected percent-encoded UTF-8 as ${part}; a '%' itself must be written %25`);
  }
}

function invalid(problem: string): HanaFlightError {
  return new HanaFlightError('invalid-argument', `HANA URL: ${problem}`);
}

import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseSecrets, randomSecret } from '../auth/sealing.ts';
import type { Settings } from '../config/settings.ts';
import { UsageError } from '../config/usage-error.ts';
import { HanaFlightError } from '../core/errors.ts';
import { DEFAULT_BATCH_OPTIONS } from '../driver/columnar/batch-stream.ts';
import { type HanaUrl, parseHanaUrl } from '../driver/hana-url.ts';
import type { FlightServerTls } from '../flight/server.ts';
import type { ProxyOptions } from '../proxy/start-proxy.ts';
import type { Versions } from './version.ts';

type ServeSettings = Settings<'serve'>;

/** What the proxy is started with, as the settings say; `onCallEnd` is the caller's. */
export function proxyOptions(
  settings: ServeSettings,
  hana: HanaUrl,
  secrets: readonly string[],
  versions: Versions,
): ProxyOptions {
  return {
    listen: settings.listen,
    tls: tlsOf(settings),
    hana: hana.endpoint,
    service: hana.credentials,
    secrets,
    tokenLifetimeSeconds: settings.tokenLifetime / 1000,
    transactionIdleTimeoutMs: settings.transactionIdleTimeout,
    sessionIdleTimeoutMs: settings.sessionIdleTimeout,
    connect: {
      communicationTimeoutMs: settings.communicationTimeout,
      fetchRows: settings.fetchSize,
      vectors: true,
      applicationVersion: versions.server,
    },
    pool: {
      poolMaxPerUser: settings.poolMax,
      poolMax: settings.poolTotal,
      acquireTimeoutMs: settings.acquireTimeout,
      idleTimeoutMs: settings.idleTimeout,
      spareConnections: settings.poolSpare,
      memoryBudgetBytes: settings.memoryBudget,
    },
    lanes: lanesOf(settings),
    batches: batchOptions(settings),
    partitioning: {
      endpoints: settings.endpoints,
      consistency: settings.consistency,
      minRows: settings.endpointMinRows,
      autoEndpoints: settings.autoEndpoints,
      snapshotMaxAgeMs: settings.snapshotMaxAge,
      factsMaxAgeMs: settings.factsMaxAge,
      clients: settings.clientEndpoints ?? [],
    },
    maxMessageBytes: settings.maxMessageBytes,
    compression: settings.compression === 'none' ? undefined : settings.compression,
    maxReceiveBytes: settings.maxReceiveBytes,
    readerTimeoutMs: settings.readerTimeout,
    versions,
  };
}

/** Reads `--hana`. @throws UsageError without the password in it. */
export function hanaUrlOf(text: string): HanaUrl {
  try {
    return parseHanaUrl(text);
  } catch (thrown) {
    const { message } = HanaFlightError.from(thrown);
    throw new UsageError(`--hana: ${message}`, thrown);
  }
}

/** The secrets that seal tickets and tokens, and whether they are lost with the process. */
export interface Secrets {
  readonly texts: readonly string[];
  readonly temporary: boolean;
}

/** Reads the secrets from where the settings say; makes one up when they say nothing. */
export function secretsOf({ secret, secretFile }: ServeSettings): Secrets {
  if (secretFile !== undefined) {
    return {
      texts: secretLines(readText('--secret-file', secretFile), secretFile),
      temporary: false,
    };
  }
  if (secret === undefined) return { texts: [randomSecret()], temporary: true };
  const text = secret.reveal();
  return existsSync(text)
    ? { texts: secretLines(readText('HANA_FLIGHT_SECRET', text), text), temporary: false }
    : { texts: secretLines(text, 'HANA_FLIGHT_SECRET'), temporary: false };
}

function secretLines(text: string, origin: string): string[] {
  const secrets = parseSecrets(text);
  if (secrets.length === 0) throw new UsageError(`${origin}: expected a secret, found none`);
  return secrets;
}

function tlsOf({ tlsCert, tlsKey }: ServeSettings): FlightServerTls | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new UsageError('expected --tls-cert and --tls-key together, got one of them');
  }
  return {
    certificate: Buffer.from(readText('--tls-cert', tlsCert)),
    key: Buffer.from(readText('--tls-key', tlsKey)),
  };
}

/** The most that `auto` makes: then the main thread, which takes a tenth of the work, is the limit. */
const MAX_AUTO_LANES = 8;

function lanesOf({ lanes }: ServeSettings): ProxyOptions['lanes'] {
  const auto = Math.min(availableParallelism(), MAX_AUTO_LANES);
  const count = lanes === 'auto' ? auto : lanes;
  return count === 0 ? undefined : { count };
}

function batchOptions(settings: ServeSettings): ProxyOptions['batches'] {
  const { floatingDecimal, timestampUnit, emptyDate, batchBytes, maxMessageBytes } = settings;
  if (batchBytes > maxMessageBytes) {
    throw new UsageError('expected --batch-bytes to be no more than --max-message-bytes');
  }
  const defaults = DEFAULT_BATCH_OPTIONS;
  return {
    ...defaults,
    types: {
      floatingDecimal: floatingDecimal.kind,
      floatingDecimalScale:
        floatingDecimal.kind === 'decimal128'
          ? floatingDecimal.scale
          : defaults.types.floatingDecimalScale,
      timestampUnit,
      emptyDate,
    },
    maxRows: settings.batchRows,
    targetBytes: batchBytes,
    maxLobBytes: settings.maxLobBytes,
  };
}

function readText(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`${name}: ${reason}`, cause);
  }
}

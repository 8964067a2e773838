import { isIPv4 } from 'node:net';
import type { BodyCompression } from '../arrow/body-compression.ts';
import { HanaAuthenticator } from '../auth/hana-authenticator.ts';
import { Sealer } from '../auth/sealing.ts';
import { SessionTokens } from '../auth/session-token.ts';
import type { HanaCredentials } from '../core/hana-credentials.ts';
import type { BatchOptions } from '../driver/columnar/batch-stream.ts';
import type { HanaEndpoint } from '../driver/hana-endpoint.ts';
import { Lanes, type LanesOptions } from '../driver/lanes/lanes.ts';
import { HanaPool, type PoolStats } from '../driver/pool/pool.ts';
import type { PoolLimits } from '../driver/pool/pool-limits.ts';
import { type ConnectOptions, connectHana, MAX_FETCH_ROWS } from '../driver/session/connect.ts';
import type { OnCallEnd } from '../flight/call-server.ts';
import { type FlightServerTls, startFlightServer } from '../flight/server.ts';
import { HanaProducer } from './hana-producer.ts';
import { FactsCache } from './partitioning/facts-cache.ts';
import type { PartitioningOptions } from './partitioning/partitioning-options.ts';
import { QueryPlanner } from './partitioning/query-planner.ts';
import { Snapshots } from './partitioning/snapshots.ts';
import { Connections } from './sessions/connections.ts';
import { Sessions } from './sessions/sessions.ts';
import { Transactions } from './sessions/transactions.ts';
import { BoundParameters } from './statements/bound-parameters.ts';
import { DescribedStatements } from './statements/described-statements.ts';
import { PreparedStatements } from './statements/prepared-statements.ts';
import { QueryPlans } from './statements/query-plans.ts';
import { QueryReads } from './statements/query-reads.ts';
import { RunningStatements } from './statements/running-statements.ts';
import { StatementHandles } from './statements/statement-handles.ts';
import { Statements } from './statements/statements.ts';

export interface ProxyOptions {
  /** Port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly tls?: FlightServerTls | undefined;
  readonly hana: HanaEndpoint;
  /**
   * Who callers without credentials of their own are to HANA; see {@link anonymousAllowed} for when
   * that holds.
   */
  readonly service?: HanaCredentials | undefined;
  /** Texts that seal tickets and tokens, newest first. */
  readonly secrets: readonly string[];
  /** Also how long tickets and prepared statements are good for. */
  readonly tokenLifetimeSeconds: number;
  readonly transactionIdleTimeoutMs: number;
  readonly sessionIdleTimeoutMs: number;
  readonly connect: Omit<ConnectOptions, 'signal'>;
  readonly pool: Partial<PoolLimits>;
  /** Threads that have the connections; absent: they are in this one. */
  readonly lanes?: LanesOptions | undefined;
  readonly batches: BatchOptions;
  readonly partitioning: PartitioningOptions;
  readonly maxMessageBytes: number;
  /** Of the bodies of results, for calls that ask for none; absent: none. */
  readonly compression?: BodyCompression | undefined;
  readonly maxReceiveBytes: number;
  /** A client that takes nothing of a query for this long is given up; ten minutes by default. */
  readonly readerTimeoutMs?: number | undefined;
  /** What GetSqlInfo tells of us. */
  readonly versions: { readonly server: string; readonly arrow: string };
  /** Told of every Flight call when its answer is complete; must not throw. */
  readonly onCallEnd?: OnCallEnd | undefined;
}

/** Time for idle connections to say goodbye to HANA once the last call is over. */
const FAREWELL_MS = 2_000;

export interface RunningProxy {
  /** e.g. `grpc://127.0.0.1:32010`. */
  readonly url: string;
  readonly port: number;
  readonly pool: PoolStats;
  /** Drains: new calls are refused, running ones may finish within `graceMs`. Never rejects. */
  close(graceMs: number): Promise<void>;
}

/** Serves a HANA over Flight SQL. Does not touch HANA before the first call. */
export async function startProxy(options: ProxyOptions): Promise<RunningProxy> {
  const lanes = options.lanes && new Lanes(options.lanes);
  const pool = new HanaPool({
    connect: (credentials, signal) => {
      const how = { ...options.connect, signal };
      return lanes === undefined
        ? connectHana(options.hana, credentials, how)
        : lanes.connect(options.hana, credentials, how);
    },
    limits: options.pool,
  });
  const sealer = new Sealer(options.secrets);
  const sessions = new Sessions({
    transactionIdleTimeoutMs: options.transactionIdleTimeoutMs,
    sessionIdleTimeoutMs: options.sessionIdleTimeoutMs,
    sessionLifetimeMs: options.tokenLifetimeSeconds * 1000,
  });
  const snapshots = new Snapshots({
    maxAgeMs: options.partitioning.snapshotMaxAgeMs,
    // The other half is for whoever wants a connection meanwhile.
    maxConnections: Math.max(1, Math.floor((options.pool.poolMaxPerUser ?? 16) / 2)),
  });
  const lifetimeSeconds = options.tokenLifetimeSeconds;
  const starting = startFlightServer({
    ...options.listen,
    tls: options.tls,
    maxMessageBytes: options.maxMessageBytes,
    compression: options.compression,
    maxReceiveBytes: options.maxReceiveBytes,
    readerTimeoutMs: options.readerTimeoutMs,
    onCallEnd: options.onCallEnd,
    authenticator: new HanaAuthenticator({
      tokens: new SessionTokens(sealer, lifetimeSeconds),
      anonymous: anonymousAllowed(options.listen.host) ? options.service : undefined,
      logOn: (credentials) => proveByLease(pool, credentials),
    }),
    producer: makeProducer(options, { pool, sessions, snapshots, sealer }),
  });
  const flight = await starting.catch(async (cause: unknown) => {
    await lanes?.close();
    throw cause;
  });
  return {
    url: flight.url,
    port: flight.port,
    get pool() {
      return pool.stats;
    },
    close: async (graceMs) => {
      await flight.close(graceMs);
      await sessions.close();
      snapshots.close();
      await pool.close(FAREWELL_MS);
      await lanes?.close();
    },
  };
}

/** What has a life of its own, and ends with the server. */
interface Parts {
  readonly pool: HanaPool;
  readonly sessions: Sessions;
  readonly snapshots: Snapshots;
  readonly sealer: Sealer;
}

/** Puts together what answers the calls. */
function makeProducer(
  options: ProxyOptions,
  { pool, sessions, snapshots, sealer }: Parts,
): HanaProducer {
  const { batches, versions, tokenLifetimeSeconds, transactionIdleTimeoutMs, partitioning } =
    options;
  const connections = new Connections(pool, sessions);
  const transactions = new Transactions(sessions, connections);
  const handles = new StatementHandles(sealer, tokenLifetimeSeconds);
  const running = new RunningStatements();
  const fetchRows = options.connect.fetchRows ?? MAX_FETCH_ROWS;
  const { types } = batches;
  const planner = new QueryPlanner(factsCacheFor(partitioning), types);
  const plans = new QueryPlans({ connections, handles, planner, snapshots, partitioning });
  const reads = new QueryReads({ connections, running, snapshots, batches, fetchRows });
  const described = new DescribedStatements();
  const statements = new Statements({ connections, handles, plans, described, types });
  const bound = new BoundParameters(tokenLifetimeSeconds * 1000);
  const prepared = new PreparedStatements({
    statements,
    handles,
    bound,
    described,
    sessions,
    transactions,
    types,
  });
  return new HanaProducer({
    connections,
    sessions,
    transactions,
    statements,
    prepared,
    reads,
    running,
    snapshots,
    handles,
    described,
    catalog: { types, vectors: options.connect.vectors === true },
    facts: {
      serverVersion: versions.server,
      arrowVersion: versions.arrow,
      transactionIdleTimeoutMs,
    },
  });
}

/** A table below the size of one endpoint costs one statement, unless somebody asks for its parts by name. */
function factsCacheFor({ factsMaxAgeMs, minRows }: PartitioningOptions): FactsCache {
  return new FactsCache({ maxAgeMs: factsMaxAgeMs, detailsFromRows: minRows });
}

/**
 * A service logon is lent to callers without credentials only where no other machine can reach the
 * port; elsewhere it would open HANA to the whole network.
 */
export function anonymousAllowed(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** The connection that proves the credentials stays in the pool, where the caller's first query finds it. */
async function proveByLease(pool: HanaPool, credentials: HanaCredentials): Promise<void> {
  const lease = await pool.lease(credentials, new AbortController().signal);
  lease.release();
}

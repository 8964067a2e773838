import { randomSecret } from '../../src/auth/sealing.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../src/driver/columnar/batch-stream.ts';
import type { CallEnd } from '../../src/flight/call-server.ts';
import { connectFlight, type FlightSqlClient } from '../../src/flight/client.ts';
import { type ProxyOptions, type RunningProxy, startProxy } from '../../src/proxy/start-proxy.ts';
import type { Engine } from '../../src/sandbox/engine.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { SessionRegistry } from '../../src/sandbox/session-registry.ts';
import { openDuckEngine } from '../../src/sandbox/sql/engine.ts';

/** Sandbox and proxy in this process, each on a free port. */
export interface Stack {
  readonly sandbox: RunningSandbox;
  readonly proxy: RunningProxy;
  readonly calls: CallEnd[];
  client(user?: string, password?: string): Promise<FlightSqlClient>;
  close(): Promise<void>;
}

export interface StackOptions {
  readonly rows?: number;
  /** Told of every packet of the sandbox. */
  readonly trace?: (line: string) => void;
  readonly proxy?: Partial<ProxyOptions>;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const registry = new SessionRegistry();
  const engine: Engine = await openDuckEngine({ rows: options.rows ?? 1000, registry });
  const sandbox = await startSandbox({ engine, registry, trace: options.trace });
  const calls: CallEnd[] = [];
  const proxy = await startProxyBefore(sandbox, {
    onCallEnd: (end) => calls.push(end),
    ...options.proxy,
  });
  return {
    sandbox,
    proxy,
    calls,
    client: (user = 'DEMO', password = 'Demo1234') =>
      connectFlight({ url: proxy.url, credentials: { user, password } }),
    close: async () => {
      await proxy.close(0);
      await sandbox.close();
      await engine.close();
    },
  };
}

/** How the proxies of the tests divide results, unless a test says otherwise. */
export const PARTITIONING: ProxyOptions['partitioning'] = {
  endpoints: 'auto',
  minRows: 500_000,
  autoEndpoints: 8,
  consistency: 'statement',
  snapshotMaxAgeMs: 60_000,
  factsMaxAgeMs: 60_000,
  // The clients of the tests are made with the library that is known for taking one endpoint only.
  clients: [{ pattern: 'grpc-node-js', endpoints: 'many' }],
};

/** One more proxy in front of a sandbox that runs already. */
export function startProxyBefore(
  sandbox: RunningSandbox,
  options: Partial<ProxyOptions> = {},
): Promise<RunningProxy> {
  return startProxy({
    listen: { host: '127.0.0.1', port: 0 },
    hana: { host: sandbox.host, port: sandbox.port },
    secrets: [randomSecret()],
    tokenLifetimeSeconds: 600,
    transactionIdleTimeoutMs: 60_000,
    sessionIdleTimeoutMs: 60_000,
    connect: {},
    pool: {},
    batches: DEFAULT_BATCH_OPTIONS,
    partitioning: PARTITIONING,
    maxMessageBytes: 4 * 1024 * 1024,
    maxReceiveBytes: 16 * 1024 * 1024,
    versions: { server: '0.0.0', arrow: '0.0.0' },
    ...options,
  });
}

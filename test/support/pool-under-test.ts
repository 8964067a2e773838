import { onTestFinished } from 'vitest';
import type { HanaCredentials } from '../../src/core/hana-credentials.ts';
import type { HanaConnection } from '../../src/driver/hana-connection.ts';
import type { Clock } from '../../src/driver/pool/clock.ts';
import { HanaPool, type Lease } from '../../src/driver/pool/pool.ts';
import type { PoolLimits } from '../../src/driver/pool/pool-limits.ts';
import { connectHana } from '../../src/driver/session/connect.ts';
import { demoCredentials, scriptedHana } from './hana-under-test.ts';
import type { Script, ScriptedHana } from './scripted-hana.ts';
import { numbers } from './scripted-tables.ts';

/** Time that passes when a test says so. */
class TestClock implements Clock {
  #now = 0;
  readonly #alarms = new Set<{ readonly at: number; readonly action: () => void }>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, action: () => void): () => void {
    const alarm = { at: this.#now + delayMs, action };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const alarm of [...this.#alarms].toSorted((a, b) => a.at - b.at)) {
      if (alarm.at <= this.#now && this.#alarms.delete(alarm)) alarm.action();
    }
  }
}

interface PoolUnderTest {
  readonly pool: HanaPool;
  readonly clock: TestClock;
  readonly hana: ScriptedHana;
  /** Connections opened so far, in order. */
  readonly opened: HanaConnection[];
  readonly lease: (credentials?: HanaCredentials, signal?: AbortSignal) => Promise<Lease>;
  /** A lease for an endpoint of a query of 16, written as `Q0`: query and number. */
  readonly leaseOf: (endpoint: string) => Promise<Lease>;
}

/** A pool of connections to a scripted HANA of its own; all of them end with the test. */
export async function poolOf(
  limits: Partial<PoolLimits> = {},
  script: Script = numbers({ packets: 1, rowsPerPacket: 1 }),
): Promise<PoolUnderTest> {
  const hana = await scriptedHana(script);
  const clock = new TestClock();
  const opened: HanaConnection[] = [];
  const pool = new HanaPool({
    connect: async (credentials, signal) => {
      const endpoint = { host: '127.0.0.1', port: hana.port };
      // The scripted HANA knows one user; these are another person's credentials that work as well.
      const known = { ...credentials, user: 'DEMO' };
      const connection = await connectHana(endpoint, known, { signal });
      opened.push(connection);
      return connection;
    },
    limits,
    clock,
  });
  onTestFinished(() => {
    for (const connection of opened) connection.destroy(new Error('the test is over'));
  });
  const lease = (credentials = demoCredentials, signal = new AbortController().signal) =>
    pool.lease(credentials, signal);
  const leaseOf = (endpoint: string): Promise<Lease> => {
    const turn = { query: endpoint.slice(0, 1), endpoint: Number(endpoint.slice(1)), of: 16 };
    return pool.lease(demoCredentials, new AbortController().signal, turn);
  };
  return { pool, clock, hana, opened, lease, leaseOf };
}

import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ArrowSchema } from '../../src/arrow/types.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../src/driver/columnar/batch-stream.ts';
import { resultSchema } from '../../src/driver/columnar/result-schema.ts';
import { HanaPool } from '../../src/driver/pool/pool.ts';
import type { PoolLimits } from '../../src/driver/pool/pool-limits.ts';
import { connectHana } from '../../src/driver/session/connect.ts';
import { connectFlight } from '../../src/flight/client.ts';
import type { Call, ResultStream } from '../../src/flight/producer.ts';
import { FLIGHT } from '../../src/flight/protocol.ts';
import { Snapshots } from '../../src/proxy/partitioning/snapshots.ts';
import { Connections } from '../../src/proxy/sessions/connections.ts';
import { Sessions } from '../../src/proxy/sessions/sessions.ts';
import { QueryReads } from '../../src/proxy/statements/query-reads.ts';
import { RunningStatements } from '../../src/proxy/statements/running-statements.ts';
import { schemaFingerprint } from '../../src/proxy/statements/schema-fingerprint.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { demoCredentials, until } from '../support/hana-under-test.ts';
import { http2Call, readCall } from '../support/http2-call.ts';
import { readInOrder } from '../support/in-order-reader.ts';
import { startProxyBefore } from '../support/stack.ts';

const ROWS = 40_000;
const ENDPOINTS = 16;
/** 2500 rows an endpoint are 25 batches, of which a reader that waits takes 5: the rest holds the connection. */
const BATCH_ROWS = 100;
const FETCH_ROWS = 500;

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await openSandbox({ rows: ROWS });
});

afterAll(() => sandbox.close());

const newCall = (): Call => ({
  principal: { user: demoCredentials.user, credentials: demoCredentials },
  session: { id: undefined, open: () => 'session' },
  signal: new AbortController().signal,
  headers: new Map(),
});

const text = (endpoint: number): string =>
  `SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS WHERE MOD(TRANSACTION_ID, ${ENDPOINTS}) = ${endpoint}`;

/** What the proxy runs statements with, on a pool of its own. */
async function readsOn(limits: Partial<PoolLimits>) {
  const pool = new HanaPool({
    connect: (credentials, signal) =>
      connectHana({ host: sandbox.host, port: sandbox.port }, credentials, {
        signal,
        fetchRows: FETCH_ROWS,
      }),
    limits,
  });
  const sessions = new Sessions({
    transactionIdleTimeoutMs: 60_000,
    sessionIdleTimeoutMs: 60_000,
    sessionLifetimeMs: 60_000,
  });
  onTestFinished(async () => {
    await sessions.close();
    await pool.close(0);
  });
  const connections = new Connections(pool, sessions);
  const reads = new QueryReads({
    connections,
    running: new RunningStatements(),
    snapshots: new Snapshots({ maxAgeMs: 60_000, maxConnections: 1 }),
    batches: { ...DEFAULT_BATCH_OPTIONS, maxRows: BATCH_ROWS },
    fetchRows: FETCH_ROWS,
  });
  const describeQuery = (sql: string): Promise<ArrowSchema> =>
    connections.use({ call: newCall() }, async ({ connection }) => {
      const statement = await connection.prepare(sql);
      statement.drop();
      return resultSchema(statement.columns);
    });
  const fingerprint = schemaFingerprint(await describeQuery(text(0)));
  const open = (query: string, index: number): Promise<ResultStream> => {
    const endpoint = { index, of: ENDPOINTS };
    const sql = text(index);
    return reads.open(
      { kind: 'query', id: query, endpoint, sql, fingerprint },
      { call: newCall() },
    );
  };
  return { pool, describeQuery, open };
}

const inOrder = Array.from({ length: ENDPOINTS }, (_, endpoint) => endpoint);

describe('a client that opens 16 endpoints at once and reads them in order', () => {
  test.each([
    ['in order', inOrder],
    ['from the last to the first', inOrder.toReversed()],
    ['in any order', [7, 15, 3, 11, 0, 9, 2, 14, 6, 1, 12, 5, 8, 13, 4, 10]],
  ])('%s gets all rows over two connections', async (_how, order) => {
    const { pool, open } = await readsOn({ poolMax: 2 });
    const rows = await readInOrder({
      endpoints: ENDPOINTS,
      order,
      open: (endpoint) => open('Q', endpoint),
    });
    expect(rows).toBe(ROWS);
    expect(pool.stats).toMatchObject({ leased: 0, waitingEndpoints: 0, endpointBytes: 0 });
  });

  test('can be answered something else in the middle, though the result needs all connections', async () => {
    const { pool, describeQuery, open } = await readsOn({ poolMax: 4, spareConnections: 1 });
    const streams = inOrder.map((endpoint) => open('Q', endpoint));
    await until(() => pool.stats.waitingEndpoints === ENDPOINTS - 3);
    // Nobody reads the result at the moment.
    const schema = await describeQuery('SELECT 1 AS ONE FROM DUMMY');
    expect(schema.fields.map(({ name }) => name)).toEqual(['ONE']);
    let rows = 0;
    for (const stream of streams) {
      for await (const batch of (await stream).batches) rows += batch.rowCount;
    }
    expect(rows).toBe(ROWS);
  });
});

test('four queries at once over four connections all finish, none long before the others', async () => {
  const { open } = await readsOn({ poolMax: 4 });
  let ended = 0;
  const finished = await Promise.all(
    ['Q', 'R', 'S', 'T'].map(async (query) => {
      const rows = await readInOrder({
        endpoints: ENDPOINTS,
        order: inOrder.toReversed(),
        open: (endpoint) => open(query, endpoint),
        onEnd: () => ended++,
      });
      expect(rows).toBe(ROWS);
      return ended;
    }),
  );
  // In endpoints that were read, of all queries, when each of them was over.
  expect(Math.max(...finished) / Math.min(...finished)).toBeLessThanOrEqual(3);
});

test('with memory for one stream, streams are read one after the other, and all finish', async () => {
  const { pool, open } = await readsOn({ poolMax: 8, memoryBudgetBytes: 1 });
  let most = 0;
  const read = async (query: string): Promise<number> =>
    readInOrder({
      endpoints: ENDPOINTS,
      order: inOrder,
      open: async (endpoint) => {
        const stream = await open(query, endpoint);
        most = Math.max(most, pool.stats.leased);
        return stream;
      },
    });
  expect(await Promise.all(['Q', 'R', 'S'].map(read))).toEqual([ROWS, ROWS, ROWS]);
  expect(most).toBe(1);
});

test('a stream counts as what its packets show', async () => {
  const { pool, open } = await readsOn({ poolMax: 2 });
  const { batches } = await open('Q', 0);
  const stream = batches[Symbol.asyncIterator]();
  expect(pool.stats.endpointBytes).toBe(1024 * 1024);
  // The first batch comes with the first packet, which says nothing of the others.
  await stream.next();
  await stream.next();
  // 32 rows come with the answer to EXECUTE. A BIGINT that is not NULL takes 9
  // bytes, a batch up to twice the bytes of the rows.
  const [first, second] = [32 * 9, FETCH_ROWS * 9];
  expect(pool.stats.endpointBytes).toBe(2 * second + 4 * 2 * (first + second));
  await stream.return?.();
  expect(pool.stats.endpointBytes).toBe(0);
});

test('a client over gRPC that stops reading loses its query and gives the connection back', async () => {
  const proxy = await startProxyBefore(sandbox, {
    readerTimeoutMs: 300,
    batches: { ...DEFAULT_BATCH_OPTIONS, targetBytes: 128 * 1024 },
  });
  onTestFinished(() => proxy.close(0));
  const { user, password } = demoCredentials;
  const client = await connectFlight({ url: proxy.url, credentials: { user, password } });
  onTestFinished(() => client.close());
  const { endpoints } = await client.execute('SELECT * FROM SALES.TRANSACTIONS');
  const request = FLIGHT.ticket.encode({ ticket: endpoints[0]?.ticket ?? new Uint8Array(0) });
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const stream = http2Call(proxy, 'DoGet', request, { authorization });
  await vi.waitUntil(() => proxy.pool.leased === 1);
  await vi.waitUntil(() => proxy.pool.leased === 0, { timeout: 20_000 });
  const { trailers } = await readCall(stream);
  expect(trailers['grpc-status']).toBe(String(status.DEADLINE_EXCEEDED));
  expect(decodeURIComponent(String(trailers['grpc-message']))).toContain('(--reader-timeout)');
});

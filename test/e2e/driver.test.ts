import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { HanaFlightError } from '../../src/core/errors.ts';
import type { HanaConnection } from '../../src/driver/hana-connection.ts';
import { HanaPool } from '../../src/driver/pool/pool.ts';
import { connectHana } from '../../src/driver/session/connect.ts';
import type { ResultSetCursor } from '../../src/driver/session/cursor.ts';
import { FunctionCode } from '../../src/driver/wire/function-code.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { startCorruptingProxy } from '../support/corrupting-proxy.ts';
import { failureOf } from '../support/failure.ts';
import { demoCredentials, logOnTo, openCursor, until } from '../support/hana-under-test.ts';

const ROWS = 200_000;
const ALL_ROWS = 'SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS';
/** A BIGINT that is not NULL: one byte that says so and 8 of value. */
const ROW_BYTES = 9;

let sandbox: RunningSandbox;

beforeAll(async () => {
  sandbox = await openSandbox({ rows: ROWS });
});

afterAll(() => sandbox.close());

async function countRows(cursor: ResultSetCursor): Promise<number> {
  let rows = 0;
  for await (const packet of cursor.packets()) rows += packet.length / ROW_BYTES;
  return rows;
}

async function column(connection: HanaConnection, sql: string): Promise<Buffer> {
  const packets: Uint8Array[] = [];
  for await (const packet of (await openCursor(connection, sql)).packets()) packets.push(packet);
  return Buffer.concat(packets);
}

describe('logon', () => {
  test('succeeds, and the session is the one that HANA calls by its id', async () => {
    const connection = await logOnTo(sandbox.port);
    const told = await column(connection, 'SELECT CURRENT_CONNECTION FROM DUMMY');
    expect(told.readInt32LE(1)).toBe(connection.connectionId);
    expect(await connection.validate()).toBe(true);
  });

  test.each(['DEMO', 'NOBODY'])('of %s with a wrong password is unauthenticated', async (user) => {
    const credentials = { ...demoCredentials, user, password: 'wrong' };
    const failure = await failureOf(
      connectHana({ host: sandbox.host, port: sandbox.port }, credentials),
    );
    expect(failure.code).toBe('unauthenticated');
    expect(failure.hana?.code).toBe(10);
  });

  test('with currentSchema makes unqualified names work', async () => {
    const endpoint = { host: sandbox.host, port: sandbox.port, currentSchema: 'SALES' };
    const connection = await connectHana(endpoint, demoCredentials);
    const statement = await connection.prepare('SELECT TRANSACTION_ID FROM TRANSACTIONS');
    expect(statement.columns.map(({ displayName }) => displayName)).toEqual(['TRANSACTION_ID']);
    await connection.close();
  });
});

test('a prepared statement describes columns and parameters', async () => {
  const connection = await logOnTo(sandbox.port);
  const statement = await connection.prepare(
    'SELECT TRANSACTION_ID, NET_AMOUNT AS "Betrag 😀" FROM SALES.TRANSACTIONS WHERE FISCAL_YEAR = ?',
  );
  expect(statement.functionCode).toBe(FunctionCode.SELECT);
  expect(statement.columns).toMatchObject([
    { displayName: 'TRANSACTION_ID', typeCode: TypeCode.BIGINT },
    { displayName: 'Betrag 😀', typeCode: TypeCode.FIXED8, length: 15, scale: 2 },
  ]);
  expect(statement.parameters).toMatchObject([{ mode: 'in', typeCode: TypeCode.INT }]);
  statement.drop();
  expect(connection.reusable).toBe(true);
});

test.each([
  ['SELECT * FROM SALES.NOPE', 'not-found', 259],
  ['SELEC 1 FROM DUMMY', 'invalid-argument', 257],
  ['SELECT NOPE FROM SALES.TRANSACTIONS', 'invalid-argument', 260],
])('%s fails as %s with HANA %i, and the session goes on', async (sql, code, hana) => {
  const connection = await logOnTo(sandbox.port);
  const failure = await failureOf(connection.prepare(sql));
  expect(failure.code).toBe(code);
  expect(failure.hana?.code).toBe(hana);
  expect(failure.hana?.position).toBeGreaterThan(0);
  expect(await connection.validate()).toBe(true);
});

describe('a result of many packets', () => {
  test('comes whole', async () => {
    expect(await countRows(await openCursor(await logOnTo(sandbox.port), ALL_ROWS))).toBe(ROWS);
  });

  test('is fetched no faster than it is read', async () => {
    const connection = await logOnTo(sandbox.port, { fetchRows: 1000 });
    const packets = (await openCursor(connection, ALL_ROWS)).packets()[Symbol.asyncIterator]();
    await packets.next();
    await new Promise((resolve) => setTimeout(resolve, 100));
    // Nothing is on its way now: the session answers others between two fetches.
    expect(await connection.validate()).toBe(true);
    let rows = 0;
    for (let next = await packets.next(); !next.done; next = await packets.next()) {
      rows += next.value.length / ROW_BYTES;
    }
    expect(rows).toBeGreaterThan(ROWS - 1000);
  });

  test('left in the middle leaves the connection to others', async () => {
    const connection = await logOnTo(sandbox.port);
    for await (const packet of (await openCursor(connection, ALL_ROWS)).packets()) {
      if (packet.length > 1000) break;
    }
    expect(connection.reusable).toBe(true);
    expect(await countRows(await openCursor(connection, ALL_ROWS))).toBe(ROWS);
  });

  test.each([
    ['reset', 'unavailable'],
    ['error', 'resource-exhausted'],
  ] as const)('that HANA ends with %s is a failure and never an end', async (kind, code) => {
    const broken = await openSandbox({ rows: 10_000 });
    onTestFinished(() => broken.close());
    const action = kind === 'reset' ? { kind } : { kind, code: 4 };
    broken.faults.set([{ action, afterRows: 5000, statement: /TRANSACTIONS/ }]);
    const connection = await logOnTo(broken.port, { fetchRows: 1000 });
    const cursor = await openCursor(connection, ALL_ROWS);
    expect((await failureOf(countRows(cursor))).code).toBe(code);
    expect(connection.usable).toBe(kind === 'error');
  });

  test('whose server stops answering fails after communicationTimeoutMs', async () => {
    const silent = await openSandbox({ rows: 10_000 });
    onTestFinished(() => silent.close());
    silent.faults.set([{ action: { kind: 'stall' }, afterRows: 5000 }]);
    const options = { fetchRows: 1000, communicationTimeoutMs: 300 };
    const cursor = await openCursor(await logOnTo(silent.port, options), ALL_ROWS);
    const failure = await failureOf(countRows(cursor));
    expect(failure.code).toBe('unavailable');
    expect(failure.message).toContain('reply to FETCHNEXT');
  });

  test('whose server goes away is unavailable', async () => {
    const mortal = await openSandbox({ rows: 50_000 });
    const connection = await logOnTo(mortal.port, { fetchRows: 1000 });
    const cursor = await openCursor(connection, ALL_ROWS);
    const reading = failureOf(countRows(cursor));
    await mortal.close();
    expect((await reading).code).toBe('unavailable');
  });

  test.each(['garbage', 'part-length'] as const)(
    'with a packet of %s is malformed',
    async (how) => {
      const broken = await openSandbox({ rows: 10_000 });
      onTestFinished(() => broken.close());
      broken.faults.set([{ action: { kind: 'corrupt', how }, afterRows: 5000 }]);
      const connection = await logOnTo(broken.port, { fetchRows: 1000 });
      const failure = await failureOf(countRows(await openCursor(connection, ALL_ROWS)));
      expect(failure.code).toBe('malformed-packet');
      expect(failure.message).toContain('reply to FETCHNEXT');
      expect(connection.usable).toBe(false);
    },
  );
});

test('a LOB longer than its row is read to the end', async () => {
  const text = 'Grüße '.repeat(60_000);
  const connection = await logOnTo(sandbox.port);
  await connection.execute('CREATE COLUMN TABLE LONG_TEXTS (CONTENT NCLOB)');
  await connection.execute(`INSERT INTO LONG_TEXTS VALUES ('${text}')`);
  const cursor = await openCursor(connection, 'SELECT CONTENT FROM LONG_TEXTS');
  let read = '';
  for await (const packet of cursor.packets()) {
    // Type, options, filler, length in characters and in bytes, locator, length of what is here, data.
    const value = Buffer.from(packet);
    expect(value.readBigInt64LE(4)).toBe(BigInt(text.length));
    const [locator, here] = [value.subarray(20, 28), value.readInt32LE(28)];
    read = value.toString('utf8', 32, 32 + here);
    for (let last = read.length === text.length; !last; ) {
      const chunk = await cursor.readLob(locator, read.length + 1, 50_000);
      read += Buffer.from(chunk.data).toString('utf8');
      last = chunk.last;
    }
  }
  expect(read === text).toBe(true);
});

test('a pool serves more tasks than it has connections', async () => {
  const endpoint = { host: sandbox.host, port: sandbox.port };
  const pool = new HanaPool({
    connect: (credentials, signal) => connectHana(endpoint, credentials, { signal }),
    limits: { poolMax: 3 },
  });
  const before = sandbox.connections;
  const counts = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const lease = await pool.lease(demoCredentials, new AbortController().signal);
      expect(sandbox.connections - before).toBeLessThanOrEqual(3);
      try {
        return await countRows(await openCursor(lease.connection, `${ALL_ROWS} LIMIT 5000`));
      } finally {
        lease.release();
      }
    }),
  );
  expect(counts).toEqual(Array.from({ length: 12 }, () => 5000));
  await pool.close(1000);
  // Those of an earlier test may have been closing still when they were counted.
  await until(() => sandbox.connections <= before);
});

test('whatever happens to the bytes on their way, a query fails for itself alone', async () => {
  const escaped: unknown[] = [];
  const onEscape = (thrown: unknown): void => void escaped.push(thrown);
  process.on('uncaughtException', onEscape).on('unhandledRejection', onEscape);
  const proxy = await startCorruptingProxy(sandbox.port);
  onTestFinished(async () => {
    process.off('uncaughtException', onEscape).off('unhandledRejection', onEscape);
    await proxy.close();
  });
  const query = async (timeoutMs: number): Promise<number> => {
    const connection = await connectHana({ host: '127.0.0.1', port: proxy.port }, demoCredentials, {
      connectTimeoutMs: timeoutMs,
      communicationTimeoutMs: timeoutMs,
      fetchRows: 2000,
    });
    try {
      return await countRows(await openCursor(connection, `${ALL_ROWS} LIMIT 10000`));
    } finally {
      await connection.close();
    }
  };
  expect(await query(10_000)).toBe(10_000);
  const fault = fc.record({
    at: fc.nat(proxy.delivered - 1),
    kind: fc.oneof(
      { weight: 6, arbitrary: fc.constant('flip' as const) },
      { weight: 2, arbitrary: fc.constant('cut' as const) },
      // Waits for the timeout wherever it happens.
      { weight: 1, arbitrary: fc.constant('stop' as const) },
    ),
    mask: fc.integer({ min: 1, max: 255 }),
  });
  await fc.assert(
    fc.asyncProperty(fault, async (corruption) => {
      proxy.corrupt(corruption);
      try {
        const rows = await query(500);
        if (corruption.kind !== 'flip') expect(rows).toBe(10_000);
      } catch (thrown) {
        if (!(thrown instanceof HanaFlightError)) throw thrown;
      }
      expect(escaped).toEqual([]);
    }),
    { numRuns: 80 },
  );
  expect(await countRows(await openCursor(await logOnTo(sandbox.port), ALL_ROWS))).toBe(ROWS);
});

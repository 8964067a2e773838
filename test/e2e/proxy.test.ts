import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { randomSecret } from '../../src/auth/sealing.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../src/driver/columnar/batch-stream.ts';
import {
  connectFlight,
  type FlightSqlClient,
  type QueryResult,
  recordBatches,
} from '../../src/flight/client.ts';
import { FLIGHT, messageCodec, unpackAny } from '../../src/flight/protocol.ts';
import {
  authorization,
  failureOf as callFailureOf,
  collect,
  command,
  RawClient,
  SQL_PACKAGE,
  uploadStart,
} from '../support/flight-server.ts';
import { type Stack, startProxyBefore, startStack } from '../support/stack.ts';

const ROWS = 200_000;
let stack: Stack;
let client: FlightSqlClient;

beforeAll(async () => {
  stack = await startStack({ rows: ROWS });
  client = await stack.client();
});

afterAll(async () => {
  client.close();
  await stack.close();
});

async function rowsOf(sql: string, from = client): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const batch of recordBatches(from.readAll(await from.execute(sql)))) {
    for (const row of batch) rows.push(row.toJSON());
  }
  return rows;
}

async function failureOf(promise: Promise<unknown>): Promise<HanaFlightError> {
  const thrown = await promise.then(
    () => new Error('expected a failure, it succeeded'),
    (cause: unknown) => cause,
  );
  if (thrown instanceof HanaFlightError) return thrown;
  throw thrown;
}

/** Reads a planned result to its end; returns its number of rows. */
async function drain(from: FlightSqlClient, plan: QueryResult): Promise<number> {
  let rows = 0;
  for await (const batch of recordBatches(from.readAll(plan))) rows += batch.numRows;
  return rows;
}

/** Waits until a condition holds, for at most 10 s. */
async function eventually(holds: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 500 && !holds(); tries++) await delay(20);
  return holds();
}

const demo = authorization(`Basic ${Buffer.from('DEMO:Demo1234').toString('base64')}`);

const updateResult = messageCodec<{ record_count: string }>(`${SQL_PACKAGE}DoPutUpdateResult`);
const createResult = messageCodec<{ prepared_statement_handle: Uint8Array; is_update: boolean }>(
  `${SQL_PACKAGE}ActionCreatePreparedStatementResult`,
);

/** What the one answer to an update says. */
async function affectedRows(answers: Promise<Buffer[]>): Promise<number> {
  const [answer, ...more] = await answers;
  expect(more).toEqual([]);
  const { app_metadata } = FLIGHT.putResult.decode(answer ?? Buffer.alloc(0));
  return Number(updateResult.decode(app_metadata).record_count);
}

/** The handle of a prepared update. */
async function prepare(raw: RawClient, query: string): Promise<Uint8Array> {
  const body = command('ActionCreatePreparedStatementRequest', { query });
  const action = FLIGHT.action.encode({ type: 'CreatePreparedStatement', body });
  const [reply] = await collect(raw.stream('DoAction', action, { headers: demo }));
  const { value } = unpackAny(FLIGHT.result.decode(reply ?? Buffer.alloc(0)).body, 'result');
  const created = createResult.decode(value);
  expect(created.is_update).toBe(true);
  return created.prepared_statement_handle;
}

const table = (name: string) => `"DEMO"."${name}"`;

describe('a query', () => {
  test('returns what HANA computes, to the last row', async () => {
    const [row] = await rowsOf(
      'SELECT COUNT(*) AS N, SUM(TRANSACTION_ID) AS S FROM SALES.TRANSACTION_HISTORY',
    );
    let count = 0n;
    let sum = 0n;
    const result = await client.execute('SELECT TRANSACTION_ID FROM SALES.TRANSACTION_HISTORY');
    for await (const batch of recordBatches(client.readAll(result))) {
      const ids: unknown = batch.getChildAt(0)?.toArray();
      if (!(ids instanceof BigInt64Array)) throw new Error('expected 64-bit keys');
      for (const id of ids) sum += id;
      count += BigInt(batch.numRows);
    }
    expect(count).toBe(BigInt(ROWS));
    expect(String(count)).toBe(String(row?.['N']));
    expect(String(sum)).toBe(String(row?.['S']));
  });

  test('without rows has its schema and no batch', async () => {
    const result = await client.execute('SELECT * FROM SALES.TRANSACTIONS WHERE 1 = 0');
    expect(result.schema.fields.map((field) => field.name)).toContain('NET_AMOUNT');
    expect(await rowsOf('SELECT * FROM SALES.TRANSACTIONS WHERE 1 = 0')).toEqual([]);
  });

  test('can be read again from the same ticket, and by a second process with the same secret', async () => {
    const secrets = [randomSecret()];
    const first = await startProxyBefore(stack.sandbox, { secrets });
    const second = await startProxyBefore(stack.sandbox, { secrets });
    const credentials = { user: 'DEMO', password: 'Demo1234' };
    const atFirst = await connectFlight({ url: first.url, credentials });
    const atSecond = await connectFlight({ url: second.url, credentials });
    try {
      const plan = await atFirst.execute(
        'SELECT TOP 3 TRANSACTION_ID FROM SALES.TRANSACTIONS ORDER BY 1',
      );
      expect([await drain(atFirst, plan), await drain(atFirst, plan)]).toEqual([3, 3]);
      expect(await drain(atSecond, plan)).toBe(3);
    } finally {
      atFirst.close();
      atSecond.close();
      await Promise.all([first.close(0), second.close(0)]);
    }
  });

  test('with a text of 10 MB is answered', async () => {
    const comment = 'x'.repeat(10 * 1024 * 1024);
    const [row] = await rowsOf(`SELECT /* ${comment} */ 1 AS ONE FROM DUMMY`);
    expect(row).toEqual({ ONE: 1 });
  });
});

describe('an update', () => {
  test('is executed once by GetFlightInfo, tells its row count, and its ticket reads empty', async () => {
    await client.execute(`CREATE TABLE ${table('ONCE')} (ID INTEGER PRIMARY KEY, V NVARCHAR(10))`);
    const insert = await client.execute(`INSERT INTO ${table('ONCE')} VALUES (1, 'a')`);
    expect(insert.totalRecords).toBe(1);
    expect(insert.schema.fields).toEqual([]);
    expect([await drain(client, insert), await drain(client, insert)]).toEqual([0, 0]);
    expect(await rowsOf(`SELECT COUNT(*) AS N FROM ${table('ONCE')}`)).toEqual([{ N: 1n }]);
    const update = await client.execute(`UPDATE ${table('ONCE')} SET V = 'b'`);
    expect(update.totalRecords).toBe(1);
    await client.execute(`DROP TABLE ${table('ONCE')}`);
  });

  test('is executed once by DoPut, as text or prepared, and tells its row count', async () => {
    const raw = new RawClient(stack.proxy);
    const put = (cmd: Uint8Array) => affectedRows(raw.put(uploadStart(cmd), demo));
    const byText = (query: string) => put(command('CommandStatementUpdate', { query }));
    const counts = [
      await byText(`CREATE TABLE ${table('PUT')} (ID INTEGER PRIMARY KEY, V NVARCHAR(10))`),
      await byText(`INSERT INTO ${table('PUT')} VALUES (1, 'a')`),
    ];
    const insert = await prepare(raw, `INSERT INTO ${table('PUT')} SELECT 2, 'b' FROM DUMMY`);
    expect(await rowsOf(`SELECT ID FROM ${table('PUT')}`)).toEqual([{ ID: 1 }]);
    const execution = { prepared_statement_handle: insert };
    counts.push(await put(command('CommandPreparedStatementUpdate', execution)));
    expect(await rowsOf(`SELECT ID FROM ${table('PUT')} ORDER BY ID`)).toEqual([
      { ID: 1 },
      { ID: 2 },
    ]);
    counts.push(await byText(`UPDATE ${table('PUT')} SET V = 'c'`));
    counts.push(await byText(`DELETE FROM ${table('PUT')} WHERE ID = 7`));
    counts.push(await byText(`DROP TABLE ${table('PUT')}`));
    expect(counts).toEqual([0, 1, 1, 2, 0, 0]);
    expect(stack.proxy.pool.leased).toBe(0);
  });

  test.each([
    ['SELECT * FROM SALES.TRANSACTIONS', status.INVALID_ARGUMENT, /returns rows .*GetFlightInfo/],
    [
      'DELETE FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID = ?',
      status.INVALID_ARGUMENT,
      /1 parameter/,
    ],
    ['DELETE FROM SALES.NO_SUCH_TABLE', status.NOT_FOUND, /259/],
    [' ', status.INVALID_ARGUMENT, /expected SQL text/],
  ])('by DoPut of %j is refused', async (query, code, text) => {
    const raw = new RawClient(stack.proxy);
    const update = uploadStart(command('CommandStatementUpdate', { query }));
    const failure = await callFailureOf(raw.put(update, demo));
    expect(failure.details).toMatch(text);
    expect(failure.code).toBe(code);
  });

  test('by DoPut whose client leaves before HANA answered frees the connection', async () => {
    const before = stack.calls.length;
    const call = new RawClient(stack.proxy).duplex('DoPut', demo);
    call.on('error', () => undefined);
    stack.sandbox.shaping.latencyMs = 300;
    try {
      const query = 'DELETE FROM SALES.TRANSACTIONS WHERE 1 = 0';
      call.write(uploadStart(command('CommandStatementUpdate', { query })));
      await once(call, 'metadata');
      call.cancel();
      expect(await eventually(() => stack.calls.length > before)).toBe(true);
    } finally {
      stack.sandbox.shaping.latencyMs = 0;
    }
    expect(stack.calls[before]).toMatchObject({ rpc: 'DoPut', error: { code: 'cancelled' } });
    expect(await eventually(() => stack.proxy.pool.leased === 0)).toBe(true);
  });
});

describe('a failure', () => {
  test('of a wrong password is UNAUTHENTICATED and says that HANA refused it', async () => {
    const failure = await failureOf(stack.client('DEMO', 'wrong'));
    expect(failure.code).toBe('unauthenticated');
    expect(failure.hana?.code).toBe(10);
  });

  test.each([
    ['SELECT * FROM SALES.NO_SUCH_TABLE', 'not-found', 259],
    ['SELECT * FRM SALES.TRANSACTIONS', 'invalid-argument', 257],
    ['SELECT NO_SUCH_COLUMN FROM SALES.TRANSACTIONS', 'invalid-argument', 260],
    ['SELECT * FROM SALES.PAYROLL', 'permission-denied', 258],
    ['SELECT 1', 'invalid-argument', 257],
  ])('of %s is %s with HANA %d in text and trailers', async (sql, code, hanaCode) => {
    const failure = await failureOf(client.execute(sql));
    expect(failure.code).toBe(code);
    expect(failure.hana?.code).toBe(hanaCode);
    expect(failure.message).toContain(String(hanaCode));
  });

  test.each(['', ' \n\t'])(
    'of the text %j is INVALID_ARGUMENT without asking HANA',
    async (sql) => {
      const failure = await failureOf(client.execute(sql));
      expect([failure.code, failure.message]).toEqual([
        'invalid-argument',
        'expected SQL text, got an empty one',
      ]);
    },
  );

  test('of syntax names the position in the text that was sent', async () => {
    const failure = await failureOf(client.execute('SELECT *\nFRM SALES.TRANSACTIONS'));
    expect(failure.hana?.position).toBe(10);
    expect(failure.message).toContain('10');
  });

  test('of HANA in the middle of a result ends the stream with its status, never with fewer rows', async () => {
    stack.sandbox.faults.set([
      { action: { kind: 'error', code: 2048, text: 'column store error' }, afterRows: 100_000 },
    ]);
    try {
      const failure = await failureOf(rowsOf('SELECT * FROM SALES.TRANSACTION_HISTORY'));
      expect(failure.hana?.code).toBe(2048);
    } finally {
      stack.sandbox.faults.clear();
    }
  });

  test('of the connection in the middle of a result is UNAVAILABLE, and the next query works', async () => {
    stack.sandbox.faults.set([{ action: { kind: 'reset' }, afterRows: 100_000 }]);
    try {
      const failure = await failureOf(rowsOf('SELECT * FROM SALES.TRANSACTION_HISTORY'));
      expect(failure.code).toBe('unavailable');
    } finally {
      stack.sandbox.faults.clear();
    }
    expect(await rowsOf('SELECT 1 AS ONE FROM DUMMY')).toEqual([{ ONE: 1 }]);
  });
});

describe('a client that leaves in the middle of a result', () => {
  test('frees the connection it used', async () => {
    for (let round = 0; round < 3; round++) {
      const plan = await client.execute('SELECT * FROM SALES.TRANSACTION_HISTORY');
      for await (const batch of recordBatches(client.readAll(plan))) {
        expect(batch.numRows).toBeGreaterThan(0);
        break;
      }
    }
    expect(await eventually(() => stack.proxy.pool.leased === 0)).toBe(true);
  });

  test('before HANA answered ends the statement inside HANA', async () => {
    stack.sandbox.shaping.latencyMs = 300;
    try {
      const abort = new AbortController();
      const answer = failureOf(client.execute('SELECT * FROM SALES.TRANSACTIONS', abort.signal));
      await delay(100);
      abort.abort();
      expect((await answer).code).toBe('cancelled');
    } finally {
      stack.sandbox.shaping.latencyMs = 0;
    }
    expect(await eventually(() => stack.proxy.pool.leased === 0)).toBe(true);
  });
});

test('a schema too large for a message fails the call and frees its connection', async () => {
  const narrow = await startProxyBefore(stack.sandbox, { maxMessageBytes: 1000 });
  const reader = await connectFlight({
    url: narrow.url,
    credentials: { user: 'DEMO', password: 'Demo1234' },
  });
  try {
    const failure = await failureOf(rowsOf('SELECT * FROM SALES.TRANSACTIONS', reader));
    expect(failure.message).toContain('max-message-bytes is 1000');
    expect(await eventually(() => narrow.pool.leased === 0)).toBe(true);
  } finally {
    reader.close();
    await narrow.close(0);
  }
});

describe('a ticket', () => {
  test('of another user is refused as PERMISSION_DENIED', async () => {
    const plan = await client.execute('SELECT 1 AS ONE FROM DUMMY');
    const other = await stack.client('SYSTEM', 'Manager1');
    const failure = await failureOf(drain(other, plan));
    other.close();
    expect(failure.code).toBe('permission-denied');
  });

  test('for columns that changed meanwhile is refused as FAILED_PRECONDITION', async () => {
    await client.execute(`CREATE TABLE ${table('DRIFT')} (A INTEGER)`);
    const plan = await client.execute(`SELECT * FROM ${table('DRIFT')}`);
    await client.execute(`DROP TABLE ${table('DRIFT')}`);
    await client.execute(`CREATE TABLE ${table('DRIFT')} (A INTEGER, B NVARCHAR(5))`);
    const failure = await failureOf(drain(client, plan));
    expect(failure.code).toBe('failed-precondition');
    await client.execute(`DROP TABLE ${table('DRIFT')}`);
  });
});

describe('a LOB', () => {
  test('over the limit ends the query with an error that names row, column and setting', async () => {
    const small = await startProxyBefore(stack.sandbox, {
      batches: { ...DEFAULT_BATCH_OPTIONS, maxLobBytes: 1000 },
    });
    const limited = await connectFlight({
      url: small.url,
      credentials: { user: 'DEMO', password: 'Demo1234' },
    });
    try {
      const failure = await failureOf(rowsOf('SELECT * FROM SALES.ALL_TYPES', limited));
      expect(failure.code).toBe('resource-exhausted');
      expect(failure.message).toMatch(/row \d+.*LOB.*--max-lob-bytes/s);
    } finally {
      limited.close();
      await small.close(0);
    }
  });
});

describe('callers without credentials', () => {
  test('are refused where there is no service logon', async () => {
    const nobody = await connectFlight({ url: stack.proxy.url });
    expect((await failureOf(nobody.execute('SELECT 1 FROM DUMMY'))).code).toBe('unauthenticated');
    nobody.close();
  });

  test('act as the service user where there is one and only this machine can call', async () => {
    const service = await startProxyBefore(stack.sandbox, {
      service: { kind: 'password', user: 'DEMO', password: 'Demo1234' },
    });
    const nobody = await connectFlight({ url: service.url });
    expect(await rowsOf('SELECT CURRENT_USER AS U FROM DUMMY', nobody)).toEqual([{ U: 'DEMO' }]);
    nobody.close();
    await service.close(0);
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { ticket } from '../support/flight-server.ts';
import { http2Call } from '../support/http2-call.ts';
import { SqlSession, statementQuery } from '../support/sql-session.ts';
import { type Stack, startStack } from '../support/stack.ts';

/** Runs for minutes. */
const LONG = `SELECT COUNT(*) AS N FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B, SALES.TRANSACTIONS C
  WHERE A.QUANTITY + B.QUANTITY > C.QUANTITY`;

const OTHERS = `SELECT COUNT(*) AS N FROM SYS.M_ACTIVE_STATEMENTS
  WHERE CONNECTION_ID <> CURRENT_CONNECTION AND STATEMENT_STATUS = 'ACTIVE'`;

let stack: Stack;
let session: SqlSession;
let watcher: SqlSession;

beforeAll(async () => {
  stack = await startStack({ rows: 20_000, proxy: { pool: { poolMaxPerUser: 1 } } });
});

afterAll(() => stack.close());

beforeEach(async () => {
  session = await SqlSession.logOn(stack.proxy);
  // Another user: the only connection of the first one is busy.
  watcher = await SqlSession.logOn(stack.proxy, 'SYSTEM', 'Manager1');
});

afterEach(() => {
  session.close();
  watcher.close();
});

async function activeStatements(): Promise<number> {
  const [row] = await watcher.query(OTHERS);
  return Number(row?.['N']);
}

type Info = Awaited<ReturnType<SqlSession['plan']>>;

function ticketOf(info: Info): Uint8Array {
  return info.endpoint[0]?.ticket?.ticket ?? Buffer.alloc(0);
}

async function longTicket(): Promise<Uint8Array> {
  return ticketOf(await session.plan(statementQuery(LONG)));
}

/** Starts the long statement, and waits until HANA runs it. */
async function startLong(transaction?: Uint8Array) {
  const info = await session.plan(statementQuery(LONG, transaction));
  const abort = new AbortController();
  const read = (async () => {
    for await (const message of session.openGet(ticketOf(info), abort.signal)) void message;
  })();
  const failure = read.then(
    () => undefined,
    (error: unknown) => error,
  );
  await expect.poll(activeStatements, { timeout: 20_000 }).toBe(1);
  return { info, failure, abort };
}

async function expectFreed(): Promise<void> {
  await expect.poll(activeStatements, { timeout: 5_000 }).toBe(0);
  // The user may have one connection only: it must be free and good again.
  expect(await session.query('SELECT 1 AS N FROM DUMMY')).toEqual([{ N: 1 }]);
}

test('A client that cancels its call ends the statement inside HANA, and the connection is used again.', async () => {
  const { failure, abort } = await startLong();
  const [before] = await watcher.query(
    `SELECT COUNT(*) AS N FROM SYS.M_CONNECTIONS WHERE USER_NAME = 'DEMO'`,
  );
  abort.abort();
  expect(await failure).toMatchObject({ code: 'cancelled' });
  await expectFreed();
  expect(Number(before?.['N'])).toBeGreaterThan(0);
});

test('A client that vanishes ends the statement inside HANA.', async () => {
  const stream = http2Call(stack.proxy, 'DoGet', ticket(await longTicket()), {
    authorization: session.authorization,
  });
  stream.on('error', () => undefined);
  await expect.poll(activeStatements, { timeout: 20_000 }).toBe(1);
  stream.session?.destroy();
  await expectFreed();
});

test('CancelFlightInfo ends the statement, its reader is told, and its ticket is of no use any more.', async () => {
  const { info, failure } = await startLong();
  const { status } = await session.flightAction<{ status: number }>('CancelFlightInfo', { info });
  expect(status).toBe(1);
  expect(await failure).toMatchObject({ code: 'cancelled' });
  await expectFreed();
  await expect(session.doGet(ticketOf(info))).rejects.toMatchObject({ code: 'cancelled' });
});

test('A query that was not begun yet can be cancelled as well.', async () => {
  const info = await session.plan(statementQuery('SELECT 1 AS N FROM DUMMY'));
  const { status } = await session.flightAction<{ status: number }>('CancelFlightInfo', { info });
  expect(status).toBe(1);
  await expect(session.read(info)).rejects.toMatchObject({ code: 'cancelled' });
});

test("Another user's query is not cancelled.", async () => {
  const info = await session.plan(statementQuery('SELECT 1 AS N FROM DUMMY'));
  await expect(watcher.flightAction('CancelFlightInfo', { info })).rejects.toMatchObject({
    code: 'permission-denied',
  });
  expect((await session.read(info)).numRows).toBe(1);
});

test('A cancel in a transaction rolls it back, as HANA does, and the transaction says so.', async () => {
  await session.update('CREATE TABLE CHANGED (ID INTEGER)');
  const transaction = await session.begin();
  // One that has changed nothing is not touched by what is read meanwhile.
  await session.update('INSERT INTO CHANGED VALUES (1)', { transaction });
  const { failure, abort } = await startLong(transaction);
  abort.abort();
  await failure;
  await expect.poll(activeStatements, { timeout: 5_000 }).toBe(0);
  await delay(100);
  await expect(session.query('SELECT 1 AS N FROM DUMMY', { transaction })).rejects.toMatchObject({
    code: 'aborted',
  });
  await session.rollback(transaction);
  await expectFreed();
});

test('RenewFlightEndpoint gives the same query a ticket that is good for longer.', async () => {
  const info = await session.plan(statementQuery('SELECT 1 AS N FROM DUMMY'));
  const [endpoint] = info.endpoint;
  await delay(1_100);
  const renewed = await session.flightAction<
    typeof endpoint & { expiration_time: { seconds: string } }
  >('RenewFlightEndpoint', { endpoint });
  const before = (endpoint as typeof renewed).expiration_time;
  expect(Number(renewed.expiration_time.seconds)).toBeGreaterThan(Number(before.seconds));
  expect((await session.read({ ...info, endpoint: [renewed] })).numRows).toBe(1);
});

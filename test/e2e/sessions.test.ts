import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunningProxy } from '../../src/proxy/start-proxy.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { SqlSession, statementQuery } from '../support/sql-session.ts';
import { startProxyBefore } from '../support/stack.ts';

let sandbox: RunningSandbox;
let proxy: RunningProxy;
let session: SqlSession;

async function setUp(sessionIdleTimeoutMs = 60_000): Promise<void> {
  proxy = await startProxyBefore(sandbox, { sessionIdleTimeoutMs });
  session = await SqlSession.logOn(proxy);
}

async function tearDown(): Promise<void> {
  session.close();
  await proxy.close(0);
}

beforeAll(async () => {
  sandbox = await openSandbox({ rows: 10 });
});
afterAll(() => sandbox.close());

beforeEach(() => setUp());
afterEach(tearDown);

type Options = Record<string, { string_value?: string; int64_value?: string }>;

async function setOptions(values: object): Promise<Record<string, { value: number }>> {
  const request = { session_options: values };
  const { errors } = await session.flightAction<{ errors: Record<string, { value: number }> }>(
    'SetSessionOptions',
    request,
  );
  return errors;
}

async function options(from = session): Promise<Options> {
  const answer = await from.flightAction<{ session_options: Options }>('GetSessionOptions');
  return answer.session_options;
}

const count = 'SELECT COUNT(*) AS N FROM EVENTS';

test("The schema of a session is its user's own at first, and any other that it sets.", async () => {
  expect((await options())['schema']).toMatchObject({ string_value: 'DEMO' });
  await expect(session.query(count)).rejects.toMatchObject({ code: 'not-found' });
  expect(await setOptions({ schema: { string_value: 'SALES' } })).toEqual({});
  expect((await options())['schema']).toMatchObject({ string_value: 'SALES' });
  expect(await session.query(count)).toHaveLength(1);
});

test('Another session of the same user, and one that took its connection, has its own schema.', async () => {
  await setOptions({ schema: { string_value: 'SALES' } });
  await session.query(count);
  const other = await SqlSession.logOn(proxy);
  expect((await options(other))['schema']).toMatchObject({ string_value: 'DEMO' });
  await expect(other.query(count)).rejects.toMatchObject({ code: 'not-found' });
  other.close();
});

test('A ticket goes on with the schema that its query was planned in.', async () => {
  await setOptions({ schema: { string_value: 'SALES' } });
  const info = await session.plan(statementQuery(count));
  await setOptions({ schema: { string_value: 'DEMO' } });
  expect((await session.read(info)).numRows).toBe(1);
});

test('The schema reaches a transaction that is open.', async () => {
  const transaction = await session.begin();
  await session.query('SELECT 1 AS N FROM DUMMY', { transaction });
  await setOptions({ schema: { string_value: 'SALES' } });
  expect(await session.query(count, { transaction })).toHaveLength(1);
  await session.commit(transaction);
});

test('A schema that does not exist is not found, and leaves the one before.', async () => {
  await expect(setOptions({ schema: { string_value: 'NOWHERE' } })).rejects.toMatchObject({
    code: 'not-found',
  });
  expect((await options())['schema']).toMatchObject({ string_value: 'DEMO' });
});

test('An option without a value is taken away; unknown names and wrong values are reported one by one.', async () => {
  await setOptions({ schema: { string_value: 'SALES' } });
  expect(
    await setOptions({
      schema: {},
      no_such_option: { string_value: 'x' },
      catalog: { bool_value: true },
    }),
  ).toEqual({
    no_such_option: { value: 1 },
    catalog: { value: 2 },
  });
  expect((await options())['schema']).toMatchObject({ string_value: 'DEMO' });
});

test('What a session asks of partitioning is told as it was set, and forgotten with an empty value.', async () => {
  expect(Object.keys(await options()).toSorted()).toEqual(['catalog', 'schema']);
  const asked = {
    'flight.endpoints': { int64_value: '16' },
    'flight.column': { string_list_value: { values: ['REGION', '"Id"'] } },
    'flight.consistency': { string_value: 'snapshot' },
  };
  expect(await setOptions(asked)).toEqual({});
  expect(await options()).toMatchObject(asked);
  const other = await SqlSession.logOn(proxy);
  expect(await options(other)).not.toHaveProperty(['flight.endpoints']);
  other.close();
  expect(
    await setOptions({ 'flight.endpoints': {}, 'flight.column': { string_value: '' } }),
  ).toEqual({});
  const left = Object.keys(await options()).filter((name) => name.startsWith('flight.'));
  expect(left).toEqual(['flight.consistency']);
});

test('A wrong option of partitioning is refused in words, and nothing is set.', async () => {
  await expect(
    setOptions({
      schema: { string_value: 'SALES' },
      'flight.endpoint': { int64_value: '16' },
    }),
  ).rejects.toMatchObject({
    code: 'invalid-argument',
    message: "unknown session option flight.endpoint; did you mean 'flight.endpoints'?",
  });
  await expect(setOptions({ 'flight.endpoints': { double_value: 1.5 } })).rejects.toThrow(
    'session option flight.endpoints: expected auto, off or a whole number from 1 to 256, got 1.5',
  );
  expect((await options())['schema']).toMatchObject({ string_value: 'DEMO' });
});

test('CloseSession forgets the options.', async () => {
  await setOptions({ schema: { string_value: 'SALES' } });
  await session.flightAction('CloseSession');
  expect((await options())['schema']).toMatchObject({ string_value: 'DEMO' });
});

test('What SET and temporary tables do stays with the session, and with no other.', async () => {
  await session.update(`SET 'MY_VARIABLE' = 'mine'`);
  await session.update('CREATE LOCAL TEMPORARY TABLE #NUMBERS (N INTEGER)');
  await session.update('INSERT INTO #NUMBERS VALUES (7)');
  const variable = `SELECT SESSION_CONTEXT('MY_VARIABLE') AS V FROM DUMMY`;
  expect(await session.query(variable)).toEqual([{ V: 'mine' }]);
  expect(await session.query('SELECT N FROM #NUMBERS')).toEqual([{ N: 7 }]);
  const other = await SqlSession.logOn(proxy);
  expect(await other.query(variable)).toEqual([{ V: null }]);
  other.close();
});

test('What SET does in a transaction outlives it.', async () => {
  const transaction = await session.begin();
  await session.update('SET SCHEMA SALES', { transaction });
  await session.commit(transaction);
  expect(await session.query(count)).toHaveLength(1);
});

test('CloseSession gives up what the session had set up.', async () => {
  await session.update('CREATE LOCAL TEMPORARY TABLE #NUMBERS (N INTEGER)');
  await session.flightAction('CloseSession');
  await expect(session.query('SELECT N FROM #NUMBERS')).rejects.toMatchObject({
    code: 'not-found',
  });
  expect(proxy.pool.leased).toBe(0);
});

test('A session whose connection was given up is told so once, and goes on afresh.', async () => {
  await tearDown();
  await setUp(1_000);
  await session.update('SET SCHEMA SALES');
  await expect.poll(() => proxy.pool.leased, { timeout: 10_000 }).toBe(0);
  await expect(session.query('SELECT 1 AS N FROM DUMMY')).rejects.toMatchObject({
    code: 'aborted',
    message: expect.stringContaining('idle') as string,
  });
  expect(await session.query('SELECT 1 AS N FROM DUMMY')).toEqual([{ N: 1 }]);
});

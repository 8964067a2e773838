import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningProxy } from '../../src/proxy/start-proxy.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { preparedUpdate, SqlSession } from '../support/sql-session.ts';
import { startProxyBefore } from '../support/stack.ts';

let sandbox: RunningSandbox;
let proxy: RunningProxy;
let session: SqlSession;

async function setUp(transactionIdleTimeoutMs = 60_000): Promise<void> {
  proxy = await startProxyBefore(sandbox, { transactionIdleTimeoutMs });
  session = await SqlSession.logOn(proxy);
  await session.update('DROP TABLE NOTES').catch(() => undefined);
  await session.update('CREATE TABLE "NOTES" ("ID" INTEGER PRIMARY KEY, "TEXT" NVARCHAR(20))');
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

async function untilReleased(): Promise<void> {
  await expect.poll(() => proxy.pool.leased, { timeout: 10_000 }).toBe(0);
}

const insert = (id: number): string => `INSERT INTO NOTES VALUES (${id}, 'note ${id}')`;

async function ids(transaction?: Uint8Array): Promise<unknown[]> {
  const rows = await session.query('SELECT ID FROM NOTES ORDER BY ID', { transaction });
  return rows.map(({ ID }) => ID);
}

test('What a transaction changes is seen by it alone until it commits.', async () => {
  const transaction = await session.begin();
  await session.update(insert(1), { transaction });
  expect(await ids(transaction)).toEqual([1]);
  expect(await ids()).toEqual([]);
  await session.commit(transaction);
  expect(await ids()).toEqual([1]);
});

test('A rollback leaves nothing behind.', async () => {
  const transaction = await session.begin();
  await session.update(insert(1), { transaction });
  await session.rollback(transaction);
  expect(await ids()).toEqual([]);
});

test('COMMIT and ROLLBACK as SQL text end what was done so far; the transaction goes on.', async () => {
  const transaction = await session.begin();
  await session.update(insert(1), { transaction });
  await session.update('COMMIT', { transaction });
  expect(await ids()).toEqual([1]);
  await session.update(insert(2), { transaction });
  await session.query('ROLLBACK WORK', { transaction });
  expect(await ids(transaction)).toEqual([1]);
  await session.update(insert(3), { transaction });
  await session.commit(transaction);
  expect(await ids()).toEqual([1, 3]);
});

test('Two transactions of one session are apart.', async () => {
  const [one, two] = [await session.begin(), await session.begin()];
  await session.update(insert(1), { transaction: one });
  expect(await ids(two)).toEqual([]);
  await session.rollback(one);
  await session.commit(two);
});

test('A transaction takes no connection before its first statement.', async () => {
  const before = proxy.pool.leased;
  const transaction = await session.begin();
  expect(proxy.pool.leased).toBe(before);
  await session.update(insert(1), { transaction });
  expect(proxy.pool.leased).toBe(before + 1);
  await session.commit(transaction);
  expect(proxy.pool.leased).toBe(before);
});

test('A savepoint takes back what came after it, more than once, until it is released.', async () => {
  const transaction = await session.begin();
  await session.update(insert(1), { transaction });
  const savepoint = await session.savepoint(transaction, 'after "one"');
  for (const id of [2, 3]) {
    await session.update(insert(id), { transaction });
    await session.rollbackToSavepoint(savepoint);
    expect(await ids(transaction)).toEqual([1]);
  }
  await session.releaseSavepoint(savepoint);
  await expect(session.rollbackToSavepoint(savepoint)).rejects.toMatchObject({ code: 'not-found' });
  await session.commit(transaction);
  expect(await ids()).toEqual([1]);
});

test('A statement that fails leaves the transaction as it was.', async () => {
  const transaction = await session.begin();
  await session.update(insert(1), { transaction });
  await expect(session.update(insert(1), { transaction })).rejects.toMatchObject({
    code: 'already-exists',
  });
  await session.commit(transaction);
  expect(await ids()).toEqual([1]);
});

test('CloseSession rolls back what is open.', async () => {
  const transaction = await session.begin();
  await session.update(insert(1), { transaction });
  await session.flightAction('CloseSession');
  expect(await ids()).toEqual([]);
  await expect(session.commit(transaction)).rejects.toMatchObject({ code: 'not-found' });
  expect(proxy.pool.leased).toBe(0);
});

test('A transaction belongs to its user, and an id that nobody gave is not found.', async () => {
  const transaction = await session.begin();
  const other = await SqlSession.logOn(proxy, 'SYSTEM', 'Manager1');
  await expect(other.commit(transaction)).rejects.toMatchObject({ code: 'permission-denied' });
  await expect(session.commit(Buffer.from('nobody'))).rejects.toMatchObject({ code: 'not-found' });
  other.close();
});

test('A statement prepared in a transaction goes on in the next one of its session.', async () => {
  const first = await session.begin();
  const { prepared_statement_handle } = await session.prepare(insert(1), { transaction: first });
  await session.rollback(first);
  const second = await session.begin();
  await session.put(preparedUpdate(prepared_statement_handle));
  expect(await ids()).toEqual([]);
  await session.commit(second);
  expect(await ids()).toEqual([1]);
});

describe('when nobody uses a transaction for long', () => {
  beforeEach(async () => {
    await tearDown();
    await setUp(1_000);
  });

  test('one that only read goes on unnoticed, without a connection meanwhile.', async () => {
    const transaction = await session.begin();
    expect(await ids(transaction)).toEqual([]);
    await untilReleased();
    expect(await ids(transaction)).toEqual([]);
    await session.commit(transaction);
  });

  test('one that changed something is rolled back, and says so until it is ended.', async () => {
    const transaction = await session.begin();
    await session.update(insert(1), { transaction });
    await untilReleased();
    const failure = { code: 'aborted', message: expect.stringContaining('idle') as string };
    await expect(session.query('SELECT 1 FROM DUMMY', { transaction })).rejects.toMatchObject(
      failure,
    );
    await expect(session.commit(transaction)).rejects.toMatchObject(failure);
    expect(await ids()).toEqual([]);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { findPart, type ReplyMessage, requirePart } from '../../../src/driver/wire/message.ts';
import { MessageType } from '../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../src/driver/wire/part-kind.ts';
import { encodeCommand } from '../../../src/driver/wire/parts/command.ts';
import { encodeFetchSize } from '../../../src/driver/wire/parts/fetch-size.ts';
import { decodeOptions } from '../../../src/driver/wire/parts/options.ts';
import { TransactionFlag } from '../../../src/driver/wire/parts/transaction-flags.ts';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../../src/sandbox/server.ts';
import { errorOf, WireClient } from '../../support/wire-client.ts';

/** A million million combinations: minutes. */
const LONG =
  'SELECT COUNT(*) FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B, SALES.TRANSACTIONS C WHERE A.QUANTITY + B.QUANTITY > C.QUANTITY';
/** No row will ever come. */
const EMPTY_AND_LONG =
  'SELECT A.CUSTOMER FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B, SALES.TRANSACTIONS C WHERE A.QUANTITY + B.QUANTITY > C.QUANTITY + 10000000';

let sandbox: RunningSandbox;
const clients: WireClient[] = [];

beforeAll(async () => {
  sandbox = await openSandbox({ rows: 10_000 });
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(() => sandbox.close());

async function logOn(): Promise<WireClient> {
  const client = await WireClient.logOn(sandbox.port);
  clients.push(client);
  return client;
}

const activeTexts = (): readonly string[] =>
  sandbox.registry.snapshots().flatMap(({ statements }) => statements.map(({ text }) => text));

const running = (text: string): Promise<void> =>
  vi.waitFor(() => expect(activeTexts()).toContain(text), { timeout: 20_000 });

const idle = (): Promise<void> =>
  vi.waitFor(() => expect(activeTexts()).toEqual([]), { timeout: 20_000 });

const cancel = (client: WireClient, victim: WireClient) =>
  client.execute(`ALTER SYSTEM CANCEL SESSION '${victim.sessionId}'`);

const flagsOf = (reply: ReplyMessage): readonly number[] => {
  const part = findPart(reply, PartKind.TRANSACTIONFLAGS);
  return part === undefined ? [] : [...decodeOptions(part).keys()];
};

describe('cancelling', () => {
  test.each([
    ['a query', LONG],
    ['a query that finds no first row', EMPTY_AND_LONG],
    ['an INSERT', `INSERT INTO CANCELLED ${LONG}`],
    ['an UPDATE', `UPDATE CANCELLED SET N = (${LONG})`],
    ['a CREATE TABLE AS', `CREATE TABLE NEVER AS (${LONG.replace('(*)', '(*) AS N')})`],
  ])('%s: error 139, a rollback, and a session that goes on', async (_, sql) => {
    const victim = await logOn();
    const other = await logOn();
    await victim.execute('CREATE TABLE CANCELLED (N BIGINT)');
    await victim.execute('INSERT INTO CANCELLED VALUES (1)', { commitImmediate: false });
    victim.send(MessageType.EXECUTEDIRECT, [encodeCommand(sql)], { commitImmediate: false });
    await running(sql);
    expect((await cancel(other, victim)).kind).toBe('reply');
    const reply = await victim.receive();
    expect(errorOf(reply).code).toBe(139);
    expect(flagsOf(reply)).toContain(TransactionFlag.ROLLED_BACK);
    expect(activeTexts()).toEqual([]);
    const count = await victim.execute('SELECT 1 FROM CANCELLED');
    // DDL has committed what came before it.
    const rows = sql.startsWith('CREATE') ? 1 : 0;
    expect(requirePart(count, PartKind.RESULTSET).argumentCount).toBe(rows);
    await victim.execute('DROP TABLE CANCELLED');
  });

  test('a prepared statement', async () => {
    const victim = await logOn();
    const other = await logOn();
    const prepared = await victim.request(MessageType.PREPARE, [encodeCommand(LONG)]);
    victim.send(MessageType.EXECUTE, [requirePart(prepared, PartKind.STATEMENTID)]);
    await running(LONG);
    await cancel(other, victim);
    expect(errorOf(await victim.receive()).code).toBe(139);
    expect(activeTexts()).toEqual([]);
  });

  test('a FETCH that is being served', async () => {
    const sql = 'SELECT A.* FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B';
    const victim = await logOn();
    const other = await logOn();
    const first = await victim.execute(sql);
    const id = requirePart(first, PartKind.RESULTSETID);
    // Fetches one after the other until one is hit; any may be.
    victim.send(MessageType.FETCHNEXT, [id, encodeFetchSize(1_000_000)]);
    await cancel(other, victim);
    let reply = await victim.receive();
    if (reply.kind === 'reply') {
      reply = await victim.request(MessageType.FETCHNEXT, [id, encodeFetchSize(10)]);
    }
    expect(errorOf(reply).code).toBe(139);
    expect(activeTexts()).toEqual([]);
    expect((await victim.execute('SELECT 1 FROM DUMMY')).kind).toBe('reply');
  });

  test('an idle session: nothing happens', async () => {
    const victim = await logOn();
    const other = await logOn();
    await cancel(other, victim);
    expect((await victim.execute('SELECT 1 FROM DUMMY')).kind).toBe('reply');
  });

  test("another user's session: error 258, and it goes on", async () => {
    const victim = await logOn();
    const other = await WireClient.open(sandbox.port);
    clients.push(other);
    await other.initialize();
    await other.authenticate('RESTRICTED', 'Restricted1', 'SCRAMPBKDF2SHA256');
    victim.send(MessageType.EXECUTEDIRECT, [encodeCommand(LONG)]);
    await running(LONG);
    expect(errorOf(await cancel(other, victim)).code).toBe(258);
    expect(activeTexts()).toContain(LONG);
  });

  test('a client that goes away ends its statement; others are served meanwhile', async () => {
    const victim = await logOn();
    const other = await logOn();
    victim.send(MessageType.EXECUTEDIRECT, [encodeCommand(LONG)]);
    await running(LONG);
    expect((await other.execute('SELECT COUNT(*) FROM SALES.TRANSACTIONS')).kind).toBe('reply');
    victim.close();
    await idle();
    const ids = sandbox.registry.snapshots().map(({ connectionId }) => connectionId);
    expect(ids).not.toContain(Number(victim.sessionId));
  });
});

test('more long statements than threads: logon and cancel still work, the waiting ones too', async () => {
  const victims = await Promise.all(Array.from({ length: 6 }, logOn));
  for (const victim of victims) victim.send(MessageType.EXECUTEDIRECT, [encodeCommand(LONG)]);
  await vi.waitFor(() => expect(activeTexts()).toHaveLength(6), { timeout: 20_000 });
  const other = await logOn();
  for (const victim of victims.toReversed()) {
    await cancel(other, victim);
    expect(errorOf(await victim.receive()).code).toBe(139);
  }
  expect((await other.execute('SELECT 1 FROM DUMMY')).kind).toBe('reply');
});

describe('what a reply says of the transaction', () => {
  const open = { commitImmediate: false };

  test.each([
    ['COMMIT', TransactionFlag.COMMITTED],
    ['ROLLBACK', TransactionFlag.ROLLED_BACK],
    ['CREATE TABLE FLAGGED_TOO (N INTEGER)', TransactionFlag.COMMITTED],
  ])('after a first write, %s ends it', async (sql, flag) => {
    const client = await logOn();
    await client.execute('CREATE TABLE FLAGGED (N INTEGER)');
    expect(flagsOf(await client.execute('SELECT * FROM FLAGGED', open))).toEqual([]);
    const insert = 'INSERT INTO FLAGGED VALUES (1)';
    const started = [TransactionFlag.WRITE_TRANSACTION_STARTED];
    expect(flagsOf(await client.execute(insert, open))).toEqual(started);
    expect(flagsOf(await client.execute(insert, open))).toEqual([]);
    expect(flagsOf(await client.execute(sql, open))).toEqual([flag]);
    expect(flagsOf(await client.execute(insert, open))).toEqual(started);
    await client.request(MessageType.ROLLBACK);
    const rows = await client.execute('SELECT * FROM FLAGGED');
    const kept = flag === TransactionFlag.COMMITTED ? 2 : 0;
    expect(requirePart(rows, PartKind.RESULTSET).argumentCount).toBe(kept);
    for (const table of ['FLAGGED', 'FLAGGED_TOO']) await client.execute(`DROP TABLE ${table}`);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../../src/sandbox/server.ts';
import { NodeHdb } from '../../support/node-hdb.ts';

/** Real connections to a real server: what one commits the others see, or do not see. */

let sandbox: RunningSandbox;
const connections: NodeHdb[] = [];

beforeAll(async () => {
  sandbox = await openSandbox({ rows: 10 });
});

afterAll(async () => {
  for (const connection of connections) await connection.disconnect();
  await sandbox.close();
});

async function connect(autoCommit = true): Promise<NodeHdb> {
  const connection = await NodeHdb.connect(sandbox.port);
  connections.push(connection);
  connection.setAutoCommit(autoCommit);
  return connection;
}

async function rowsOf(connection: NodeHdb, sql: string): Promise<readonly object[]> {
  return (await connection.exec(sql)) as object[];
}

/** The only value of a result, as text. */
async function valueOf(connection: NodeHdb, sql: string): Promise<string> {
  const [row = {}] = await rowsOf(connection, sql);
  return String(Object.values(row)[0]);
}

const STAMP = 'SELECT CURRENT_MVCC_SNAPSHOT_TIMESTAMP() AS STAMP FROM DUMMY';
const REPEATABLE = 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ';

/** A table of accounts whose amounts sum up to 0. */
async function accounts(name: string): Promise<NodeHdb> {
  const owner = await connect();
  await owner.exec(`CREATE COLUMN TABLE ${name} (ID INTEGER PRIMARY KEY, AMOUNT INTEGER)`);
  await owner.execPrepared(`INSERT INTO ${name} VALUES (?, ?)`, [
    [1, 0],
    [2, 0],
    [3, 0],
  ]);
  return owner;
}

const sumOf = (name: string) => `SELECT SUM(AMOUNT) FROM ${name}`;
const amountOf = (name: string) => `SELECT AMOUNT FROM ${name} WHERE ID = 1`;

describe('REPEATABLE READ', () => {
  test('keeps the snapshot of its first statement until it ends', async () => {
    const writer = await accounts('KEPT');
    const reader = await connect(false);
    await reader.exec(REPEATABLE);
    await writer.exec('UPDATE KEPT SET AMOUNT = 1 WHERE ID = 1');
    expect(await valueOf(reader, amountOf('KEPT'))).toBe('1');
    await writer.exec('UPDATE KEPT SET AMOUNT = 2 WHERE ID = 1');
    expect(await valueOf(reader, amountOf('KEPT'))).toBe('1');
    await reader.commit();
    expect(await valueOf(reader, amountOf('KEPT'))).toBe('2');
  });

  test('ends with the transaction', async () => {
    const writer = await accounts('ENDED');
    const reader = await connect(false);
    for (const end of ['commit', 'rollback'] as const) {
      await reader.exec(REPEATABLE);
      await reader[end]();
      await writer.exec('UPDATE ENDED SET AMOUNT = 1 WHERE ID = 1');
      expect(await valueOf(reader, amountOf('ENDED'))).toBe('1');
      await writer.exec('UPDATE ENDED SET AMOUNT = 2 WHERE ID = 1');
      expect(await valueOf(reader, amountOf('ENDED'))).toBe('2');
      await reader.rollback();
    }
  });

  test('is the level of one statement in autocommit', async () => {
    const writer = await accounts('ONE_STATEMENT');
    const reader = await connect();
    await reader.exec(REPEATABLE);
    expect(await valueOf(reader, amountOf('ONE_STATEMENT'))).toBe('0');
    await writer.exec('UPDATE ONE_STATEMENT SET AMOUNT = 1');
    expect(await valueOf(reader, amountOf('ONE_STATEMENT'))).toBe('1');
  });

  test('sees its own changes on top of its snapshot', async () => {
    const writer = await accounts('OWN');
    const reader = await connect(false);
    await reader.exec('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
    expect(await valueOf(reader, sumOf('OWN'))).toBe('0');
    await writer.exec('UPDATE OWN SET AMOUNT = 10 WHERE ID = 1');
    await reader.exec('UPDATE OWN SET AMOUNT = 5 WHERE ID = 2');
    expect(await valueOf(reader, sumOf('OWN'))).toBe('5');
    await reader.rollback();
    expect(await valueOf(reader, sumOf('OWN'))).toBe('10');
  });

  test('survives a failed statement while nothing was committed, and is lost with 150 else', async () => {
    const writer = await accounts('FAILING');
    const reader = await connect(false);
    const failing = "SELECT TO_INTEGER('x' || AMOUNT) FROM FAILING";
    await reader.exec(REPEATABLE);
    expect(await valueOf(reader, sumOf('FAILING'))).toBe('0');
    await expect(reader.exec(failing)).rejects.toMatchObject({ code: 339 });
    expect(await valueOf(reader, sumOf('FAILING'))).toBe('0');
    await writer.exec('UPDATE FAILING SET AMOUNT = 7 WHERE ID = 1');
    await expect(reader.exec(failing)).rejects.toMatchObject({ code: 150 });
    expect(await valueOf(reader, sumOf('FAILING'))).toBe('7');
  });
});

test('READ COMMITTED sees with each statement what is committed', async () => {
  const writer = await accounts('COMMITTED');
  const reader = await connect(false);
  expect(await valueOf(reader, amountOf('COMMITTED'))).toBe('0');
  await writer.exec('UPDATE COMMITTED SET AMOUNT = 1 WHERE ID = 1');
  expect(await valueOf(reader, amountOf('COMMITTED'))).toBe('1');
});

describe('the stamp of a snapshot', () => {
  test.each([
    ['an update', 'UPDATE STAMPED SET AMOUNT = AMOUNT + 1'],
    ['a table', 'CREATE TABLE STAMPED_MORE (ID INTEGER)'],
    ['a table made from a query', 'CREATE TABLE STAMPED_COPY AS (SELECT * FROM STAMPED)'],
    ['a change of a table', 'ALTER TABLE STAMPED ADD (NOTE NVARCHAR(10))'],
    ['TRUNCATE', 'TRUNCATE TABLE STAMPED'],
    ['DROP', 'DROP TABLE STAMPED'],
  ])('changes with %s', async (_, sql) => {
    const writer = await connect();
    if (sql.startsWith('UPDATE')) await accounts('STAMPED');
    const before = BigInt(await valueOf(writer, STAMP));
    expect(BigInt(await valueOf(writer, STAMP))).toBe(before);
    await writer.exec(sql);
    expect(BigInt(await valueOf(writer, STAMP))).toBeGreaterThan(before);
  });

  test('changes with an insert by the packet', async () => {
    const writer = await accounts('PACKED');
    const before = await valueOf(writer, STAMP);
    const rows = Array.from({ length: 100 }, (_, index) => [index + 10, 0]);
    await writer.execPrepared('INSERT INTO PACKED VALUES (?, ?)', rows);
    expect(await valueOf(writer, STAMP)).not.toBe(before);
  });

  test('does not change before the commit, nor by a rollback', async () => {
    const writer = await accounts('UNCOMMITTED');
    const reader = await connect();
    const before = await valueOf(reader, STAMP);
    writer.setAutoCommit(false);
    await writer.exec('UPDATE UNCOMMITTED SET AMOUNT = 1');
    expect(await valueOf(reader, STAMP)).toBe(before);
    await writer.rollback();
    expect(await valueOf(reader, STAMP)).toBe(before);
    await writer.exec('UPDATE UNCOMMITTED SET AMOUNT = 1');
    await writer.commit();
    expect(await valueOf(reader, STAMP)).not.toBe(before);
  });

  test('stands in M_TRANSACTIONS with the level of isolation', async () => {
    const reader = await connect(false);
    await reader.exec(REPEATABLE);
    const stamp = await valueOf(reader, STAMP);
    await (await connect()).exec('CREATE TABLE SHOWN (ID INTEGER)');
    expect(await valueOf(reader, STAMP)).toBe(stamp);
    const own = 'WHERE CONNECTION_ID = CURRENT_CONNECTION';
    const view = `SELECT ISOLATION_LEVEL AS L, START_MVCC_TIMESTAMP AS S,
      MIN_MVCC_SNAPSHOT_TIMESTAMP AS M FROM M_TRANSACTIONS ${own}`;
    expect(await rowsOf(reader, view)).toMatchObject([
      { L: 'REPEATABLE READ', S: Number(stamp), M: Number(stamp) },
    ]);
    await reader.commit();
    expect(await rowsOf(reader, view)).toMatchObject([{ L: 'READ COMMITTED' }]);
  });

  test('is equal for two readers exactly when they see the same rows', async () => {
    const writer = await accounts('MOVED');
    writer.setAutoCommit(false);
    const seen = new Map<string, string>();
    const done = new AbortController();
    const read = async (): Promise<void> => {
      const reader = await connect(false);
      for (let round = 0; round < 15; round++) {
        await reader.exec(REPEATABLE);
        const stamp = await valueOf(reader, STAMP);
        const rows = JSON.stringify(
          await rowsOf(reader, 'SELECT ID, AMOUNT FROM MOVED ORDER BY ID'),
        );
        expect(await valueOf(reader, sumOf('MOVED'))).toBe('0');
        expect(seen.get(stamp) ?? rows).toBe(rows);
        seen.set(stamp, rows);
        expect(await valueOf(reader, STAMP)).toBe(stamp);
        await reader.commit();
      }
    };
    const write = async (): Promise<void> => {
      for (let amount = 1; !done.signal.aborted; amount++) {
        await writer.exec(`UPDATE MOVED SET AMOUNT = AMOUNT + ${amount} WHERE ID = 1`);
        await writer.exec(`UPDATE MOVED SET AMOUNT = AMOUNT - ${amount} WHERE ID = 2`);
        await writer.commit();
      }
    };
    const written = write();
    try {
      await Promise.all([read(), read(), read(), read()]);
    } finally {
      done.abort();
      await written;
    }
    // Every commit changes the rows, so no two stamps show the same ones.
    expect(new Set(seen.values()).size).toBe(seen.size);
    expect(seen.size).toBeGreaterThan(1);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ALL_TYPES, type ClientLimits, expectColumn } from './all-types.ts';
import { decodeCesu8, encodeCesu8 } from './cesu8.ts';
import type { ReportedColumn } from './foreign-program.ts';
import { LOGON_TRACE } from './hana-client-cases.ts';
import { vectorBytes } from './hana-client-limits.ts';
import { DEMO, HanaFlightProcess } from './hana-flight-process.ts';
import { NodeHdbClient } from './node-hdb-client.ts';

/** Outside the Basic Multilingual Plane: two surrogates in HANA, six bytes in CESU-8. */
const SUPPLEMENTARY = '\u{1D11E}';
const BATCH_ROWS = 1000;

const LIMITS: ClientLimits = {
  typeOf: (column) => column.typeCode,
  shown: { C_REAL_VECTOR: vectorBytes },
};

describe("node-hdb's row API against the sandbox", () => {
  let sandbox: HanaFlightProcess | undefined;
  const clients: NodeHdbClient[] = [];

  beforeAll(async () => {
    sandbox = await HanaFlightProcess.start('sandbox', '--sandbox-rows', '50000', '--trace');
  });
  afterAll(() => sandbox?.stop());
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });

  async function logOn(password: string = DEMO.password): Promise<NodeHdbClient> {
    const client = await NodeHdbClient.connect(sandbox?.hana ?? '', DEMO.user, password);
    clients.push(client);
    return client;
  }

  test('logs on', async () => {
    const client = await logOn();
    expect(await client.query('SELECT CURRENT_USER FROM DUMMY')).toEqual([['DEMO']]);
    const [, proof] = LOGON_TRACE;
    await expect.poll(() => sandbox?.log).toMatch(proof);
  });

  test('is refused with a wrong password', async () => {
    await expect(logOn('not the password')).rejects.toMatchObject({ code: 10 });
  });

  test('reads a result of many packets', async () => {
    const client = await logOn();
    const rows = await client.query('SELECT TRANSACTION_ID, NOTE FROM SALES.TRANSACTIONS');
    const sum = rows.reduce((total, [id]) => total + BigInt(String(id)), 0n);
    const totals = await client.query(
      'SELECT COUNT(*), SUM(TRANSACTION_ID) FROM SALES.TRANSACTIONS',
    );
    expect([rows.length, sum].map(String)).toEqual(totals[0]?.map(String));
  });

  test('binds parameters of a query', async () => {
    const client = await logOn();
    const [found] = await client.query(
      'SELECT TOP 1 TRANSACTION_ID, SALES_REGION FROM SALES.TRANSACTIONS WHERE SALES_REGION IS NOT NULL',
    );
    const [id, region] = found ?? [];
    const sql =
      'SELECT COUNT(*) FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID = ? AND SALES_REGION = ?';
    expect(await client.prepared(sql, [id, region])).toEqual([[1]]);
    expect(await client.prepared(sql, [id, `${String(region)}?`])).toEqual([[0]]);
  });

  test('inserts a prepared batch', async () => {
    const client = await logOn();
    await client.change(
      'CREATE COLUMN TABLE NODE_BATCH (ID INTEGER PRIMARY KEY, NAME NVARCHAR(40), PRICE DECIMAL(15,2))',
    );
    const batch = Array.from({ length: BATCH_ROWS }, (_, id) =>
      id % 10 === 0 ? [id, null, null] : [id, `${SUPPLEMENTARY} ${id}`, `-${id}.05`],
    );
    const affected = await client.prepared('INSERT INTO NODE_BATCH VALUES (?, ?, ?)', batch);
    expect(affected).toEqual(Array<number>(BATCH_ROWS).fill(1));
    expect(
      await client.query(
        'SELECT COUNT(*), SUM(CASE WHEN NAME IS NULL THEN 1 ELSE 0 END) FROM NODE_BATCH',
      ),
    ).toEqual([[BATCH_ROWS, BATCH_ROWS / 10]]);
    expect(await client.query('SELECT NAME, PRICE FROM NODE_BATCH WHERE ID = 999')).toEqual([
      [`${SUPPLEMENTARY} 999`, '-999.05'],
    ]);
  });

  test('writes and reads LOBs larger than a packet', async () => {
    const client = await logOn();
    const text = `Zeile ${SUPPLEMENTARY} ünd `.repeat(120_000);
    const bytes = Buffer.from(
      Uint8Array.from({ length: 2_000_001 }, (_, index) => index * 7 + (index >> 8)),
    );
    await client.change('CREATE COLUMN TABLE NODE_LOB (ID INTEGER PRIMARY KEY, T NCLOB, B BLOB)');
    const insert = 'INSERT INTO NODE_LOB VALUES (?, ?, ?)';
    await client.prepared(insert, [1, encodeCesu8(text), bytes]);
    await client.prepared(insert, [2, Buffer.alloc(0), Buffer.alloc(0)]);
    await client.prepared(insert, [3, null, null]);
    const rows = await client.query('SELECT T, B FROM NODE_LOB ORDER BY ID');
    const [long, empty, missing] = rows;
    expect(decodeCesu8(long?.[0] as Buffer) === text).toBe(true);
    expect(bytes.equals(long?.[1] as Buffer)).toBe(true);
    expect(empty).toEqual([Buffer.alloc(0), Buffer.alloc(0)]);
    expect(missing).toEqual([null, null]);
  });

  test('commits and rolls back', async () => {
    const [client, other] = [await logOn(), await logOn()];
    await client.change('CREATE COLUMN TABLE NODE_TX (ID INTEGER)');
    const count = 'SELECT COUNT(*) FROM NODE_TX';
    client.setAutoCommit(false);
    for (const [end, after] of [
      ['rollback', 0],
      ['commit', 1],
    ] as const) {
      await client.change('INSERT INTO NODE_TX VALUES (1)');
      expect(await client.query(count)).toEqual([[1]]);
      expect(await other.query(count)).toEqual([[0]]);
      await client[end]();
      expect(await other.query(count)).toEqual([[after]]);
    }
  });

  test('shows the code of an unknown table', async () => {
    const client = await logOn();
    await expect(client.query('SELECT * FROM SALES.NO_SUCH_TABLE')).rejects.toMatchObject({
      code: 259,
    });
    expect(await client.query('SELECT 1 FROM DUMMY')).toEqual([[1]]);
  });

  test('shows the position of a syntax error', async () => {
    const client = await logOn();
    await expect(client.query('SELECT * FORM DUMMY')).rejects.toMatchObject({
      code: 257,
      position: 10,
    });
  });

  test('shows the code of a batch that breaks a key', async () => {
    const client = await logOn();
    await client.change('CREATE COLUMN TABLE NODE_KEY (ID INTEGER PRIMARY KEY)');
    await expect(
      client.prepared('INSERT INTO NODE_KEY VALUES (?)', [[1], [2], [1]]),
    ).rejects.toMatchObject({ code: 301 });
  });

  describe('reads ALL_TYPES', () => {
    let columns: readonly ReportedColumn[] = [];

    beforeAll(async () => {
      const client = await NodeHdbClient.connect(sandbox?.hana ?? '', DEMO.user, DEMO.password);
      columns = await client.table('SELECT * FROM SALES.ALL_TYPES ORDER BY ID');
      client.close();
    });

    test('has the expected columns', () => {
      expect(columns.map((column) => column.name)).toEqual(ALL_TYPES.map((column) => column.name));
    });

    test.for(ALL_TYPES.map((column) => [column.name, column.hanaType] as const))(
      '%s %s',
      ([name]) => {
        expectColumn(columns, name, LIMITS);
      },
    );
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPlanningFacts } from '../../../../src/driver/catalog/planning-facts.ts';
import type { HanaConnection } from '../../../../src/driver/hana-connection.ts';
import { connectHana } from '../../../../src/driver/session/connect.ts';
import { openSandbox } from '../../../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../../../src/sandbox/server.ts';
import { runAll } from '../../../support/catalog.ts';
import { demoCredentials } from '../../../support/hana-under-test.ts';

let sandbox: RunningSandbox;
let connection: HanaConnection;

beforeAll(async () => {
  sandbox = await openSandbox({ rows: 1000 });
  connection = await connectHana({ host: sandbox.host, port: sandbox.port }, demoCredentials);
  await runAll(connection, [
    'CREATE ROW TABLE FACTS_ROWS (A INTEGER, B NVARCHAR(10) NOT NULL)',
    'INSERT INTO FACTS_ROWS VALUES (1, 2)',
  ]);
});

afterAll(async () => {
  await connection.close();
  await sandbox.close();
});

describe('the facts for planning of', () => {
  test('a column table are its size, columns and key', async () => {
    const facts = await readPlanningFacts(connection, { schema: 'SALES', name: 'TRANSACTIONS' });
    expect(facts).toMatchObject({
      schema: 'SALES',
      name: 'TRANSACTIONS',
      kind: 'column-table',
      rows: 1000,
      primaryKey: ['TRANSACTION_ID'],
      partitioning: undefined,
      systemVersioned: false,
    });
    expect(facts?.columns.slice(0, 2)).toEqual([
      {
        name: 'TRANSACTION_ID',
        type: { name: 'BIGINT', length: 19, scale: 0 },
        nullable: false,
      },
      {
        name: 'POSTED_AT',
        type: { name: 'TIMESTAMP', length: 27, scale: 7 },
        nullable: true,
      },
    ]);
  });

  test('a partitioned table have its parts with their rows', async () => {
    const table = { schema: 'SALES', name: 'TRANSACTION_HISTORY' };
    const facts = await readPlanningFacts(connection, table);
    const { parts = [], ...partitioning } = facts?.partitioning ?? {};
    expect(partitioning).toEqual({
      definition: 'HASH ("TRANSACTION_ID") PARTITIONS 8',
      kind: 'HASH',
      expression: 'TRANSACTION_ID',
    });
    expect(parts.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(1000);
  });

  test('a table below the limit come without its parts', async () => {
    const table = { schema: 'SALES', name: 'TRANSACTION_HISTORY' };
    const facts = await readPlanningFacts(connection, table, { detailsFromRows: 1001 });
    expect([facts?.rows, facts?.partitioning]).toEqual([1000, undefined]);
  });

  test('a table with a key of several columns have them in the order of the key', async () => {
    const table = { schema: 'SALES', name: 'SALES_ITEMS' };
    const facts = await readPlanningFacts(connection, table);
    expect(facts?.primaryKey).toEqual(['TRANSACTION_ID', 'ITEM_NUMBER']);
  });

  test('a row table of the current schema say its kind', async () => {
    const facts = await readPlanningFacts(connection, { schema: undefined, name: 'FACTS_ROWS' });
    expect(facts).toMatchObject({ kind: 'row-table', rows: 1, primaryKey: [] });
    expect(facts?.columns.map(({ nullable }) => nullable)).toEqual([true, false]);
  });

  test('a view are its columns, and no size', async () => {
    const facts = await readPlanningFacts(connection, { schema: 'SALES', name: 'REGION_TOTALS' });
    expect(facts).toMatchObject({ kind: 'view', rows: undefined, primaryKey: [] });
    expect(facts?.columns.length).toBeGreaterThan(1);
  });

  test('what is not there, or not for this user, are none', async () => {
    expect(await readPlanningFacts(connection, { schema: 'SALES', name: 'NONE' })).toBeUndefined();
    expect(
      await readPlanningFacts(connection, { schema: 'SALES', name: 'PAYROLL' }),
    ).toBeUndefined();
  });
});

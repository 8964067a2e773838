import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { int64Column, makeBatch, utf8Column } from '../../src/arrow/columns.ts';
import type { ArrowField } from '../../src/arrow/types.ts';
import { MAX_PARAMETER_ROWS } from '../../src/driver/hana-connection.ts';
import { command } from '../support/flight-server.ts';
import { SqlSession, type Upload } from '../support/sql-session.ts';
import { type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
let session: SqlSession;

beforeAll(async () => {
  stack = await startStack({ rows: 10 });
});

afterAll(() => stack.close());

beforeEach(async () => {
  session = await SqlSession.logOn(stack.proxy);
  for (const table of ['people', 'long texts', 'temp']) {
    await session.update(`DROP TABLE "${table}"`).catch(() => undefined);
  }
  return () => session.close();
});

const ID: ArrowField = {
  name: 'id',
  type: { kind: 'int', bits: 64, signed: true },
  nullable: false,
};
const NAME: ArrowField = { name: 'full "name"', type: { kind: 'utf8' }, nullable: true };

function people(...lists: (readonly (readonly [bigint, string | null])[])[]): Upload {
  return {
    schema: { fields: [ID, NAME] },
    batches: lists.map((list) =>
      makeBatch(list.length, [
        int64Column(list.map(([id]) => id)),
        utf8Column(list.map(([, name]) => name)),
      ]),
    ),
  };
}

const MODES = {
  create: { if_not_exist: 1, if_exists: 1 },
  append: { if_not_exist: 2, if_exists: 2 },
  createAppend: { if_not_exist: 1, if_exists: 2 },
  replace: { if_not_exist: 1, if_exists: 3 },
} as const;

function ingestInto(table: string, mode: keyof typeof MODES, more: object = {}): Buffer {
  return command('CommandStatementIngest', {
    table,
    table_definition_options: MODES[mode],
    ...more,
  });
}

async function stored(table = '"people"', transaction?: Uint8Array): Promise<unknown[][]> {
  const rows = await session.query(`SELECT * FROM ${table} ORDER BY 1`, { transaction });
  return rows.map((row) => Object.values(row));
}

const TWO = people([
  [1n, 'Ann'],
  [2n, null],
]);
const THIRD = people([[3n, '𝄞 Bob']]);

test('Create makes the table with the columns as they are named, and fails when it is there.', async () => {
  expect(await session.put(ingestInto('people', 'create'), TWO)).toBe(2);
  expect(await stored()).toEqual([
    [1n, 'Ann'],
    [2n, null],
  ]);
  const columns = await session.query(
    `SELECT COLUMN_NAME, DATA_TYPE_NAME, IS_NULLABLE FROM SYS.TABLE_COLUMNS WHERE TABLE_NAME = 'people' ORDER BY POSITION`,
  );
  expect(columns.map((column) => Object.values(column))).toEqual([
    ['id', 'BIGINT', 'FALSE'],
    ['full "name"', 'NVARCHAR', 'TRUE'],
  ]);
  await expect(session.put(ingestInto('people', 'create'), TWO)).rejects.toMatchObject({
    code: 'already-exists',
  });
});

test('Append adds to a table that is there, and fails when it is not.', async () => {
  await expect(session.put(ingestInto('people', 'append'), TWO)).rejects.toMatchObject({
    code: 'not-found',
  });
  await session.put(ingestInto('people', 'create'), TWO);
  expect(await session.put(ingestInto('people', 'append'), THIRD)).toBe(1);
  expect(await stored()).toEqual([
    [1n, 'Ann'],
    [2n, null],
    [3n, '𝄞 Bob'],
  ]);
});

test('Create-append does what is needed, and refuses a table with other columns.', async () => {
  await session.put(ingestInto('people', 'createAppend'), TWO);
  await session.put(ingestInto('people', 'createAppend'), THIRD);
  expect(await stored()).toHaveLength(3);
  await session.update('DROP TABLE "people"');
  await session.update('CREATE TABLE "people" ("id" BIGINT)');
  await expect(session.put(ingestInto('people', 'createAppend'), TWO)).rejects.toMatchObject({
    code: 'already-exists',
    message: expect.stringContaining('other columns') as string,
  });
});

test('Replace puts a new table in the place of the old one, or makes it.', async () => {
  await session.put(ingestInto('people', 'replace'), TWO);
  await session.put(ingestInto('people', 'replace'), THIRD);
  expect(await stored()).toEqual([[3n, '𝄞 Bob']]);
});

test('A replace that fails leaves the old table as it was, and nothing beside it.', async () => {
  await session.put(ingestInto('people', 'create'), TWO);
  const long = people([[1n, 'short']], [[2n, 'x'.repeat(6000)]]);
  await expect(session.put(ingestInto('people', 'replace'), long)).rejects.toThrow();
  expect(await stored()).toEqual([
    [1n, 'Ann'],
    [2n, null],
  ]);
  const tables = await session.query(
    `SELECT TABLE_NAME FROM SYS.TABLES WHERE TABLE_NAME LIKE 'people%'`,
  );
  expect(tables).toEqual([{ TABLE_NAME: 'people' }]);
});

test('An ingest of which one row is refused keeps none, and names the row.', async () => {
  await session.update(
    'CREATE TABLE "people" ("id" BIGINT PRIMARY KEY, "full ""name""" NVARCHAR(99))',
  );
  // In the third packet, of few rows: the sandbox writes those of a refused packet one by one.
  const length = 2 * MAX_PARAMETER_ROWS + 50;
  const rows = Array.from({ length }, (_, at) => [BigInt(at), `${at}`] as const);
  const upload = people(rows, [[5n, 'again']]);
  await expect(session.put(ingestInto('people', 'append'), upload)).rejects.toMatchObject({
    code: 'already-exists',
    message: expect.stringContaining(`row ${length + 1}`) as string,
  });
  expect(await stored()).toEqual([]);
});

test('No rows at all make an empty table.', async () => {
  expect(await session.put(ingestInto('people', 'create'), people())).toBe(0);
  expect(await stored()).toEqual([]);
});

test('A schema is where the table goes.', async () => {
  await session.update('CREATE SCHEMA "Other place"').catch(() => undefined);
  const more = { schema: 'Other place' };
  await session.put(ingestInto('people', 'replace', more), TWO);
  expect(await stored('"Other place"."people"')).toHaveLength(2);
  await session.put(ingestInto('people', 'replace', more), THIRD);
  expect(await stored('"Other place"."people"')).toHaveLength(1);
});

test('Texts longer than an NVARCHAR make the column an NCLOB.', async () => {
  const text = '𝄞a'.repeat(50_000);
  const upload = people([
    [1n, text],
    [2n, 'short'],
  ]);
  await session.put(ingestInto('long texts', 'create'), upload);
  const rows = await session.query('SELECT "full ""name""" AS T FROM "long texts" ORDER BY "id"');
  expect(rows.map(({ T }) => T)).toEqual([text, 'short']);
});

test('A temporary table is seen by its session only.', async () => {
  await session.put(ingestInto('temp', 'create', { temporary: true }), TWO);
  expect(await stored('"#temp"')).toHaveLength(2);
  const other = await SqlSession.logOn(stack.proxy);
  await expect(other.query('SELECT * FROM "#temp"')).rejects.toMatchObject({ code: 'not-found' });
  other.close();
});

describe('in a transaction', () => {
  test('the rows are part of it.', async () => {
    await session.put(ingestInto('people', 'create'), TWO);
    const transaction = await session.begin();
    const more = { transaction_id: transaction };
    await session.put(ingestInto('people', 'append', more), THIRD);
    expect(await stored('"people"', transaction)).toHaveLength(3);
    await session.rollback(transaction);
    expect(await stored()).toHaveLength(2);
  });

  test('an ingest that does not name it joins the only one its session has, as ADBC needs.', async () => {
    await session.put(ingestInto('people', 'create'), TWO);
    const transaction = await session.begin();
    await session.put(ingestInto('people', 'append'), THIRD);
    expect(await stored()).toHaveLength(2);
    await session.commit(transaction);
    expect(await stored()).toHaveLength(3);
  });
});

test.each([
  ['no table', { table: '' }, 'name of a table'],
  ['a catalog', { table: 'people', catalog: 'X' }, 'no catalog'],
  [
    'a schema for a temporary table',
    { table: 'people', schema: 'S', temporary: true },
    'no schema',
  ],
])('%s is refused.', async (_what, request, message) => {
  const cmd = command('CommandStatementIngest', {
    table_definition_options: MODES.create,
    ...request,
  });
  await expect(session.put(cmd, TWO)).rejects.toMatchObject({
    code: 'invalid-argument',
    message: expect.stringContaining(message) as string,
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import type { EngineValue } from '../../../src/sandbox/engine.ts';
import { TestEngine, type TestSession } from './harness.ts';
import type { Cell } from './row-decoder.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open();
  session = await engine.session();
  await session.run(
    'CREATE TABLE ITEMS (ID INTEGER PRIMARY KEY, NAME NVARCHAR(20), PRICE DECIMAL(15,2), STAMP TIMESTAMP, ON_DAY DATE, RATIO DOUBLE, BIG BIGINT, OPEN BOOLEAN, RAW VARBINARY(10))',
  );
});

beforeEach(async () => {
  await session.run('TRUNCATE TABLE ITEMS');
  await session.run(
    "INSERT INTO ITEMS VALUES (1, 'one', 1.5, '2024-02-29 12:00:00', '2024-02-29', 0.5, 7, TRUE, 'c0ff')",
  );
});

afterAll(() => engine.close());

const { INT, BIGINT, NVARCHAR, FIXED8, DECIMAL, LONGDATE, DAYDATE, DOUBLE, BOOLEAN, VARBINARY } =
  TypeCode;

interface QueryCase {
  readonly sql: string;
  /** Type codes of the markers. */
  readonly markers: readonly number[];
  readonly values: readonly EngineValue[];
  readonly rows: readonly (readonly Cell[])[];
}

const query = (
  sql: string,
  markers: readonly number[],
  values: readonly EngineValue[],
  ...rows: readonly (readonly Cell[])[]
): QueryCase => ({ sql, markers, values, rows });

const QUERIES: readonly QueryCase[] = [
  query(
    'SELECT ID FROM ITEMS WHERE ID = ? AND NAME LIKE ? AND PRICE BETWEEN ? AND ?',
    [INT, NVARCHAR, FIXED8, FIXED8],
    ['1', 'o%', '0', 9],
    [1],
  ),
  query(
    'SELECT ID FROM ITEMS WHERE STAMP > ? AND ON_DAY <= ? AND RATIO < ?',
    [LONGDATE, DAYDATE, DOUBLE],
    ['2024-01-01', '20300101', '0.75'],
    [1],
  ),
  query(
    'SELECT ID FROM ITEMS WHERE OPEN = ? AND RAW = ? AND BIG = ?',
    [BOOLEAN, VARBINARY, BIGINT],
    ['true', Buffer.from('c0ff', 'hex'), '7'],
    [1],
  ),
  query('SELECT ID FROM ITEMS WHERE ID IN (?, ?)', [INT, INT], [1, '2'], [1]),
  query('SELECT ID FROM ITEMS LIMIT ? OFFSET ?', [BIGINT, BIGINT], ['1', 0], [1]),
  query('SELECT TOP ? ID FROM ITEMS', [BIGINT], [1], [1]),
  query('SELECT ? FROM DUMMY', [NVARCHAR], ['text'], ['text']),
  query('SELECT ? FROM DUMMY', [NVARCHAR], [5], ['5']),
  query('SELECT ? AS A, ? AS B FROM DUMMY', [NVARCHAR, NVARCHAR], ['x', null], ['x', null]),
  query('SELECT CAST(? AS INTEGER) FROM DUMMY', [INT], ['12.7'], [12]),
  query('SELECT CAST(? AS DECIMAL(10,2)) FROM DUMMY', [FIXED8], ['12.5'], ['12.50']),
  query('SELECT ID + ? FROM ITEMS', [BIGINT], ['1'], ['2']),
  query('SELECT PRICE * ? FROM ITEMS', [DECIMAL], ['2'], ['3.00000000000000000']),
  query('SELECT COALESCE(ID, ?) FROM ITEMS', [INT], [null], [1]),
  query(
    'SELECT CASE WHEN ID = ? THEN ? ELSE ? END FROM ITEMS',
    [INT, NVARCHAR, NVARCHAR],
    [1, 'a', 'b'],
    ['a'],
  ),
  query('SELECT COUNT(*) FROM ITEMS HAVING COUNT(*) > ?', [BIGINT], [0], ['1']),
  query(
    'SELECT N FROM (SELECT NAME AS N FROM ITEMS WHERE ID > ?) WHERE N = ?',
    [INT, NVARCHAR],
    [0, 'one'],
    ['one'],
  ),
  query('WITH X AS (SELECT ? AS A FROM DUMMY) SELECT A FROM X', [NVARCHAR], ['cte'], ['cte']),
];

describe('markers of a query', () => {
  test.each(QUERIES)('$sql', async ({ sql, markers, values, rows }) => {
    const statement = await session.session.prepare(sql);
    expect(statement.parameters.map(({ typeCode }) => typeCode)).toEqual(markers);
    const result = await session.query(sql, values);
    expect(result.rows).toEqual(rows);
    expect(result.columns).toEqual(statement.columns);
  });
});

interface WriteCase {
  readonly sql: string;
  readonly markers: readonly number[];
  readonly values: readonly EngineValue[];
  readonly count: number;
  /** Names by ID then. */
  readonly stays: readonly Cell[];
}

const WRITES: readonly WriteCase[] = [
  {
    sql: 'INSERT INTO ITEMS (ID, NAME) VALUES (?, ?)',
    markers: [INT, NVARCHAR],
    values: ['2', 'two'],
    count: 1,
    stays: ['one', 'two'],
  },
  {
    sql: 'INSERT INTO ITEMS (ID, NAME) SELECT ID + ?, ? FROM ITEMS WHERE ID = ?',
    markers: [BIGINT, NVARCHAR, INT],
    values: [1, 'copy', '1'],
    count: 1,
    stays: ['one', 'copy'],
  },
  {
    sql: 'UPDATE ITEMS SET NAME = ?, PRICE = ? WHERE ID = ?',
    markers: [NVARCHAR, FIXED8, INT],
    values: ['uno', '2.5', '1'],
    count: 1,
    stays: ['uno'],
  },
  {
    sql: 'DELETE FROM ITEMS WHERE NAME = ? AND PRICE > ?',
    markers: [NVARCHAR, FIXED8],
    values: ['one', '1'],
    count: 1,
    stays: [],
  },
  {
    sql: 'UPSERT ITEMS (ID, NAME) VALUES (?, ?) WITH PRIMARY KEY',
    markers: [INT, NVARCHAR],
    values: [1, 'uno'],
    count: 1,
    stays: ['uno'],
  },
  {
    sql: 'REPLACE ITEMS (ID, NAME) VALUES (?, ?)',
    markers: [INT, NVARCHAR],
    values: ['2', 'two'],
    count: 1,
    stays: ['one', 'two'],
  },
  {
    sql: 'UPSERT ITEMS (ID, NAME) VALUES (?, ?) WHERE ID = ?',
    markers: [INT, NVARCHAR, INT],
    values: [1, 'uno', '1'],
    count: 1,
    stays: ['uno'],
  },
  {
    sql: 'MERGE INTO ITEMS USING (SELECT ? AS K, ? AS V FROM DUMMY) S ON ITEMS.ID = S.K WHEN MATCHED THEN UPDATE SET ITEMS.NAME = S.V, ITEMS.BIG = 1 WHEN NOT MATCHED THEN INSERT (ID, NAME) VALUES (S.K, S.V)',
    markers: [NVARCHAR, NVARCHAR],
    values: [1, 'merged'],
    count: 1,
    stays: ['merged'],
  },
  {
    sql: 'MERGE INTO ITEMS USING DUMMY ON ITEMS.ID = ? WHEN MATCHED THEN UPDATE SET NAME = ? WHEN NOT MATCHED THEN INSERT (ID, NAME) VALUES (?, ?)',
    markers: [INT, NVARCHAR, INT, NVARCHAR],
    values: ['2', 'x', '2', 'new'],
    count: 1,
    stays: ['one', 'new'],
  },
];

describe('markers of a write', () => {
  test.each(WRITES)('$sql', async ({ sql, markers, values, count, stays }) => {
    const statement = await session.session.prepare(sql);
    expect(statement.parameters.map(({ typeCode }) => typeCode)).toEqual(markers);
    expect(await session.run(sql, [values])).toEqual([count]);
    expect(await session.values('SELECT NAME FROM ITEMS ORDER BY ID')).toEqual(stays);
  });
});

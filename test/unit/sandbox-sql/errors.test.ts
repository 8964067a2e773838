import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineValue } from '../../../src/sandbox/engine.ts';
import { TestEngine, type TestSession } from './harness.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open({ rows: 10 });
  session = await engine.session();
  await session.run(
    'CREATE TABLE T (ID INTEGER PRIMARY KEY, NAME NVARCHAR(3) NOT NULL, AMOUNT DECIMAL(5,2))',
  );
  await session.run("INSERT INTO T VALUES (1, 'a', 1)");
});

afterAll(() => engine.close());

/** A statement, HANA's error number, the position it points at (0: none), and part of the text. */
type ErrorRow = readonly [sql: string, code: number, position: number, text: string];

const ERRORS: readonly ErrorRow[] = [
  [
    'SELECT * FRM T',
    257,
    10,
    'sql syntax error: incorrect syntax near "FRM": line 1 col 10 (at pos 10)',
  ],
  ['SELECT *\n  FRM T', 257, 12, 'incorrect syntax near "FRM": line 2 col 3 (at pos 12)'],
  ['SELECT 1', 257, 9, 'sql syntax error: line 1 col 9 (at pos 9)'],
  ['SELECT ID FROM T WHERE', 257, 23, 'line 1 col 23'],
  ["SELECT 'é' FROM T WHERE ID = = 1", 257, 30, 'near "="'],
  ['SELEC 1 FROM DUMMY', 257, 1, 'near "SELEC"'],
  ['', 257, 1, 'syntax'],
  ['PRAGMA database_list', 257, 1, 'near "PRAGMA"'],
  ['SELECT 1::INTEGER FROM DUMMY', 257, 9, 'syntax'],
  [
    'SELECT * FROM NOPE',
    259,
    15,
    'invalid table name:  Could not find table/view NOPE in schema DEMO',
  ],
  ['SELECT * FROM "t"', 259, 15, 'table/view t'],
  ['SELECT * FROM SALES.NOPE', 259, 15, 'NOPE in schema SALES'],
  ['SELECT * FROM NOWHERE.T', 362, 15, 'invalid schema name: NOWHERE'],
  ['SELECT NOPE FROM T', 260, 8, 'invalid column name: NOPE'],
  ["SELECT 'ü', X.NOPE FROM T X", 260, 13, 'invalid column name: NOPE'],
  ['INSERT INTO T (NOPE) VALUES (1)', 260, 16, 'invalid column name: NOPE'],
  ['SELECT ID FROM T A, T B', 268, 8, 'column ambiguously defined'],
  ['SELECT NOFUNCTION(1) FROM DUMMY', 328, 8, 'invalid name of function or procedure'],
  ['CALL NOPROCEDURE(1)', 328, 6, 'NOPROCEDURE'],
  ['SELECT NAME, COUNT(*) FROM T', 276, 8, 'aggregation or grouping'],
  ['SELECT 1/0 FROM DUMMY', 304, 0, 'division by zero undefined'],
  ["SELECT TO_INTEGER('abc') FROM DUMMY", 339, 0, 'invalid number'],
  ["SELECT * FROM T WHERE ID = 'abc'", 339, 0, 'invalid number'],
  ["SELECT TO_DATE('2024-13-01') FROM DUMMY", 303, 0, 'invalid DATE'],
  ['SELECT CAST(1000 AS DECIMAL(3,0)) FROM DUMMY', 314, 0, 'numeric overflow'],
  ['SELECT (SELECT EVENT_ID FROM SALES.EVENTS) FROM DUMMY', 305, 0, 'single-row query'],
  ["INSERT INTO T VALUES (1, 'b', 1)", 301, 0, 'unique constraint violated'],
  ['INSERT INTO T VALUES (2, NULL, 1)', 287, 0, 'cannot insert NULL or update to NULL: NAME'],
  ["INSERT INTO T VALUES (2, 'abcd', 1)", 274, 0, 'inserted value too large for column'],
  ["INSERT INTO T VALUES (2, 'a')", 273, 23, 'not enough values'],
  ['CREATE TABLE T (A INTEGER)', 288, 14, 'cannot use duplicate table name: T'],
  ['CREATE SCHEMA SALES', 386, 0, 'duplicate schema name'],
  ['CREATE TABLE U (A NOTYPE)', 257, 19, 'invalid datatype'],
  ['CREATE SEQUENCE S', 7, 8, 'feature not supported: CREATE SEQUENCE'],
  ['DROP TABLE NOPE', 259, 12, 'NOPE'],
  ['SELECT * FROM SALES.PAYROLL', 258, 15, 'insufficient privilege: Not authorized'],
  ['DROP TABLE SALES.PAYROLL', 258, 12, 'insufficient privilege'],
  ['CREATE TABLE SYSTEM.T (A INTEGER)', 258, 14, 'insufficient privilege'],
  ['SELECT * FROM T PARTITION (1)', 7, 17, 'not partitioned'],
  ['SELECT * FROM SALES.TRANSACTION_HISTORY PARTITION (9)', 2, 41, 'invalid partition id'],
  ["SELECT * FROM read_csv('x')", 7, 15, 'feature not supported'],
];

describe('an error', () => {
  test.each(ERRORS)('%s is %i at %i', async (sql, code, position, text) => {
    const failure = await session.failure(sql);
    expect(failure).toMatchObject({ code, position });
    expect(failure.message).toContain(text);
    expect(failure.sqlState).toMatch(/^[0-9A-Z]{5}$/);
  });

  const PARAMETERS: readonly (readonly [row: readonly EngineValue[], code: number])[] = [
    [[2, 'abcd', null], 274],
    [['x', 'a', null], 339],
    [[3_000_000_000, 'a', null], 314],
    [[2, 'a', '1000'], 314],
    [[2, null, '1'], 287],
    [[1, 'a', '1'], 301],
    [[2, 'a'], 268],
  ];

  test.each(PARAMETERS)('parameters %j are %i', async (row, code) => {
    expect(await session.failure('INSERT INTO T VALUES (?, ?, ?)', [row])).toMatchObject({ code });
  });

  test.each([
    ['SELECT 1 FROM DUMMY; SELECT 2 FROM DUMMY', 20],
    ['CREATE TABLE TWO (A INTEGER); DROP TABLE TWO', 29],
    ['DELETE FROM T;;', 14],
  ])('a second statement is 257 at the semicolon: %s', async (sql, position) => {
    expect(await session.failure(sql)).toMatchObject({
      code: 257,
      position,
      message: `sql syntax error: incorrect syntax near ";": line 1 col ${position} (at pos ${position})`,
    });
  });

  test('a semicolon at the end or in a text is none', async () => {
    expect(await session.values("SELECT ';' FROM DUMMY;")).toEqual([';']);
  });

  test('an error after a million rows is an error, not the end of the result', async () => {
    const outcome = await session.outcome(
      'SELECT 1 / (? - GENERATED_PERIOD_START) FROM SERIES_GENERATE_INTEGER(1, 0, 2000000)',
      [[1_000_000]],
    );
    if (outcome.kind !== 'rows') throw new Error('expected rows');
    const { rows } = outcome;
    let rowCount = 0;
    const readAll = async (): Promise<void> => {
      for (let last = false; !last; ) {
        const packet = await rows.next(100_000, 1 << 24);
        rowCount += packet.rowCount;
        last = packet.last;
      }
    };
    await expect(readAll()).rejects.toMatchObject({ code: 304 });
    expect(rowCount).toBeGreaterThan(0);
    expect(rowCount).toBeLessThan(1_000_001);
  });
});

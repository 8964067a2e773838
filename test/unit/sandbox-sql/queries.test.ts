import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine, type TestSession } from './harness.ts';
import type { Cell } from './row-decoder.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open();
  session = await engine.session();
});

afterAll(() => engine.close());

/** An expression of one row, its value, and how it is described: name, type code, length, scale. */
type ExpressionRow = readonly [sql: string, value: Cell, described?: string];

const EXPRESSIONS: readonly ExpressionRow[] = [
  ['DUMMY', 'X', 'DUMMY 9 1 0'],
  ['1 + 1', 2, '1+1 3 10 0'],
  ["'a' || 'b'", 'ab', "'a'||'b' 11 2 0"],
  ["'x' || NULL", null],
  ["'abc'", 'abc', "'abc' 9 3 0"],
  ["N'ä'", 'ä', "N'ä' 11 1 0"],
  ['1/2', '0.5', '1/2 5 34 32767'],
  ['7/2.0', '3.5'],
  ['count( * )', '1', 'COUNT(*) 4 19 0'],
  ['Upper(dummy) as "Low"', 'X', 'Low 9 1 0'],
  ['lower(dummy) name', 'x', 'NAME 9 1 0'],
  [
    "case when dummy = 'X' then 'yes' else 'no' end",
    'yes',
    "CASE WHEN DUMMY='X' THEN 'yes' ELSE 'no' END 9 3 0",
  ],
  ['MOD(-15, 4)', -3],
  ['MOD(7, 0)', 7],
  ['NDIV0(1, 0)', '0'],
  ["TO_INTEGER('7.9')", 7],
  ['CAST(-1.9 AS INTEGER)', -1],
  ["CAST('abcdef' AS NVARCHAR(3))", 'abc', "CAST('abcdef' AS NVARCHAR(3)) 11 3 0"],
  ['CAST(1.239 AS DECIMAL(10,2))', '1.24', 'CAST(1.239 AS DECIMAL(10,2)) 81 10 2'],
  ["TO_DECIMAL('1.5', 20, 4)", '1.5000', "TO_DECIMAL('1.5',20,4) 82 20 4"],
  ["TO_DECIMAL('1.5')", '1.5', "TO_DECIMAL('1.5') 5 34 32767"],
  ["TO_BIGINT('9007199254740993')", '9007199254740993'],
  ["TO_DOUBLE('1.5')", 1.5],
  ["TO_VARCHAR(TO_TIMESTAMP('2024-02-29 12:34:56'))", '2024-02-29 12:34:56.0000000'],
  ["TO_VARCHAR(TO_DATE('2024-02-29'), 'YYYYMMDD')", '20240229'],
  ["TO_NVARCHAR(TO_TIMESTAMP('2024-02-29 12:34:56'), 'DD.MM.YYYY HH24:MI')", '29.02.2024 12:34'],
  ["TO_DATE('20240229', 'YYYYMMDD')", 738_947, "TO_DATE('20240229','YYYYMMDD') 63 10 0"],
  ["TO_DATE('1582-10-04')", 577_737],
  ["TO_DATE('1582-10-15')", 577_738],
  ["TO_DATE('0001-01-01')", 1],
  ["TO_DATE('9999-12-31')", 3_652_061],
  ["TO_TIME('00:00:01')", 2],
  ["TO_SECONDDATE('0001-01-01 00:00:00')", '1'],
  ["TO_TIMESTAMP('0001-01-01 00:00:00')", '1'],
  ["TO_TIMESTAMP('2012-02-02T02:02:02Z')", '634639177220000001'],
  ["TO_TIMESTAMP('2012-02-02 02:02:02.1234567')", '634639177221234561'],
  ["TO_VARCHAR(TO_TIME('12:34:56'))", '12:34:56'],
  ["TO_TIMESTAMP('1970-01-01 00:00:00')", '621357696000000001'],
  ["TO_TIMESTAMP('9999-12-31 23:59:59.999999')", '3155380703999999991'],
  ["ADD_DAYS(TO_DATE('2024-02-28'), 2)", 738_948, "ADD_DAYS(TO_DATE('2024-02-28'),2) 63 10 0"],
  ["ADD_MONTHS(TO_DATE('2024-01-31'), 1)", 738_947],
  ["ADD_SECONDS(TO_TIMESTAMP('1970-01-01 00:00:00'), 1.5)", '621357696015000001'],
  ["DAYS_BETWEEN('2024-01-01', '2024-02-01')", 31],
  ["SECONDS_BETWEEN('2024-01-01', '2024-01-02')", '86400'],
  ["ADD_DAYS('2024-02-28', 2)", 738_948],
  ["INITCAP('hello world')", 'Hello World'],
  ['CAST(50 AS NVARCHAR)', '50'],
  ["YEAR('2024-05-06')", 2024],
  ["DAYNAME('2024-02-29')", 'THURSDAY'],
  ["QUARTER('2024-05-06')", '2024-Q2'],
  ["WEEKDAY('2024-02-29')", 3],
  ["MAP(2, 1, 'one', 2, 'two', 'many')", 'two'],
  ["MAP(NULL, NULL, 'null', 'other')", 'null'],
  ["MAP(3, 1, 'one')", null],
  ["LOCATE('hello', 'l')", 3],
  ["LOCATE('hello', 'l', 4)", 4],
  ["LOCATE('hello', 'x')", 0],
  ["SUBSTR_BEFORE('a-b-c', '-')", 'a'],
  ["SUBSTR_AFTER('a-b-c', '-')", 'b-c'],
  ["LPAD('7', 3, '0')", '007'],
  ["LCASE('ÄB')", 'äb'],
  ['CHAR(65)', 'A'],
  ["IFNULL(NULL, 'x')", 'x'],
  ["LENGTH('äöü')", 3],
  ["BINTOHEX(HASH_MD5(TO_BINARY('a')))", '0CC175B9C0F1B6A831C399E269772661'],
  ["HEXTOBIN('00ff')", '00ff', "HEXTOBIN('00ff') 13 5000 0"],
  ["X'CAFE'", 'cafe'],
  ['BITAND(6, 3)', 2],
  ['CURRENT_USER', 'DEMO', 'CURRENT_USER 11 256 0'],
  ['SESSION_USER', 'DEMO', 'SESSION_USER 11 256 0'],
  ['CURRENT_SCHEMA', 'DEMO', 'CURRENT_SCHEMA 11 256 0'],
  ['CURRENT_CONNECTION', 1],
  ["SESSION_CONTEXT('NOT_SET')", null],
  ['TRUE', true, 'TRUE 28 1 0'],
  ['SUM(1)', '1', 'SUM(1) 4 19 0'],
  ["STRING_AGG(DUMMY, ',')", 'X'],
  [
    "'SELECT TOP 1 -- /* DUMMY */ CURRENT_USER ? :1'",
    'SELECT TOP 1 -- /* DUMMY */ CURRENT_USER ? :1',
  ],
  ['"DUMMY"', 'X'],
  ['/* SELECT */ 1 -- CURRENT_USER\n', 1],
];

describe('an expression', () => {
  test.each(EXPRESSIONS)('%s', async (expression, value, described) => {
    const { rows, columns } = await session.query(`SELECT ${expression} FROM DUMMY`);
    expect(rows).toEqual([[value]]);
    const [column] = columns;
    if (described !== undefined) {
      expect(`${column?.displayName} ${column?.typeCode} ${column?.length} ${column?.scale}`).toBe(
        described,
      );
    }
  });
});

/** A query and all values of its rows. */
const QUERIES: readonly (readonly [sql: string, values: readonly Cell[]])[] = [
  ['SELECT COUNT(*) FROM SALES.TRANSACTIONS', ['1000']],
  ['select count(*) from "SALES"."TRANSACTIONS" t', ['1000']],
  [
    'SELECT TOP 2 TRANSACTION_ID FROM SALES.TRANSACTIONS ORDER BY TRANSACTION_ID DESC',
    ['1000', '999'],
  ],
  ['SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS ORDER BY 1 LIMIT 1 OFFSET 4', ['5']],
  ['(SELECT TOP 1 1 AS A FROM DUMMY)', [1]],
  ['SELECT TOP 1 1 AS A FROM DUMMY UNION ALL SELECT TOP 1 2 FROM DUMMY ORDER BY 1', [1, 2]],
  ['SELECT 1 FROM DUMMY MINUS SELECT 2 FROM DUMMY', [1]],
  ['SELECT A.DUMMY FROM DUMMY A, SYS.DUMMY B WHERE A.DUMMY = B.DUMMY', ['X']],
  ['SELECT X.N FROM (SELECT COUNT(*) AS N FROM SALES.EVENTS) X', ['10000']],
  ['SELECT "COUNT(*)" FROM (SELECT COUNT(*) FROM SALES.EVENTS)', ['10000']],
  ['WITH W AS (SELECT 5 AS N FROM DUMMY) SELECT N FROM W', [5]],
  ['WITH DUMMY AS (SELECT 6 AS N FROM SYS.DUMMY) SELECT N FROM DUMMY', [6]],
  ["SELECT EXTRACT(YEAR FROM TO_DATE('2024-02-29')) FROM DUMMY", ['2024']],
  ["SELECT COUNT(*) FROM SALES.TRANSACTIONS WITH HINT(IGNORE_PLAN_CACHE, ROUTE_TO('x'))", ['1000']],
  ['SELECT DUMMY FROM DUMMY FOR UPDATE NOWAIT', ['X']],
  ['SELECT * FROM DUMMY WHERE EXISTS (SELECT 1 FROM SALES.EVENTS WHERE EVENT_ID < 0)', ['X']],
  ['SELECT COUNT(*) FROM SALES.TRANSACTION_HISTORY PARTITION (1, 2, 3, 4, 5, 6, 7, 8)', ['1000']],
  [
    'SELECT MIN(PART) FROM (SELECT COUNT(*) AS PART FROM SALES.TRANSACTION_HISTORY PARTITION (1) H WHERE H.TRANSACTION_ID > 0)',
    ['128'],
  ],
  ['SELECT COUNT(*) FROM SERIES_GENERATE_INTEGER(1, 0, 100)', ['100']],
  [
    'SELECT DISTINCT SALES_REGION FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID <= 2 ORDER BY 1',
    ['AMERICAS', 'APAC'],
  ],
  [
    "SELECT COUNT(*) FROM DUMMY WHERE 'hello' LIKE_REGEXPR 'l+' AND 'x' NOT LIKE_REGEXPR 'l'",
    ['1'],
  ],
  ['SELECT COUNT(*) FROM SALES.EVENTS TABLESAMPLE SYSTEM (100)', ['10000']],
  ['SELECT DATE.EVENT_ID FROM SALES.EVENTS DATE WHERE DATE.EVENT_ID = -100', ['-100']],
  // HANA's NULL is smaller than anything.
  ['SELECT TOP 1 NOTE FROM SALES.TRANSACTIONS ORDER BY NOTE', [null]],
];

describe('a query', () => {
  test.each(QUERIES.filter(([sql]) => !sql.includes('PART FROM')))('%s', async (sql, values) => {
    expect(await session.values(sql)).toEqual(values);
  });

  test('parts of a partitioned table are disjoint and complete', async () => {
    const parts = await Promise.all(
      Array.from({ length: 8 }, (_, part) =>
        session.values(
          `SELECT TRANSACTION_ID FROM SALES.TRANSACTION_HISTORY PARTITION (${part + 1}) AS H`,
        ),
      ),
    );
    expect(parts.every((ids) => ids.length > 0)).toBe(true);
    expect(new Set(parts.flat()).size).toBe(1000);
    expect(parts.flat()).toHaveLength(1000);
  });

  test('range parts take their bounds, OTHERS takes the rest and NULL', async () => {
    await session.run(
      `CREATE COLUMN TABLE RANGED (K INTEGER) PARTITION BY RANGE (K)
       (PARTITION -10 <= VALUES < 0, PARTITION 0 <= VALUES < 10, PARTITION VALUE = 10, PARTITION OTHERS)`,
    );
    await session.run('INSERT INTO RANGED VALUES (?)', [[-10], [-1], [0], [9], [10], [11], [null]]);
    const parts = await Promise.all(
      [1, 2, 3, 4].map((part) =>
        session.values(`SELECT K FROM RANGED PARTITION (${part}) ORDER BY K`),
      ),
    );
    expect(parts).toEqual([[-10, -1], [0, 9], [10], [null, 11]]);
  });

  test('parameters keep their numbers when TOP moves behind them', async () => {
    const sql =
      'SELECT TOP ? TRANSACTION_ID FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID > ? ORDER BY 1';
    expect(await session.values(sql, [2, 10])).toEqual(['11', '12']);
    expect(await session.values('SELECT :2 || :1 FROM DUMMY', ['a', 'b'])).toEqual(['ba']);
  });

  test('a column that comes through joins, subqueries and aggregates keeps its type', async () => {
    const { columns } = await session.query(
      `WITH W AS (SELECT CUSTOMER, NET_AMOUNT, POSTED_AT, TRANSACTION_ID FROM SALES.TRANSACTIONS)
       SELECT MAX(W.CUSTOMER), SUM(W.NET_AMOUNT), MIN(W.POSTED_AT), COALESCE(MAX(H.NOTE), 'none'), COUNT(DISTINCT H.CUSTOMER)
       FROM W LEFT JOIN SALES.TRANSACTION_HISTORY H ON H.TRANSACTION_ID = W.TRANSACTION_ID`,
    );
    expect(columns.map(({ typeCode, length, scale }) => [typeCode, length, scale])).toEqual([
      [11, 80, 0],
      [76, 38, 2],
      [61, 27, 7],
      [11, 200, 0],
      [4, 19, 0],
    ]);
  });

  test('a plain column names where it is from, and is NOT NULL only inside an inner join', async () => {
    const { columns } = await session.query(
      `SELECT A.TRANSACTION_ID, B.TRANSACTION_ID AS OTHER FROM SALES.TRANSACTIONS A
       LEFT JOIN SALES.TRANSACTION_HISTORY B ON A.TRANSACTION_ID = B.TRANSACTION_ID LIMIT 1`,
    );
    expect(columns[0]).toMatchObject({
      nullable: false,
      schemaName: 'SALES',
      tableName: 'TRANSACTIONS',
      columnName: 'TRANSACTION_ID',
    });
    expect(columns[1]).toMatchObject({ nullable: true, displayName: 'OTHER' });
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine, type TestSession } from './harness.ts';

/** Samples, quantiles, hashes and bounds: what whoever divides a table asks for. */

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open({ rows: 1000 });
  session = await engine.session();
});

afterAll(() => engine.close());

const TYPES = 'SELECT ID FROM SALES.ALL_TYPES WHERE';

const QUERIES: readonly (readonly [sql: string, values: readonly unknown[]])[] = [
  // Samples, with alias, parts and condition.
  ['SELECT COUNT(*) FROM SALES.TRANSACTIONS TABLESAMPLE (100)', ['1000']],
  [
    'SELECT COUNT(*) FROM SALES.TRANSACTIONS AS T TABLESAMPLE BERNOULLI (100) WHERE T.TRANSACTION_ID > 10',
    ['990'],
  ],
  [
    'SELECT COUNT(*) FROM SALES.TRANSACTION_HISTORY PARTITION (1, 2, 3, 4, 5, 6, 7, 8) H TABLESAMPLE SYSTEM (100) WHERE H.TRANSACTION_ID > 10',
    ['990'],
  ],
  [
    'SELECT COUNT(*) FROM SALES.EVENTS E TABLESAMPLE SYSTEM (100) JOIN DUMMY ON EVENT_ID = 1',
    ['1'],
  ],
  // Quantiles.
  [
    `SELECT B, MIN(K), MAX(K) FROM (SELECT TRANSACTION_ID AS K, NTILE(2) OVER (ORDER BY TRANSACTION_ID) AS B
     FROM SALES.TRANSACTIONS TABLESAMPLE SYSTEM (100)) GROUP BY B ORDER BY B`,
    ['1', '1', '500', '2', '501', '1000'],
  ],
  [
    `SELECT K FROM (SELECT TRANSACTION_ID AS K, ROW_NUMBER() OVER (ORDER BY TRANSACTION_ID) AS R
     FROM SALES.TRANSACTIONS) WHERE MOD(R, 400) = 0`,
    ['400', '800'],
  ],
  [
    `SELECT PERCENTILE_DISC(0.25) WITHIN GROUP (ORDER BY TRANSACTION_ID), PERCENTILE_DISC(0.25)
     WITHIN GROUP (ORDER BY TRANSACTION_ID DESC) FROM SALES.TRANSACTIONS`,
    ['250', '751'],
  ],
  // The example of HANA's reference; a window.
  [
    `SELECT DISTINCT CLASS, PERCENTILE_DISC(0.125) WITHIN GROUP (ORDER BY VAL) OVER (PARTITION BY CLASS) AS P1,
     PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY VAL DESC) OVER (PARTITION BY CLASS) AS P2 FROM P_DISC ORDER BY 1`,
    ['A', 1, 5, 'B', 1, 1],
  ],
  // Hashes: examples of HANA's reference. Text is hexadecimal digits.
  [
    "SELECT HASH_MD5(TO_BINARY('abcd'), TO_BINARY('efg')) FROM DUMMY",
    ['7ac66c0f148de9519b8bd264312c4d64'],
  ],
  [
    "SELECT HASH_MD5(TO_BINARY('abcd'), '00', TO_BINARY('efg')) FROM DUMMY",
    ['6bb6bd45c57d57ecc69a9eb81f7409be'],
  ],
  [
    "SELECT HASH_MD5(TO_BINARY('abc'), '00', TO_BINARY('defg')) FROM DUMMY",
    ['1cedeb6eb7ed12d948f66593589fbd23'],
  ],
  [
    // printf '1|2|3' | sha256sum
    `SELECT HASH_SHA256(TO_BINARY(TO_NVARCHAR(1)), TO_BINARY('|'), TO_BINARY('2'), TO_BINARY('|'), TO_BINARY('3')) FROM DUMMY`,
    ['7ee74ca6db4b367eec57934b47ce1e5b6df3bec871194875b45bb7de23168c0b'],
  ],
  ['SELECT HASH_MD5(TO_BINARY(C_NVARCHAR)) FROM SALES.ALL_TYPES WHERE ID = 1', [null]],
  [
    "SELECT BINTOHEX('AB'), BINTOHEX(X'00ff'), BINTOHEX(TO_BINARY('AB')) FROM DUMMY",
    ['4142', '00FF', '4142'],
  ],
  // Bounds as text.
  [
    `SELECT TO_NVARCHAR(C_TIMESTAMP, 'YYYY-MM-DD HH24:MI:SS.FF7') AS A, TO_NVARCHAR(C_TIME, 'HH24:MI:SS') AS B,
     TO_NVARCHAR(C_DATE, 'YYYYMMDD') AS C FROM SALES.ALL_TYPES WHERE ID IN (2, 4) ORDER BY ID`,
    [
      '0001-01-01 00:00:00.0000000',
      '00:00:00',
      '00010101',
      '2024-02-29 12:34:56.7890120',
      '12:34:56',
      '20240229',
    ],
  ],
  [
    "SELECT TO_NVARCHAR(D, 'YYYY-MM-DD') AS A, TO_NVARCHAR(T, 'HH24') AS B FROM SALES.EMPTY_DATES WHERE ID = 2",
    ['', ''],
  ],
  [
    `SELECT TO_NVARCHAR(C_DECIMAL), TO_NVARCHAR(C_SMALLDECIMAL), TO_NVARCHAR(C_DECIMAL_15_2), TO_NVARCHAR(C_DOUBLE)
     FROM SALES.ALL_TYPES WHERE ID IN (4, 5) ORDER BY ID`,
    ['123.456', '0.5', '1234.50', '1.2345678901234567', '0', '0', '0.00', '0'],
  ],
  // Remainders and bounds at the ends of BIGINT.
  [
    'SELECT ABS(MOD(C_BIGINT, 4)) FROM SALES.ALL_TYPES ORDER BY ID',
    [null, '0', '3', '1', '0', '1', '1'],
  ],
  [
    `${TYPES} C_BIGINT >= -9223372036854775808 AND C_BIGINT < 9223372036854775807 ORDER BY ID`,
    [2, 4, 5, 6, 7],
  ],
  [`${TYPES} C_BIGINT >= 9007199254740993 AND C_BIGINT < 9007199254740994 ORDER BY ID`, [4, 7]],
  // Literals of the types' own.
  [`${TYPES} C_DATE >= DATE'2024-02-29' AND C_DATE < DATE '9999-12-31'`, [4, 7]],
  [
    `${TYPES} C_TIMESTAMP >= TIMESTAMP'2024-02-29 12:34:56.7890120' AND C_TIMESTAMP < TIMESTAMP'2024-02-29 12:34:56.7890130'`,
    [4, 7],
  ],
  [`${TYPES} C_TIME >= TIME'12:34:56' AND C_TIME < '12:34:57'`, [4, 7]],
  [`${TYPES} C_DECIMAL_28_10 = -999999999999999999.9999999999`, [2]],
  [`${TYPES} C_DECIMAL_28_10 >= 3.1415926535 AND C_DECIMAL_28_10 < 3.1415926536`, [4, 7]],
  [
    `${TYPES} C_DECIMAL_38_0 >= 12345678901234567890123 AND C_DECIMAL_38_0 < 12345678901234567890124`,
    [4, 7],
  ],
  [`${TYPES} C_DECIMAL >= 123.456 AND C_DECIMAL < 123.457`, [4, 7]],
  [`${TYPES} C_VARBINARY >= X'DEADBEEF' AND C_VARBINARY < X'DEADBEF0'`, [4, 7]],
  ["SELECT COUNT(*) FROM DUMMY WHERE CURRENT_UTCTIMESTAMP > '2024-01-01'", ['1']],
  // Parts inside joins.
  [
    `SELECT COUNT(*) - COUNT(DISTINCT A.TRANSACTION_ID) FROM SALES.TRANSACTION_HISTORY PARTITION (1, 2) A
     JOIN SALES.TRANSACTION_HISTORY PARTITION (2, 3) AS B ON A.TRANSACTION_ID = B.TRANSACTION_ID`,
    ['0'],
  ],
  [
    `SELECT COUNT(*) FROM SALES.TRANSACTIONS T LEFT JOIN SALES.TRANSACTION_HISTORY PARTITION (1)
     ON T.TRANSACTION_ID = TRANSACTION_HISTORY.TRANSACTION_ID`,
    ['1000'],
  ],
];

describe('a query for planning', () => {
  beforeAll(async () => {
    await session.run('CREATE COLUMN TABLE P_DISC (CLASS NVARCHAR(10), VAL INTEGER)');
    await session.run('INSERT INTO P_DISC VALUES (?, ?)', [
      ['A', 1],
      ['A', 3],
      ['A', 5],
      ['A', 5],
      ['A', 10],
      ['B', 1],
      ['B', 1],
      ['B', 7],
    ]);
  });

  test.each(QUERIES)('%s', async (sql, values) => {
    expect(await session.values(sql)).toEqual(values);
  });

  test.each([
    'SELECT * FROM SALES.EVENTS TABLESAMPLE SYSTEM (0)',
    'SELECT * FROM SALES.EVENTS TABLESAMPLE BERNOULLI (101)',
    'SELECT * FROM SALES.EVENTS TABLESAMPLE BERNOULLI',
  ])('%s is no percentage: 257', async (sql) => {
    expect(await session.failure(sql)).toMatchObject({ code: 257 });
  });

  test('a sample holds about its share of the rows', async () => {
    const [count] = await session.values(
      'SELECT COUNT(*) FROM SALES.EVENTS TABLESAMPLE BERNOULLI (10)',
    );
    // 10,000 rows: the mean is 1000 and the deviation 30.
    expect(Math.abs(Number(count) - 1000)).toBeLessThan(300);
  });
});

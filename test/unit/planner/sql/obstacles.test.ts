import { describe, expect, test } from 'vitest';
import { isObstacle, type Query } from '../../../../src/planner/sql/query.ts';
import { readQuery } from '../../../../src/planner/sql/read-query.ts';

/** Rule, then queries that break it. */
const NO_SPLIT: Readonly<Record<string, readonly string[]>> = {
  'no-query': [
    '',
    ' -- nothing\n',
    ';',
    'INSERT INTO T SELECT * FROM U',
    'UPDATE T SET A = 1',
    'DELETE FROM T',
    'CREATE TABLE T (A INTEGER)',
    'CALL P(1)',
    'DO BEGIN SELECT A FROM T; END',
    'EXPLAIN PLAN FOR SELECT A FROM T',
    '"SELECT" A FROM T',
    '(A)',
  ],
  'not-understood': [
    "SELECT 'A FROM T",
    'SELECT A FROM T /* open',
    'SELECT (A FROM T',
    'SELECT A) FROM T',
    'SELECT A FROM T WHERE A = {d 1}',
    'SELECT A FROM T AS OF COMMIT ID 5',
    'SELECT A FROM T WHERE A = 1 AS OF UTCTIMESTAMP 5',
    'SELECT A FROM T WHERE A = 1 SOMETHING NEW',
    'SELECT A FROM T WITH RANGE_RESTRICTION CURRENT',
    'SELECT A FROM T:ASSOCIATION',
    'SELECT A FROM T WHERE',
    'SELECT FROM T',
    'SELECT A FROM',
    'SELECT A FROM T JOIN',
    'SELECT A FROM T, ',
    'SELECT A FROM T ORDER BY',
    'SELECT A FROM T ORDER BY A GROUP BY A',
    'SELECT A FROM T UNION',
    'SELECT A FROM T CROSS U',
    'SELECT CASE WHEN A = 1 THEN 2 FROM T',
    'WITH W AS SELECT A FROM T',
    'WITH RECURSIVE W AS (SELECT A FROM T) SELECT A FROM W',
    'SELECT A FROM T WITH HINT',
    '(SELECT A FROM T WITH HINT(X)) WITH HINT(Y)',
  ],
  'several-statements': ['SELECT A FROM T; SELECT B FROM T', 'SELECT A FROM T; DROP TABLE T;'],
  limit: [
    'SELECT A FROM T LIMIT 10',
    'SELECT A FROM T ORDER BY A LIMIT ? OFFSET 2',
    'SELECT TOP 5 A FROM T',
    'SELECT A FROM T WHERE B IN (SELECT B FROM U ORDER BY B LIMIT 3)',
    'SELECT A, (SELECT TOP 1 B FROM U) AS B FROM T',
    'WITH W AS (SELECT A FROM T LIMIT 5) SELECT A FROM W',
    'SELECT A FROM T FETCH FIRST 5 ROWS ONLY',
  ],
  lock: ['SELECT A FROM T FOR UPDATE', 'SELECT A FROM T FOR SHARE LOCK'],
  document: ['SELECT A FROM T FOR JSON', "SELECT A FROM T FOR XML ('x'='y')"],
  into: ['SELECT A INTO B FROM T'],
  sample: ['SELECT A FROM T TABLESAMPLE SYSTEM (1)'],
  'window-function': [
    'SELECT A, ROW_NUMBER() OVER (ORDER BY B) AS N FROM T',
    'SELECT A, SUM(B) OVER W AS N FROM T',
    'SELECT A FROM (SELECT A, RANK() OVER (PARTITION BY B ORDER BY C) AS R FROM T) WHERE R = 1',
  ],
  clock: [
    'SELECT A, CURRENT_TIMESTAMP AS NOW FROM T',
    'SELECT A FROM T WHERE B < CURRENT_UTCDATE',
    'SELECT A FROM T WHERE B < ADD_DAYS(NOW(), -1)',
    'WITH W AS (SELECT CURRENT_DATE AS D FROM DUMMY) SELECT A FROM T, W WHERE A = D',
  ],
  random: [
    'SELECT A, RAND() AS R FROM T',
    'SELECT SYSUUID AS U FROM T',
    'SELECT NEWUID() AS U FROM T',
  ],
  sequence: ['SELECT S.SEQ.NEXTVAL AS N, A FROM T', 'SELECT SEQ.CURRVAL FROM T'],
  connection: [
    'SELECT A, CURRENT_CONNECTION AS C FROM T',
    'SELECT CURRENT_IDENTITY_VALUE() AS I FROM T',
  ],
  'ordered-aggregate': [
    "SELECT A, STRING_AGG(B, ',') AS S FROM T GROUP BY A",
    "SELECT A, STRING_AGG(B, ',' ORDER BY C) AS S FROM T GROUP BY A",
    "SELECT A, STRING_AGG(B, ',' ORDER BY B || C) AS S FROM T GROUP BY A",
    'SELECT A, FIRST_VALUE(B ORDER BY C) AS F FROM T GROUP BY A',
  ],
  'unknown-function': [
    'SELECT A, MY_FUNCTION(B) AS M FROM T',
    'SELECT A, S.UPPER(B) AS M FROM T',
    'SELECT A, "UPPER"(B) AS M FROM T',
    'SELECT A FROM MY_TABLE_FUNCTION(1)',
    `SELECT A FROM "_SYS_BIC"."view"('PLACEHOLDER' = ('$$P$$', '1'))`,
    'SELECT A FROM T WHERE EXISTS (SELECT 1 FROM U WHERE MY_FUNCTION(B) = 1)',
    'SELECT A FROM UNNEST(?) AS X (A)',
  ],
  'temporary-table': ['SELECT A FROM #T', 'SELECT A FROM T JOIN "#u" ON A = B'],
  recursive: ['WITH W AS (SELECT A FROM T UNION ALL SELECT A FROM W) SELECT A FROM W'],
};

const CASES = Object.entries(NO_SPLIT).flatMap(([rule, queries]) =>
  queries.map((sql) => [rule, sql] as const),
);

describe('no split at all', () => {
  test.each(CASES)('%s: %s', (rule, sql) => {
    const { obstacle, condition, wrap } = readQuery(sql);
    expect(obstacle?.rule).toBe(rule);
    expect(condition).toBe(obstacle);
    expect(wrap).toBe(obstacle);
  });

  test.each([
    ['the position where it is not understood', 'SELECT A FROM T AS OF COMMIT ID 5', 'position 23'],
    ['the function', 'SELECT MY_FUNCTION(B) FROM T', 'MY_FUNCTION'],
    ['what asks the clock', 'SELECT CURRENT_DATE FROM T', 'CURRENT_DATE asks the clock'],
    ['the lock', 'SELECT A FROM T FOR UPDATE', 'FOR UPDATE'],
  ])('the reason names %s', (_, sql, words) => {
    expect(readQuery(sql).obstacle?.reason).toContain(words);
  });
});

/** What looks like an obstacle and is none. */
const SPLITTABLE: readonly string[] = [
  'SELECT "LIMIT", "TOP" AS "FOR UPDATE" FROM T',
  "SELECT 'LIMIT 5' AS A FROM T -- LIMIT 5",
  'SELECT A /* TABLESAMPLE */ FROM T',
  'SELECT NOW, RAND FROM T',
  'SELECT T.NOW FROM T WHERE T.LIMIT = 1',
  "SELECT SESSION_CONTEXT('X') AS A, CURRENT_USER AS B, CURRENT_SCHEMA AS C FROM T",
  'SELECT LEFT(A, 1) AS L, RIGHT(A, 1) AS R FROM T LEFT JOIN U ON T.K = U.K',
  'SELECT EXTRACT(YEAR FROM A) AS Y, TRIM(LEADING FROM B) AS L FROM T',
  "SELECT REPLACE_REGEXPR('a' IN B WITH 'c' OCCURRENCE ALL) AS R FROM T",
  "SELECT SUBSTRING_REGEXPR('a(.)' IN B FROM 1 OCCURRENCE 1 GROUP 1) AS R FROM T",
  'SELECT CAST(A AS DECIMAL(10, 2)) AS D FROM T',
  "SELECT A FROM T WHERE B IN (1, 2) AND C LIKE_REGEXPR 'x' FLAG 'i' AND NOT (D = 1)",
  "SELECT A FROM T WHERE B NOT LIKE 'x%' ESCAPE '!' OR B NOT IN (?) OR B NOT BETWEEN -1 AND +1",
  'SELECT A FROM T WHERE B > ALL (SELECT B FROM U) AND B = ANY (1, 2) AND B IS NOT NULL',
  "SELECT A FROM T WHERE B = DATE'2024-01-01' OR C = TIMESTAMP '2024-01-01 00:00:00'",
  'SELECT CASE A WHEN 1 THEN CASE WHEN B = 1 THEN 2 END ELSE 3 END AS C FROM T',
  "SELECT A, STRING_AGG(B, ',' ORDER BY B DESC) AS S FROM T GROUP BY A",
  'SELECT A, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY B) AS P FROM T GROUP BY A',
  'SELECT A OVER FROM T',
  'SELECT A FROM T, SERIES_GENERATE_INTEGER(1, 0, 3) AS S WHERE A = S.ELEMENT_NUMBER',
  'WITH W (A, B) AS (SELECT C, D FROM T) SELECT W.A FROM W JOIN T ON W.A = T.C',
  'WITH W AS (SELECT W FROM T) SELECT T.A FROM T, W',
  "SELECT A FROM T WITH HINT(ROUTE_TO('x'), RESULT_LAG('y', 30))",
  'SELECT A FROM T;;',
  'select a from t -- end',
  '((SELECT A FROM T))',
];

const splits = ({ condition, wrap }: Query): boolean => !isObstacle(condition) || !isObstacle(wrap);

describe('a split is possible of', () => {
  test.each(SPLITTABLE)('%s', (sql) => {
    const query = readQuery(sql);
    expect(query.obstacle).toBeUndefined();
    expect(splits(query)).toBe(true);
  });
});

describe('the text of a query', () => {
  test.each([
    ['SELECT A FROM T; ', 'SELECT A FROM T'],
    ['SELECT A FROM T;;\n;', 'SELECT A FROM T'],
    ['SELECT A FROM T; -- done', 'SELECT A FROM T  -- done'],
    ["SELECT ';' FROM T", "SELECT ';' FROM T"],
  ])('%s has no closing semicolon', (sql, text) => {
    expect(readQuery(sql).text).toBe(text);
  });

  test.each([
    ['SELECT ?, :x FROM T WHERE A = ? -- ?', 2],
    ["SELECT '?' FROM T WHERE A = :2 OR B = :1 OR C = :2", 2],
    ['SELECT A FROM T', 0],
    ['INSERT INTO T VALUES (?, ?, ?)', 3],
  ])('%s has its markers counted', (sql, markers) => {
    expect(readQuery(sql).markers).toBe(markers);
  });
});

import { describe, expect, test } from 'vitest';
import { HanaFlightError } from '../../../../src/core/errors.ts';
import { readQuery } from '../../../../src/planner/sql/read-query.ts';
import { conditionOf, ruleAgainst } from '../../../support/planned-query.ts';

/** What makes it hard, the query, and the query after a condition `C` went in. */
const SPLICES: readonly (readonly [why: string, sql: string, spliced: string])[] = [
  ['no WHERE', 'SELECT * FROM T', 'SELECT * FROM T WHERE C'],
  [
    'OR in WHERE',
    'SELECT * FROM T WHERE A = 1 OR B = 2',
    'SELECT * FROM T WHERE (A = 1 OR B = 2) AND (C)',
  ],
  [
    'a comment behind WHERE',
    'SELECT * FROM T WHERE A = 1 -- OR\nORDER BY A',
    'SELECT * FROM T WHERE (A = 1) AND (C) -- OR\nORDER BY A',
  ],
  ['a comment at the end', 'SELECT * FROM T -- WHERE', 'SELECT * FROM T WHERE C -- WHERE'],
  [
    'a comment with WHERE in it',
    'SELECT * FROM T /* WHERE */ WHERE /* A */ A = 1',
    'SELECT * FROM T /* WHERE */ WHERE /* A */ (A = 1) AND (C)',
  ],
  [
    'GROUP BY and HAVING',
    'SELECT A, SUM(B) AS S FROM T GROUP BY A HAVING SUM(B) > 1 ORDER BY S',
    'SELECT A, SUM(B) AS S FROM T WHERE C GROUP BY A HAVING SUM(B) > 1 ORDER BY S',
  ],
  [
    'a hint at the end',
    "SELECT A FROM T X WITH HINT(ROUTE_TO('x'))",
    "SELECT A FROM T X WHERE C WITH HINT(ROUTE_TO('x'))",
  ],
  [
    'subqueries with clauses of their own',
    'SELECT (SELECT MAX(U.A) FROM U WHERE U.B = T.B) AS M FROM T WHERE EXISTS (SELECT 1 FROM U WHERE A = 1 ORDER BY 1) ORDER BY M',
    'SELECT (SELECT MAX(U.A) FROM U WHERE U.B = T.B) AS M FROM T WHERE (EXISTS (SELECT 1 FROM U WHERE A = 1 ORDER BY 1)) AND (C) ORDER BY M',
  ],
  [
    'ORDER and GROUP inside an aggregate',
    'SELECT A, MEDIAN(B) AS M, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY B) AS P FROM T GROUP BY A',
    'SELECT A, MEDIAN(B) AS M, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY B) AS P FROM T WHERE C GROUP BY A',
  ],
  [
    'FROM inside functions',
    'SELECT EXTRACT(DAY FROM A) AS D, TRIM(BOTH FROM B) AS B FROM T WHERE A BETWEEN 1 AND 2',
    'SELECT EXTRACT(DAY FROM A) AS D, TRIM(BOTH FROM B) AS B FROM T WHERE (A BETWEEN 1 AND 2) AND (C)',
  ],
  [
    'CASE in WHERE',
    'SELECT A FROM T WHERE CASE WHEN A = 1 THEN 1 ELSE 0 END = 1',
    'SELECT A FROM T WHERE (CASE WHEN A = 1 THEN 1 ELSE 0 END = 1) AND (C)',
  ],
  [
    'keywords as quoted names and behind a dot',
    'SELECT "WHERE", T.ORDER FROM "FROM" T WHERE T.GROUP = "LIMIT"',
    'SELECT "WHERE", T.ORDER FROM "FROM" T WHERE (T.GROUP = "LIMIT") AND (C)',
  ],
  [
    'a WITH list',
    'WITH W AS (SELECT A FROM U WHERE B = 1) SELECT * FROM T JOIN W ON T.A = W.A',
    'WITH W AS (SELECT A FROM U WHERE B = 1) SELECT * FROM T JOIN W ON T.A = W.A WHERE C',
  ],
  ['parentheses around', '((SELECT A FROM T))', '((SELECT A FROM T WHERE C))'],
  ['markers', 'SELECT ? AS P FROM T WHERE A = ?', 'SELECT ? AS P FROM T WHERE (A = ?) AND (C)'],
  ['a closing semicolon', 'SELECT A FROM T;', 'SELECT A FROM T WHERE C'],
  [
    'a FLIGHT hint behind the table',
    'SELECT A FROM T /*+ FLIGHT(2) */ WHERE A = 1',
    `SELECT A FROM T ${' '.repeat(16)} WHERE (A = 1) AND (C)`,
  ],
  [
    'UNION in a subquery',
    'SELECT A FROM T, (SELECT B FROM U UNION SELECT B FROM V) X',
    'SELECT A FROM T, (SELECT B FROM U UNION SELECT B FROM V) X WHERE C',
  ],
];

describe('a condition goes in with', () => {
  test.each(SPLICES)('%s', (_, sql, spliced) => {
    expect(conditionOf(sql).apply({ condition: 'C' })).toBe(spliced);
  });

  test('a clause right behind the table', () => {
    const sql = 'SELECT A FROM "T"GROUP BY A';
    expect(conditionOf(sql).apply({ condition: '(C)' })).toBe(
      'SELECT A FROM "T" WHERE (C)GROUP BY A',
    );
  });
});

describe('parts and a moment go in', () => {
  const edit = { condition: 'C', parts: [1, 3], asOf: "'M'" };
  test.each([
    ['SELECT A FROM T', `SELECT A FROM T FOR SYSTEM_TIME AS OF 'M' PARTITION (1, 3) WHERE C`],
    [
      'SELECT A FROM "s"."T" AS X WHERE A = 1',
      `SELECT A FROM "s"."T" FOR SYSTEM_TIME AS OF 'M' PARTITION (1, 3) AS X WHERE (A = 1) AND (C)`,
    ],
    [
      'SELECT A FROM S.T X',
      `SELECT A FROM S.T FOR SYSTEM_TIME AS OF 'M' PARTITION (1, 3) X WHERE C`,
    ],
  ])('%s', (sql, expected) => {
    expect(conditionOf(sql).apply(edit)).toBe(expected);
  });

  test('parts alone, or a moment alone', () => {
    const split = conditionOf('SELECT A FROM T X');
    expect(split.apply({ parts: [2] })).toBe('SELECT A FROM T PARTITION (2) X');
    expect(split.apply({ asOf: '?' })).toBe('SELECT A FROM T FOR SYSTEM_TIME AS OF ? X');
    expect(split.apply({})).toBe('SELECT A FROM T X');
  });

  test.each([
    ['SELECT A FROM T, U', [1]],
    ['SELECT A FROM T PARTITION (1)', [2]],
    ['SELECT A FROM T', []],
  ])('but not into %s', (sql, parts) => {
    expect(() => conditionOf(sql).apply({ parts })).toThrow(HanaFlightError);
  });
});

/** Tables as `schema.name qualifier`, `sole` in front when there is but one. */
const TABLES: readonly (readonly [sql: string, tables: readonly string[]])[] = [
  ['SELECT A FROM T', ['sole', 'T "T"']],
  ['SELECT A FROM s."t" AS "x"', ['sole', 'S.t "x"']],
  ['SELECT A FROM S.T x', ['sole', 'S.T "X"']],
  ['SELECT A FROM S.größe', ['sole', 'S.GRÖSSE größe']],
  ['SELECT A FROM (T)', ['sole', 'T "T"']],
  ['SELECT A FROM T, U X', ['T "T"', 'U "X"']],
  ['SELECT A FROM T PARTITION (1, 2) X', ['T "X"']],
  [`SELECT A FROM T FOR SYSTEM_TIME AS OF '2024-01-01' X`, ['T "X"']],
  [`SELECT A FROM T FOR SYSTEM_TIME FROM '1' TO '2' X`, ['T "X"']],
  [`SELECT A FROM T FOR SYSTEM_TIME BETWEEN '1' AND ? PARTITION (1)`, ['T "T"']],
  ['SELECT A FROM T JOIN U ON T.A = U.A AND (T.B = 1 OR U.B = 2)', ['T "T"', 'U "U"']],
  ['SELECT A FROM T LEFT JOIN U ON T.A = U.A', ['T "T"', 'U "U"']],
  ['SELECT A FROM T RIGHT OUTER MANY TO ONE JOIN U X ON T.A = X.A', ['T "T"', 'U "X"']],
  ['SELECT A FROM T FULL OUTER JOIN (U X CROSS JOIN V) ON T.A = X.A', ['T "T"', 'U "X"', 'V "V"']],
  ['SELECT A FROM T, LATERAL (SELECT B FROM U WHERE U.A = T.A) X', ['T "T"']],
  ['SELECT A FROM ((SELECT A FROM U) X JOIN T ON X.A = T.A)', ['T "T"']],
  ['SELECT A FROM T, SERIES_GENERATE_INTEGER(1, 0, 3) S', ['T "T"']],
  ['WITH W AS (SELECT A FROM U) SELECT A FROM W, T', ['T "T"']],
  ['WITH W AS (SELECT A FROM U) SELECT A FROM S.W', ['sole', 'S.W "W"']],
  ['SELECT A FROM T, DB.S.U', ['T "T"']],
];

describe('the tables of', () => {
  test.each(TABLES)('%s', (sql, tables) => {
    const split = conditionOf(sql);
    const named = split.tables.map(({ schema, name, qualifier }) =>
      [[schema, name].filter((part) => part !== undefined).join('.'), qualifier].join(' '),
    );
    expect([...(split.sole ? ['sole'] : []), ...named]).toEqual(tables);
  });

  test('a column is named with its table', () => {
    const split = conditionOf('SELECT A FROM S.T x');
    const [table] = split.tables;
    expect(table && split.column(table, 'a"b')).toBe('"X"."a""b"');
  });
});

/** `any`, or the columns that keep groups together. */
const KEYS: readonly (readonly [sql: string, keys: 'any' | readonly string[]])[] = [
  ['SELECT A FROM T', 'any'],
  ['SELECT A, SUM(B) AS S FROM T GROUP BY A', ['A']],
  ['SELECT SUM(B) AS S FROM T X GROUP BY X.A, "b", UPPER(C), D + 1', ['X.A', 'b']],
  ['SELECT T.A FROM S.T GROUP BY S.T.A', ['T.A']],
  ['SELECT UPPER(A) AS A, B FROM T GROUP BY A, B', ['B']],
  ['SELECT UPPER(A) AS A FROM T GROUP BY T.A', ['T.A']],
  ['SELECT DISTINCT A, B AS X, C + 1 AS D FROM T', ['A', 'B']],
  ['SELECT DISTINCT * FROM T', 'any'],
  ['SELECT DISTINCT T.* FROM T', 'any'],
  ['SELECT DISTINCT T.*, U.A FROM T, U', ['U.A']],
  ['SELECT DISTINCT A, SUM(C) AS S FROM T GROUP BY A, B', ['A']],
  ['SELECT DISTINCT T.A, SUM(C) AS S FROM T GROUP BY A, B', ['A']],
  ['SELECT DISTINCT CURRENT_USER, A FROM T', ['A']],
];

describe('the keys of', () => {
  test.each(KEYS)('%s', (sql, expected) => {
    const { keys } = conditionOf(sql);
    const names = keys?.map(({ table, column }) => (table ? `${table}.${column}` : column));
    expect(names ?? 'any').toEqual(expected);
  });

  test.each([
    ['SELECT A FROM T', true],
    ['SELECT A FROM T WHERE B = 1 ORDER BY A', true],
    ['SELECT DISTINCT A FROM T', false],
    ['SELECT A FROM T GROUP BY A', false],
    ['SELECT T.A FROM T, U', false],
  ])('%s has plain rows: %s', (sql, plainRows) => {
    expect(conditionOf(sql).plainRows).toBe(plainRows);
  });
});

describe('the condition of', () => {
  test.each([
    ['SELECT A FROM T', false, undefined],
    ['SELECT A FROM T WHERE A = 1 /* x */ AND B = 2 -- end', true, 'A = 1 /* x */ AND B = 2'],
    ['SELECT A FROM T WHERE A = ?', true, undefined],
    ['SELECT A FROM T WHERE A IN (1, :1)', true, undefined],
    ['SELECT A FROM T WHERE A IN (SELECT B FROM U)', true, 'A IN (SELECT B FROM U)'],
    ['WITH W AS (SELECT B FROM U) SELECT A FROM T WHERE A IN (SELECT B FROM W)', true, undefined],
    ['WITH W AS (SELECT B FROM U) SELECT A FROM T, W WHERE A = 1', true, 'A = 1'],
  ])('%s', (sql, hasWhere, where) => {
    expect(conditionOf(sql)).toMatchObject({ hasWhere, where });
  });

  test.each([
    ['A = 1', ['A']],
    ["T.A = ? AND 'x' = \"b\" AND C = -1 AND D = DATE'2024-01-01'", ['T.A', 'b', 'C', 'D']],
    ['(A = 1 AND (B = 2)) AND C > 3', ['A', 'B']],
    ['A = 1 OR B = 2', []],
    ['A = 1 AND (B = 2 OR C = 3)', ['A']],
    ['NOT A = 1', []],
    ['A = B', []],
    ['A = 1 + 1', []],
    ['A BETWEEN 1 AND 2 AND B = 3', ['B']],
    ['CASE WHEN X = 1 AND A = 2 AND Y = 3 THEN 1 ELSE 0 END = 1 AND B = 3', ['B']],
    ['A IN (1)', []],
  ])('%s fixes %j', (where, expected) => {
    const { fixed } = conditionOf(`SELECT A FROM T WHERE ${where}`);
    expect(fixed.map(({ table, column }) => (table ? `${table}.${column}` : column))).toEqual(
      expected,
    );
  });
});

/** Rule, then queries without a split in their outermost SELECT. */
const NO_CONDITION: Readonly<Record<string, readonly string[]>> = {
  'set-operation': [
    'SELECT A FROM T UNION ALL SELECT A FROM U',
    '(SELECT A FROM T) EXCEPT (SELECT A FROM U) ORDER BY 1',
  ],
  'no-table': [
    'SELECT A FROM (SELECT A FROM T) X',
    'SELECT A FROM ((SELECT A FROM T) UNION (SELECT A FROM U)) X',
    'WITH W AS (SELECT A FROM T) SELECT A FROM W',
    'SELECT 1 AS ONE',
    'SELECT ELEMENT_NUMBER FROM SERIES_GENERATE_INTEGER(1, 0, 3)',
    'SELECT A FROM DB.S.T',
  ],
  'ambiguous-table': ['SELECT * FROM A.T, B.T', 'SELECT * FROM T, (SELECT B FROM U) T'],
  'merged-columns': ['SELECT * FROM T NATURAL JOIN U', 'SELECT * FROM T JOIN U USING (A)'],
  'grouping-sets': [
    'SELECT A FROM T GROUP BY ROLLUP (A, B)',
    'SELECT A FROM T GROUP BY CUBE (A, B) HAVING SUM(C) > 1',
    'SELECT A FROM T GROUP BY GROUPING SETS ((A), (B)) ORDER BY A',
    'SELECT A FROM T GROUP BY A, ROLLUP (B)',
  ],
  aggregate: [
    'SELECT COUNT(*) AS N FROM T',
    'SELECT 1 + (2 * SUM(A)) AS S FROM T',
    'SELECT CASE WHEN MAX(A) > 1 THEN 1 END AS C FROM T',
    'SELECT 1 AS ONE FROM T HAVING COUNT(*) > 1',
    'SELECT DISTINCT COUNT(*) AS N FROM T',
    'SELECT A FROM T ORDER BY SUM(B)',
  ],
  'outer-aggregate': [
    'SELECT (SELECT SUM(T.A) FROM DUMMY) AS S FROM T',
    'SELECT (SELECT SUM(A) FROM U) AS S FROM T',
    'SELECT A FROM T ORDER BY (SELECT SUM(T.A) FROM DUMMY)',
  ],
  'group-key': [
    'SELECT SUM(A) AS S FROM T GROUP BY UPPER(B)',
    'SELECT UPPER(A) AS A FROM T GROUP BY A',
    'SELECT SUM(A) AS S FROM T GROUP BY ()',
    'SELECT DISTINCT A + 1 AS A FROM T',
    'SELECT DISTINCT B FROM T GROUP BY A, B || C',
  ],
};

describe('no split in the outermost SELECT', () => {
  test.each(
    Object.entries(NO_CONDITION).flatMap(([rule, queries]) =>
      queries.map((sql) => [rule, sql] as const),
    ),
  )('%s: %s', (rule, sql) => {
    const query = readQuery(sql);
    expect(query.obstacle).toBeUndefined();
    expect(ruleAgainst('condition', query)).toBe(rule);
  });

  test('an aggregate of a subquery whose columns have another table is none of the outer query', () => {
    const sql = 'SELECT (SELECT SUM(U.A) + COUNT(*) FROM U WHERE U.B = T.B) AS S FROM T';
    expect(ruleAgainst('condition', readQuery(sql))).toBeUndefined();
  });
});

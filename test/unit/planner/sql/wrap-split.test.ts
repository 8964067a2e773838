import { describe, expect, test } from 'vitest';
import { readQuery } from '../../../../src/planner/sql/read-query.ts';
import { ruleAgainst, wrapOf } from '../../../support/planned-query.ts';

const WRAPPED: readonly (readonly [sql: string, wrapped: string])[] = [
  ['SELECT A FROM T', 'SELECT * FROM (SELECT A FROM T) AS "q" WHERE C'],
  ['SELECT * FROM T;', 'SELECT * FROM (SELECT * FROM T) AS "q" WHERE C'],
  [
    'SELECT A FROM T UNION ALL (SELECT B FROM U) ORDER BY A DESC NULLS LAST, 1',
    'SELECT * FROM (SELECT A FROM T UNION ALL (SELECT B FROM U)) AS "q" WHERE C ORDER BY A DESC NULLS LAST, 1',
  ],
  [
    'WITH W AS (SELECT A FROM T) SELECT A AS X FROM W ORDER BY X WITH HINT(ROUTE_TO(1)) -- end',
    'WITH W AS (SELECT A FROM T) SELECT * FROM (SELECT A AS X FROM W) AS "q" WHERE C ORDER BY X WITH HINT(ROUTE_TO(1))',
  ],
  [
    'WITH W AS (SELECT A FROM T) (SELECT A FROM W) WITH HINT(X)',
    'WITH W AS (SELECT A FROM T) SELECT * FROM (SELECT A FROM W) AS "q" WHERE C WITH HINT(X)',
  ],
  [
    'SELECT A -- first\n, ? AS B FROM T -- last',
    'SELECT * FROM (SELECT A -- first\n, ? AS B FROM T) AS "q" WHERE C',
  ],
  ['SELECT "q" FROM T q2', 'SELECT * FROM (SELECT "q" FROM T q2) AS "q2" WHERE C'],
  ['SELECT "q" FROM T "q2"', 'SELECT * FROM (SELECT "q" FROM T "q2") AS "q3" WHERE C'],
];

describe('a query becomes a derived table', () => {
  test.each(WRAPPED)('%s', (sql, wrapped) => {
    expect(wrapOf(sql).apply('C')).toBe(wrapped);
  });

  test('an output column is named with it', () => {
    expect(wrapOf('SELECT A FROM T').column('a"b')).toBe('"q"."a""b"');
    expect(wrapOf('SELECT A FROM "q"').column('A')).toBe('"q2"."A"');
  });
});

const NO_WRAP: Readonly<Record<string, readonly string[]>> = {
  'unnamed-output': [
    'SELECT A + 1 FROM T',
    'SELECT A, COUNT(*) FROM T GROUP BY A',
    'SELECT ? FROM T',
  ],
  'duplicate-output': [
    'SELECT A, B AS A FROM T',
    'SELECT T.A, U.A FROM T, U',
    'SELECT *, A AS B FROM T',
    'SELECT * FROM T, U',
    'SELECT T.*, U.B FROM T, U',
  ],
  order: [
    'SELECT A FROM T ORDER BY B',
    'SELECT A FROM T ORDER BY T.A',
    'SELECT A FROM T ORDER BY A + 1',
    'SELECT A AS X FROM T ORDER BY A',
  ],
  parameters: [`SELECT A FROM V WITH PARAMETERS ('PLACEHOLDER' = ('$$x$$', '1'))`],
};

describe('no split of the output', () => {
  test.each(
    Object.entries(NO_WRAP).flatMap(([rule, queries]) =>
      queries.map((sql) => [rule, sql] as const),
    ),
  )('%s: %s', (rule, sql) => {
    const query = readQuery(sql);
    expect(query.obstacle).toBeUndefined();
    expect(ruleAgainst('wrap', query)).toBe(rule);
  });
});

describe('a split of the output is costly for', () => {
  test.each([
    ['SELECT A FROM T', undefined],
    ['SELECT A FROM T UNION ALL SELECT A FROM U', undefined],
    ['SELECT A, SUM(B) AS S FROM T GROUP BY A', 'grouping'],
    ['SELECT A FROM T GROUP BY A', 'grouping'],
    ['SELECT MAX(A) AS M FROM T', 'aggregate'],
    ['SELECT DISTINCT A FROM T', 'distinct'],
    ['SELECT A FROM T UNION SELECT A FROM U', 'set-operation'],
    ['SELECT A FROM T MINUS SELECT A FROM U', 'set-operation'],
    ['WITH W AS (SELECT A FROM T GROUP BY A) SELECT A FROM W', 'grouping'],
  ])('%s: %s', (sql, rule) => {
    expect(readQuery(sql).wrapCostly?.rule).toBe(rule);
  });
});

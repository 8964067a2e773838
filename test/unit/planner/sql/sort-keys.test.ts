import { describe, expect, test } from 'vitest';
import type { SortKey } from '../../../../src/planner/sql/query.ts';
import { readQuery } from '../../../../src/planner/sql/read-query.ts';

/** `table.column > output`, then `-` for descending, then where NULL stands when that is not the default. */
function written({ table, column, output, descending, nullsFirst }: SortKey): string {
  const name = table === undefined ? column : `${table}.${column}`;
  const nulls = nullsFirst === !descending ? '' : nullsFirst ? ' nulls first' : ' nulls last';
  return `${name} > ${output ?? 'nothing'}${descending ? ' -' : ''}${nulls}`;
}

const ORDERS: readonly (readonly [sql: string, order: readonly string[] | undefined])[] = [
  ['SELECT A FROM T', undefined],
  ['SELECT A FROM T ORDER BY A', ['A > A']],
  ['SELECT A FROM T ORDER BY A ASC, B DESC', ['A > A', 'B > nothing -']],
  [
    'SELECT A FROM T ORDER BY A NULLS LAST, B DESC NULLS FIRST',
    ['A > A nulls last', 'B > nothing - nulls first'],
  ],
  ['SELECT A FROM T ORDER BY A NULLS FIRST, B DESC NULLS LAST', ['A > A', 'B > nothing -']],
  ['SELECT X.A FROM T X ORDER BY X.A', ['X.A > A']],
  ['SELECT * FROM T ORDER BY "a"', ['a > a']],
  ['SELECT * FROM T, U ORDER BY T.A', ['T.A > nothing']],
  // An ordinal or an alias of a column is this column; an alias hides a column of its name.
  ['SELECT B, T.A AS X FROM T ORDER BY 2, 1 DESC', ['T.A > X', 'B > B -']],
  ['SELECT A AS X FROM T ORDER BY X', ['A > X']],
  ['SELECT A AS B, B AS A FROM T ORDER BY A', ['B > A']],
  ['SELECT A AS B FROM T ORDER BY T.B', ['T.B > nothing']],
  ['SELECT UPPER(A) AS A FROM T ORDER BY A', []],
  ['SELECT UPPER(A) AS A FROM T ORDER BY T.A', ['T.A > nothing']],
  ['SELECT T.A, U.A FROM T, U ORDER BY A', []],
  ['SELECT *, A AS B FROM T ORDER BY B', []],
  ['SELECT * FROM T ORDER BY 1', []],
  ['SELECT A FROM T ORDER BY 2', []],
  ['SELECT A + 1 AS X FROM T ORDER BY 1', []],
  ['SELECT A FROM T ORDER BY UPPER(A), A', []],
  ['SELECT A FROM T ORDER BY A, UPPER(B), C', ['A > A']],
  ['SELECT A FROM T ORDER BY A COLLATE GERMAN', []],
  ['SELECT A FROM T ORDER BY NULL', []],
  ['SELECT A FROM (SELECT A FROM T ORDER BY A) X', undefined],
  ['(SELECT A FROM T ORDER BY A)', ['A > A']],
  // A set operation is ordered by its output.
  ['SELECT A AS X FROM T UNION ALL SELECT B FROM U ORDER BY X', ['X > X']],
  ['SELECT A FROM T UNION SELECT B FROM U ORDER BY 1 DESC', ['A > A -']],
  ['SELECT A + 1 AS X FROM T UNION SELECT B FROM U ORDER BY X', []],
];

describe('the order of', () => {
  test.each(ORDERS)('%s', (sql, order) => {
    const query = readQuery(sql);
    expect(query.obstacle).toBeUndefined();
    expect(query.order?.map(written)).toEqual(order);
  });
});

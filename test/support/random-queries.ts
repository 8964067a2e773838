import * as fc from 'fast-check';

/** Tables of small numbers with NULLs and duplicates; K and V are keys to split by, S is text. */
export const QUERY_TABLES: readonly string[] = [
  'CREATE COLUMN TABLE T1 (K INTEGER, V INTEGER, S NVARCHAR(10))',
  'CREATE COLUMN TABLE T2 (K INTEGER, V INTEGER, S NVARCHAR(10))',
];

export const KEY_COLUMNS = ['K', 'V'] as const;

/** Values of a key column; bounds are taken from around them. */
const KEY = fc.option(fc.integer({ min: -3, max: 5 }), { nil: null, freq: 4 });
const TEXT = fc.option(fc.constantFrom('a', 'b', "it's -- (", ''), { nil: null, freq: 4 });

export type KeyRow = readonly [number | null, number | null, string | null];

export const keyRows = (length: number): fc.Arbitrary<readonly KeyRow[]> =>
  fc.array(fc.tuple(KEY, KEY, TEXT), { minLength: length, maxLength: length });

const table = fc.constantFrom('T1', 'T2');

/** A condition on the columns of the table `t`. */
const condition = (t: string): fc.Arbitrary<string> =>
  fc.constantFrom(
    `${t}.K > 0`,
    `${t}.K = 1 OR ${t}.V = 2 -- OR 1 = 1\n`,
    `${t}.V BETWEEN -1 AND 3 AND ${t}.K <> 2`,
    `${t}.S IS NOT NULL`,
    `CASE WHEN ${t}.K > 1 AND ${t}.V > 1 THEN 1 ELSE 0 END = 0`,
    `${t}.S = 'it''s -- ('`,
    `EXISTS (SELECT 1 FROM T2 X WHERE X.K = ${t}.K ORDER BY X.V)`,
    `${t}.V IN (SELECT K FROM T1 WHERE V > 0 OR V IS NULL)`,
  );

const where = (t: string): fc.Arbitrary<string> =>
  fc.option(condition(t), { nil: '' }).map((text) => (text === '' ? '' : ` WHERE ${text}`));

/** What stands in FROM; the table `A` is always there. */
const from: fc.Arbitrary<string> = fc
  .record({ a: table, b: table, join: fc.constantFrom('JOIN', 'LEFT OUTER JOIN', 'FULL JOIN') })
  .chain(({ a, b, join }) =>
    fc.constantFrom(
      `${a} A`,
      `${a} AS A`,
      `${a} A ${join} ${b} B ON A.K = B.K`,
      `${a} A ${join} ${b} B ON A.K = B.V AND (A.V = 1 OR B.K > 0)`,
      `${b} B RIGHT JOIN ${a} A ON A.K = B.K`,
      `${a} A, (SELECT K, COUNT(*) AS V, MAX(S) AS S FROM ${b} GROUP BY K) B`,
      `(SELECT K, V, S FROM ${a} UNION ALL SELECT K, V, S FROM ${b}) A`,
      `(${a} A JOIN (SELECT DISTINCT V AS K FROM ${b}) B ON A.K = B.K)`,
      `W A`,
      `W B LEFT JOIN ${a} A ON A.K = B.K`,
    ),
  );

const ITEMS = [
  'A.K AS K',
  'A.V AS V',
  'A.K AS "a,b", A.S AS "FROM"',
  'A.K + A.V AS N',
  "COALESCE(A.S, 'x') AS C",
  '(SELECT MAX(X.V) FROM T2 X WHERE X.K = A.K) AS M',
  "CASE WHEN A.K > 0 THEN 'ORDER BY' END AS Q",
] as const;

const plainList: fc.Arbitrary<string> = fc
  .subarray([...ITEMS], { minLength: 1, maxLength: 4 })
  .map((items) => items.join(', '));

const order = fc.constantFrom('', '', ' ORDER BY 1', ' ORDER BY 1 DESC NULLS FIRST');

const plainSelect = fc
  .record({ list: plainList, from })
  .chain(({ list, from: tables }) =>
    fc
      .tuple(where('A'), fc.constantFrom('', 'DISTINCT '))
      .map(([filter, distinct]) => `SELECT ${distinct}${list} FROM ${tables}${filter}`),
  );

const groupedSelect = fc
  .tuple(from, where('A'), fc.constantFrom('', ' HAVING COUNT(*) > 1'))
  .chain(([tables, filter, having]) =>
    fc.constantFrom(
      `SELECT A.K AS K, COUNT(*) AS N FROM ${tables}${filter} GROUP BY A.K${having}`,
      `SELECT A.V AS V, SUM(A.K) AS N FROM ${tables}${filter} GROUP BY A.V, A.K + 1${having}`,
      `SELECT SUM(A.K) AS K, MAX(A.S) AS S FROM ${tables}${filter} GROUP BY A.V, A.S${having}`,
      `SELECT DISTINCT A.K AS K, MIN(A.V) AS V FROM ${tables}${filter} GROUP BY A.K, A.S${having}`,
      `SELECT DISTINCT COUNT(*) AS N FROM ${tables}${filter} GROUP BY A.K${having}`,
      `SELECT COUNT(*) AS N, MAX(A.V) AS V FROM ${tables}${filter}`,
      `SELECT COUNT(*) AS N FROM ${tables}${filter}`,
    ),
  );

const unionSelect = fc
  .tuple(table, table, where('A'), fc.constantFrom('UNION ALL', 'UNION', 'INTERSECT', 'EXCEPT'))
  .map(
    ([a, b, filter, operator]) =>
      `SELECT K AS K, V AS V FROM ${a} ${operator} (SELECT A.V, A.K FROM ${b} A${filter})`,
  );

const limited = fc
  .tuple(from, fc.constantFrom(['TOP 3 ', ''], ['', ' LIMIT 2']))
  .map(([tables, [top, limit]]) => `SELECT ${top}A.K AS K FROM ${tables} ORDER BY 1${limit}`);

/** A query on the tables, every kind that may be split and some that may not. */
export const randomQuery: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 6, arbitrary: fc.tuple(plainSelect, order).map((parts) => parts.join('')) },
    { weight: 4, arbitrary: fc.tuple(groupedSelect, order).map((parts) => parts.join('')) },
    { weight: 3, arbitrary: fc.tuple(unionSelect, order).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: limited },
  )
  .map((query) =>
    / W [AB]/.test(query) ? `WITH W AS (SELECT K, V, S FROM T1 WHERE K > -2) ${query}` : query,
  );

import { describe, expect, test } from 'vitest';
import type {
  ColumnFacts,
  Probe,
  ProbeAnswer,
  TableFacts,
  TextRow,
} from '../../../src/planner/facts.ts';
import type { OutputColumn, PartitionRequest, PlanLimits } from '../../../src/planner/plan.ts';
import { planPartitions } from '../../../src/planner/plan-partitions.ts';
import type { Query } from '../../../src/planner/sql/query.ts';
import { readQuery } from '../../../src/planner/sql/read-query.ts';
import { thrownBy } from '../../support/failure.ts';
import { PLAIN_REQUEST, type Planned, planWith } from '../../support/planning.ts';

const column = (name: string, type: string, nullable = true): ColumnFacts => ({
  name,
  type: { name: type, length: 20, scale: 0 },
  nullable,
});

const TABLE: TableFacts = {
  schema: 'SALES',
  name: 'ORDERS',
  kind: 'column-table',
  rows: 1_000_000,
  columns: [
    column('ID', 'BIGINT', false),
    column('REGION', 'NVARCHAR'),
    column('POSTED', 'DATE'),
    column('WEIGHT', 'DOUBLE'),
  ],
  primaryKey: ['ID'],
  partitioning: undefined,
  histograms: [],
  systemVersioned: false,
};

const TABLES: Readonly<Record<string, TableFacts>> = {
  ORDERS: TABLE,
  SMALL: { ...TABLE, name: 'SMALL', rows: 99_999 },
  ROWS: { ...TABLE, name: 'ROWS', kind: 'row-table' },
  PARTS: {
    ...TABLE,
    name: 'PARTS',
    partitioning: {
      definition: 'HASH ("ID") PARTITIONS 4',
      kind: 'HASH',
      expression: 'ID',
      parts: [700_000, 100_000, 150_000, 50_000].map((rows, place) => ({ id: place + 1, rows })),
    },
  },
  ITEMS: {
    ...TABLE,
    name: 'ITEMS',
    rows: 3_000_000,
    columns: [column('CLIENT', 'NVARCHAR', false), column('ORDER_ID', 'BIGINT', false)],
    primaryKey: ['CLIENT', 'ORDER_ID'],
  },
  HEAP: { ...TABLE, name: 'HEAP', primaryKey: [], columns: [column('TEXT', 'NVARCHAR')] },
  MEASURED: {
    ...TABLE,
    name: 'MEASURED',
    histograms: [
      {
        column: 'ID',
        buckets: Array.from({ length: 10 }, (_, place) => ({
          upper: String((place + 1) * 100),
          rows: 100,
        })),
      },
    ],
  },
  TOTALS: { ...TABLE, name: 'TOTALS', kind: 'view', rows: undefined, primaryKey: [] },
  SESSION: { ...TABLE, name: 'SESSION', kind: 'temporary-table' },
  PRICES: { ...TABLE, name: 'PRICES', systemVersioned: true },
};

/** Answers for the questions about rows; most tests ask at most one. */
interface Rows {
  readonly rows?: readonly TextRow[];
}

/** Quantiles 0, 25, 50, … of a sample. */
const quantiles = (count: number, sampled = '20000'): readonly TextRow[] =>
  Array.from({ length: count }, (_, place) => [String(place * 25), sampled]);

const limits: PlanLimits = { minRows: 100_000, autoEndpoints: 16 };

const output: readonly OutputColumn[] = [
  {
    name: 'ID',
    typeName: 'BIGINT',
    length: 19,
    scale: 0,
    origin: { schema: 'SALES', table: 'ORDERS', column: 'ID' },
  },
  { name: 'TOTAL', typeName: 'DECIMAL', length: 15, scale: 2, origin: undefined },
];

interface Case extends Rows {
  readonly request?: Partial<PartitionRequest>;
  readonly limits?: Partial<PlanLimits>;
  readonly query?: Partial<Query>;
}

function plan(sql: string, { request, rows = [], query, ...more }: Case = {}): Planned {
  const planning = planPartitions(
    { ...readQuery(sql), ...query },
    { ...PLAIN_REQUEST, ...request },
    { limits: { ...limits, ...more.limits }, output },
  );
  return planWith(planning, (probe: Probe): ProbeAnswer => {
    if (probe.kind === 'rows') return { kind: 'rows', rows };
    return { kind: 'table', facts: TABLES[probe.name] };
  });
}

const ORDERS = 'SELECT * FROM SALES.ORDERS';

describe('one endpoint without a question', () => {
  const cases: readonly (readonly [reason: string, sql: string, details: Case])[] = [
    ['dividing is switched off', ORDERS, { request: { endpoints: 'off' } }],
    ['one endpoint was asked for', ORDERS, { request: { endpoints: 1 } }],
    ['this client reads one', ORDERS, { limits: { oneEndpoint: 'this client reads one' } }],
    [
      'it has a LIMIT',
      ORDERS,
      { query: { obstacle: { rule: 'limit', reason: 'it has a LIMIT' } } },
    ],
    [
      'this client ignores the order',
      `${ORDERS} ORDER BY ID`,
      { limits: { orderedInOne: 'this client ignores the order' } },
    ],
    ['it is ordered by more than plain columns', ORDERS, { query: { order: [] } }],
  ];

  test.each(cases)('because %s', (reason, sql, details) => {
    const { plan: planned, probes } = plan(sql, details);
    expect(probes).toEqual([]);
    expect(planned).toMatchObject({
      strategy: 'single',
      reason: `one endpoint, because ${reason}`,
      endpoints: [{ sql, share: 'all rows' }],
      ordered: true,
      consistency: 'statement',
    });
  });
});

describe('one endpoint after a look into the catalog', () => {
  const cases: readonly (readonly [reason: RegExp, sql: string, details: Case])[] = [
    [/SALES\.SMALL has about 99,999 rows: that is not worth more/, 'SELECT * FROM SMALL', {}],
    [/looks up rows of SALES\.ORDERS by the whole primary key/, `${ORDERS} WHERE ID = 5`, {}],
    [/TOTALS is a view.*column=/, 'SELECT * FROM TOTALS', {}],
    [/no column of SALES\.HEAP/, 'SELECT * FROM HEAP', {}],
    [/no column that it groups by/, 'SELECT WEIGHT, COUNT(*) FROM ORDERS GROUP BY WEIGHT', {}],
    [/of one session only/, 'SELECT * FROM SESSION', { request: { endpoints: 4 } }],
    [/ordered by WEIGHT of type DOUBLE/, `${ORDERS} ORDER BY WEIGHT`, {}],
    [
      /ordered by REGION: endpoints by ID would not/,
      `${ORDERS} ORDER BY REGION`,
      { request: { columns: ['ID'] } },
    ],
    [/ordered, and endpoints by hash/, `${ORDERS} ORDER BY ID`, { request: { strategy: 'hash' } }],
  ];

  test.each(cases)('%s: %s', (reason, sql, details) => {
    const { plan: planned, probes } = plan(sql, details);
    expect(planned.strategy).toBe('single');
    expect(planned.reason).toMatch(reason);
    expect(probes.every(({ kind }) => kind === 'table')).toBe(true);
  });

  test('a small table costs one question', () => {
    const { plan: planned, probes } = plan('SELECT * FROM SALES.SMALL');
    expect(probes).toEqual([{ kind: 'table', schema: 'SALES', name: 'SMALL' }]);
    expect(planned.rows).toBe(99_999);
  });

  test('a table that is named twice is asked for once', () => {
    const { probes } = plan('SELECT * FROM SMALL AS A JOIN SMALL AS B ON A.ID = B.ID');
    expect(probes).toHaveLength(1);
  });
});

describe('a division', () => {
  test('goes by quantiles of a sample when nothing better is known', () => {
    const { plan: planned, probes } = plan(ORDERS, { rows: quantiles(40) });
    expect(planned.strategy).toBe('sample');
    expect(planned.endpoints).toHaveLength(10);
    expect(planned.reason).toBe(
      'SALES.ORDERS has about 1,000,000 rows: 10 endpoints by ranges of ID with about as many rows each, from a sample of 2 %',
    );
    expect(planned.endpoints[1]).toEqual({
      sql: 'SELECT * FROM SALES.ORDERS WHERE "ORDERS"."ID" >= 100 AND "ORDERS"."ID" < 200',
      share: 'ID from 100 up to 200',
      rows: 100_000,
    });
    expect(planned.endpoints[0]?.sql).toContain('("ORDERS"."ID" < 100 OR "ORDERS"."ID" IS NULL)');
    expect(planned.endpoints.at(-1)?.sql).toContain('"ORDERS"."ID" >= 900');
    expect(probes.at(-1)).toMatchObject({ kind: 'rows', columns: 2 });
    expect(JSON.stringify(probes.at(-1))).toContain('TABLESAMPLE BERNOULLI (2)');
  });

  test('is smaller, or none, when a sample shows that the query filters', () => {
    const sql = `${ORDERS} WHERE REGION = 'EMEA'`;
    const { plan: some, probes } = plan(sql, { rows: quantiles(40, '6000') });
    expect([some.endpoints.length, some.rows]).toEqual([3, 300_000]);
    expect(JSON.stringify(probes.at(-1))).toContain("WHERE REGION = 'EMEA'");
    const { plan: few } = plan(sql, { rows: quantiles(40, '40') });
    expect(few).toMatchObject({ strategy: 'single', rows: 2000 });
    expect(few.reason).toBe(
      'one endpoint, because by a sample of 2 % about 2,000 rows of SALES.ORDERS pass its WHERE',
    );
  });

  test('goes by data statistics without another question', () => {
    const { plan: planned, probes } = plan('SELECT * FROM MEASURED');
    expect(planned.strategy).toBe('histogram');
    expect(planned.bounds).toEqual(['100', '200', '300', '400', '500', '600', '700', '800', '900']);
    expect(probes).toHaveLength(1);
  });

  test('groups parts, or cuts the large ones', () => {
    const { plan: grouped } = plan('SELECT * FROM PARTS', { request: { endpoints: 2 } });
    expect(grouped.endpoints.map(({ share, rows }) => [share, rows])).toEqual([
      ['part 1', 700_000],
      ['parts 2, 3 and 4', 300_000],
    ]);
    expect(grouped.endpoints[1]?.sql).toBe('SELECT * FROM PARTS PARTITION (2, 3, 4)');
    expect(grouped.guard).toEqual({
      schema: 'SALES',
      table: 'PARTS',
      definition: 'HASH ("ID") PARTITIONS 4',
      parts: [1, 2, 3, 4],
    });
    const rows = quantiles(8).map(([key, sampled]) => [key, sampled, '1']);
    const { plan: cut } = plan('SELECT * FROM PARTS', { rows, request: { endpoints: 5 } });
    expect(cut.endpoints.map(({ share }) => share)).toEqual([
      'part 1, ID up to 100, or NULL',
      'part 1, ID from 100',
      'part 2',
      'part 3',
      'part 4',
    ]);
  });

  test('of a row table goes by the smallest and the largest key', () => {
    const { plan: planned } = plan('SELECT * FROM ROWS', {
      rows: [['-9223372036854775808', '9223372036854775807', '400000']],
    });
    expect(planned.bounds).toEqual(['-4611686018427387904', '0', '4611686018427387904']);
    expect(planned.rows).toBe(400_000);
  });

  test('of a view needs a column, and counts', () => {
    const { plan: planned } = plan('SELECT * FROM TOTALS', {
      request: { columns: ['POSTED'] },
      rows: [['0001-01-01', '9999-12-31', '250000']],
    });
    expect(planned.strategy).toBe('range');
    expect(planned.endpoints).toHaveLength(3);
    expect(planned.endpoints[1]?.sql).toContain(`"TOTALS"."POSTED" >= DATE'3334-`);
  });

  test('of a key of several columns uses as few of them as keep the bounds apart', () => {
    const rows = quantiles(120).map(([key, sampled]) => ['100', key, sampled]);
    const { plan: planned } = plan('SELECT * FROM ITEMS', { rows, request: { endpoints: 2 } });
    expect(planned.key).toEqual(['CLIENT', 'ORDER_ID']);
    expect(planned.endpoints.map(({ sql }) => sql.split(' WHERE ')[1])).toEqual([
      `CASE WHEN "ITEMS"."CLIENT" > '100' OR ("ITEMS"."CLIENT" = '100' AND ("ITEMS"."ORDER_ID" >= 1500)) THEN 1 ELSE 0 END = 0`,
      `"ITEMS"."CLIENT" >= '100' AND CASE WHEN "ITEMS"."CLIENT" > '100' OR ("ITEMS"."CLIENT" = '100' AND ("ITEMS"."ORDER_ID" >= 1500)) THEN 1 ELSE 0 END = 1`,
    ]);
  });

  test('follows the first key of ORDER BY, NULL included', () => {
    const sql = `${ORDERS} ORDER BY ID DESC NULLS FIRST`;
    const { plan: planned } = plan(sql, { rows: quantiles(40), request: { endpoints: 3 } });
    expect(planned.ordered).toBe(true);
    expect(planned.endpoints.map(({ share }) => share)).toEqual([
      expect.stringMatching(/^ID from \d+, or NULL$/),
      expect.stringMatching(/^ID from \d+ up to \d+$/),
      expect.stringMatching(/^ID up to \d+$/),
    ]);
    expect(planned.endpoints[0]?.sql).toMatch(/ORDER BY ID DESC NULLS FIRST$/);
  });

  test('goes by what the caller asks', () => {
    const { plan: modulo, probes } = plan(ORDERS, {
      request: { endpoints: 3, strategy: 'modulo' },
    });
    expect(modulo.endpoints.map(({ sql }) => sql.split(' WHERE ')[1])).toEqual([
      '(ABS(MOD("ORDERS"."ID", 3)) = 0 OR "ORDERS"."ID" IS NULL)',
      'ABS(MOD("ORDERS"."ID", 3)) = 1',
      'ABS(MOD("ORDERS"."ID", 3)) = 2',
    ]);
    expect(probes).toHaveLength(1);
    const { plan: bounds } = plan(ORDERS, {
      request: { columns: ['POSTED'], bounds: ['2024-01-01', '2023-01-01', '2024-01-01'] },
    });
    expect(bounds.bounds).toEqual(['2023-01-01', '2024-01-01']);
    expect(bounds.reason).toBe(
      'bounds were given: 3 endpoints by ranges of POSTED between the bounds that were given',
    );
  });

  test('says when there are fewer endpoints than were asked for', () => {
    const { plan: planned } = plan(ORDERS, { rows: quantiles(3), request: { endpoints: 64 } });
    expect(planned.endpoints).toHaveLength(3);
    expect(planned.reason).toMatch(/^64 endpoints were asked for: 3 endpoints .*; not 64, because/);
  });

  test('of a query without a table of its own wraps it', () => {
    const sql = 'WITH C AS (SELECT * FROM ORDERS) SELECT * FROM C';
    const { plan: planned } = plan(sql, { rows: quantiles(40), request: { endpoints: 2 } });
    expect(planned.endpoints[1]?.sql).toMatch(
      /FROM \(SELECT \* FROM C\) AS "q" WHERE "q"\."ID" >= 500$/,
    );
    const costly = { rule: 'sort', reason: 'each endpoint would sort all rows' };
    const { plan: single } = plan(sql, { query: { wrapCostly: costly } });
    expect(single.reason).toBe('one endpoint, because each endpoint would sort all rows');
  });

  test('cuts nothing at the smallest key, and behind NULL', () => {
    const request = { endpoints: 3 };
    const rows = ['5', '5', '7', '7'].map((key) => [key, '9']);
    expect(plan(ORDERS, { rows, request }).plan.bounds).toEqual(['7']);
    const nulls = [undefined, undefined, '5', '7'].map((key) => [key, '9']);
    expect(plan(ORDERS, { rows: nulls, request }).plan.bounds).toEqual(['5', '7']);
  });

  test('of many groups goes by the key that keeps them together', () => {
    const sql = 'SELECT POSTED, COUNT(*) FROM ORDERS GROUP BY POSTED';
    const rows = Array.from({ length: 28 }, (_, place) => [
      `2024-02-${String(place + 1).padStart(2, '0')}`,
      '20000',
    ]);
    const { plan: planned } = plan(sql, { rows });
    expect([planned.strategy, planned.key, planned.endpoints.length]).toEqual([
      'sample',
      ['POSTED'],
      10,
    ]);
  });

  test('of few groups is none', () => {
    const sql = 'SELECT REGION, COUNT(*) FROM ORDERS GROUP BY REGION';
    const { plan: planned } = plan(sql, {
      rows: [
        ['A', '9'],
        ['B', '9'],
        ['C', '9'],
      ],
    });
    expect(planned.reason).toMatch(/it makes few groups/);
  });
});

describe('as-of', () => {
  const request = { consistency: 'as-of' } as const;

  test('gives every endpoint one moment of a system-versioned table', () => {
    const moment = '2024-05-01 12:00:00.1234567';
    const { plan: planned } = plan('SELECT * FROM PRICES', {
      request: { ...request, endpoints: 'off' },
      rows: [[moment]],
    });
    expect(planned).toMatchObject({ strategy: 'single', asOf: moment, consistency: 'as-of' });
    expect(planned.endpoints[0]?.sql).toBe(
      `SELECT * FROM PRICES FOR SYSTEM_TIME AS OF '${moment}'`,
    );
    const { plan: divided } = plan('SELECT * FROM PRICES', {
      request: { ...request, endpoints: 2, strategy: 'modulo' },
      rows: [[moment]],
    });
    expect(divided.endpoints).toHaveLength(2);
    expect(divided.endpoints.every(({ sql }) => sql.includes(`AS OF '${moment}'`))).toBe(true);
  });

  test.each([
    ['SELECT * FROM ORDERS', /SALES\.ORDERS is not system-versioned/],
    ['SELECT * FROM PRICES AS A JOIN PRICES AS B ON A.ID = B.ID', /its FROM is not one table/],
    ['SELECT * FROM UNKNOWN', /the catalog does not know its table/],
  ])('is refused for %s', (sql, message) => {
    const failure = thrownBy(() => plan(sql, { request }));
    expect(failure.code).toBe('failed-precondition');
    expect(failure.message).toMatch(message);
  });
});

describe('a wish that cannot be', () => {
  const cases: readonly (readonly [
    message: RegExp,
    sql: string,
    request: Partial<PartitionRequest>,
  ])[] = [
    [
      /REGIN is none.*did you mean 'REGION'.*ID, REGION, POSTED, WEIGHT/,
      ORDERS,
      { columns: ['REGIN'] },
    ],
    [
      /expected numbers, dates or text.*WEIGHT is DOUBLE/,
      ORDERS,
      { columns: ['WEIGHT'], endpoints: 2 },
    ],
    [
      /strategy: parts cannot divide.*has no parts; possible: sample, range, modulo, hash/,
      ORDERS,
      { strategy: 'parts' },
    ],
    [
      /strategy: modulo cannot divide.*whole numbers/,
      ORDERS,
      { strategy: 'modulo', columns: ['POSTED'] },
    ],
    [/strategy bounds: expected bounds/, ORDERS, { strategy: 'bounds' }],
    [/a bound of ID \(BIGINT\).*got 'x'/, ORDERS, { bounds: ['x'], columns: ['ID'] }],
    [/with strategy bounds only/, ORDERS, { bounds: ['1'], strategy: 'hash' }],
    [/a whole number from 1, got 2.5/, ORDERS, { endpoints: 2.5 }],
    [
      /ID does not keep the rows of a group together, expected one of REGION/,
      'SELECT REGION, COUNT(*) FROM ORDERS GROUP BY REGION',
      { columns: ['ID'] },
    ],
  ];

  test.each(cases)('is refused: %s', (message, sql, request) => {
    const failure = thrownBy(() => plan(sql, { request }));
    expect(failure.code).toBe('invalid-argument');
    expect(failure.message).toMatch(message);
  });
});

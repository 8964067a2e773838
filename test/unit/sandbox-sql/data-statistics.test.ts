import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine, type TestSession } from './harness.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open({ rows: 10 });
  session = await engine.session();
  await session.run(
    'CREATE COLUMN TABLE MEASURED (ID BIGINT, KIND NVARCHAR(5), DAY DATE, NOTE NCLOB)',
  );
  // IDs -500 to 499 of which every tenth is NULL; kind a for half of the rows.
  await session.run(
    'INSERT INTO MEASURED (ID, KIND, DAY) VALUES (?, ?, ?)',
    Array.from({ length: 1000 }, (_, index) => [
      index % 10 === 0 ? null : index - 500,
      index % 2 === 0 ? 'a' : `k${index % 7}`,
      `2024-0${1 + (index % 9)}-01`,
    ]),
  );
});

afterAll(() => engine.close());

interface Content {
  readonly content?: {
    readonly buckets?: readonly { lower: string; upper: string; count: number }[];
    readonly values?: readonly { value: string; count: number }[];
  };
  readonly properties: Readonly<Record<string, unknown>>;
}

async function contents(column: string, type = 'HISTOGRAM'): Promise<readonly Content[]> {
  const { rows } = await session.query(
    `SELECT TO_NVARCHAR(DATA_STATISTICS_CONTENT) AS C FROM M_DATA_STATISTICS
     WHERE DATA_SOURCE_OBJECT_NAME = 'MEASURED' AND DATA_SOURCE_COLUMN_NAMES = '${column}'
     AND DATA_STATISTICS_TYPE = '${type}' ORDER BY DATA_SOURCE_PART_ID`,
  );
  // The JSON that the sandbox has just written.
  return rows.map(([json]) => JSON.parse(String(json)) as Content);
}

describe('CREATE STATISTICS', () => {
  test('makes a histogram of buckets that hold about as many rows', async () => {
    await session.run('CREATE STATISTICS ON MEASURED (ID) TYPE HISTOGRAM BUCKETS 9');
    const [histogram] = await contents('ID');
    const buckets = histogram?.content?.buckets ?? [];
    expect(buckets.map(({ count }) => count)).toEqual(Array.from({ length: 9 }, () => 100));
    expect(buckets[0]).toMatchObject({ lower: '-499', upper: '-389', 'distinct count': 100 });
    expect(buckets.at(-1)?.upper).toBe('499');
    expect(histogram?.properties).toEqual({
      BUCKETS: 9,
      COUNT: 1000,
      'DISTINCT COUNT': 900,
      'NULL COUNT': 100,
      'MIN VALUE': '-499',
      'MAX VALUE': '499',
    });
  });

  test('keeps a frequent value in one bucket', async () => {
    await session.run('CREATE STATISTICS ON MEASURED (KIND) BUCKETS 4');
    const [histogram] = await contents('KIND');
    const buckets = histogram?.content?.buckets ?? [];
    expect(buckets[0]).toMatchObject({ lower: 'a', upper: 'a', count: 500 });
    expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(1000);
  });

  test('makes one object per column, and is told by DATA_STATISTICS', async () => {
    await session.run('CREATE STATISTICS ON MEASURED (KIND, DAY) TYPE SIMPLE REFRESH TYPE MANUAL');
    expect(
      await session.values(
        `SELECT DATA_SOURCE_COLUMN_NAMES, DATA_STATISTICS_TYPE, CREATE_BUCKETS, DATA_SOURCE_STORAGE_TYPE
         FROM DATA_STATISTICS WHERE DATA_STATISTICS_TYPE = 'SIMPLE' ORDER BY 1`,
      ),
    ).toEqual(['DAY', 'SIMPLE', null, 'COLUMN', 'KIND', 'SIMPLE', null, 'COLUMN']);
    const [simple] = await contents('DAY', 'SIMPLE');
    expect(simple?.content).toBeUndefined();
    expect(simple?.properties).toMatchObject({ 'MIN VALUE': '2024-01-01', 'NULL COUNT': 0 });
  });

  test('of TOPK lists the most frequent values', async () => {
    await session.run('CREATE STATISTICS TOP_KINDS ON MEASURED (KIND) TYPE TOPK BUCKETS 2');
    const [top] = await contents('KIND', 'TOPK');
    expect(top?.content?.values?.[0]).toEqual({ value: 'a', count: 500 });
    expect(top?.content?.values).toHaveLength(2);
  });

  test('has a content for each part', async () => {
    await session.run('ALTER TABLE MEASURED PARTITION BY HASH (ID) PARTITIONS 3');
    await session.run('CREATE STATISTICS ON MEASURED (ID)');
    const parts = await contents('ID');
    expect(parts).toHaveLength(3);
    const rows = parts.map(({ properties }) => Number(properties['COUNT']));
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(1000);
    await session.run('ALTER TABLE MEASURED MERGE PARTITIONS');
  });

  test('of a table without rows has no bucket', async () => {
    await session.run('CREATE COLUMN TABLE UNMEASURED (ID INTEGER)');
    await session.run('CREATE STATISTICS ON UNMEASURED (ID)');
    const [json] = await session.values(
      "SELECT TO_NVARCHAR(DATA_STATISTICS_CONTENT) AS C FROM M_DATA_STATISTICS WHERE DATA_SOURCE_OBJECT_NAME = 'UNMEASURED'",
    );
    expect(JSON.parse(String(json))).toMatchObject({
      content: { buckets: [] },
      properties: { COUNT: 0, 'MIN VALUE': null },
    });
    await session.run('DROP TABLE UNMEASURED');
    expect(
      await session.values(
        "SELECT COUNT(*) FROM DATA_STATISTICS WHERE DATA_SOURCE_OBJECT_NAME = 'UNMEASURED'",
      ),
    ).toEqual(['0']);
  });

  test.each([
    ['CREATE STATISTICS ON MEASURED (NOTE)', 7],
    ['CREATE STATISTICS ON MEASURED (NOPE)', 260],
    ['CREATE STATISTICS ON MEASURED (ID) TYPE SKETCH', 7],
    ['CREATE STATISTICS ON MEASURED', 257],
    ['CREATE STATISTICS ON NOWHERE (ID)', 259],
    ['DROP STATISTICS NO_SUCH_STATISTICS', 2],
  ])('%s is refused', async (sql, code) => {
    expect(await session.failure(sql)).toMatchObject({ code });
  });

  test('needs ALTER on the table', async () => {
    const other = await engine.session('RESTRICTED');
    await session.run('GRANT SELECT ON SCHEMA DEMO TO RESTRICTED');
    const create = 'CREATE STATISTICS ON DEMO.MEASURED (ID)';
    expect(await other.failure(create)).toMatchObject({ code: 258 });
  });
});

test('REFRESH STATISTICS counts anew, and DROP STATISTICS forgets', async () => {
  await session.run('CREATE STATISTICS ON MEASURED (DAY)');
  await session.run("INSERT INTO MEASURED (DAY) VALUES ('2025-01-01')");
  const latest = async () => (await contents('DAY'))[0]?.properties['MAX VALUE'];
  expect(await latest()).toBe('2024-09-01');
  await session.run('REFRESH STATISTICS ON MEASURED (DAY) TYPE HISTOGRAM');
  expect(await latest()).toBe('2025-01-01');
  await session.run('DROP STATISTICS ON MEASURED (DAY) TYPE HISTOGRAM');
  expect(await contents('DAY')).toEqual([]);
  await session.run('DROP STATISTICS ON MEASURED');
  expect(
    await session.values(
      "SELECT COUNT(*) FROM DATA_STATISTICS WHERE DATA_SOURCE_OBJECT_NAME = 'MEASURED'",
    ),
  ).toEqual(['0']);
});

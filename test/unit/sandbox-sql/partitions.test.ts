import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine, type TestSession } from './harness.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open({ rows: 10 });
  session = await engine.session();
  await session.run(
    'CREATE COLUMN TABLE PARTED (ID INTEGER PRIMARY KEY, GROUP_ID INTEGER, DAY DATE)',
  );
  // Negative and NULL values, and dates of four years.
  await session.run(
    'INSERT INTO PARTED VALUES (?, ?, ?)',
    Array.from({ length: 400 }, (_, index) => [
      index - 200,
      index % 10 === 0 ? null : (index % 30) - 10,
      index % 50 === 0 ? null : `${2020 + (index % 4)}-06-15`,
    ]),
  );
});

afterAll(() => engine.close());

const RANGES = 'PARTITION -10 <= VALUES < 0, PARTITION 0 <= VALUES < 10, PARTITION VALUE = 15';

/** What stands behind PARTITION BY, and the number of parts. */
const DIVISIONS: readonly (readonly [definition: string, parts: number])[] = [
  ['HASH (ID) PARTITIONS 3', 3],
  ['HASH (ID, GROUP_ID) PARTITIONS 4', 4],
  ['ROUNDROBIN PARTITIONS 5', 5],
  [`RANGE (GROUP_ID) (${RANGES}, PARTITION OTHERS)`, 4],
  ['RANGE (YEAR(DAY)) (PARTITION 2020 <= VALUES < 2022, PARTITION 2022 <= VALUES < 2030)', 2],
  [`HASH (ID) PARTITIONS 2, RANGE (GROUP_ID) (${RANGES}, PARTITION OTHERS)`, 8],
  [`RANGE (GROUP_ID) (${RANGES}, PARTITION OTHERS) SUBPARTITION BY HASH (ID) PARTITIONS 3`, 12],
];

describe('ALTER TABLE … PARTITION BY', () => {
  test.each(DIVISIONS)('%s puts each row into one of %i parts', async (definition, parts) => {
    await session.run(`ALTER TABLE PARTED PARTITION BY ${definition}`);
    const ids: unknown[] = [];
    const counts: string[] = [];
    for (let part = 1; part <= parts; part++) {
      const found = await session.values(`SELECT ID FROM PARTED PARTITION (${part})`);
      counts.push(String(found.length));
      ids.push(...found);
    }
    expect(ids).toHaveLength(400);
    expect(new Set(ids).size).toBe(400);
    expect(
      await session.values(
        "SELECT RECORD_COUNT FROM M_TABLE_PARTITIONS WHERE TABLE_NAME = 'PARTED' ORDER BY PART_ID",
      ),
    ).toEqual(counts);
    const beyond = `SELECT ID FROM PARTED PARTITION (${parts + 1})`;
    expect(await session.failure(beyond)).toMatchObject({ code: 2 });
  });

  test('two levels are told with their numbers and bounds', async () => {
    await session.run(
      'ALTER TABLE PARTED PARTITION BY HASH (ID) PARTITIONS 2, RANGE (GROUP_ID) (PARTITION -10 <= VALUES < 0, PARTITION OTHERS)',
    );
    expect(
      await session.values(
        `SELECT LEVEL_1_TYPE, LEVEL_1_EXPRESSION, LEVEL_1_COUNT, LEVEL_2_TYPE, LEVEL_2_EXPRESSION,
         LEVEL_2_COUNT FROM PARTITIONED_TABLES WHERE TABLE_NAME = 'PARTED'`,
      ),
    ).toEqual(['HASH', 'ID', 2, 'RANGE', 'GROUP_ID', 2]);
    const { rows } = await session.query(
      `SELECT PART_ID, LEVEL_1_PARTITION, LEVEL_1_RANGE_MIN_VALUE, LEVEL_2_PARTITION,
       LEVEL_2_RANGE_MIN_VALUE, LEVEL_2_RANGE_MAX_VALUE FROM TABLE_PARTITIONS
       WHERE TABLE_NAME = 'PARTED' ORDER BY PART_ID`,
    );
    expect(rows).toEqual([
      [1, 1, '', 1, '-10', '0'],
      [2, 1, '', 2, '', ''],
      [3, 2, '', 1, '-10', '0'],
      [4, 2, '', 2, '', ''],
    ]);
  });

  test('refuses parts that leave rows out, and keeps the old ones', async () => {
    await session.run('ALTER TABLE PARTED PARTITION BY HASH (ID) PARTITIONS 2');
    const narrow = 'ALTER TABLE PARTED PARTITION BY RANGE (ID) (PARTITION 0 <= VALUES < 10)';
    expect(await session.failure(narrow)).toMatchObject({ code: 2 });
    const kinds = "SELECT LEVEL_1_TYPE FROM PARTITIONED_TABLES WHERE TABLE_NAME = 'PARTED'";
    expect(await session.values(kinds)).toEqual(['HASH']);
  });

  test('a statement compiled before reads the new parts', async () => {
    await session.run('ALTER TABLE PARTED PARTITION BY ROUNDROBIN PARTITIONS 1');
    const statement = await session.session.prepare(
      'SELECT COUNT(*) AS N FROM PARTED PARTITION (1)',
    );
    await session.run('ALTER TABLE PARTED PARTITION BY ROUNDROBIN PARTITIONS 2');
    const outcome = await statement.execute([[]], true);
    if (outcome.kind !== 'rows') throw new Error('expected rows');
    const { bytes } = await outcome.rows.next(1, 1 << 20);
    // A BIGINT: a flag byte, then 8 bytes.
    expect(Buffer.from(bytes).readBigInt64LE(1)).toBe(200n);
  });

  test('MERGE PARTITIONS leaves a table without parts', async () => {
    await session.run('ALTER TABLE PARTED PARTITION BY HASH (ID) PARTITIONS 2');
    await session.run('ALTER TABLE PARTED MERGE PARTITIONS');
    expect(
      await session.values("SELECT IS_PARTITIONED FROM TABLES WHERE TABLE_NAME = 'PARTED'"),
    ).toEqual(['FALSE']);
    expect(await session.failure('SELECT * FROM PARTED PARTITION (1)')).toMatchObject({ code: 7 });
    const again = 'ALTER TABLE PARTED MERGE PARTITIONS';
    expect(await session.failure(again)).toMatchObject({ code: 7 });
  });

  test('a row table has no parts', async () => {
    await session.run('CREATE ROW TABLE UNPARTED (ID INTEGER)');
    const parts = 'ALTER TABLE UNPARTED PARTITION BY HASH (ID) PARTITIONS 2';
    expect(await session.failure(parts)).toMatchObject({ code: 7 });
  });
});

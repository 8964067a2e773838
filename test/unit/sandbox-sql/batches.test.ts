import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EngineValue } from '../../../src/sandbox/engine.ts';
import { TestEngine, type TestSession } from './harness.ts';
import type { Cell } from './row-decoder.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open();
  session = await engine.session();
});

afterAll(() => engine.close());

/** A batch, what comes of each row, and what the table holds then. */
interface BatchCase {
  readonly name: string;
  readonly sql: string;
  readonly rows: readonly (readonly EngineValue[])[];
  readonly outcome: readonly (number | string)[];
  readonly stays: readonly Cell[];
}

/** On a table that holds (1, 10) and (2, 20). */
const BATCHES: readonly BatchCase[] = [
  {
    name: 'duplicate keys',
    sql: 'INSERT INTO BATCH VALUES (?, ?)',
    rows: [
      [1, 0],
      [3, 30],
      [3, 0],
      [2, 0],
      [4, 40],
    ],
    outcome: ['error 301', 1, 'error 301', 'error 301', 1],
    stays: [1, 10, 2, 20, 3, 30, 4, 40],
  },
  {
    name: 'values that do not fit',
    sql: 'INSERT INTO BATCH VALUES (?, ?)',
    rows: [
      [3, 30],
      ['x', 0],
      [3_000_000_000, 0],
      [4, null],
      [5, 50],
    ],
    outcome: [1, 'error 339', 'error 314', 'error 287', 1],
    stays: [1, 10, 2, 20, 3, 30, 5, 50],
  },
  {
    name: 'failures while DuckDB executes',
    sql: 'INSERT INTO BATCH VALUES (?, 100 / TO_INTEGER(?))',
    rows: [
      [3, 1],
      [4, 0],
      [5, 'y'],
      [6, 2],
    ],
    outcome: [1, 'error 304', 'error 339', 1],
    stays: [1, 10, 2, 20, 3, 100, 6, 50],
  },
  {
    name: 'updates',
    sql: 'UPDATE BATCH SET N = ? WHERE ID <= ?',
    rows: [
      [11, 1],
      [null, 2],
      [22, 0],
      [33, 2],
    ],
    outcome: [1, 'error 287', 0, 2],
    stays: [1, 33, 2, 33],
  },
];

describe('a batch of which rows fail', () => {
  const modes = [true, false].flatMap((autoCommit) =>
    BATCHES.map((batch) => ({ ...batch, autoCommit })),
  );

  test.each(modes)('$name, autocommit $autoCommit: the other rows stay', async (batch) => {
    await session.run('CREATE TABLE BATCH (ID INTEGER PRIMARY KEY, N INTEGER NOT NULL)');
    await session.run('INSERT INTO BATCH VALUES (1, 10)', [[]], batch.autoCommit);
    await session.run('INSERT INTO BATCH VALUES (2, 20)', [[]], batch.autoCommit);
    expect(await session.batch(batch.sql, batch.rows, batch.autoCommit)).toEqual(batch.outcome);
    // What is left is written again when a later statement of the transaction fails.
    await session.failure('INSERT INTO BATCH VALUES (1, 1)', [[]], batch.autoCommit);
    await session.session.commit();
    expect(await session.values('SELECT ID, N FROM BATCH ORDER BY ID')).toEqual(batch.stays);
    await session.run('DROP TABLE BATCH');
  });

  test('half of a large batch may fail', async () => {
    await session.run('CREATE TABLE CROWDED (ID INTEGER PRIMARY KEY)');
    const rows = Array.from({ length: 1000 }, (_, index) => [Math.floor(index / 2)]);
    const outcome = await session.batch('INSERT INTO CROWDED VALUES (?)', rows, false);
    expect(outcome.filter((one) => one === 'error 301')).toHaveLength(500);
    await session.session.commit();
    expect(await session.values('SELECT COUNT(*) FROM CROWDED')).toEqual(['500']);
  });

  test('a single row that fails rejects', async () => {
    await session.run('CREATE TABLE ALONE (ID INTEGER PRIMARY KEY)');
    await session.run('INSERT INTO ALONE VALUES (1)');
    expect(await session.failure('INSERT INTO ALONE VALUES (?)', [[1]])).toMatchObject({
      code: 301,
      row: undefined,
    });
  });
});

describe('numbered parameters', () => {
  test('one used twice is one parameter', async () => {
    const statement = await session.session.prepare('SELECT :1 || :2 || :1 FROM DUMMY');
    expect(statement.parameters).toHaveLength(2);
    expect(await session.values('SELECT :1 || :2 || :1 FROM DUMMY', ['a', 'b'])).toEqual(['aba']);
  });

  test.each([
    [
      'INSERT INTO PAIRS VALUES (:2, :1)',
      [
        [1, 2],
        [3, 4],
      ],
      [2, 1, 4, 3],
    ],
    ['INSERT INTO PAIRS VALUES (:1, :1)', [[1], [3]], [1, 1, 3, 3]],
    [
      'INSERT INTO PAIRS VALUES (?, ?)',
      [
        [1, 2],
        [3, 4],
      ],
      [1, 2, 3, 4],
    ],
  ] as const)('a batch of %s', async (sql, rows, values) => {
    await session.run('CREATE TABLE PAIRS (A INTEGER, B INTEGER)');
    await session.run(sql, rows);
    expect(await session.values('SELECT * FROM PAIRS ORDER BY A')).toEqual(values);
    await session.run('DROP TABLE PAIRS');
  });
});

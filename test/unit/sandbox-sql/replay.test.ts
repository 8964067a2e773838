import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EncodedRows } from '../../../src/sandbox/engine.ts';
import { TestEngine, type TestSession } from './harness.ts';

const ROWS = 5000;

let plain: TestSession;
let replaying: TestSession;
let engine: TestEngine;
let plainEngine: TestEngine;

beforeAll(async () => {
  plainEngine = await TestEngine.open({ rows: ROWS });
  engine = await TestEngine.open({ rows: ROWS, replayBytes: 16 << 20 });
  plain = await plainEngine.session();
  replaying = await engine.session();
});

afterAll(async () => {
  await plainEngine.close();
  await engine.close();
});

type Fetch = readonly [maxRows: number, targetBytes: number];

/** All packets of a result; the fetches are repeated until its end. */
async function packetsOf(
  session: TestSession,
  sql: string,
  fetches: readonly Fetch[],
): Promise<readonly EncodedRows[]> {
  const outcome = await session.outcome(sql);
  if (outcome.kind !== 'rows') throw new Error('expected rows');
  const packets: EncodedRows[] = [];
  for (let last = false; !last; ) {
    const [maxRows, targetBytes] = fetches[packets.length % fetches.length] ?? [1, 1];
    const packet = await outcome.rows.next(maxRows, targetBytes);
    packets.push(packet);
    last = packet.last;
  }
  await outcome.rows.close();
  return packets;
}

const WHOLE: readonly Fetch[] = [[1_000_000, 1 << 30]];

/** 500 rows. */
const queryFrom = (first: number) =>
  `SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS WHERE TRANSACTION_ID BETWEEN ${first} AND ${first + 499}`;

const contentOf = (packets: readonly EncodedRows[]) =>
  packets.map(({ bytes, rowCount, last }) => [Buffer.from(bytes).toString('hex'), rowCount, last]);

/** Read often enough the result comes from memory: the same bytes in the same place. */
async function isReplayed(
  session: TestSession,
  sql: string,
  fetches: readonly Fetch[] = WHOLE,
): Promise<boolean> {
  await packetsOf(session, sql, fetches);
  const [first] = await packetsOf(session, sql, fetches);
  const [second] = await packetsOf(session, sql, fetches);
  return first !== undefined && first.bytes.buffer === second?.bytes.buffer;
}

describe('replay', () => {
  test.each([
    'SELECT * FROM SALES.TRANSACTIONS',
    'SELECT CUSTOMER, NOTE FROM SALES.TRANSACTIONS ORDER BY TRANSACTION_ID DESC',
    'SELECT * FROM SALES.EVENTS WHERE 1 = 0',
    'SELECT COUNT(*) FROM SALES.EVENTS',
  ])('%s is cut as without it, whatever is fetched', async (sql) => {
    const recorded: readonly Fetch[] = [
      [32, 64 * 1024],
      [999, 4 << 20],
    ];
    await packetsOf(replaying, sql, recorded);
    const fetch = fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 200_000 }));
    await fc.assert(
      fc.asyncProperty(fc.array(fetch, { minLength: 1, maxLength: 3 }), async (fetches) => {
        // Not row by row through all of them: a large fetch follows each.
        const all = fetches.flatMap((small): readonly Fetch[] => [small, [4000, 1 << 20]]);
        const computed = contentOf(await packetsOf(plain, sql, all));
        expect(contentOf(await packetsOf(replaying, sql, all))).toEqual(computed);
      }),
      { numRuns: 15 },
    );
    // Nothing is the same nothing always.
    expect(await isReplayed(replaying, sql, recorded)).toBe(!sql.includes('1 = 0'));
  });

  test('cuts at the row that reaches the bytes asked for', async () => {
    // Rows of 9 bytes, kept in packets of 100.
    const sql = 'SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS';
    await packetsOf(replaying, sql, [[100, 1 << 20]]);
    for (const rows of [1, 2, 98, 99, 100, 101, 199, 200]) {
      for (const more of [-1, 0, 1]) {
        const fetches: readonly Fetch[] = [
          [1000, rows * 9 + more],
          [5000, 1 << 20],
        ];
        const computed = contentOf(await packetsOf(plain, sql, fetches));
        expect(contentOf(await packetsOf(replaying, sql, fetches))).toEqual(computed);
      }
    }
  });

  test('is for all sessions of a data format, and ends with the next commit', async () => {
    const sql = 'SELECT ID FROM DEMO.CHANGING ORDER BY ID';
    await replaying.run('CREATE COLUMN TABLE DEMO.CHANGING (ID INTEGER)');
    await replaying.run('INSERT INTO DEMO.CHANGING VALUES (1)');
    expect(await isReplayed(replaying, sql)).toBe(true);
    const other = await engine.session();
    const [here] = await packetsOf(replaying, sql, WHOLE);
    const [there] = await packetsOf(other, sql, WHOLE);
    expect(there?.bytes.buffer).toBe(here?.bytes.buffer);
    const older = await engine.session('DEMO', 1);
    const [different] = await packetsOf(older, sql, WHOLE);
    expect(different?.bytes.buffer).not.toBe(here?.bytes.buffer);
    await other.run('INSERT INTO DEMO.CHANGING VALUES (2)');
    expect(await replaying.values(sql)).toEqual([1, 2]);
  });

  test('is not for what a transaction sees', async () => {
    const sql = 'SELECT COUNT(*) AS N FROM DEMO.OWN_ROWS';
    await replaying.run('CREATE COLUMN TABLE DEMO.OWN_ROWS (ID INTEGER)');
    expect(await replaying.values(sql)).toEqual(['0']);
    await replaying.run('INSERT INTO DEMO.OWN_ROWS VALUES (1)', [[]], false);
    expect((await replaying.query(sql, [], false)).rows).toEqual([['1']]);
    await replaying.session.rollback();
    expect(await replaying.values(sql)).toEqual(['0']);
  });

  test.each([
    'SELECT RAND() FROM DUMMY',
    'SELECT SYSUUID FROM DUMMY',
    'SELECT CURRENT_TIMESTAMP FROM DUMMY',
    'SELECT COUNT(*) FROM SALES.EVENTS TABLESAMPLE BERNOULLI (50)',
    'SELECT COUNT(*) FROM TABLES',
    'SELECT * FROM SALES.REGION_TOTALS',
    'SELECT C_NCLOB FROM SALES.ALL_TYPES',
    'SELECT DUMMY FROM DUMMY FOR UPDATE',
  ])('%s is computed each time', async (sql) => {
    expect(await isReplayed(replaying, sql)).toBe(false);
  });

  test('keeps what was used last, and nothing that is too large', async () => {
    // 9 bytes a row and 4 for its end: three results of 500 rows fit in, the table does not.
    const small = await TestEngine.open({ rows: ROWS, replayBytes: 20_000 });
    const session = await small.session();
    const bufferOf = async (first: number) =>
      (await packetsOf(session, queryFrom(first), WHOLE))[0]?.bytes.buffer;
    expect(await isReplayed(session, 'SELECT * FROM SALES.TRANSACTIONS')).toBe(false);
    for (const first of [1, 2, 3]) expect(await isReplayed(session, queryFrom(first))).toBe(true);
    const one = await bufferOf(1);
    const two = await bufferOf(2);
    await bufferOf(3);
    expect(await bufferOf(1)).toBe(one);
    await bufferOf(4);
    expect(await bufferOf(1)).toBe(one);
    expect(await bufferOf(2)).not.toBe(two);
    await small.close();
  });
});

import { setTimeout as pause } from 'node:timers/promises';
import { Table } from 'apache-arrow';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rowsOf } from '../support/arrow-rows.ts';
import { SqlSession, statementQuery } from '../support/sql-session.ts';
import { PARTITIONING, type Stack, startStack } from '../support/stack.ts';

const ENDPOINTS = 8;
const ROWS = 400;
const RUNS = 100;

type Info = Awaited<ReturnType<SqlSession['plan']>>;

interface Consistency {
  readonly asked: string;
  readonly reached: string;
}

let stack: Stack;
let reader: SqlSession;
let writer: SqlSession;

beforeAll(async () => {
  stack = await startStack({
    rows: 10,
    proxy: { pool: { poolMaxPerUser: 24 }, partitioning: { ...PARTITIONING, snapshotMaxAgeMs: 20_000 } },
  });
  [reader, writer] = [await SqlSession.logOn(stack.proxy), await SqlSession.logOn(stack.proxy)];
  await writer.update('CREATE COLUMN TABLE ACCOUNTS (ID INTEGER PRIMARY KEY, X INTEGER)');
  const rows = Array.from({ length: ROWS }, (_, id) => `SELECT ${id}, 0 FROM DUMMY`);
  await writer.update(`INSERT INTO ACCOUNTS ${rows.join(' UNION ALL ')}`);
});

afterAll(async () => {
  reader.close();
  writer.close();
  await stack.close();
});

const consistencyOf = (info: Info): Consistency =>
  (JSON.parse(Buffer.from(info.app_metadata).toString('utf8')) as { consistency: Consistency })
    .consistency;

/** Moves amounts from one end of the table to the other until told to stop; every commit keeps SUM(X) = 0. */
async function transfer(signal: AbortSignal): Promise<number> {
  let commits = 0;
  while (!signal.aborted) {
    const transaction = await writer.begin();
    const low = commits % (ROWS / 2);
    await writer.update(`UPDATE ACCOUNTS SET X = X - 1 WHERE ID = ${low}`, { transaction });
    await writer.update(`UPDATE ACCOUNTS SET X = X + 1 WHERE ID = ${ROWS - 1 - low}`, { transaction });
    await writer.commit(transaction);
    commits += 1;
  }
  return commits;
}

/** Reads the endpoints one after the other, from the last to the first, and adds up X. */
async function scan(consistency: string): Promise<{ sum: number; rows: number; told: Consistency }> {
  const hint = `/*+ FLIGHT(endpoints=${ENDPOINTS}, strategy=range, consistency=${consistency}) */`;
  const info = await reader.plan(statementQuery(`SELECT ID, X FROM ACCOUNTS ${hint}`));
  expect(info.endpoint).toHaveLength(ENDPOINTS);
  const rows = [];
  for (const { ticket } of info.endpoint.toReversed()) {
    rows.push(...rowsOf(new Table(await reader.doGet(ticket?.ticket ?? new Uint8Array()))));
    await pause(1);
  }
  const sum = rows.reduce((total, row) => total + Number(row['X']), 0);
  return { sum, rows: rows.length, told: consistencyOf(info) };
}

test(`While a writer keeps SUM(X) = 0, ${RUNS} scans of ${ENDPOINTS} endpoints see 0 with consistency=snapshot, and not all do with statement.`, async () => {
  const stop = new AbortController();
  const writing = transfer(stop.signal);
  try {
    for (let run = 0; run < RUNS; run++) {
      const { sum, rows, told } = await scan('snapshot');
      expect({ run, sum, rows }).toEqual({ run, sum: 0, rows: ROWS });
      expect(told).toMatchObject({ asked: 'snapshot', reached: 'snapshot' });
    }
    const sums = [];
    for (let run = 0; run < RUNS; run++) {
      const { sum, told } = await scan('statement');
      sums.push(sum);
      expect(told).toMatchObject({ asked: 'statement', reached: 'statement' });
    }
    expect(sums.some((sum) => sum !== 0)).toBe(true);
  } finally {
    stop.abort();
  }
  expect(await writing).toBeGreaterThan(0);
});

test('The connections of a snapshot go back once every endpoint was read.', async () => {
  await scan('snapshot');
  await expect.poll(() => stack.proxy.pool.leased).toBe(0);
});

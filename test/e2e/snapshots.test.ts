import { setTimeout as sleep } from 'node:timers/promises';
import { Table } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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
    proxy: {
      pool: { poolMaxPerUser: 24 },
      partitioning: { ...PARTITIONING, snapshotMaxAgeMs: 20_000 },
    },
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
    await writer.update(`UPDATE ACCOUNTS SET X = X + 1 WHERE ID = ${ROWS - 1 - low}`, {
      transaction,
    });
    await writer.commit(transaction);
    commits += 1;
    // A few commits during each scan are enough; more would only keep it waiting.
    await sleep(50);
  }
  return commits;
}

interface Scan {
  readonly sum: number;
  readonly rows: number;
  readonly told: Consistency;
}

/** Reads all endpoints, some while others wait, and adds up X. */
async function scan(consistency: string): Promise<Scan> {
  const hint = `/*+ FLIGHT(endpoints=${ENDPOINTS}, strategy=range, consistency=${consistency}) */`;
  const info = await reader.plan(statementQuery(`SELECT ID, X FROM ACCOUNTS ${hint}`));
  expect(info.endpoint).toHaveLength(ENDPOINTS);
  const rows: Record<string, unknown>[] = [];
  const read = async ({ ticket }: Info['endpoint'][number]): Promise<void> => {
    rows.push(...rowsOf(new Table(await reader.doGet(ticket?.ticket ?? new Uint8Array()))));
  };
  const [first, ...others] = info.endpoint.toReversed();
  if (first !== undefined) await read(first);
  await Promise.all(others.map(read));
  const sum = rows.reduce((total, row) => total + Number(row['X']), 0);
  return { sum, rows: rows.length, told: consistencyOf(info) };
}

describe('While a writer moves amounts and keeps SUM(X) = 0', () => {
  const stop = new AbortController();
  let writing: Promise<number>;

  beforeAll(() => {
    writing = transfer(stop.signal);
  });

  afterAll(async () => {
    stop.abort();
    await writing;
  });

  test(`${RUNS} scans of ${ENDPOINTS} endpoints with consistency=snapshot all see 0, and say what they reached.`, async () => {
    for (let run = 0; run < RUNS; run++) {
      const { sum, rows, told } = await scan('snapshot');
      expect({ run, sum, rows }).toEqual({ run, sum: 0, rows: ROWS });
      expect(told).toMatchObject({ asked: 'snapshot', reached: 'snapshot' });
    }
  }, 300_000);

  test('a scan with consistency=statement sees another sum sooner or later, and promises nothing else.', async () => {
    let seen: Scan;
    let runs = 0;
    do {
      seen = await scan('statement');
      expect(seen.told).toMatchObject({ asked: 'statement', reached: 'statement' });
      runs += 1;
    } while (seen.sum === 0 && runs < RUNS);
    expect(seen.sum).not.toBe(0);
  });
});

test('The connections of a snapshot go back once every endpoint was read.', async () => {
  await scan('snapshot');
  await expect.poll(() => stack.proxy.pool.leased).toBe(0);
});

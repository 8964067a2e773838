import { Table } from 'apache-arrow';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rowsOf } from '../support/arrow-rows.ts';
import { SqlSession, statementQuery } from '../support/sql-session.ts';
import { PARTITIONING, type Stack, startProxyBefore, startStack } from '../support/stack.ts';

const ROWS = 20_000;
const SECRET = 'a secret that two servers share, long enough';
const ALL = 'SELECT TRANSACTION_ID, SALES_REGION, NET_AMOUNT FROM SALES.TRANSACTIONS';

type Info = Awaited<ReturnType<SqlSession['plan']>>;

interface Report {
  readonly strategy: string;
  readonly reason: string;
  readonly ordered: boolean;
  readonly consistency: { readonly asked: string; readonly reached: string };
  readonly endpoints: readonly { readonly share: string; readonly rows: number | null }[];
}

let stack: Stack;
let session: SqlSession;

beforeAll(async () => {
  stack = await startStack({
    rows: ROWS,
    proxy: {
      secrets: [SECRET],
      pool: { poolMaxPerUser: 4 },
      partitioning: { ...PARTITIONING, minRows: 1_000 },
    },
  });
});

afterAll(() => stack.close());

beforeEach(async () => {
  session = await SqlSession.logOn(stack.proxy);
});

afterEach(() => {
  session.close();
});

const plan = (sql: string, transaction?: Uint8Array): Promise<Info> =>
  session.plan(statementQuery(sql, transaction));

const ticketsOf = (info: Info): Uint8Array[] =>
  info.endpoint.map(({ ticket }) => ticket?.ticket ?? new Uint8Array());

const reportOf = (info: Info): Report =>
  JSON.parse(Buffer.from(info.app_metadata).toString('utf8')) as Report;

async function rowsOfAll(info: Info): Promise<readonly Record<string, unknown>[]> {
  return rowsOf(await session.read(info));
}

const asMultiset = (rows: readonly Record<string, unknown>[]): string[] =>
  rows
    .map((row) =>
      JSON.stringify(row, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
    )
    .toSorted();

describe('GetFlightInfo of a large query', () => {
  test('answers with several endpoints whose rows together are the rows of the query.', async () => {
    const info = await plan(ALL);
    expect(info.endpoint.length).toBeGreaterThan(1);
    const whole = await plan(`/*+ FLIGHT(off) */ ${ALL}`);
    expect(whole.endpoint).toHaveLength(1);
    expect(asMultiset(await rowsOfAll(info))).toEqual(asMultiset(await rowsOfAll(whole)));
  });

  test('makes as many endpoints as a hint, a header or a session option asks for.', async () => {
    expect((await plan(`${ALL} /*+ FLIGHT(endpoints=3) */`)).endpoint).toHaveLength(3);
    expect((await plan(`/*+ FLIGHT(5) */ ${ALL}`)).endpoint).toHaveLength(5);
  });

  test('says in app_metadata how the result is divided and why.', async () => {
    const report = reportOf(await plan(`${ALL} /*+ FLIGHT(endpoints=4) */`));
    expect(report.endpoints).toHaveLength(4);
    expect(report.reason).not.toBe('');
    expect(report.consistency).toMatchObject({ asked: 'statement', reached: 'statement' });
  });

  test('keeps the order of a query over its endpoints.', async () => {
    const info = await plan(`${ALL} ORDER BY TRANSACTION_ID DESC /*+ FLIGHT(endpoints=4) */`);
    expect(info.endpoint).toHaveLength(4);
    expect(info.ordered).toBe(true);
    const ids = (await rowsOfAll(info)).map((row) => Number(row['TRANSACTION_ID']));
    expect(ids).toEqual(Array.from({ length: ROWS }, (_, index) => ROWS - index));
  });

  test('divides by the parts of a partitioned table.', async () => {
    const info = await plan('SELECT TRANSACTION_ID FROM SALES.TRANSACTION_HISTORY');
    expect(reportOf(info).strategy).toBe('parts');
    expect(await rowsOfAll(info)).toHaveLength(ROWS);
  });
});

describe('Two servers with one secret', () => {
  test('serve the endpoints of a query half and half, and one alone when the other is gone.', async () => {
    const options = { secrets: [SECRET], partitioning: { ...PARTITIONING, minRows: 1_000 } };
    const other = await startProxyBefore(stack.sandbox, options);
    const there = await SqlSession.logOn(other);
    const dying = await startProxyBefore(stack.sandbox, options);
    const planner = await SqlSession.logOn(dying);
    const info = await planner.plan(statementQuery(`${ALL} /*+ FLIGHT(endpoints=8) */`));
    planner.close();
    await dying.close(0);
    const halves: Record<string, unknown>[] = [];
    for (const [index, ticket] of ticketsOf(info).entries()) {
      const server = index % 2 === 0 ? session : there;
      halves.push(...rowsOf(new Table(await server.doGet(ticket))));
    }
    const alone: Record<string, unknown>[] = [];
    for (const ticket of ticketsOf(info))
      alone.push(...rowsOf(new Table(await there.doGet(ticket))));
    there.close();
    await other.close(0);
    expect(halves).toHaveLength(ROWS);
    expect(new Set(asMultiset(halves)).size).toBe(ROWS);
    expect(asMultiset(alone)).toEqual(asMultiset(halves));
  });
});

describe('A ticket', () => {
  test('can be read again, and by readers in any order.', async () => {
    const tickets = ticketsOf(await plan(`${ALL} /*+ FLIGHT(endpoints=6) */`));
    const first = await Promise.all(tickets.toReversed().map((ticket) => session.doGet(ticket)));
    const again = await session.doGet(tickets[3] ?? new Uint8Array());
    expect(rowsOf(new Table(again))).toEqual(rowsOf(new Table(first[2] ?? [])));
  });

  test('is refused with its own status when the table was changed after GetFlightInfo.', async () => {
    await session.update('CREATE COLUMN TABLE CHANGING (ID BIGINT PRIMARY KEY, NOTE NVARCHAR(20))');
    await session.update(
      'INSERT INTO CHANGING SELECT TRANSACTION_ID, SALES_REGION FROM SALES.TRANSACTIONS',
    );
    const info = await plan('SELECT * FROM CHANGING /*+ FLIGHT(endpoints=4) */');
    expect(info.endpoint).toHaveLength(4);
    await session.update('ALTER TABLE CHANGING ADD (MORE INTEGER)');
    for (const ticket of ticketsOf(info)) {
      await expect(session.doGet(ticket)).rejects.toMatchObject({
        code: 'failed-precondition',
        message: expect.stringContaining('call GetFlightInfo again') as string,
      });
    }
    await session.update('DROP TABLE CHANGING');
  });

  test('is refused when the table was partitioned otherwise after GetFlightInfo.', async () => {
    await session.update(
      'CREATE COLUMN TABLE DIVIDED (ID BIGINT PRIMARY KEY, NOTE NVARCHAR(20)) PARTITION BY HASH (ID) PARTITIONS 4',
    );
    await session.update(
      'INSERT INTO DIVIDED SELECT TRANSACTION_ID, SALES_REGION FROM SALES.TRANSACTIONS',
    );
    const info = await plan('SELECT * FROM DIVIDED /*+ FLIGHT(strategy=parts) */');
    expect(reportOf(info).strategy).toBe('parts');
    await session.update('ALTER TABLE DIVIDED PARTITION BY HASH (ID) PARTITIONS 3');
    for (const ticket of ticketsOf(info)) {
      await expect(session.doGet(ticket)).rejects.toMatchObject({ code: 'failed-precondition' });
    }
    const anew = await plan('SELECT * FROM DIVIDED /*+ FLIGHT(strategy=parts) */');
    expect(await rowsOfAll(anew)).toHaveLength(ROWS);
    await session.update('DROP TABLE DIVIDED');
  });

  test('of another user, or an altered one, is refused.', async () => {
    const [ticket = new Uint8Array()] = ticketsOf(await plan(`${ALL} /*+ FLIGHT(endpoints=2) */`));
    const system = await SqlSession.logOn(stack.proxy, 'SYSTEM', 'Manager1');
    await expect(system.doGet(ticket)).rejects.toMatchObject({ code: 'permission-denied' });
    system.close();
    const altered = Buffer.from(ticket);
    altered[altered.length - 20] = (altered[altered.length - 20] ?? 0) ^ 1;
    await expect(session.doGet(altered)).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

describe('A query inside a transaction', () => {
  test('is divided and holds no connection while the transaction has changed nothing.', async () => {
    const transaction = await session.begin();
    const info = await plan(`${ALL} /*+ FLIGHT(endpoints=4) */`, transaction);
    expect(info.endpoint).toHaveLength(4);
    expect(stack.proxy.pool.leased).toBe(0);
    expect(await rowsOfAll(info)).toHaveLength(ROWS);
    await session.rollback(transaction);
  });

  test('sees what the transaction has changed, in one endpoint, even when the change came after GetFlightInfo.', async () => {
    await session.update('CREATE COLUMN TABLE OWN_ROWS (ID BIGINT PRIMARY KEY)');
    await session.update('INSERT INTO OWN_ROWS SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS');
    const transaction = await session.begin();
    const before = await plan('SELECT ID FROM OWN_ROWS /*+ FLIGHT(endpoints=4) */', transaction);
    await session.update('INSERT INTO OWN_ROWS VALUES (-1)', { transaction });
    expect(await rowsOfAll(before)).toHaveLength(ROWS + 1);
    const after = await plan('SELECT ID FROM OWN_ROWS /*+ FLIGHT(endpoints=4) */', transaction);
    expect(after.endpoint).toHaveLength(1);
    expect(reportOf(after).reason).toContain('transaction');
    await session.rollback(transaction);
    await session.update('DROP TABLE OWN_ROWS');
  });
});

import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { HanaFlightError } from '../../src/core/errors.ts';
import type { MessageOptions } from '../../src/driver/columnar/batch-messages.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../src/driver/columnar/batch-stream.ts';
import type { HanaConnection, HanaCursor } from '../../src/driver/hana-connection.ts';
import { Lanes } from '../../src/driver/lanes/lanes.ts';
import { THREAD_BLOCKS } from '../../src/driver/wire/block-memory.ts';
import { MessageType } from '../../src/driver/wire/message-type.ts';
import { encodeParameters } from '../../src/driver/wire/parts/parameters.ts';
import type { RunningProxy } from '../../src/proxy/start-proxy.ts';
import { failureOf } from '../support/failure.ts';
import { demoCredentials, scriptedHana } from '../support/hana-under-test.ts';
import { CRASHING_LANE_ENTRY, LANE_ENTRY, LaneCrasher } from '../support/lanes.ts';
import { numbers } from '../support/scripted-tables.ts';
import { SqlSession, statementQuery } from '../support/sql-session.ts';
import { type Stack, startProxyBefore, startStack } from '../support/stack.ts';

const ROWS = 20_000;

let stack: Stack;
let plain: SqlSession;
let session: SqlSession;
let proxy: RunningProxy;

beforeAll(async () => {
  stack = await startStack({ rows: ROWS });
  plain = await SqlSession.logOn(stack.proxy);
  proxy = await startProxyBefore(stack.sandbox, { lanes: { count: 2, entry: LANE_ENTRY } });
  session = await SqlSession.logOn(proxy);
});

afterAll(async () => {
  plain.close();
  session.close();
  await proxy.close(0);
  await stack.close();
});

/** Lanes and a connection in one of them, for as long as the test takes. */
async function laneTo(port: number, fetchRows?: number): Promise<HanaConnection> {
  const lanes = new Lanes({ count: 1, entry: LANE_ENTRY });
  onTestFinished(() => lanes.close());
  const endpoint = { host: '127.0.0.1', port };
  return lanes.connect(endpoint, demoCredentials, fetchRows === undefined ? {} : { fetchRows });
}

async function cursorOf(
  connection: HanaConnection,
  sql: string,
  ahead?: MessageOptions,
): Promise<HanaCursor> {
  const outcome = await connection.execute(sql, ahead);
  if (outcome.kind === 'rows') return outcome.cursor;
  throw new Error('expected rows');
}

async function countRows(
  cursor: HanaCursor,
  options: MessageOptions = DEFAULT_BATCH_OPTIONS,
): Promise<number> {
  let rows = 0;
  for await (const { rowCount, onSent } of cursor.messages(options).messages) {
    rows += rowCount;
    onSent?.();
  }
  return rows;
}

describe('through lanes a client gets what it gets without', () => {
  test.each([
    ['every type of HANA', 'SELECT * FROM SALES.ALL_TYPES'],
    ['many batches', 'SELECT * FROM SALES.TRANSACTIONS ORDER BY TRANSACTION_ID'],
    ['no rows', 'SELECT * FROM SALES.TRANSACTIONS WHERE 1 = 0'],
    ['a LOB longer than its row', `SELECT TO_NCLOB(LPAD('x', 5000, 'ü')) AS T FROM DUMMY`],
  ])('%s', async (_, sql) => {
    expect(await session.query(sql)).toEqual(await plain.query(sql));
  });

  test('the metadata of tables', async () => {
    const sql = "SELECT TABLE_NAME FROM SYS.TABLES WHERE SCHEMA_NAME = 'SALES' ORDER BY TABLE_NAME";
    expect(await session.query(sql)).toEqual(await plain.query(sql));
  });

  test.each([
    ['an unknown table, with its position', 'SELECT 1 FROM NOWHERE'],
    [
      'a division by zero in mid-stream',
      'SELECT 1 / (TRANSACTION_ID - 15000) FROM SALES.TRANSACTIONS',
    ],
  ])('the error of %s', async (_, sql) => {
    const { code, hana, message } = await failureOf(session.query(sql));
    const expected = await failureOf(plain.query(sql));
    expect({ code, hana, message }).toEqual({
      code: expected.code,
      hana: expected.hana,
      message: expected.message,
    });
  });

  test('transactions, whose work is undone by a rollback', async () => {
    await session.update('CREATE TABLE LANE_NOTES (ID INTEGER, NOTE NCLOB)');
    const transaction = await session.begin();
    await session.update("INSERT INTO LANE_NOTES VALUES (1, 'ä')", { transaction });
    expect(await session.query('SELECT * FROM LANE_NOTES', { transaction })).toHaveLength(1);
    await session.rollback(transaction);
    expect(await session.query('SELECT * FROM LANE_NOTES')).toEqual([]);
  });
});

describe('a connection in a lane', () => {
  test('writes rows of parameters and reads them back', async () => {
    const connection = await laneTo(stack.sandbox.port);
    await connection.execute('CREATE TABLE LANE_ROWS (ID INTEGER, NAME NVARCHAR(20))');
    const insert = await connection.prepare('INSERT INTO LANE_ROWS VALUES (?, ?)');
    const rows = Array.from({ length: 500 }, (_, id) => [id, `Größe ${id}`]);
    const { data: bytes } = encodeParameters(rows, insert.parameters);
    expect(await insert.executeRows({ rowCount: 500, bytes, openLobs: [] }, 1)).toBe(500);
    insert.drop();
    const query = await connection.prepare('SELECT NAME FROM LANE_ROWS WHERE ID >= ?');
    const { data } = encodeParameters([[100]], query.parameters);
    const outcome = await query.execute({ rowCount: 1, bytes: data, openLobs: [] });
    expect(outcome.kind === 'rows' && (await countRows(outcome.cursor))).toBe(400);
    expect(connection.reusable).toBe(false);
    query.drop();
    expect(connection.reusable).toBe(true);
  });

  test('takes the block of its rows without a copy, and gives it back', async () => {
    const connection = await laneTo(stack.sandbox.port);
    await connection.execute('CREATE TABLE LANE_BLOCKS (ID INTEGER)');
    const insert = await connection.prepare('INSERT INTO LANE_BLOCKS VALUES (?)');
    const { data } = encodeParameters([[1], [2]], insert.parameters);
    const block = THREAD_BLOCKS.take(300_000);
    const size = block.byteLength;
    new Uint8Array(block).set(data);
    const bytes = new Uint8Array(block, 0, data.length);
    const running = insert.executeRows({ rowCount: 2, bytes, openLobs: [], block }, 1);
    expect(block.byteLength).toBe(0);
    expect(await running).toBe(2);
    const [back, fresh] = [THREAD_BLOCKS.take(size), THREAD_BLOCKS.take(size)];
    expect(new Uint8Array(back, 0, data.length)).toEqual(new Uint8Array(data));
    expect(new Uint8Array(fresh, 0, data.length)).not.toEqual(new Uint8Array(data));
  });

  test('is altered by SET and not by a query', async () => {
    const connection = await laneTo(stack.sandbox.port);
    await countRows(await cursorOf(connection, 'SELECT * FROM DUMMY'));
    expect(connection).toMatchObject({ altered: false, reusable: true, busy: false });
    await connection.execute("SET 'MODE' = 'x'");
    expect(connection).toMatchObject({ altered: true, reusable: false, usable: true });
  });

  test('fetches no further than its reader gives credit', async () => {
    const hana = await scriptedHana(numbers({ packets: 500, rowsPerPacket: 1000 }));
    const connection = await laneTo(hana.port);
    const cursor = await cursorOf(connection, 'SELECT');
    const fetches = () => hana.requests.filter((type) => type === MessageType.FETCHNEXT).length;
    const options = { ...DEFAULT_BATCH_OPTIONS, maxRows: 1000 };
    const { messages } = cursor.messages(options);
    let rows = (await messages.next()).value?.rowCount ?? 0;
    // A lane that ran ahead would be at the end long before this.
    let before = -1;
    await vi.waitUntil(() => before === (before = fetches()), { interval: 200 });
    expect(fetches()).toBeLessThan(20);
    for await (const { rowCount, onSent } of messages) {
      rows += rowCount;
      onSent?.();
    }
    expect(rows).toBe(500_000);
  });

  test('reads ahead as far as there is credit when it is told how the rows will be read', async () => {
    const hana = await scriptedHana(numbers({ packets: 500, rowsPerPacket: 1000 }));
    const connection = await laneTo(hana.port);
    const options = { ...DEFAULT_BATCH_OPTIONS, maxRows: 1000 };
    const cursor = await cursorOf(connection, 'SELECT', options);
    const fetches = () => hana.requests.filter((type) => type === MessageType.FETCHNEXT).length;
    let before = -1;
    await vi.waitUntil(() => before === (before = fetches()), { interval: 200 });
    expect(fetches()).toBeGreaterThan(0);
    expect(fetches()).toBeLessThan(20);
    expect(await countRows(cursor, options)).toBe(500_000);
    expect(connection.reusable).toBe(true);
  });

  test('that reads ahead is used again when its rows are not wanted after all', async () => {
    const hana = await scriptedHana(numbers({ packets: 500, rowsPerPacket: 1000 }));
    const connection = await laneTo(hana.port);
    const cursor = await cursorOf(connection, 'SELECT', DEFAULT_BATCH_OPTIONS);
    expect(connection.reusable).toBe(false);
    await cursor.close();
    expect(connection).toMatchObject({ reusable: true, busy: false });
    expect(hana.requests.at(-1)).toBe(MessageType.CLOSERESULTSET);
    expect(await countRows(await cursorOf(connection, 'SELECT'))).toBe(500_000);
  });

  test('that is lost while a slow client reads ends its result with an error, never short', async () => {
    const sockets: { destroy(): unknown }[] = [];
    const script = numbers({ packets: 500, rowsPerPacket: 1000 });
    const hana = await scriptedHana((request, wire) => {
      sockets.push(wire.socket);
      return script(request, wire);
    });
    const connection = await laneTo(hana.port);
    const cursor = await cursorOf(connection, 'SELECT');
    const { messages } = cursor.messages({ ...DEFAULT_BATCH_OPTIONS, maxRows: 1000 });
    // All that the lane may send without credit; the next one waits for it.
    for (let taken = 0; taken < 2; taken++) await messages.next();
    const failure = failureOf(messages.next());
    sockets[0]?.destroy();
    expect((await failure).code).toBe('unavailable');
  });

  test('that is lost fails what is in flight, and says so', async () => {
    const hana = await scriptedHana((_request, wire) => void wire.socket.destroy());
    const connection = await laneTo(hana.port);
    expect((await failureOf(connection.execute('SELECT'))).code).toBe('unavailable');
    expect((await connection.lost).code).toBe('unavailable');
    expect(connection.usable).toBe(false);
    expect((await failureOf(connection.prepare('SELECT'))).code).toBe('unavailable');
  });

  test('that is destroyed rejects what is in flight with the reason', async () => {
    const hana = await scriptedHana(() => {});
    const connection = await laneTo(hana.port);
    const answer = failureOf(connection.execute('SELECT'));
    connection.destroy(new HanaFlightError('cancelled', 'by a test'));
    expect(await answer).toMatchObject({ code: 'cancelled', message: 'by a test' });
    await vi.waitUntil(() => hana.connections() === 0);
  });

  test('is given up while it is being made when nobody waits for it', async () => {
    const hana = await scriptedHana(() => {}, { logon: () => true });
    const lanes = new Lanes({ count: 1, entry: LANE_ENTRY });
    onTestFinished(() => lanes.close());
    const abort = new AbortController();
    const endpoint = { host: '127.0.0.1', port: hana.port };
    const failure = failureOf(lanes.connect(endpoint, demoCredentials, { signal: abort.signal }));
    await vi.waitUntil(() => hana.connections() === 1);
    abort.abort(new HanaFlightError('cancelled', 'by a test'));
    expect((await failure).code).toBe('cancelled');
    await vi.waitUntil(() => hana.connections() === 0);
  });

  test('with a wrong password is refused as without a lane', async () => {
    const logOn = SqlSession.logOn(proxy, 'DEMO', 'wrong');
    await expect(logOn).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  });
});

describe('a lane that crashes', () => {
  test('fails its streams as UNAVAILABLE, leaves the others alone, and is replaced', async () => {
    const crashes: HanaFlightError[] = [];
    const crashing = await startProxyBefore(stack.sandbox, {
      lanes: {
        count: 2,
        entry: CRASHING_LANE_ENTRY,
        onCrash: (failure) => crashes.push(failure),
      },
      batches: { ...DEFAULT_BATCH_OPTIONS, targetBytes: 64 * 1024 },
    });
    onTestFinished(() => crashing.close(0));
    const crasher = new LaneCrasher();
    onTestFinished(() => crasher.close());
    const [first = 0] = await crasher.find(2);
    const client = await SqlSession.logOn(crashing);
    onTestFinished(() => client.close());
    const sql = 'SELECT * FROM SALES.TRANSACTIONS';
    // Two open streams are on two connections, and those are in two lanes.
    const streams = await Promise.all(
      [1, 2].map(async () => {
        const { endpoint } = await client.plan(statementQuery(sql));
        const open = client.openGet(endpoint[0]?.ticket?.ticket ?? Buffer.alloc(0));
        const stream = open[Symbol.asyncIterator]();
        await stream.next();
        return stream;
      }),
    );
    await vi.waitUntil(() => crashing.pool.leased === 2);
    crasher.crash(first);
    const ends = await Promise.all(streams.map((stream) => endOf(stream)));
    expect(ends.toSorted()).toEqual(['complete', 'unavailable']);
    expect(crashes).toMatchObject([{ code: 'unavailable' }]);
    expect(crashes[0]?.message).toContain('crashed by a test');
    await vi.waitUntil(() => crashing.pool.leased === 0);
    for (let query = 0; query < 4; query++) expect(await client.query(sql)).toHaveLength(ROWS);
  });
});

/** How a stream of which something was read ends. */
async function endOf(stream: AsyncIterator<Buffer>): Promise<string> {
  try {
    while ((await stream.next()).done !== true);
    return 'complete';
  } catch (cause) {
    return HanaFlightError.from(cause).code;
  }
}

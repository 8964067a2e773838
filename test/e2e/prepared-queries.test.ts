import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunningProxy } from '../../src/proxy/start-proxy.ts';
import { preparedQuery, SqlSession } from '../support/sql-session.ts';
import { type Stack, startProxyBefore, startStack } from '../support/stack.ts';

let stack: Stack;
let session: SqlSession;
/** Kinds of requests that HANA got of this test. */
let requests: string[] = [];

beforeAll(async () => {
  stack = await startStack({
    rows: 100,
    trace: (line) => {
      const [, kind] = /^#\d+ -> ([A-Z]+) /.exec(line) ?? [];
      if (kind !== undefined) requests.push(kind);
    },
  });
  session = await SqlSession.logOn(stack.proxy);
  await session.update('CREATE SCHEMA OTHER');
});

beforeEach(async () => {
  await session.update('CREATE TABLE CHANGING (A INTEGER)');
  await session.update('CREATE TABLE OTHER.CHANGING (B INTEGER)');
});

afterEach(async () => {
  await session.update('DROP TABLE DEMO.CHANGING');
  await session.update('DROP TABLE OTHER.CHANGING');
});

afterAll(async () => {
  session.close();
  await stack.close();
});

const QUERY = 'SELECT * FROM CHANGING';

async function prepared(sql = QUERY): Promise<Buffer> {
  return preparedQuery((await session.prepare(sql)).prepared_statement_handle);
}

/** Names of the columns that a prepared query has when it is planned and read now. */
async function columnsOf(query: Buffer, of = session): Promise<readonly string[]> {
  return (await of.read(await of.plan(query))).schema.names.map(String);
}

describe('a query that was prepared', () => {
  test('is compiled once for its handle and its plan, and dropped', async () => {
    // What planning asks of the table is known then.
    await session.plan(await prepared());
    requests = [];
    const query = await prepared();
    await session.plan(query);
    await expect.poll(() => requests).toEqual(['PREPARE', 'DROPSTATEMENTID']);
  });

  test('is compiled again for the next plan', async () => {
    const query = await prepared();
    await session.plan(query);
    requests = [];
    await session.plan(query);
    await expect.poll(() => requests).toEqual(['PREPARE', 'DROPSTATEMENTID']);
  });

  test('is compiled again when a statement of anybody may have changed its tables', async () => {
    const query = await prepared();
    const other = await SqlSession.logOn(stack.proxy);
    await other.update('ALTER TABLE DEMO.CHANGING ADD (C INTEGER)');
    other.close();
    expect(await columnsOf(query)).toEqual(['A', 'C']);
  });

  test('is compiled again when its names refer to another schema', async () => {
    const query = await prepared();
    const options = { schema: { string_value: 'OTHER' } };
    await session.flightAction('SetSessionOptions', { session_options: options });
    expect(await columnsOf(query)).toEqual(['B']);
    const own = { schema: { string_value: 'DEMO' } };
    await session.flightAction('SetSessionOptions', { session_options: own });
    expect(await columnsOf(query)).toEqual(['A']);
  });

  describe('of a table that another server changes', () => {
    let elsewhere: RunningProxy;

    beforeAll(async () => {
      elsewhere = await startProxyBefore(stack.sandbox);
    });

    afterAll(async () => {
      await elsewhere.close(0);
    });

    test('is refused once, and read as it is now when it is planned again', async () => {
      const query = await prepared();
      const other = await SqlSession.logOn(elsewhere);
      await other.update('ALTER TABLE DEMO.CHANGING ADD (C INTEGER)');
      other.close();
      await expect(columnsOf(query)).rejects.toMatchObject({
        code: 'failed-precondition',
        message: expect.stringContaining('call GetFlightInfo again') as string,
      });
      expect(await columnsOf(query)).toEqual(['A', 'C']);
    });
  });
});

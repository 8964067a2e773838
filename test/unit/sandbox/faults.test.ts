import { afterEach, expect, test } from 'vitest';
import { requirePart } from '../../../src/driver/wire/message.ts';
import { MessageType } from '../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../src/driver/wire/part-kind.ts';
import { encodeFetchSize } from '../../../src/driver/wire/parts/fetch-size.ts';
import { decodeResultSet } from '../../../src/driver/wire/parts/result-set.ts';
import {
  decodeResultSetId,
  encodeResultSetId,
} from '../../../src/driver/wire/parts/result-set-id.ts';
import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import type { Fault } from '../../../src/sandbox/faults.ts';
import { type RunningSandbox, startSandbox } from '../../../src/sandbox/server.ts';
import { column, intRows, ScriptedEngine } from '../../support/scripted-engine.ts';
import { errorOf, WireClient } from '../../support/wire-client.ts';

let server: RunningSandbox | undefined;
afterEach(() => server?.close());

async function start(faults: readonly Fault[]): Promise<WireClient> {
  const numbers = { columns: [column('N', TypeCode.INT)], rows: () => intRows(1000) };
  const engine = new ScriptedEngine({ numbers, 'more numbers': numbers, ddl: {} });
  server = await startSandbox({ engine, faults });
  return WireClient.logOn(server.port);
}

/** Executes and fetches packets of 100 rows; the rows that came before it failed or ended. */
async function readNumbers(client: WireClient, sql = 'numbers') {
  let reply = await client.execute(sql);
  let rows = 0;
  let id = 0n;
  while (reply.kind === 'reply') {
    const packet = decodeResultSet(requirePart(reply, PartKind.RESULTSET));
    rows += packet.bytes.length / 5;
    if (packet.last) return { rows, error: undefined };
    if (id === 0n) id = decodeResultSetId(requirePart(reply, PartKind.RESULTSETID));
    reply = await client.request(MessageType.FETCHNEXT, [
      encodeResultSetId(id),
      encodeFetchSize(100),
    ]);
  }
  return { rows, error: errorOf(reply) };
}

test.each([0, 1, 32, 33, 500])(
  'an error after %i rows comes after exactly so many',
  async (afterRows) => {
    const client = await start([
      { action: { kind: 'error', code: 2048, text: 'oops' }, afterRows },
    ]);
    expect(await readNumbers(client)).toEqual({
      rows: afterRows,
      error: { code: 2048, text: 'oops' },
    });
    expect((await client.execute('SELECT 1 FROM DUMMY')).kind).toBe(
      afterRows === 0 ? 'error' : 'reply',
    );
  },
);

test('a fault behind the last row never strikes', async () => {
  const client = await start([{ action: { kind: 'error', code: 2048 }, afterRows: 1001 }]);
  expect(await readNumbers(client)).toEqual({ rows: 1000, error: undefined });
});

test.each([0, 150])(
  'a reset after %i rows breaks the connection, and only that one',
  async (afterRows) => {
    const client = await start([{ action: { kind: 'reset' }, afterRows, times: 1 }]);
    await expect(readNumbers(client)).rejects.toThrow('the server closed the connection');
    const other = await WireClient.logOn(server?.port ?? 0);
    expect(await readNumbers(other)).toMatchObject({ rows: 1000 });
  },
);

test('a stall leaves the request without an answer until the client goes', async () => {
  const client = await start([{ action: { kind: 'stall' }, afterRows: 132 }]);
  let settled = false;
  const reading = readNumbers(client).finally(() => {
    settled = true;
  });
  const other = await WireClient.logOn(server?.port ?? 0);
  for (let index = 0; index < 20; index++) await other.execute('ddl');
  expect(settled).toBe(false);
  client.close();
  await expect(reading).rejects.toThrow('closed');
});

test('a fault may be for some statements only, and for some strikes only', async () => {
  const client = await start([
    { action: { kind: 'error', code: 1 }, afterRows: 0, statement: /^more/g, times: 2 },
  ]);
  expect(await readNumbers(client)).toMatchObject({ rows: 1000 });
  expect(await readNumbers(client, 'more numbers')).toMatchObject({ rows: 0, error: { code: 1 } });
  expect(await readNumbers(client, 'more numbers')).toMatchObject({ rows: 0, error: { code: 1 } });
  expect(await readNumbers(client, 'more numbers')).toMatchObject({ rows: 1000 });
});

test('faults may be set and cleared while the server runs', async () => {
  const client = await start([]);
  server?.faults.set([{ action: { kind: 'error', code: 5 }, afterRows: 0 }]);
  expect(errorOf(await client.execute('ddl')).code).toBe(5);
  server?.faults.clear();
  expect((await client.execute('ddl')).kind).toBe('reply');
});

test.each([
  ['garbage', 'malformed-packet'],
  ['part-length', 'malformed-packet'],
] as const)('a reply may be corrupted: %s', async (how, code) => {
  const client = await start([{ action: { kind: 'corrupt', how }, afterRows: 132 }]);
  await expect(readNumbers(client)).rejects.toMatchObject({ code });
});

test('a reply may end in the middle of a row', async () => {
  const client = await start([
    { action: { kind: 'corrupt', how: 'cut-rows' }, afterRows: 0, times: 1 },
  ]);
  const reply = await client.execute('SELECT 1 FROM DUMMY');
  expect(decodeResultSet(requirePart(reply, PartKind.RESULTSET))).toMatchObject({ rowCount: 1 });
  expect(requirePart(reply, PartKind.RESULTSET).data.length).toBe(4);
});

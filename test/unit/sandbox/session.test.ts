import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  encodeRequest,
  findPart,
  makePart,
  requirePart,
} from '../../../src/driver/wire/message.ts';
import { MessageType } from '../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../src/driver/wire/part-kind.ts';
import {
  decodeAuthentication,
  decodeFields,
  encodeAuthentication,
} from '../../../src/driver/wire/parts/authentication.ts';
import { encodeClientInfo } from '../../../src/driver/wire/parts/client-info.ts';
import { encodeCommand } from '../../../src/driver/wire/parts/command.ts';
import { decodeErrors } from '../../../src/driver/wire/parts/error.ts';
import { encodeFetchSize } from '../../../src/driver/wire/parts/fetch-size.ts';
import { decodeOptions, encodeOptions } from '../../../src/driver/wire/parts/options.ts';
import {
  encodeParameters,
  type ParameterValue,
} from '../../../src/driver/wire/parts/parameters.ts';
import { decodeReadLobReply } from '../../../src/driver/wire/parts/read-lob-reply.ts';
import { encodeReadLobRequest } from '../../../src/driver/wire/parts/read-lob-request.ts';
import { decodeResultSet } from '../../../src/driver/wire/parts/result-set.ts';
import {
  decodeResultSetId,
  encodeResultSetId,
} from '../../../src/driver/wire/parts/result-set-id.ts';
import { decodeRowsAffected } from '../../../src/driver/wire/parts/rows-affected.ts';
import {
  decodeStatementId,
  encodeStatementId,
} from '../../../src/driver/wire/parts/statement-id.ts';
import { decodeWriteLobReply } from '../../../src/driver/wire/parts/write-lob-reply.ts';
import { encodeWriteLobRequests } from '../../../src/driver/wire/parts/write-lob-request.ts';
import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import { SandboxError } from '../../../src/sandbox/engine.ts';
import {
  type RunningSandbox,
  type SandboxServerOptions,
  startSandbox,
} from '../../../src/sandbox/server.ts';
import {
  column,
  intRows,
  parameter,
  type Script,
  ScriptedEngine,
} from '../../support/scripted-engine.ts';
import { errorOf, rawPart, WireClient } from '../../support/wire-client.ts';

const numbers: Script = {
  columns: [column('N', TypeCode.INT)],
  rows: () => intRows(100),
};
const insert: Script = {
  functionCode: 2,
  parameters: [parameter(TypeCode.INT), parameter(TypeCode.NVARCHAR)],
  affectedRows: (rows) => rows.map(() => 1),
};
const insertLobs: Script = {
  functionCode: 2,
  parameters: [parameter(TypeCode.INT), parameter(TypeCode.NCLOB), parameter(TypeCode.BLOB)],
  affectedRows: (rows) => rows.map(() => 1),
};

const scripts: Readonly<Record<string, Script>> = {
  numbers,
  insert,
  'insert lobs': insertLobs,
  'insert fails': {
    ...insert,
    affectedRows: () => [0, 1, 0, 2],
    failures: [
      new SandboxError(301, 'unique constraint violated', { row: 0, sqlState: '23000' }),
      new SandboxError(339, 'invalid number', { row: 2 }),
    ],
  },
  nothing: { columns: [column('N', TypeCode.INT)], rows: () => [] },
  ddl: {},
  hangs: { hangs: true },
  lobs: {
    columns: [column('B', TypeCode.BLOB)],
    // A BLOB of 5 bytes of which none is in the row.
    *rows(lobs) {
      const head = Buffer.alloc(20);
      head.set([1, 0]);
      head.writeBigInt64LE(5n, 4);
      head.writeBigInt64LE(5n, 12);
      yield Buffer.concat([head, lobs.register(Buffer.from('hello'), 'blob'), Buffer.alloc(4)]);
    },
  },
};

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function start(more: Partial<SandboxServerOptions> = {}) {
  const engine = new ScriptedEngine(scripts);
  const server = await startSandbox({ engine, ...more });
  cleanUps.push(() => server.close());
  return { engine, server };
}

async function open(server: RunningSandbox): Promise<WireClient> {
  const client = await WireClient.open(server.port);
  cleanUps.push(() => client.close());
  await client.initialize();
  return client;
}

async function logOn(server: RunningSandbox): Promise<WireClient> {
  const client = await WireClient.logOn(server.port);
  cleanUps.push(() => client.close());
  return client;
}

const kindsOf = (reply: { readonly parts: readonly { readonly kind: number }[] }) =>
  reply.parts.map((part) => part.kind);

const rowsOf = (reply: Parameters<typeof requirePart>[0]) =>
  decodeResultSet(requirePart(reply, PartKind.RESULTSET));

const fetchParts = (id: bigint, rows: number) => [encodeResultSetId(id), encodeFetchSize(rows)];

async function prepare(client: WireClient, sql: string): Promise<bigint> {
  const reply = await client.request(MessageType.PREPARE, [encodeCommand(sql)]);
  return decodeStatementId(requirePart(reply, PartKind.STATEMENTID));
}

const lob = (data: string, character: boolean, complete: boolean): ParameterValue => ({
  kind: 'lob',
  character,
  data: Buffer.from(data, 'hex'),
  complete,
});

async function executeWithLobs(client: WireClient) {
  const id = await prepare(client, 'insert lobs');
  // The text ends in the middle of a character, after the first of its surrogates and one byte.
  const row = [1, lob('61eda0bded', true, false), lob('', false, false)];
  return client.request(MessageType.EXECUTE, [
    encodeStatementId(id),
    encodeParameters([row], insertLobs.parameters ?? []),
  ]);
}

const executing = (engine: ScriptedEngine, count = 1) =>
  vi.waitFor(() => expect(engine.executed()).toHaveLength(count));

describe('before the logon', () => {
  test('the initialization is answered with 8 bytes and nothing behind them', async () => {
    const { server } = await start();
    const client = await WireClient.open(server.port);
    const chunks: Buffer[] = [];
    client.socket.on('data', (chunk) => chunks.push(chunk));
    await client.initialize();
    client.close();
    await client.untilClosed();
    expect(Buffer.concat(chunks).toString('hex')).toBe('0414000401000000');
  });

  test('bytes of another protocol end the connection without an answer', async () => {
    const { server } = await start();
    const client = await WireClient.open(server.port);
    client.sendRaw(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await client.untilClosed();
    expect(client.socket.bytesRead).toBe(0);
  });

  test('the reply to AUTHENTICATE has session id 0 and one part with two fields', async () => {
    const { server } = await start();
    const client = await open(server);
    const reply = await client.request(MessageType.AUTHENTICATE, [
      encodeAuthentication([
        Buffer.from('DEMO'),
        Buffer.from('SCRAMSHA256'),
        Buffer.alloc(64, 1),
        Buffer.from('SCRAMPBKDF2SHA256'),
        Buffer.alloc(64, 2),
      ]),
      makePart(PartKind.DBCONNECTINFO, 0, new Uint8Array()),
    ]);
    // SAP's own client refuses any other session id, and takes an answered DBCONNECTINFO for a redirect.
    expect(reply).toMatchObject({ sessionId: 0n, functionCode: 0, kind: 'reply' });
    expect(kindsOf(reply)).toEqual([PartKind.AUTHENTICATION]);
    const [method, data] = decodeAuthentication(requirePart(reply, PartKind.AUTHENTICATION));
    expect(Buffer.from(method ?? []).toString()).toBe('SCRAMPBKDF2SHA256');
    const lengths = decodeFields(data ?? new Uint8Array(), 'terms').map((field) => field.length);
    expect(lengths).toEqual([16, 48, 4]);
  });

  test.each([
    ['SCRAMPBKDF2SHA256', 35],
    ['SCRAMSHA256', 0],
  ] as const)('%s logs on and ends with %i bytes of proof', async (method, length) => {
    const { server, engine } = await start();
    const client = await open(server);
    const reply = await client.authenticate('DEMO', 'Demo1234', method);
    expect(reply).toMatchObject({ kind: 'reply', functionCode: 0 });
    expect(reply.sessionId).toBeGreaterThan(0n);
    expect(kindsOf(reply)).toEqual([PartKind.AUTHENTICATION, PartKind.CONNECTOPTIONS]);
    const fields = decodeAuthentication(requirePart(reply, PartKind.AUTHENTICATION));
    expect(fields.map((field) => field.length)).toEqual([method.length, length]);
    const options = decodeOptions(requirePart(reply, PartKind.CONNECTOPTIONS));
    expect(options.get(1)).toEqual({ type: 'int', value: Number(reply.sessionId) });
    expect(engine.identities).toMatchObject([{ user: 'DEMO', dataFormatVersion: 8 }]);
  });

  test.each([
    ['a wrong password', 'DEMO', 'wrong'],
    ['an unknown user', 'NOBODY', 'Demo1234'],
    ['an empty password', 'DEMO', ''],
  ])('%s is error 10, without a hint, and the end', async (_, user, password) => {
    const { server, engine } = await start();
    const client = await open(server);
    const reply = await client.authenticate(user, password, 'SCRAMPBKDF2SHA256');
    expect(errorOf(reply)).toEqual({ code: 10, text: 'authentication failed' });
    expect(reply.sessionId).toBe(0n);
    await client.untilClosed();
    expect(engine.events).toEqual([]);
  });

  test('an unknown user gets the same salt each time, like a known one', async () => {
    const { server } = await start();
    const saltOf = async () => {
      const client = await open(server);
      const reply = await client.request(MessageType.AUTHENTICATE, [
        encodeAuthentication([Buffer.from('X'), Buffer.from('SCRAMSHA256'), Buffer.alloc(64)]),
      ]);
      const [, data] = decodeAuthentication(requirePart(reply, PartKind.AUTHENTICATION));
      return decodeFields(data ?? new Uint8Array(), 'terms')[0];
    };
    expect(await saltOf()).toEqual(await saltOf());
  });

  test('a user name in lower case is taken as HANA keeps it', async () => {
    const { server, engine } = await start();
    const client = await open(server);
    await client.authenticate('demo', 'Demo1234', 'SCRAMPBKDF2SHA256');
    expect(engine.identities).toMatchObject([{ user: 'DEMO' }]);
  });

  test('a proof cannot be used twice', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const again = await client.authenticate('DEMO', 'Demo1234', 'SCRAMPBKDF2SHA256');
    expect(errorOf(again)).toMatchObject({ code: 1033 });
  });

  test('a statement is error 1033 and the end', async () => {
    const { server, engine } = await start();
    const client = await open(server);
    expect(errorOf(await client.execute('numbers'))).toEqual({
      code: 1033,
      text: 'error while parsing protocol: message type 2 came before the logon',
    });
    await client.untilClosed();
    expect(engine.events).toEqual([]);
  });

  test('DBCONNECTINFO is told to stay', async () => {
    const { server } = await start();
    const client = await open(server);
    const name = new Map([[1, { type: 'string', value: 'HXE' }]] as const);
    const reply = await client.request(MessageType.DBCONNECTINFO, [
      encodeOptions(PartKind.DBCONNECTINFO, name),
    ]);
    expect(reply.functionCode).toBe(0);
    expect(decodeOptions(requirePart(reply, PartKind.DBCONNECTINFO))).toEqual(
      new Map([[4, { type: 'boolean', value: true }]]),
    );
  });
});

describe('results', () => {
  test('metadata, id and rows come in this order and nothing else', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const reply = await client.execute('SELECT 1 FROM DUMMY');
    expect(reply).toMatchObject({ kind: 'reply', functionCode: 5, sessionId: client.sessionId });
    expect(kindsOf(reply)).toEqual([
      PartKind.RESULTSETMETADATA,
      PartKind.RESULTSETID,
      PartKind.RESULTSET,
    ]);
    expect(decodeResultSetId(requirePart(reply, PartKind.RESULTSETID))).toBeGreaterThan(0n);
    expect(requirePart(reply, PartKind.RESULTSET)).toMatchObject({ attributes: 0x11 });
  });

  test('32 rows come at once, the rest by fetches, and the last packet closes the cursor', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const first = await client.execute('numbers');
    expect(rowsOf(first)).toMatchObject({ rowCount: 32, last: false, closed: false });
    const id = decodeResultSetId(requirePart(first, PartKind.RESULTSETID));
    const second = await client.request(MessageType.FETCHNEXT, fetchParts(id, 50));
    expect(second.functionCode).toBe(10);
    expect(kindsOf(second)).toEqual([PartKind.RESULTSET]);
    expect(rowsOf(second)).toMatchObject({ rowCount: 50, last: false });
    expect(Buffer.from(rowsOf(second).bytes).readInt32LE(1)).toBe(32);
    const third = await client.request(MessageType.FETCHNEXT, fetchParts(id, 50));
    expect(requirePart(third, PartKind.RESULTSET)).toMatchObject({
      argumentCount: 18,
      attributes: 0x11,
    });
    const beyond = await client.request(MessageType.FETCHNEXT, fetchParts(id, 50));
    expect(errorOf(beyond).code).toBe(1033);
    expect((await client.execute('ddl')).kind).toBe('reply');
  });

  test('a client that says how many rows it wants gets that many at once', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const reply = await client.request(MessageType.EXECUTEDIRECT, [
      encodeFetchSize(1000),
      encodeCommand('numbers'),
    ]);
    expect(rowsOf(reply)).toMatchObject({ rowCount: 100, last: true });
  });

  test.each([
    [0, 1],
    [-5, 1],
    [2_147_483_647, 10],
  ])('a fetch size of %i is taken as %i', async (asked, rowCount) => {
    const { server } = await start({ limits: { maxFetchRows: 10 } });
    const client = await logOn(server);
    const first = await client.execute('numbers');
    const id = decodeResultSetId(requirePart(first, PartKind.RESULTSETID));
    const reply = await client.request(MessageType.FETCHNEXT, fetchParts(id, asked));
    expect(rowsOf(reply).rowCount).toBe(rowCount);
  });

  test('an empty result is last, closed and without a row', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const part = requirePart(await client.execute('nothing'), PartKind.RESULTSET);
    expect(part).toMatchObject({ attributes: 0x19, argumentCount: 0 });
  });

  test('CLOSERESULTSET ends a cursor, and closing it again is no error', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const first = await client.execute('numbers');
    const id = decodeResultSetId(requirePart(first, PartKind.RESULTSETID));
    for (let round = 0; round < 2; round++) {
      const reply = await client.request(MessageType.CLOSERESULTSET, [encodeResultSetId(id)]);
      expect(reply).toMatchObject({ kind: 'reply', functionCode: 19, parts: [] });
    }
    const fetch = await client.request(MessageType.FETCHNEXT, fetchParts(id, 5));
    expect(errorOf(fetch).code).toBe(1033);
  });

  test('a cursor survives COMMIT when it was opened to, and no ROLLBACK without its bit', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const openCursor = async (commandOptions: number) => {
      const reply = await client.execute('numbers', { commitImmediate: false, commandOptions });
      return decodeResultSetId(requirePart(reply, PartKind.RESULTSETID));
    };
    const held = await openCursor(0x08);
    const notHeld = await openCursor(0);
    await client.request(MessageType.COMMIT);
    const fetched = await client.request(MessageType.FETCHNEXT, fetchParts(held, 1));
    expect(rowsOf(fetched).rowCount).toBe(1);
    expect(errorOf(await client.request(MessageType.FETCHNEXT, fetchParts(notHeld, 1))).code).toBe(
      1033,
    );
    await client.request(MessageType.ROLLBACK);
    expect(errorOf(await client.request(MessageType.FETCHNEXT, fetchParts(held, 1))).code).toBe(
      1033,
    );
  });

  test('a dropped statement keeps its open cursor alive', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const statementId = await prepare(client, 'numbers');
    const first = await client.request(MessageType.EXECUTE, [encodeStatementId(statementId)]);
    await client.request(MessageType.DROPSTATEMENTID, [encodeStatementId(statementId)]);
    const id = decodeResultSetId(requirePart(first, PartKind.RESULTSETID));
    const next = await client.request(MessageType.FETCHNEXT, fetchParts(id, 100));
    expect(rowsOf(next)).toMatchObject({ rowCount: 68, last: true });
    const gone = await client.request(MessageType.EXECUTE, [encodeStatementId(statementId)]);
    expect(errorOf(gone).code).toBe(1033);
  });
});

describe('statements', () => {
  test('PREPARE of a query has both metadata parts, of anything else the parameters', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const query = await client.request(MessageType.PREPARE, [encodeCommand('numbers')]);
    expect(query.functionCode).toBe(5);
    expect(kindsOf(query)).toEqual([
      PartKind.STATEMENTID,
      PartKind.RESULTSETMETADATA,
      PartKind.PARAMETERMETADATA,
    ]);
    expect(requirePart(query, PartKind.PARAMETERMETADATA)).toMatchObject({ argumentCount: 0 });
    const ddl = await client.request(MessageType.PREPARE, [encodeCommand('ddl')]);
    expect(kindsOf(ddl)).toEqual([PartKind.STATEMENTID, PartKind.PARAMETERMETADATA]);
  });

  test('PREPARE executes nothing', async () => {
    const { server, engine } = await start();
    await prepare(await logOn(server), 'insert');
    expect(engine.executed()).toEqual([]);
  });

  test('a batch gives the engine all its rows and the client a count for each', async () => {
    const { server, engine } = await start();
    const client = await logOn(server);
    const id = await prepare(client, 'insert');
    const rows: ParameterValue[][] = [
      [1, 'a'],
      [2, null],
      [3, '😀'],
    ];
    const reply = await client.request(MessageType.EXECUTE, [
      encodeStatementId(id),
      encodeParameters(rows, insert.parameters ?? []),
    ]);
    expect(reply.functionCode).toBe(2);
    expect(decodeRowsAffected(requirePart(reply, PartKind.ROWSAFFECTED))).toEqual([1, 1, 1]);
    expect(engine.executed()).toMatchObject([{ sql: 'insert', rows, autoCommit: true }]);
  });

  test('each row of a batch that fails is marked and has an error, the others count', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const id = await prepare(client, 'insert fails');
    const rows = [1, 2, 3, 4].map((value) => [value, null]);
    const reply = await client.request(MessageType.EXECUTE, [
      encodeStatementId(id),
      encodeParameters(rows, insert.parameters ?? []),
    ]);
    expect(reply).toMatchObject({ kind: 'error', functionCode: 0 });
    expect(decodeRowsAffected(requirePart(reply, PartKind.ROWSAFFECTED))).toEqual([-3, 1, -3, 2]);
    expect(decodeErrors(requirePart(reply, PartKind.ERROR))).toMatchObject([
      { code: 301, sqlState: '23000' },
      { code: 339 },
    ]);
  });

  test('DDL has one count of 0', async () => {
    const { server } = await start();
    const reply = await (await logOn(server)).execute('ddl');
    expect(reply.functionCode).toBe(1);
    expect(decodeRowsAffected(requirePart(reply, PartKind.ROWSAFFECTED))).toEqual([0]);
  });

  test('a syntax error keeps code, position and SQLSTATE, and the session goes on', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const reply = await client.execute('SELEC');
    expect(reply).toMatchObject({ kind: 'error', functionCode: 0 });
    expect(decodeErrors(requirePart(reply, PartKind.ERROR))).toEqual([
      {
        code: 257,
        position: 1,
        level: 'error',
        sqlState: 'HY000',
        text: 'sql syntax error: incorrect syntax near "SELEC"',
      },
    ]);
    expect((await client.execute('ddl')).kind).toBe('reply');
  });

  test('parameters without values are refused, directly and prepared', async () => {
    const { server, engine } = await start();
    const client = await logOn(server);
    expect(errorOf(await client.execute('insert')).code).toBe(467);
    const id = await prepare(client, 'insert');
    const reply = await client.request(MessageType.EXECUTE, [encodeStatementId(id)]);
    expect(errorOf(reply).text).toContain('no values came for 2 parameters');
    expect(engine.executed()).toEqual([]);
  });

  test('the commit flag decides about autocommit, and CLIENTINFO may come with any request', async () => {
    const { server, engine } = await start();
    const client = await logOn(server);
    await client.request(
      MessageType.EXECUTEDIRECT,
      [encodeClientInfo(new Map([['APPLICATION', 'test']])), encodeCommand('ddl')],
      { commitImmediate: false },
    );
    expect(engine.executed()).toMatchObject([{ autoCommit: false }]);
    expect(engine.events).toContainEqual({ what: 'variable', variable: ['APPLICATION', 'test'] });
  });

  test.each([
    [MessageType.COMMIT, 11, 1, 'commit'],
    [MessageType.ROLLBACK, 12, 0, 'rollback'],
  ])('message %i ends the transaction and says so', async (type, functionCode, flag, what) => {
    const { server, engine } = await start();
    const client = await logOn(server);
    await client.execute('ddl', { commitImmediate: false });
    expect(server.registry.snapshots()[0]?.transaction).toBeDefined();
    const reply = await client.request(type);
    expect(reply.functionCode).toBe(functionCode);
    expect([...decodeOptions(requirePart(reply, PartKind.TRANSACTIONFLAGS)).keys()]).toEqual([
      flag,
    ]);
    expect(engine.events.at(-1)).toEqual({ what });
    expect(server.registry.snapshots()[0]?.transaction).toBeUndefined();
  });

  test('COMMIT as text does the same with a count of 0 and the code of DDL', async () => {
    const { server, engine } = await start();
    const client = await logOn(server);
    const reply = await client.execute('commit');
    expect(reply.functionCode).toBe(1);
    expect(decodeRowsAffected(requirePart(reply, PartKind.ROWSAFFECTED))).toEqual([0]);
    expect(engine.events.at(-1)).toEqual({ what: 'commit' });
  });

  test('a message type HANA has and the sandbox has not is error 7', async () => {
    const { server } = await start();
    const client = await logOn(server);
    expect(errorOf(await client.request(MessageType.FETCHLAST)).code).toBe(7);
    expect((await client.request(MessageType.CLIENT_PING)).kind).toBe('reply');
  });
});

describe('LOBs', () => {
  test('a cursor whose LOBs were not sent whole stays open, and READLOB serves them', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const reply = await client.execute('lobs');
    const part = requirePart(reply, PartKind.RESULTSET);
    expect(part.attributes).toBe(0x01);
    const locator = part.data.subarray(20, 28);
    const read = await client.request(MessageType.READLOB, [
      encodeReadLobRequest({ locator, offset: 2n, length: 10 }),
    ]);
    expect(read.functionCode).toBe(16);
    const piece = decodeReadLobReply(requirePart(read, PartKind.READLOBREPLY));
    expect(Buffer.from(piece.data).toString()).toBe('ello');
    expect(piece.last).toBe(true);
    const id = decodeResultSetId(requirePart(reply, PartKind.RESULTSETID));
    const beyond = await client.request(MessageType.FETCHNEXT, fetchParts(id, 5));
    expect(rowsOf(beyond)).toMatchObject({ rowCount: 0, last: true });
  });

  test('a statement runs when the last piece of its last LOB is there', async () => {
    const { server, engine } = await start();
    const client = await logOn(server);
    const executed = await executeWithLobs(client);
    expect(executed.functionCode).toBe(2);
    expect(decodeRowsAffected(requirePart(executed, PartKind.ROWSAFFECTED))).toEqual([1]);
    const locators = decodeWriteLobReply(requirePart(executed, PartKind.WRITELOBREPLY));
    const [text = new Uint8Array(), binary = new Uint8Array()] = locators;
    expect(locators).toHaveLength(2);

    const first = await client.request(MessageType.WRITELOB, [
      encodeWriteLobRequests([
        { locator: text, offset: 0n, data: Buffer.from('b880', 'hex'), last: true },
        { locator: binary, offset: -1n, data: Buffer.from('01', 'hex'), last: false },
      ]),
    ]);
    expect(first.functionCode).toBe(15);
    expect(decodeWriteLobReply(requirePart(first, PartKind.WRITELOBREPLY))).toEqual([
      Buffer.from(binary),
    ]);
    expect(engine.executed()).toEqual([]);

    const second = await client.request(MessageType.WRITELOB, [
      encodeWriteLobRequests([
        { locator: binary, offset: -1n, data: Buffer.from('02', 'hex'), last: true },
      ]),
    ]);
    expect(requirePart(second, PartKind.WRITELOBREPLY)).toMatchObject({ argumentCount: 0 });
    expect(findPart(second, PartKind.ROWSAFFECTED)).toBeUndefined();
    expect(engine.executed()).toMatchObject([
      { rows: [[1, 'a😀', Buffer.from([1, 2])]], autoCommit: true },
    ]);
  });

  test('ROLLBACK forgets a statement that still waits for its LOBs', async () => {
    const { server, engine } = await start();
    const client = await logOn(server);
    const reply = await executeWithLobs(client);
    const [locator = new Uint8Array()] = decodeWriteLobReply(
      requirePart(reply, PartKind.WRITELOBREPLY),
    );
    await client.request(MessageType.ROLLBACK);
    const late = await client.request(MessageType.WRITELOB, [
      encodeWriteLobRequests([{ locator, offset: 0n, data: new Uint8Array(), last: true }]),
    ]);
    expect(errorOf(late).code).toBe(1033);
    expect(engine.executed()).toEqual([]);
  });
});

describe('ending work', () => {
  test('a session is cancelled from another one: error 139 and a rollback', async () => {
    const { server, engine } = await start();
    const victim = await logOn(server);
    const other = await logOn(server);
    victim.send(MessageType.EXECUTEDIRECT, [encodeCommand('hangs')]);
    await executing(engine);
    const [running] = server.registry.snapshots();
    expect(running).toMatchObject({
      connectionId: Number(victim.sessionId),
      user: 'DEMO',
      status: 'running',
      statements: [{ text: 'hangs', status: 'running', fetchedRows: 0 }],
    });
    await other.execute(`ALTER SYSTEM CANCEL SESSION '${victim.sessionId}'`);
    expect(errorOf(await victim.receive()).code).toBe(139);
    expect(engine.events.at(-1)).toEqual({ what: 'rollback' });
    expect((await victim.execute('ddl')).kind).toBe('reply');
  });

  test('cancelling reaches a cursor between two fetches', async () => {
    const { server } = await start();
    const victim = await logOn(server);
    const other = await logOn(server);
    const first = await victim.execute('numbers');
    expect(server.registry.find(Number(victim.sessionId))?.snapshot().statements).toMatchObject([
      { text: 'numbers', status: 'suspended', fetchedRows: 32 },
    ]);
    await other.execute(`ALTER SYSTEM CANCEL WORK IN SESSION '${victim.sessionId}'`);
    const id = decodeResultSetId(requirePart(first, PartKind.RESULTSETID));
    const fetched = await victim.request(MessageType.FETCHNEXT, fetchParts(id, 10));
    expect(errorOf(fetched).code).toBe(139);
    expect(server.registry.find(Number(victim.sessionId))?.snapshot().statements).toEqual([]);
  });

  test('a session that is not there is error 729', async () => {
    const { server } = await start();
    const client = await logOn(server);
    expect(errorOf(await client.execute("ALTER SYSTEM CANCEL SESSION '1'")).code).toBe(729);
  });

  test('DISCONNECT SESSION closes the socket of the other session', async () => {
    const { server } = await start();
    const victim = await logOn(server);
    const other = await logOn(server);
    await other.execute(`ALTER SYSTEM DISCONNECT SESSION '${victim.sessionId}'`);
    await victim.untilClosed();
    await vi.waitFor(() => expect(server.connections).toBe(1));
  });

  test.each([
    ['ends the connection', (client: WireClient) => client.socket.end()],
    ['resets the connection', (client: WireClient) => client.socket.resetAndDestroy()],
  ])('a client that %s interrupts its statement and ends its session', async (_, leave) => {
    const { server, engine } = await start();
    const client = await logOn(server);
    client.send(MessageType.EXECUTEDIRECT, [encodeCommand('hangs')]);
    await executing(engine);
    leave(client);
    await vi.waitFor(() => expect(engine.events.at(-1)).toEqual({ what: 'close' }));
    expect(engine.events.map((event) => event.what)).toContain('interrupt');
    expect(server.registry.snapshots()).toEqual([]);
  });

  test('a statement that runs long holds up no other session', async () => {
    const { server, engine } = await start();
    const busy = await logOn(server);
    busy.send(MessageType.EXECUTEDIRECT, [encodeCommand('hangs')]);
    await executing(engine);
    const other = await logOn(server);
    expect(rowsOf(await other.execute('SELECT 1 FROM DUMMY')).rowCount).toBe(1);
  });

  test('requests sent at once are answered one by one in their order', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const codes: number[] = [];
    for (const sql of ['ddl', 'numbers', 'wrong', 'ddl']) {
      client.send(MessageType.EXECUTEDIRECT, [encodeCommand(sql)]);
    }
    for (let index = 0; index < 4; index++) {
      const reply = await client.receive();
      codes.push(reply.kind === 'error' ? -1 : reply.functionCode);
    }
    expect(codes).toEqual([1, 5, -1, 1]);
  });

  test('DISCONNECT is answered and ends the session', async () => {
    const { server, engine } = await start();
    const client = await logOn(server);
    expect((await client.request(MessageType.DISCONNECT)).functionCode).toBe(18);
    await client.untilClosed();
    await vi.waitFor(() => expect(server.connections).toBe(0));
    expect(engine.events.at(-1)).toEqual({ what: 'close' });
  });

  test('closing the server ends its sessions', async () => {
    const { server, engine } = await start();
    const client = await logOn(server);
    client.send(MessageType.EXECUTEDIRECT, [encodeCommand('hangs')]);
    await executing(engine);
    await server.close();
    await client.untilClosed();
    expect(engine.events.at(-1)).toEqual({ what: 'close' });
  });
});

describe('requests that cannot be', () => {
  test('a packet that claims to be compressed is error 1033, and only that connection ends', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const other = await logOn(server);
    const packet = encodeRequest({
      sessionId: client.sessionId,
      packetCount: 9,
      messageType: MessageType.EXECUTEDIRECT,
      commitImmediate: true,
      commandOptions: 0,
      parts: [encodeCommand('ddl')],
    });
    packet[22] = 2;
    client.sendRaw(packet);
    const reply = await client.receive();
    expect(reply.packetCount).toBe(9);
    expect(errorOf(reply)).toEqual({
      code: 1033,
      text:
        'error while parsing protocol: request: expected a plain packet (options 0), got options 2; ' +
        'compression was not agreed, at offset 22',
    });
    await client.untilClosed();
    expect((await other.execute('ddl')).kind).toBe('reply');
  });

  test('a packet larger than the limit is error 1033 before it has arrived', async () => {
    const { server } = await start({ maxPacketBytes: 4096 });
    const client = await logOn(server);
    const header = Buffer.alloc(32);
    header.writeUInt32LE(4097, 12);
    client.sendRaw(header);
    expect(errorOf(await client.receive()).text).toContain(
      'expected a packet of at most 4096 bytes',
    );
    await client.untilClosed();
  });

  test.each([
    ['no part at all', [], 'expected a COMMAND part, got no part'],
    ['another part', [rawPart(99, Buffer.from('x'))], 'expected a COMMAND part, got kind 99'],
  ])('EXECUTEDIRECT with %s is error 1033 and the end', async (_, parts, text) => {
    const { server } = await start();
    const client = await logOn(server);
    const reply = await client.request(MessageType.EXECUTEDIRECT, parts);
    expect(errorOf(reply)).toMatchObject({ code: 1033 });
    expect(errorOf(reply).text).toContain(text);
    await client.untilClosed();
  });

  test('parts the sandbox does not know are passed over', async () => {
    const { server } = await start();
    const client = await logOn(server);
    const reply = await client.request(MessageType.EXECUTEDIRECT, [
      rawPart(99, Buffer.from('what is this?')),
      rawPart(PartKind.STATEMENTCONTEXT, Buffer.from('010400', 'hex')),
      encodeCommand('ddl'),
    ]);
    expect(reply.kind).toBe('reply');
  });
});

import { afterEach, expect, test } from 'vitest';
import { cesu8ToString, stringToCesu8 } from '../../src/driver/values/cesu8.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import { WireWriter } from '../../src/driver/wire/writer.ts';
import { type LobRegistry, SandboxError } from '../../src/sandbox/engine.ts';
import { type RunningSandbox, startSandbox } from '../../src/sandbox/server.ts';
import { NodeHdb } from '../support/node-hdb.ts';
import {
  column,
  intRows,
  parameter,
  type Script,
  ScriptedEngine,
} from '../support/scripted-engine.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const hex = (text: string) => Buffer.from(text.replaceAll(/[\s|]/g, ''), 'hex');

/** A LOB longer than any packet, with characters whose surrogates a chunk border can part. */
const LONG_TEXT = `${'x'.repeat(101)}${'😀ä'.repeat(150_000)}`;
const LONG_BINARY = Buffer.from(Array.from({ length: 700_001 }, (_, index) => index & 0xff));

/** A LOB of which the row holds the first `inlineUnits` characters or bytes. */
function lobValue(lobs: LobRegistry, kind: 'blob' | 'nclob', content: Uint8Array, inline: number) {
  const writer = new WireWriter();
  const units = kind === 'nclob' ? LONG_TEXT.length : content.length;
  writer
    .writeU8(kind === 'nclob' ? 3 : 1)
    .writeU8(2)
    .writeZeros(2);
  writer.writeI64(BigInt(units)).writeI64(BigInt(content.length));
  writer.writeBytes(lobs.register(content, kind));
  return writer.writeI32(inline).writeBytes(content.subarray(0, inline)).finish();
}

/** Each type: its code, its scale, its value in a row, and what node-hdb makes of it. */
const TYPES: readonly (readonly [string, number, number, string, unknown])[] = [
  ['TINYINT', TypeCode.TINYINT, 0, '01 ff', 255],
  ['SMALLINT', TypeCode.SMALLINT, 0, '01 0080', -32_768],
  ['INT', TypeCode.INT, 0, '01 ffffff7f', 2_147_483_647],
  ['BIGINT', TypeCode.BIGINT, 0, '01 ffffffffffffff7f', '9223372036854775807'],
  ['REAL', TypeCode.REAL, 0, '0000c03f', 1.5],
  ['DOUBLE', TypeCode.DOUBLE, 0, '9a9999999999b93f', 0.1],
  ['BOOLEAN', TypeCode.BOOLEAN, 0, '02', true],
  ['FIXED8', TypeCode.FIXED8, 2, '01 39faffffffffffff', '-14.79'],
  ['FIXED12', TypeCode.FIXED12, 2, '01 01 0000000000000000000000', '0.01'],
  ['FIXED16', TypeCode.FIXED16, 1, '01 ff ffffffffffffffffffffffffffffff', '-0.1'],
  ['NVARCHAR', TypeCode.NVARCHAR, 0, '09 61 c3a4 eda0bd edb880', 'aä😀'],
  ['VARCHAR', TypeCode.VARCHAR, 0, '02 6162', 'ab'],
  ['VARBINARY', TypeCode.VARBINARY, 0, '02 beef', hex('beef')],
  ['DAYDATE', TypeCode.DAYDATE, 0, 'ddb93700', '9999-12-31'],
  ['SECONDTIME', TypeCode.SECONDTIME, 0, '80510100', '23:59:59'],
  ['SECONDDATE', TypeCode.SECONDDATE, 0, '019a94770e000000', '1970-01-01 00:00:00'],
  ['LONGDATE', TypeCode.LONGDATE, 7, '0200894c88819f08', '1970-01-01 00:00:00.000000100'],
  [
    'BLOB',
    TypeCode.BLOB,
    0,
    `01 06 0000 ${'0200000000000000'.repeat(2)} ${'00'.repeat(8)} 02000000 beef`,
    hex('beef'),
  ],
  ['INT_NULL', TypeCode.INT, 0, '00', null],
  ['DOUBLE_NULL', TypeCode.DOUBLE, 0, 'ffffffffffffffff', null],
  ['BOOLEAN_NULL', TypeCode.BOOLEAN, 0, '01', null],
  ['NVARCHAR_NULL', TypeCode.NVARCHAR, 0, 'ff', null],
  ['LONGDATE_NULL', TypeCode.LONGDATE, 7, '01c00a49082aca2b', null],
  ['NCLOB_NULL', TypeCode.NCLOB, 0, '03 01', null],
];

const insert: Script = {
  functionCode: 2,
  parameters: [parameter(TypeCode.INT), parameter(TypeCode.NVARCHAR)],
  affectedRows: (rows) => rows.map(() => 1),
};

const scripts: Readonly<Record<string, Script>> = {
  types: {
    columns: TYPES.map(([name, code, scale]) => column(name, code, { scale, length: 30 })),
    rows: () => [Buffer.concat(TYPES.map(([, , , bytes]) => hex(bytes)))],
  },
  numbers: { columns: [column('N', TypeCode.INT)], rows: () => intRows(5000) },
  lobs: {
    columns: [
      column('T', TypeCode.NCLOB, { length: -1 }),
      column('B', TypeCode.BLOB, { length: -1 }),
    ],
    rows: (lobs) => [
      Buffer.concat([
        lobValue(lobs, 'nclob', stringToCesu8(LONG_TEXT), 100),
        lobValue(lobs, 'blob', LONG_BINARY, 0),
      ]),
    ],
  },
  insert,
  'insert fails': {
    ...insert,
    failures: [new SandboxError(301, 'unique constraint violated', { row: 2 })],
  },
  'insert lobs': {
    functionCode: 2,
    parameters: [parameter(TypeCode.INT), parameter(TypeCode.NCLOB), parameter(TypeCode.BLOB)],
    affectedRows: (rows) => rows.map(() => 1),
  },
  'select where': {
    columns: [column('N', TypeCode.INT)],
    parameters: [parameter(TypeCode.INT)],
    rows: () => intRows(3),
  },
};

async function start(more: Readonly<Record<string, unknown>> = {}) {
  const engine = new ScriptedEngine(scripts);
  const server: RunningSandbox = await startSandbox({ engine });
  cleanUps.push(() => server.close());
  const client = await NodeHdb.connect(server.port, more);
  return { engine, server, client };
}

test('node-hdb logs on, asks DUMMY, and leaves', async () => {
  const { client, engine } = await start();
  expect(await client.exec('SELECT 1 FROM DUMMY')).toEqual([{ 1: 1 }]);
  await client.disconnect();
  await expect.poll(() => engine.events.at(-1)).toEqual({ what: 'close' });
});

test('node-hdb is told that its password is wrong', async () => {
  const { server } = await start();
  await expect(NodeHdb.connect(server.port, { password: 'no' })).rejects.toMatchObject({
    code: 10,
    message: 'authentication failed',
    sqlState: '28000',
  });
});

test('node-hdb reads every type, NULLs included', async () => {
  const { client } = await start();
  const expected = Object.fromEntries(TYPES.map(([name, , , , value]) => [name, value]));
  expect(await client.exec('types')).toEqual([expected]);
});

test.each([1, 7, 1024, 32_767])('node-hdb fetches all rows by packets of %i', async (fetchSize) => {
  const { client } = await start();
  const rows = await client.fetchAll('numbers', fetchSize);
  expect(rows).toEqual(Array.from({ length: 5000 }, (_, index) => ({ N: index })));
});

test('node-hdb reads LOBs longer than a packet, across parted surrogates', async () => {
  const { client } = await start();
  const [row] = (await client.exec('lobs')) as { T: Buffer; B: Buffer }[];
  // node-hdb leaves a character LOB in the bytes that came.
  expect(cesu8ToString(row?.T ?? Buffer.alloc(0)) === LONG_TEXT).toBe(true);
  expect(row?.B.equals(LONG_BINARY)).toBe(true);
});

test('node-hdb inserts a batch and gets a count for each row', async () => {
  const { client, engine } = await start();
  const rows = [
    [1, 'a'],
    [2, null],
    [3, '😀'],
  ];
  expect(await client.execPrepared('insert', rows)).toEqual([1, 1, 1]);
  expect(engine.executed()).toMatchObject([{ rows, autoCommit: true }]);
});

test('node-hdb inserts more rows than fit one packet in one transaction', async () => {
  const { client, engine } = await start();
  const rows = Array.from({ length: 20_000 }, (_, index) => [index, `row ${index}`]);
  await client.execPrepared('insert', rows);
  const executions = engine.executed();
  expect(executions.length).toBeGreaterThan(1);
  expect(executions.flatMap((event) => event.rows)).toEqual(rows);
  // The first packet is sent with autocommit off, and a COMMIT ends the whole.
  expect(executions.every((event) => event.autoCommit === false)).toBe(true);
  expect(engine.events.at(-1)).toEqual({ what: 'commit' });
});

test('node-hdb sees which error a batch failed with', async () => {
  const { client } = await start();
  const rows = [
    [1, 'a'],
    [2, 'b'],
    [2, 'c'],
  ];
  await expect(client.execPrepared('insert fails', rows)).rejects.toMatchObject({ code: 301 });
  expect(await client.exec('SELECT 1 FROM DUMMY')).toEqual([{ 1: 1 }]);
});

test.each([
  ['short ones in the packet of the statement', 'a😀', Buffer.from([1, 2, 3])],
  ['long ones piece by piece', LONG_TEXT, LONG_BINARY],
])('node-hdb writes LOBs: %s', async (_, text, binary) => {
  const { client, engine } = await start();
  expect(await client.execPrepared('insert lobs', [7, Buffer.from(text), binary])).toBe(1);
  const [execution] = engine.executed();
  const [[number, writtenText, writtenBinary] = []] = execution?.rows ?? [];
  expect(number).toBe(7);
  expect(writtenText === text).toBe(true);
  expect(Buffer.from(writtenBinary as Uint8Array).equals(binary)).toBe(true);
});

test('node-hdb queries with a parameter', async () => {
  const { client, engine } = await start();
  expect(await client.execPrepared('select where', [5])).toEqual([{ N: 0 }, { N: 1 }, { N: 2 }]);
  expect(engine.executed()).toMatchObject([{ rows: [[5]] }]);
});

test('node-hdb commits and rolls back', async () => {
  const { client, engine } = await start();
  client.setAutoCommit(false);
  await client.execPrepared('insert', [1, 'a']);
  await client.rollback();
  expect(engine.events.at(-1)).toEqual({ what: 'rollback' });
  await client.execPrepared('insert', [1, 'a']);
  await client.commit();
  expect(engine.events.at(-1)).toEqual({ what: 'commit' });
  expect(engine.executed().map((event) => event.autoCommit)).toEqual([false, false]);
});

test('node-hdb takes a COMMIT as text for a statement without a result', async () => {
  const { client, engine } = await start();
  await client.exec('COMMIT');
  expect(engine.events.at(-1)).toEqual({ what: 'commit' });
});

test('node-hdb gets code, position and SQLSTATE of an error and goes on', async () => {
  const { client } = await start();
  await expect(client.exec('SELEC 1')).rejects.toMatchObject({
    code: 257,
    position: 1,
    sqlState: 'HY000',
    level: 1,
  });
  expect(await client.exec('SELECT 1 FROM DUMMY')).toEqual([{ 1: 1 }]);
});

test('node-hdb sends its session variables along', async () => {
  const { client, engine } = await start();
  client.setClientInfo('APPLICATION', 'täst');
  await client.exec('SELECT 1 FROM DUMMY');
  expect(engine.events).toContainEqual({ what: 'variable', variable: ['APPLICATION', 'täst'] });
});

test('node-hdb works with data format version 1 and a tenant name as well', async () => {
  const { client, engine } = await start({ dataFormatSupport: 1, databaseName: 'HXE' });
  expect(await client.exec('SELECT 1 FROM DUMMY')).toEqual([{ 1: 1 }]);
  expect(engine.identities).toMatchObject([{ dataFormatVersion: 1 }]);
});

import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { EncodedRows, HanaConnection } from '../../src/driver/hana-connection.ts';
import { HanaPool } from '../../src/driver/pool/pool.ts';
import { cancelRunning } from '../../src/driver/pool/statement-cancel.ts';
import { type ConnectOptions, connectHana } from '../../src/driver/session/connect.ts';
import { stringToCesu8 } from '../../src/driver/values/cesu8.ts';
import { readLengthIndicator } from '../../src/driver/values/length-indicator.ts';
import { LobOption } from '../../src/driver/wire/lob-option.ts';
import type { ParameterMetadata } from '../../src/driver/wire/metadata.ts';
import { encodeParameters, type ParameterValue } from '../../src/driver/wire/parts/parameters.ts';
import { openSandbox } from '../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../src/sandbox/server.ts';
import { failureOf } from '../support/failure.ts';
import {
  demoCredentials,
  logOnTo,
  openCursor,
  packetCursor,
  until,
} from '../support/hana-under-test.ts';

let sandbox: RunningSandbox;
let connection: HanaConnection;

beforeAll(async () => {
  sandbox = await openSandbox({ rows: 200_000 });
});

afterAll(() => sandbox.close());

beforeEach(async () => {
  connection = await logOnTo(sandbox.port);
});

/** The bytes of all rows of a query. */
async function rowsOf(sql: string, on = connection): Promise<Buffer> {
  const packets: Uint8Array[] = [];
  for await (const packet of (await openCursor(on, sql)).packets()) packets.push(packet);
  return Buffer.concat(packets);
}

/** A query for one text, which COUNT(*) and the like are cast to. */
async function textOf(sql: string, on = connection): Promise<string | undefined> {
  const row = await rowsOf(sql, on);
  const { length, next } = readLengthIndicator(row, 0);
  return length === undefined ? undefined : row.toString('utf8', next, next + length);
}

const countOf = (from: string, on = connection): Promise<string | undefined> =>
  textOf(`SELECT TO_NVARCHAR(COUNT(*)) FROM ${from}`, on);

function encoded(
  parameters: readonly ParameterMetadata[],
  rows: readonly (readonly ParameterValue[])[],
): EncodedRows {
  const { data } = encodeParameters(rows, parameters);
  return { rowCount: rows.length, bytes: data, openLobs: [] };
}

/** Makes an empty table for a test. */
async function createTable(name: string, columns: string): Promise<void> {
  await connection.execute(`CREATE COLUMN TABLE ${name} (${columns})`);
}

test('a batch with NULLs is written as it is', async () => {
  await createTable('BATCH', 'ID INTEGER PRIMARY KEY, NAME NVARCHAR(20)');
  const statement = await connection.prepare('INSERT INTO BATCH VALUES (?, ?)');
  const rows = Array.from({ length: 3000 }, (_, id) => [id, id % 3 === 0 ? null : `Größe ${id}`]);
  expect(await statement.executeRows(encoded(statement.parameters, rows), 1)).toBe(3000);
  expect(await countOf('BATCH')).toBe('3000');
  expect(await countOf('BATCH WHERE NAME IS NULL')).toBe('1000');
  expect(await textOf('SELECT NAME FROM BATCH WHERE ID = 2999')).toBe('Größe 2999');
  statement.drop();
  expect(connection.reusable).toBe(true);
});

test('a query is executed with a row of parameters', async () => {
  const statement = await connection.prepare('SELECT TO_NVARCHAR(? + 1) FROM DUMMY');
  const outcome = await statement.execute(encoded(statement.parameters, [[41]]));
  expect(outcome.kind).toBe('rows');
  if (outcome.kind !== 'rows') return;
  let packets = Buffer.alloc(0);
  for await (const packet of packetCursor(outcome).packets())
    packets = Buffer.concat([packets, packet]);
  expect(packets.toString('utf8', 1)).toMatch(/^42/);
});

test.each([
  [1, 17],
  [16, 17],
])('row %i to %i with a key that exists is named', async (first, last) => {
  await createTable(`KEYS_${first}`, 'ID INTEGER PRIMARY KEY');
  await connection.execute(`INSERT INTO KEYS_${first} VALUES (${last})`);
  const statement = await connection.prepare(`INSERT INTO KEYS_${first} VALUES (?)`);
  const ids = Array.from({ length: last - first + 1 }, (_, row) => [first + row]);
  const failure = await failureOf(statement.executeRows(encoded(statement.parameters, ids), first));
  expect(failure.code).toBe('already-exists');
  expect(failure.hana).toMatchObject({ code: 301, row: last });
  expect(failure.message).toMatch(new RegExp(`^row ${last}: HANA 301`));
});

describe('a LOB longer than three packets', () => {
  const packetBytes = 1 << 17;
  const text = 'Grüße 😀 '.repeat(40_000);
  const bytes = Buffer.from(Uint8Array.from({ length: 3 * packetBytes + 1 }, (_, at) => at % 251));

  test.each([true, false])('is written and read back equal, autocommit %s', async (autoCommit) => {
    const name = `LOBS_${autoCommit}`;
    const writer = await logOnTo(sandbox.port, { packetBytes });
    await writer.execute(`CREATE COLUMN TABLE ${name} (ID INTEGER, B BLOB, T NCLOB)`);
    writer.autoCommit = autoCommit;
    const statement = await writer.prepare(`INSERT INTO ${name} VALUES (?, ?, ?)`);
    const cesu8 = Buffer.from(stringToCesu8(text));
    const cut = 1001;
    const begun = encoded(statement.parameters, [
      [1, null, null],
      [
        2,
        { kind: 'lob', character: false, data: bytes.subarray(0, cut), complete: false },
        { kind: 'lob', character: true, data: cesu8.subarray(0, cut), complete: false },
      ],
    ]);
    const rows = {
      ...begun,
      openLobs: [
        { rest: bytes.subarray(cut), text: false },
        { rest: cesu8.subarray(cut), text: true },
      ],
    };
    expect(await statement.executeRows(rows, 1)).toBe(2);
    expect(await countOf(name)).toBe(autoCommit ? '2' : '0');
    if (!autoCommit) await writer.commit();
    expect(await countOf(`${name} WHERE B IS NULL`)).toBe('1');
    // Compared as a whole: a difference between so many bytes would take minutes to print.
    const readBytes = await readLob(writer, `SELECT B FROM ${name} WHERE ID = 2`);
    expect(readBytes.equals(bytes)).toBe(true);
    const readText = await readLob(writer, `SELECT T FROM ${name} WHERE ID = 2`);
    expect(readText.equals(cesu8)).toBe(true);
  });
});

/** How a LOB in a row says that it is text: kinds are 1 BLOB, 2 CLOB, 3 NCLOB. */
const NCLOB = 3;

/** The bytes of the LOB that a query has: what came with the row, and the rest. */
async function readLob(on: HanaConnection, sql: string): Promise<Buffer> {
  const cursor = await openCursor(on, sql);
  let read = Buffer.alloc(0);
  for await (const packet of cursor.packets()) {
    // Kind, options, filler, length in characters and in bytes, locator, length of what is here, data.
    const value = Buffer.from(packet);
    const locator = value.subarray(20, 28);
    read = value.subarray(32, 32 + value.readInt32LE(28));
    let last = (value.readUInt8(1) & LobOption.LAST_DATA) !== 0;
    while (!last) {
      const units = value[0] === NCLOB ? utf16Units(read) : read.length;
      const chunk = await cursor.readLob(locator, units + 1, 50_000);
      read = Buffer.concat([read, chunk.data]);
      last = chunk.last;
    }
  }
  return read;
}

/** UTF-16 units of CESU-8, in which each is a sequence of its own. */
const utf16Units = (cesu8: Buffer): number =>
  cesu8.reduce((units, byte) => units + ((byte & 0xc0) === 0x80 ? 0 : 1), 0);

describe('a transaction', () => {
  test('is seen by others once it is committed, and not when it is rolled back', async () => {
    const other = await logOnTo(sandbox.port);
    await createTable('TX', 'ID INTEGER');
    connection.autoCommit = false;
    await connection.execute('INSERT INTO TX VALUES (1)');
    expect(await countOf('TX', other)).toBe('0');
    await connection.commit();
    expect(await countOf('TX', other)).toBe('1');
    await connection.execute('INSERT INTO TX VALUES (2)');
    expect(await countOf('TX')).toBe('2');
    await connection.rollback();
    expect(await countOf('TX', other)).toBe('1');
    await connection.rollback();
    connection.autoCommit = true;
    expect(connection.reusable).toBe(true);
  });

  test('that ends leaves its result sets open', async () => {
    const small = await logOnTo(sandbox.port, { fetchRows: 1000 });
    small.autoCommit = false;
    const sql = 'SELECT TRANSACTION_ID FROM SALES.TRANSACTIONS LIMIT 20000';
    const cursor = await openCursor(small, sql);
    await small.commit();
    let bytes = 0;
    for await (const packet of cursor.packets()) bytes += packet.length;
    // A BIGINT that is not NULL: one byte that says so and 8 of value.
    expect(bytes).toBe(9 * 20_000);
  });
});

test('the current schema changes what unqualified names mean, for one lease', async () => {
  expect(await connection.currentSchema()).toBe('DEMO');
  await connection.setCurrentSchema('SALES');
  expect(await countOf('TRANSACTIONS WHERE TRANSACTION_ID < 0')).toBe('0');
  expect((await failureOf(connection.setCurrentSchema('NOWHERE'))).code).toBe('not-found');
  expect(await textOf('SELECT CURRENT_SCHEMA FROM DUMMY')).toBe('SALES');
  await connection.setCurrentSchema(undefined);
  expect((await failureOf(connection.execute('SELECT * FROM TRANSACTIONS'))).code).toBe(
    'not-found',
  );
  expect(connection.reusable).toBe(true);
});

const LONG =
  'SELECT COUNT(*) FROM SALES.TRANSACTIONS A, SALES.TRANSACTIONS B, SALES.TRANSACTIONS C WHERE A.QUANTITY + B.QUANTITY > C.QUANTITY';

/** A connection of a pool that ends with the test. */
async function leased(options: ConnectOptions = {}) {
  const endpoint = { host: sandbox.host, port: sandbox.port };
  const pool = new HanaPool({
    connect: (credentials, signal) => connectHana(endpoint, credentials, { ...options, signal }),
  });
  onTestFinished(() => pool.close(0));
  const lease = await pool.lease(demoCredentials, new AbortController().signal);
  return { pool, lease };
}

/** Cancels {@link LONG} once it runs. */
async function cancelled(prepare: (victim: HanaConnection) => Promise<void>) {
  const { pool, lease } = await leased();
  await prepare(lease.connection);
  const id = lease.connection.connectionId;
  const active = (): Promise<string | undefined> =>
    countOf(`SYS.M_ACTIVE_STATEMENTS WHERE CONNECTION_ID = ${id}`);
  const failure = failureOf(lease.connection.execute(LONG));
  while ((await active()) === '0') await new Promise((resolve) => setTimeout(resolve, 10));
  await cancelRunning(lease, { pool, credentials: demoCredentials, cancelGraceMs: 30_000 });
  return { pool, lease, failure: await failure, active: await active() };
}

describe('a long statement that is cancelled', () => {
  test('ends inside HANA, and its connection goes on', async () => {
    const { pool, lease, failure, active } = await cancelled(async () => {});
    expect(failure.code).toBe('cancelled');
    expect(failure.hana?.code).toBe(139);
    expect(active).toBe('0');
    expect(await countOf('DUMMY', lease.connection)).toBe('1');
    expect(lease.connection.reusable).toBe(true);
    lease.release();
    await until(() => pool.stats.leased === 0);
    expect(pool.stats.idle).toBeGreaterThan(0);
  });

  test('takes its transaction along, which the connection remembers', async () => {
    const { lease, failure } = await cancelled(async (victim) => {
      await victim.execute('CREATE COLUMN TABLE LOST (ID INTEGER)');
      victim.autoCommit = false;
      await victim.execute('INSERT INTO LOST VALUES (1)');
    });
    const victim = lease.connection;
    expect(victim.rolledBackBy).toBe(failure);
    expect((await failureOf(victim.commit())).code).toBe('aborted');
    expect(await countOf('LOST')).toBe('0');
    victim.autoCommit = true;
    expect(victim.reusable).toBe(true);
    lease.release();
  });
});

test('a result set that is being read is not cancelled: its fetches are short', async () => {
  const { pool, lease } = await leased({ fetchRows: 1000 });
  const { connection: reading } = lease;
  const cursor = await openCursor(reading, 'SELECT * FROM SALES.TRANSACTIONS');
  for await (const packet of cursor.packets()) {
    expect(packet.length).toBeGreaterThan(0);
    await cancelRunning(lease, { pool, credentials: demoCredentials });
    break;
  }
  expect(reading.reusable).toBe(true);
  lease.release();
});

test('a rolled back result set does not keep its connection from others', async () => {
  const small = await logOnTo(sandbox.port, { fetchRows: 1000 });
  small.autoCommit = false;
  const cursor = await openCursor(small, 'SELECT * FROM SALES.TRANSACTIONS');
  await small.rollback();
  small.autoCommit = true;
  await cursor.close();
  expect(small.reusable).toBe(true);
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine, type TestSession } from './harness.ts';
import type { Cell } from './row-decoder.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open();
  session = await engine.session();
});

afterAll(() => engine.close());

/** Columns of each temporal type take these texts, as a literal and as a parameter; raw wire values. */
const TEMPORALS: readonly (readonly [type: string, text: string, raw: Cell])[] = [
  ['LONGDATE', '2024-01-01 10:00:00.1234567', '638398728001234561'],
  ['LONGDATE', '0001-01-01 00:00:00', '1'],
  ['LONGDATE', '', '0'],
  ['TIMESTAMP', '2012-02-02T02:02:02Z', '634639177220000001'],
  ['TIMESTAMP', '2012-02-02 02:02:02.1234567', '634639177221234561'],
  ['TIMESTAMP', '0000-00-00 00:00:00', '0'],
  ['TIMESTAMP', '0000-00-00', '0'],
  ['SECONDDATE', '2012-02-02T02:02:02Z', '63463917723'],
  ['SECONDDATE', '', '0'],
  ['DATE', '20240229', 738_947],
  ['DATE', '0000-00-00', 0],
  ['DATE', '', 0],
  ['TIME', '24:00:00', 86_401],
  ['TIME', '', 0],
];

describe('a temporal column', () => {
  test.each(TEMPORALS)('%s takes %j', async (type, text, raw) => {
    await session.run(`CREATE TABLE MOMENTS (X ${type})`);
    await session.run(`INSERT INTO MOMENTS VALUES ('${text}')`);
    await session.run('INSERT INTO MOMENTS VALUES (?)', [[text], [text]]);
    expect(await session.values('SELECT X FROM MOMENTS WHERE X = ?', [text])).toEqual([
      raw,
      raw,
      raw,
    ]);
    await session.run(`UPDATE MOMENTS SET X = '${text}'`);
    expect(await session.values('SELECT DISTINCT X FROM MOMENTS')).toEqual([raw]);
    await session.run('DROP TABLE MOMENTS');
  });

  test('declared LONGDATE is a TIMESTAMP: it compares, adds and converts', async () => {
    await session.run('CREATE TABLE STAMPS (X LONGDATE)');
    await session.run("INSERT INTO STAMPS VALUES ('2024-02-28 10:00:00')");
    const sql =
      "SELECT TO_VARCHAR(ADD_DAYS(X, 1)), YEAR(X) FROM STAMPS WHERE X > '2024-01-01' AND X < CURRENT_TIMESTAMP";
    expect(await session.values(sql)).toEqual(['2024-02-29 10:00:00.0000000', 2024]);
    const described = "SELECT DATA_TYPE_NAME FROM TABLE_COLUMNS WHERE TABLE_NAME = 'STAMPS'";
    expect(await session.values(described)).toEqual(['TIMESTAMP']);
  });

  test('EMPTY_DATES tells NULL from empty, and the first day from both', async () => {
    const sql = 'SELECT D, T, S, TS FROM SALES.EMPTY_DATES WHERE ID < 4 ORDER BY ID';
    expect((await session.query(sql)).rows).toEqual([
      [null, null, null, null],
      [0, 0, '0', '0'],
      [1, 1, '1', '1'],
    ]);
  });

  test('a client of data format version 1 gets NULL for empty', async () => {
    const old = await engine.session('DEMO', 1);
    expect(await old.values('SELECT D, T, S, TS FROM SALES.EMPTY_DATES WHERE ID = 2')).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test('empty is the empty text and sorts before every date', async () => {
    expect(
      await session.values('SELECT ID FROM SALES.EMPTY_DATES WHERE TS IS NOT NULL ORDER BY TS'),
    ).toEqual([2, 3, 4]);
    expect(
      await session.values(
        'SELECT TO_VARCHAR(D), TO_VARCHAR(T), TO_VARCHAR(S), TO_VARCHAR(TS) FROM SALES.EMPTY_DATES WHERE ID = 2',
      ),
    ).toEqual(['', '', '', '']);
    expect(
      await session.values(
        'SELECT TO_DATE(TS), TO_TIMESTAMP(D) FROM SALES.EMPTY_DATES WHERE ID = 2',
      ),
    ).toEqual([0, '0']);
  });
});

describe('a binary column', () => {
  test.each([
    ['BINARY(8)', '0123456789abcdef', '0123456789abcdef'],
    ['VARBINARY(8)', 'DEADBEEF', 'deadbeef'],
    ['VARBINARY(8)', '', ''],
    ['VARBINARY(8)', 'no hex', '6e6f20686578'],
  ])('%s reads the text %j', async (type, text, hex) => {
    await session.run(`CREATE TABLE OCTETS (X ${type})`);
    await session.run(`INSERT INTO OCTETS VALUES ('${text}')`);
    await session.run('INSERT INTO OCTETS VALUES (?)', [[text]]);
    expect(await session.values('SELECT X FROM OCTETS')).toEqual([hex, hex]);
    await session.run('DROP TABLE OCTETS');
  });

  test('more bytes than it holds are 274', async () => {
    await session.run('CREATE TABLE FULL_OCTETS (X BINARY(2))');
    for (const text of ['010203', 'xyz']) {
      expect(await session.failure('INSERT INTO FULL_OCTETS VALUES (?)', [[text]])).toMatchObject({
        code: 274,
      });
    }
  });
});

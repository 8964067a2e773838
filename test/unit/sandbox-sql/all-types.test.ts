import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine, type TestSession } from './harness.ts';
import type { Cell } from './row-decoder.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open({ rows: 10 });
  session = await engine.session();
});

afterAll(() => engine.close());

/** Column, type code at data format version 8, and rows 1 to 6 of ALL_TYPES. */
type ColumnRow = readonly [column: string, typeCode: number, ...values: readonly Cell[]];

const POINT_0_0 = '0101000000' + '00'.repeat(16);
const BIG = '\uffee';

/** Days count from 0001-01-01 = 1, seconds and ticks of 100 ns from there as well, plus 1. */
const COLUMNS: readonly ColumnRow[] = [
  ['C_TINYINT', 1, null, 0, 255, 42, 0, 128],
  ['C_SMALLINT', 2, null, -32_768, 32_767, -1234, 0, -1],
  ['C_INTEGER', 3, null, -2_147_483_648, 2_147_483_647, 123_456, 0, -1],
  [
    'C_BIGINT',
    4,
    null,
    '-9223372036854775808',
    '9223372036854775807',
    '9007199254740993',
    '0',
    '-1',
  ],
  ['C_DECIMAL_15_2', 81, null, '-9999999999999.99', '9999999999999.99', '1234.50', '0.00', '-0.01'],
  [
    'C_DECIMAL_28_10',
    82,
    null,
    '-999999999999999999.9999999999',
    '999999999999999999.9999999999',
    '3.1415926535',
    '0.0000000000',
    '-0.0000000001',
  ],
  [
    'C_DECIMAL_38_0',
    76,
    null,
    `-${'9'.repeat(38)}`,
    '9'.repeat(38),
    '12345678901234567890123',
    '0',
    '-1',
  ],
  [
    'C_DECIMAL',
    5,
    null,
    `-${'9'.repeat(23)}`,
    '9'.repeat(23),
    '123.456',
    '0',
    '-0.000000000000001',
  ],
  ['C_SMALLDECIMAL', 5, null, '-9999999999999999', '9999999999999999', '0.5', '0', '-1234.5678'],
  [
    'C_REAL',
    6,
    null,
    -3.402_823_466_385_288_6e38,
    3.402_823_466_385_288_6e38,
    1.5,
    0,
    1.401_298_464_324_817e-45,
  ],
  ['C_DOUBLE', 7, null, -Number.MAX_VALUE, Number.MAX_VALUE, 1.234_567_890_123_456_7, 0, 5e-324],
  ['C_BOOLEAN', 28, null, false, true, true, false, true],
  ['C_DATE', 63, null, 1, 3_652_061, 738_947, 719_165, 577_737],
  ['C_TIME', 64, null, 1, 86_400, 45_297, 1, 2],
  ['C_SECONDDATE', 62, null, '1', '315538070400', '63844979697', '62135769601', '49916476800'],
  [
    'C_TIMESTAMP',
    61,
    null,
    '1',
    '3155380703999999991',
    '638449796967890121',
    '621357696000000001',
    '499164768000000011',
  ],
  [
    'C_LONGDATE',
    61,
    null,
    '1',
    '3155380704000000000',
    '638449796967890124',
    '621357696000000001',
    '499164768000000000',
  ],
  ['C_CHAR', 8, null, '!', '~'.repeat(10), 'abc', '', 'a b'],
  ['C_VARCHAR', 9, null, '!', '~'.repeat(50), 'plain text', '', "it's"],
  ['C_NCHAR', 10, null, '!', BIG.repeat(10), 'Grüße', '', '\u1e9e'],
  ['C_SHORTTEXT', 52, null, '!', BIG.repeat(50), 'short text', '', '\ufffd'.repeat(6)],
  // The first byte holds the width, and 0x80 for digits only.
  ['C_ALPHANUM', 55, null, '8a:0', 'a:ZZZZZZZZZZ', 'a:ABC123', 'a:', '8a:4711'],
  [
    'C_BINARY',
    12,
    null,
    '00'.repeat(8),
    'ff'.repeat(8),
    '0102030405060708',
    '00'.repeat(8),
    '00ff'.repeat(4),
  ],
  ['C_VARBINARY', 13, null, '00', 'ff'.repeat(50), 'deadbeef', '', '0000'],
  ['C_BLOB', 27, null, '00', 'ff', 'cafebabe', '', '00ff00'],
  ['C_CLOB', 25, null, '!', '~', 'character LOB', '', 'line 1\nline 2'],
  ['C_NCLOB', 26, null, '!', BIG, 'Zürich – Genève', '', `x${'\ufffd'.repeat(6)}y`],
  [
    'C_ST_POINT',
    75,
    null,
    POINT_0_0,
    '0101000000000000000000f83f00000000000002c0',
    '0101000000000000000000f83f00000000000002c0',
    POINT_0_0,
    '010100000000000000008066c00000000000805640',
  ],
  [
    'C_REAL_VECTOR',
    13,
    null,
    '03000000' + '000080bf'.repeat(3),
    '03000000' + '0000803f'.repeat(3),
    '030000000000803e000000bf0000403f',
    '03000000' + '00'.repeat(12),
    '03000000eee36c00e6b1617fe6b161ff',
  ],
];

describe('ALL_TYPES', () => {
  test.each(COLUMNS)('%s has code %i and its values', async (column, typeCode, ...values) => {
    const { columns, rows } = await session.query(
      `SELECT ${column} FROM SALES.ALL_TYPES WHERE ID < 7 ORDER BY ID`,
    );
    expect(columns[0]).toMatchObject({ typeCode, nullable: true });
    expect(rows.map(([value]) => value)).toEqual(values);
  });

  test('supplementary characters are two surrogates of three bytes', async () => {
    const outcome = await session.outcome('SELECT C_NVARCHAR FROM SALES.ALL_TYPES WHERE ID = 6');
    if (outcome.kind !== 'rows') throw new Error('expected rows');
    const { bytes } = await outcome.rows.next(1, 100);
    // 8 bytes: a, U+D83D, U+DE00, b
    expect(Buffer.from(bytes).toString('hex')).toBe('0861eda0bdedb88062');
  });

  test('LOBs longer than a kilobyte go to the registry whole, their beginning into the row', async () => {
    const own = await engine.session();
    const rows = await own.values(
      'SELECT C_BLOB, C_CLOB, C_NCLOB, C_TEXT, C_BINTEXT FROM SALES.ALL_TYPES WHERE ID = 7',
    );
    // An NCLOB counts UTF-16 units.
    expect(rows.map((value) => String(value).split(' of ').at(-1))).toEqual(
      Array.from({ length: 5 }, () => '300000'),
    );
    expect(own.lobs.contents.map((content) => content.length)).toEqual([
      300_000,
      300_000,
      // nine units are 15 bytes in CESU-8
      33_333 * 15 + 4,
      300_000,
      300_000,
    ]);
    expect(own.lobs.contents[0]?.subarray(249, 253)).toEqual(Uint8Array.of(249, 250, 0, 1));
  });

  /** Codes of some columns by data format version. */
  test.each([
    [1, [1, 5, 14, 15, 16, 16, 11, 11, 26, 26, 13, 13, 13]],
    [4, [1, 5, 63, 64, 62, 61, 52, 55, 51, 26, 13, 13, 13]],
    [6, [1, 5, 63, 64, 62, 61, 52, 55, 51, 53, 75, 74, 13]],
    [8, [28, 81, 63, 64, 62, 61, 52, 55, 51, 53, 75, 74, 13]],
    [9, [28, 81, 63, 64, 62, 61, 52, 55, 51, 53, 75, 74, 96]],
  ])('data format version %i is described by its own codes', async (version, codes) => {
    const own = await engine.session('DEMO', version);
    const { columns, rows } = await own.query(
      `SELECT C_BOOLEAN, C_DECIMAL_15_2, C_DATE, C_TIME, C_SECONDDATE, C_TIMESTAMP, C_SHORTTEXT, C_ALPHANUM,
         C_TEXT, C_BINTEXT, C_ST_POINT, C_ST_GEOMETRY, C_REAL_VECTOR
       FROM SALES.ALL_TYPES WHERE ID < 7 ORDER BY ID`,
    );
    expect(columns.map(({ typeCode }) => typeCode)).toEqual(codes);
    expect(rows[0]).toEqual(codes.map(() => null));
    expect(rows[3]?.[1]).toBe('1234.50');
  });

  test('legacy dates and times have milliseconds', async () => {
    const own = await engine.session('DEMO', 1);
    expect(
      await own.values(
        'SELECT C_DATE, C_TIME, C_SECONDDATE, C_TIMESTAMP, C_LONGDATE FROM SALES.ALL_TYPES WHERE ID = 4',
      ),
    ).toEqual([
      '2024-2-29',
      '12:34:56000',
      '2024-2-29 12:34:56000',
      '2024-2-29 12:34:56789',
      '2024-2-29 12:34:56789',
    ]);
  });

  test('a client reads back what it has written', async () => {
    await session.run('CREATE TABLE DEMO.COPY LIKE SALES.ALL_TYPES');
    await session.run('INSERT INTO DEMO.COPY SELECT * FROM SALES.ALL_TYPES');
    const [original, copy] = await Promise.all([
      session.query('SELECT * FROM SALES.ALL_TYPES ORDER BY ID'),
      session.query('SELECT * FROM DEMO.COPY ORDER BY ID'),
    ]);
    expect(copy.rows).toEqual(original.rows);
  });
});

describe('paging', () => {
  test.each([
    [1, 1 << 20],
    [7, 1 << 20],
    [3000, 100],
    [100_000, 1 << 30],
  ])('%i rows or %i bytes at a time give every row once', async (maxRows, targetBytes) => {
    const outcome = await session.outcome(
      'SELECT EVENT_ID FROM SALES.EVENTS ORDER BY EVENT_ID LIMIT 4100',
    );
    if (outcome.kind !== 'rows') throw new Error('expected rows');
    const parts: Buffer[] = [];
    for (let last = false; !last; ) {
      const packet = await outcome.rows.next(maxRows, targetBytes);
      expect(packet.rowCount).toBeLessThanOrEqual(maxRows);
      // It stops with the row that passes the target.
      expect(packet.bytes.length).toBeLessThan(targetBytes + 9);
      expect(packet.bytes.length).toBe(packet.rowCount * 9);
      parts.push(Buffer.from(packet.bytes));
      last = packet.last;
    }
    const bytes = Buffer.concat(parts);
    expect(bytes.length).toBe(4100 * 9);
    expect(bytes.readBigInt64LE(1)).toBe(-100n);
    expect(bytes.readBigInt64LE(bytes.length - 8)).toBe(3999n);
  });

  test('an empty result is the last packet', async () => {
    const outcome = await session.outcome('SELECT * FROM DUMMY WHERE 1 = 0');
    if (outcome.kind !== 'rows') throw new Error('expected rows');
    expect(await outcome.rows.next(10, 10)).toMatchObject({ rowCount: 0, last: true });
  });

  test('a result can be closed in the middle, and its connection used again', async () => {
    for (let turn = 0; turn < 20; turn++) {
      const outcome = await session.outcome('SELECT * FROM SALES.EVENTS');
      if (outcome.kind !== 'rows') throw new Error('expected rows');
      await outcome.rows.next(1, 1);
      await outcome.rows.close();
    }
    expect(await session.values('SELECT COUNT(*) FROM SALES.EVENTS')).toEqual(['10000']);
  });
});

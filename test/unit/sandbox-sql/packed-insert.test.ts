import { array, assert, asyncProperty, bigInt } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePart } from '../../../src/driver/wire/message.ts';
import type { ParameterMetadata } from '../../../src/driver/wire/metadata.ts';
import { PartKind } from '../../../src/driver/wire/part-kind.ts';
import { decodeParameters } from '../../../src/driver/wire/parts/parameters.ts';
import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import { WireWriter } from '../../../src/driver/wire/writer.ts';
import type { EngineOutcome, PackedRows } from '../../../src/sandbox/engine.ts';
import { engineValue } from '../../../src/sandbox/lob-writes.ts';
import { TestEngine, type TestSession } from './harness.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open();
  session = await engine.session();
});

afterAll(() => engine.close());

type Write = (writer: WireWriter) => void;

const i8 =
  (code: number, value: number): Write =>
  (writer) =>
    writer.writeU8(code).writeU8(value);
const i16 =
  (code: number, value: number): Write =>
  (writer) =>
    writer.writeU8(code).writeI16(value);
const i32 =
  (code: number, value: number): Write =>
  (writer) =>
    writer.writeU8(code).writeI32(value);
const i64 =
  (code: number, value: bigint): Write =>
  (writer) =>
    writer.writeU8(code).writeI64(value);
const f32 =
  (value: number): Write =>
  (writer) =>
    writer.writeU8(TypeCode.REAL).writeF32(value);
const f64 =
  (value: number): Write =>
  (writer) =>
    writer.writeU8(TypeCode.DOUBLE).writeF64(value);
const hex =
  (code: number, bytes: string): Write =>
  (writer) =>
    writer.writeU8(code).writeBytes(Buffer.from(bytes, 'hex'));
const text =
  (value: string | Uint8Array, code: number = TypeCode.NSTRING): Write =>
  (writer) =>
    writer.writeU8(code).writeLengthPrefixed(Buffer.from(value));
const nothing: Write = (writer) => writer.writeU8(TypeCode.INT | 0x80);
/** The length indicator that says NULL. */
const nullText: Write = (writer) => writer.writeU8(TypeCode.NSTRING).writeU8(0xff);

const packed = (rows: readonly (readonly Write[])[]): PackedRows => {
  const writer = new WireWriter();
  for (const write of rows.flat()) write(writer);
  return { bytes: writer.finish(), rowCount: rows.length };
};

const valuesOf = ({ bytes, rowCount }: PackedRows, parameters: readonly ParameterMetadata[]) =>
  decodeParameters(makePart(PartKind.PARAMETERS, rowCount, bytes), parameters).map((row) =>
    row.map(engineValue),
  );

/** 3000 rows of one INTEGER each. */
const numbers = (from: number): PackedRows =>
  packed(Array.from({ length: 3000 }, (_, row) => [i32(TypeCode.INT, from + row)]));

async function insertPacked(
  sql: string,
  rows: PackedRows,
  autoCommit = true,
): Promise<EngineOutcome | undefined> {
  const statement = await session.session.prepare(sql);
  return statement.executePacked?.(rows, autoCommit);
}

/** Type of a column, and values of it in every code that a driver may send. */
const COLUMNS: readonly (readonly [type: string, values: readonly Write[]])[] = [
  ['TINYINT', [i8(TypeCode.TINYINT, 255), i32(TypeCode.INT, 7), text('12')]],
  [
    'SMALLINT',
    [i16(TypeCode.SMALLINT, -32_768), i8(TypeCode.TINYINT, 200), i32(TypeCode.INT, -5), text('9')],
  ],
  [
    'INTEGER',
    [
      i32(TypeCode.INT, -2_147_483_648),
      i16(TypeCode.SMALLINT, -1),
      i8(TypeCode.TINYINT, 255),
      i64(TypeCode.BIGINT, -3n),
      i64(TypeCode.BIGINT, 2_147_483_647n),
      f64(12.75),
      text('-77'),
    ],
  ],
  [
    'BIGINT',
    [
      i64(TypeCode.BIGINT, -(2n ** 63n)),
      i64(TypeCode.BIGINT, 2n ** 63n - 1n),
      i32(TypeCode.INT, -1),
      i8(TypeCode.TINYINT, 255),
      text('9007199254740993'),
    ],
  ],
  [
    'DECIMAL(15,2)',
    [
      i64(TypeCode.FIXED8, 999_999_999_999_999n),
      i64(TypeCode.FIXED8, -1n),
      // 1.5, -0.019 (cut off), 12E3: mantissa, then the exponent biased by 6176 and the sign.
      hex(TypeCode.DECIMAL, '0f000000000000000000000000003e30'),
      hex(TypeCode.DECIMAL, '130000000000000000000000000 03ab0'.replace(' ', '')),
      hex(TypeCode.DECIMAL, '0c000000000000000000000000004630'),
      hex(TypeCode.DECIMAL, '00000000000000000000000000000070'),
      i32(TypeCode.INT, -12),
      f64(2.5),
      text('-3.14159'),
    ],
  ],
  ['DECIMAL(4,1)', [i64(TypeCode.FIXED8, -9999n), text('1.25')]],
  ['DECIMAL(9,3)', [i64(TypeCode.FIXED8, 999_999_999n), text('0.001')]],
  [
    'DECIMAL(25,5)',
    [
      hex(TypeCode.FIXED12, 'ffffffffffffffffffffffff'),
      hex(TypeCode.FIXED12, '0000000000000000 01000000'.replace(' ', '')),
      text('12345678901234567890.12345'),
    ],
  ],
  [
    'DECIMAL(38,0)',
    [hex(TypeCode.FIXED16, `${'00'.repeat(12)}00000001`), hex(TypeCode.FIXED16, 'ff'.repeat(16))],
  ],
  ['DECIMAL', [hex(TypeCode.DECIMAL, '0f000000000000000000000000003e30'), text('1e-7')]],
  ['SMALLDECIMAL', [hex(TypeCode.DECIMAL, '0f000000000000000000000000003e30')]],
  ['REAL', [f32(1.5), f64(0.1), i32(TypeCode.INT, 3), text('2.5')]],
  ['DOUBLE', [f64(0.1), f32(0.5), i32(TypeCode.INT, 3), text('1e300')]],
  [
    'BOOLEAN',
    [i8(TypeCode.BOOLEAN, 2), i8(TypeCode.BOOLEAN, 0), i8(TypeCode.BOOLEAN, 1), text('TRUE')],
  ],
  [
    'DATE',
    [
      i32(TypeCode.DAYDATE, 1),
      i32(TypeCode.DAYDATE, 577_737),
      i32(TypeCode.DAYDATE, 577_738),
      i32(TypeCode.DAYDATE, 3_652_061),
      i32(TypeCode.DAYDATE, 0),
      // 2024-02-29
      hex(TypeCode.DATE, 'e887011d'),
      text('2024-02-29'),
      text('0000-00-00'),
    ],
  ],
  [
    'TIME',
    [
      i32(TypeCode.SECONDTIME, 1),
      i32(TypeCode.SECONDTIME, 86_400),
      i32(TypeCode.SECONDTIME, 0),
      // 12:34:56.789
      hex(TypeCode.TIME, '8c22d5dd'),
      text('23:59:59'),
    ],
  ],
  [
    'SECONDDATE',
    [
      i64(TypeCode.SECONDDATE, 1n),
      i64(TypeCode.SECONDDATE, 49_916_476_801n),
      i64(TypeCode.SECONDDATE, 315_538_070_400n),
      i64(TypeCode.SECONDDATE, 0n),
      text('2024-02-29 12:34:56'),
    ],
  ],
  [
    'TIMESTAMP',
    [
      i64(TypeCode.LONGDATE, 1n),
      i64(TypeCode.LONGDATE, 499_164_768_000_000_001n),
      i64(TypeCode.LONGDATE, 621_357_696_000_000_001n),
      i64(TypeCode.LONGDATE, 621_357_696_000_000_000n),
      i64(TypeCode.LONGDATE, 638_448_000_001_234_568n),
      i64(TypeCode.LONGDATE, 3_155_380_704_000_000_000n),
      i64(TypeCode.LONGDATE, 0n),
      // 2024-02-29 12:34:56.789
      hex(TypeCode.TIMESTAMP, 'e887011d8c22d5dd'),
      text('2024-02-29 12:34:56.1234567'),
      text('2024-02-29'),
    ],
  ],
  [
    'NVARCHAR(20)',
    [
      text(''),
      text('twelve bytes'),
      text('thirteen char'),
      text('ÄÖÜ äöü ß'),
      text('twenty letters, ä ß ü'.slice(0, 20)),
      // U+1F600 in CESU-8: two surrogates of three bytes each.
      text(Buffer.from('eda0bdedb880', 'hex')),
      text(Buffer.from(`${'61'.repeat(12)}eda0bdedb880`, 'hex')),
      text(Buffer.from('61ff62', 'hex')),
      text('ascii', TypeCode.STRING),
      nullText,
      i32(TypeCode.INT, 42),
    ],
  ],
  ['NVARCHAR(5000)', [text('x'.repeat(5000)), text('ä'.repeat(300)), text('short')]],
  ['NCLOB', [text('a text '.repeat(1000)), text('short')]],
  [
    'VARBINARY(40)',
    [text(Buffer.alloc(40, 0xee), TypeCode.BINARY), text('c0ffee'), text('no hex')],
  ],
  ['BLOB', [text(Buffer.alloc(300, 0xee), TypeCode.BINARY), text('text')]],
];

describe('rows inserted as they came', () => {
  test.each(COLUMNS)('%s is what it is when each row is a statement', async (type, values) => {
    const rows = packed(
      [...values, nothing].map((value, index) => [i32(TypeCode.INT, index), value]),
    );
    for (const name of ['AS_PACKED', 'AS_ROWS']) {
      await session.run(`CREATE TABLE ${name} (N INTEGER, V ${type})`);
    }
    const outcome = await insertPacked('INSERT INTO AS_PACKED VALUES (?, ?)', rows);
    expect(outcome).toMatchObject({ kind: 'count', affectedRows: [...values, 0].map(() => 1) });
    const byRows = await session.session.prepare('INSERT INTO AS_ROWS VALUES (?, ?)');
    for (const row of valuesOf(rows, byRows.parameters)) await byRows.execute([row], true);
    const stored = await session.query('SELECT V FROM AS_PACKED ORDER BY N');
    expect(stored.rows).toEqual((await session.query('SELECT V FROM AS_ROWS ORDER BY N')).rows);
    await session.run('DROP TABLE AS_PACKED');
    await session.run('DROP TABLE AS_ROWS');
  });

  test('any tick from 1583 to 9999 is the same microsecond', async () => {
    await session.run('CREATE TABLE TICKS (N INTEGER, T TIMESTAMP)');
    const insert = await session.session.prepare('INSERT INTO TICKS VALUES (?, ?)');
    const tick = bigInt({ min: 499_554_432_000_000_001n, max: 3_155_380_703_999_999_999n });
    await assert(
      asyncProperty(array(tick, { minLength: 2, maxLength: 50 }), async (ticks) => {
        await session.run('TRUNCATE TABLE TICKS');
        const rows = packed(
          ticks.map((one, row) => [i32(TypeCode.INT, row), i64(TypeCode.LONGDATE, one)]),
        );
        expect(await insert.executePacked?.(rows, true)).toBeDefined();
        const texts = valuesOf(rows, insert.parameters).map(([, value]) => String(value));
        expect(
          await session.values(
            "SELECT TO_VARCHAR(T, 'YYYY-MM-DD HH24:MI:SS.FF6') FROM TICKS ORDER BY N",
          ),
        ).toEqual(texts.map((one) => one.slice(0, 26)));
      }),
      { numRuns: 10 },
    );
    await session.run('DROP TABLE TICKS');
  });

  test('many chunks of long and short texts come back equal', async () => {
    await session.run('CREATE TABLE CHUNKS (N INTEGER, S NVARCHAR(100), B VARBINARY(100))');
    const texts = Array.from({ length: 5000 }, (_, row) => 'ab'.repeat(row % 50));
    const rows = packed(
      texts.map((one, row) => [
        i32(TypeCode.INT, row),
        row % 7 === 0 ? nothing : text(one),
        row % 5 === 0 ? nothing : text(one, TypeCode.BINARY),
      ]),
    );
    expect(await insertPacked('INSERT INTO CHUNKS VALUES (?, ?, ?)', rows)).toBeDefined();
    const { rows: stored } = await session.query('SELECT S, B FROM CHUNKS ORDER BY N');
    expect(stored).toEqual(
      texts.map((one, row) => [
        row % 7 === 0 ? null : one,
        row % 5 === 0 ? null : Buffer.from(one).toString('hex'),
      ]),
    );
    await session.run('DROP TABLE CHUNKS');
  });

  test('named columns in any order; those left out are NULL', async () => {
    await session.run('CREATE TABLE NAMED (A INTEGER, B NVARCHAR(5), C DOUBLE, D DATE)');
    const rows = packed([
      [text('b1'), i32(TypeCode.INT, 1)],
      [text('b2'), i32(TypeCode.INT, 2)],
    ]);
    expect(await insertPacked('INSERT INTO NAMED (B, A) VALUES (?, ?)', rows)).toBeDefined();
    expect((await session.query('SELECT * FROM NAMED ORDER BY A')).rows).toEqual([
      [1, 'b1', null, null],
      [2, 'b2', null, null],
    ]);
    await session.run('DROP TABLE NAMED');
  });

  test('a rollback, and a failure later in the transaction, know them', async () => {
    await session.run('CREATE TABLE KNOWN (A INTEGER PRIMARY KEY)');
    expect(await insertPacked('INSERT INTO KNOWN VALUES (?)', numbers(0), false)).toBeDefined();
    await session.run('SAVEPOINT S', [[]], false);
    expect(await insertPacked('INSERT INTO KNOWN VALUES (?)', numbers(3000), false)).toBeDefined();
    await session.failure('INSERT INTO KNOWN VALUES (1)', [[]], false);
    expect(await session.query('SELECT COUNT(*) FROM KNOWN', [], false)).toMatchObject({
      rows: [['6000']],
    });
    await session.run('ROLLBACK TO SAVEPOINT S', [[]], false);
    await session.session.commit();
    expect(await session.values('SELECT COUNT(*) FROM KNOWN')).toEqual(['3000']);
    await session.run('DROP TABLE KNOWN');
  });
});

describe('rows that must be written one by one', () => {
  const two = packed([[i32(TypeCode.INT, 1)], [i32(TypeCode.INT, 2)]]);

  test.each([
    ['a key that is there', [i32(TypeCode.INT, 5), i32(TypeCode.INT, 1)]],
    ['a key twice', [i32(TypeCode.INT, 7), i32(TypeCode.INT, 7)]],
    ['NULL for a key', [i32(TypeCode.INT, 8), nothing]],
    ['text that is no number', [i32(TypeCode.INT, 8), text('x')]],
    ['a number too large', [i32(TypeCode.INT, 8), i64(TypeCode.BIGINT, 2n ** 40n)]],
    ['an unknown type code', [i32(TypeCode.INT, 8), i32(99, 1)]],
    ['a value cut off', [i32(TypeCode.INT, 8), i16(TypeCode.INT, 1)]],
  ])('%s: nothing of the batch is done, the transaction stays', async (_, values) => {
    await session.run('CREATE TABLE STRICT (A INTEGER PRIMARY KEY)');
    expect(await insertPacked('INSERT INTO STRICT VALUES (?)', two, false)).toBeDefined();
    const rows = packed(values.map((value) => [value]));
    expect(await insertPacked('INSERT INTO STRICT VALUES (?)', rows, false)).toBeUndefined();
    await session.session.commit();
    expect(await session.values('SELECT A FROM STRICT ORDER BY A')).toEqual([1, 2]);
    await session.run('DROP TABLE STRICT');
  });

  test.each([
    ['a text too long', 'NVARCHAR(3)', text('four')],
    ['bytes too long', 'VARBINARY(3)', text('four', TypeCode.BINARY)],
    ['a text longer than 5000', 'NVARCHAR(5000)', text('x'.repeat(5001))],
    ['a decimal out of range', 'DECIMAL(15,2)', i64(TypeCode.FIXED8, 10n ** 15n)],
    ['a number that is none', 'DOUBLE', f64(Number.NaN)],
    ['no such day', 'DATE', text('2023-02-29')],
  ])('%s', async (_, type, value) => {
    await session.run(`CREATE TABLE NARROW (V ${type})`);
    const rows = packed([[nothing], [value]]);
    expect(await insertPacked('INSERT INTO NARROW VALUES (?)', rows)).toBeUndefined();
    expect(await session.values('SELECT COUNT(*) FROM NARROW')).toEqual(['0']);
    await session.run('DROP TABLE NARROW');
  });

  test.each([
    ['UPSERT MIXED VALUES (?, 1) WITH PRIMARY KEY'],
    ['INSERT INTO MIXED VALUES (?, 1)'],
    ['INSERT INTO MIXED (A) VALUES (?)'],
    ['UPDATE MIXED SET A = ?'],
  ])('%s is no INSERT of markers alone', async (sql) => {
    await session.run('CREATE TABLE MIXED (A INTEGER PRIMARY KEY, B INTEGER DEFAULT 3)');
    expect(await insertPacked(sql, two)).toBeUndefined();
    await session.run('DROP TABLE MIXED');
  });
});

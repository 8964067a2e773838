import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { int32Column, makeBatch, utf8Column } from '../../src/arrow/columns.ts';
import type { ArrowField } from '../../src/arrow/types.ts';
import { MAX_PARAMETER_ROWS } from '../../src/driver/hana-connection.ts';
import { messageCodec } from '../../src/flight/protocol.ts';
import { rowsOf } from '../support/arrow-rows.ts';
import { SQL_PACKAGE } from '../support/flight-server.ts';
import { preparedQuery, preparedUpdate, SqlSession, type Upload } from '../support/sql-session.ts';
import { type Stack, startStack } from '../support/stack.ts';

let stack: Stack;
let session: SqlSession;

beforeAll(async () => {
  stack = await startStack({ rows: 100 });
  session = await SqlSession.logOn(stack.proxy);
  await session.update('CREATE TABLE NAMES (ID INTEGER PRIMARY KEY, NAME NVARCHAR(20) NOT NULL)');
});

afterAll(async () => {
  session.close();
  await stack.close();
});

const ID: ArrowField = {
  name: '1',
  type: { kind: 'int', bits: 32, signed: true },
  nullable: true,
};
const NAME: ArrowField = { name: '2', type: { kind: 'utf8' }, nullable: true };

/** One parameter, one row a value. */
function numbers(...values: (number | null)[]): Upload {
  return {
    schema: { fields: [ID] },
    batches: [makeBatch(values.length, [int32Column(values)])],
  };
}

/** Two parameters in one batch a list. */
function names(...lists: (readonly (readonly [number, string | null])[])[]): Upload {
  return {
    schema: { fields: [ID, NAME] },
    batches: lists.map((list) =>
      makeBatch(list.length, [
        int32Column(list.map(([id]) => id)),
        utf8Column(list.map(([, name]) => name)),
      ]),
    ),
  };
}

const bindResult = messageCodec<{ prepared_statement_handle: Buffer }>(
  `${SQL_PACKAGE}DoPutPreparedStatementResult`,
);

async function stored(): Promise<unknown[]> {
  const rows = await session.query('SELECT ID, NAME FROM NAMES ORDER BY ID');
  return rows.map(({ ID: id, NAME: name }) => [id, name]);
}

async function prepared(sql: string): Promise<Buffer> {
  return (await session.prepare(sql)).prepared_statement_handle;
}

async function numbersOf(handle: Buffer): Promise<unknown[]> {
  const table = await session.read(await session.plan(preparedQuery(handle)));
  return rowsOf(table).map((row) => Number(Object.values(row)[0]));
}

describe('a prepared query with parameters', () => {
  test('answers the bind with the same handle, and may be bound and executed again.', async () => {
    const handle = await prepared('SELECT CAST(? AS INTEGER) AS N FROM DUMMY');
    for (const value of [1, -2]) {
      const [answer = Buffer.alloc(0)] = await session.putRaw(
        preparedQuery(handle),
        numbers(value),
      );
      expect(bindResult.decode(answer).prepared_statement_handle).toEqual(handle);
      expect(await numbersOf(handle)).toEqual([value]);
      expect(await numbersOf(handle)).toEqual([value]);
    }
  });

  test('is executed once a row, its results one after the other.', async () => {
    const handle = await prepared('SELECT CAST(? AS INTEGER) AS N FROM DUMMY');
    await session.putRaw(preparedQuery(handle), numbers(3, 1, 2));
    expect(await numbersOf(handle)).toEqual([3, 1, 2]);
  });

  test('gives its ticket the values, so that a later bind does not change what it reads.', async () => {
    const handle = await prepared('SELECT CAST(? AS INTEGER) AS N FROM DUMMY');
    await session.putRaw(preparedQuery(handle), numbers(1));
    const info = await session.plan(preparedQuery(handle));
    await session.putRaw(preparedQuery(handle), numbers(2));
    expect(rowsOf(await session.read(info))).toEqual([{ N: 1 }]);
  });

  test('without values is refused, and says how many it wants.', async () => {
    const handle = await prepared('SELECT 1 AS N FROM DUMMY WHERE 1 = ? AND 2 = ?');
    await expect(session.plan(preparedQuery(handle))).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('2 parameter marker(s)') as string,
    });
  });

  test('forgets what was bound when it is closed.', async () => {
    const handle = await prepared('SELECT CAST(? AS INTEGER) AS N FROM DUMMY');
    await session.putRaw(preparedQuery(handle), numbers(1));
    await session.sqlAction('ClosePreparedStatement', { prepared_statement_handle: handle });
    await expect(session.plan(preparedQuery(handle))).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  test('takes NULL.', async () => {
    const handle = await prepared('SELECT CAST(? AS INTEGER) AS N FROM DUMMY');
    await session.putRaw(preparedQuery(handle), numbers(null));
    const table = await session.read(await session.plan(preparedQuery(handle)));
    expect(rowsOf(table)).toEqual([{ N: null }]);
  });
});

describe('a prepared update with parameters', () => {
  let handle: Buffer;

  beforeEach(async () => {
    await session.update('DELETE FROM NAMES');
    const statement = await session.prepare('INSERT INTO NAMES VALUES (?, ?)');
    expect(statement.is_update).toBe(true);
    handle = statement.prepared_statement_handle;
  });

  test('is executed once a row, over all batches, and tells the rows it changed.', async () => {
    const upload = names(
      [
        [1, 'one'],
        [2, 'two'],
      ],
      [[3, 'three']],
    );
    expect(await session.put(preparedUpdate(handle), upload)).toBe(3);
    expect(await stored()).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
  });

  test('may be bound first and executed without values, as Rust does.', async () => {
    await session.putRaw(
      preparedQuery(handle),
      names([
        [1, 'one'],
        [2, 'two'],
      ]),
    );
    expect(await session.put(preparedUpdate(handle))).toBe(2);
    expect(await stored()).toEqual([
      [1, 'one'],
      [2, 'two'],
    ]);
  });

  test('keeps no row when one of a later packet is refused, and names that row.', async () => {
    // In the second packet, of few rows: the sandbox writes those of a refused packet one by one.
    const length = MAX_PARAMETER_ROWS + 50;
    const upload = names(
      Array.from({ length }, (_, id) => [id, `name ${id}`] as const),
      [[length, null]],
    );
    await expect(session.put(preparedUpdate(handle), upload)).rejects.toMatchObject({
      message: expect.stringContaining(`row ${length + 1}`) as string,
    });
    expect(await stored()).toEqual([]);
  });

  test('through GetFlightInfo is executed once, and tells its rows as total records.', async () => {
    await session.putRaw(
      preparedQuery(handle),
      names([
        [1, 'one'],
        [2, 'two'],
      ]),
    );
    const info = await session.plan(preparedQuery(handle));
    expect(info.total_records).toBe('2');
    for (const { ticket } of info.endpoint) {
      const batches = await session.doGet(ticket?.ticket ?? Buffer.alloc(0));
      expect(batches.map(({ numRows }) => numRows)).toEqual([0]);
    }
    expect(await stored()).toHaveLength(2);
  });
});

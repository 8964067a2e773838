import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine, type TestSession } from './harness.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open();
  session = await engine.session();
  await session.run('CREATE TABLE PARENT (ID INTEGER PRIMARY KEY, NAME NVARCHAR(10))');
  await session.run('CREATE VIEW LOOK AS SELECT ID AS "the id", NAME FROM PARENT');
});

afterAll(() => engine.close());

describe('statements that HANA refuses', () => {
  test.each([
    ['CREATE TABLE PARENT (A INTEGER)', 288],
    ['CREATE TABLE NOWHERE.X (A INTEGER)', 362],
    ['CREATE TABLE X (A INTEGER, A INTEGER)', 290],
    ['CREATE TABLE X (A NOTYPE)', 257],
    ['CREATE TABLE X (A NVARCHAR(5001))', 257],
    ['CREATE TABLE X (A DECIMAL(39,2))', 257],
    ['CREATE TABLE', 257],
    ['CREATE LOCAL TEMPORARY TABLE UNMARKED (A INTEGER)', 257],
    ['CREATE VIEW LOOK AS SELECT 1 AS A FROM DUMMY', 288],
    ['CREATE SCHEMA SALES', 386],
    ['DROP TABLE MISSING', 259],
    ['DROP TABLE LOOK', 259],
    ['DROP VIEW MISSING', 321],
    ['DROP VIEW PARENT', 321],
    ['DROP SCHEMA MISSING', 362],
    ['TRUNCATE TABLE MISSING', 259],
    ['RENAME TABLE MISSING TO X', 259],
    ['RENAME TABLE PARENT TO LOOK', 288],
    ['RENAME TABLE PARENT TO SALES.PARENT', 7],
    ['RENAME COLUMN PARENT.MISSING TO X', 260],
    ['ALTER TABLE PARENT ADD (NAME INTEGER)', 290],
    ['ALTER TABLE PARENT DROP (MISSING)', 260],
    ["COMMENT ON COLUMN PARENT.MISSING IS 'x'", 260],
    ['SELECT MISSING FROM PARENT', 260],
    ['SELECT * FROM MISSING.PARENT', 362],
  ])('%s: error %d', async (sql, code) => {
    expect(await session.failure(sql)).toMatchObject({ code });
    expect(await session.values('SELECT COUNT(*) FROM PARENT')).toEqual(['0']);
    expect(await session.values('SELECT COUNT(*) FROM LOOK')).toEqual(['0']);
  });

  test.each(['TABLE', 'VIEW', 'SCHEMA'])(
    'DROP %s IF EXISTS passes over a missing one',
    async (kind) => {
      expect(await session.run(`DROP ${kind} IF EXISTS MISSING`)).toEqual([0]);
    },
  );
});

describe('names of any spelling', () => {
  test.each([
    ['"my table"', 'my table'],
    ['"a.b"', 'a.b'],
    ['"say ""hi"""', 'say "hi"'],
    ['"Übung №1"', 'Übung №1'],
    ['"it\'s"', "it's"],
    ['"select"', 'select'],
    ['plain_$1', 'PLAIN_$1'],
  ])('%s', async (text, name) => {
    await session.run(`CREATE COLUMN TABLE DEMO.${text} (${text} INTEGER PRIMARY KEY, B INTEGER)`);
    await session.run(`INSERT INTO ${text} VALUES (?, ?)`, [
      [1, 1],
      [2, 2],
    ]);
    await session.run(`COMMENT ON TABLE DEMO.${text} IS 'it''s a table'`);
    await session.run(`COMMENT ON COLUMN DEMO.${text}.${text} IS 'a "column"'`);
    expect(
      await session.values('SELECT COMMENTS FROM SYS.TABLES WHERE TABLE_NAME = ?', [name]),
    ).toEqual(["it's a table"]);
    expect(
      await session.values(
        'SELECT COLUMN_NAME, COMMENTS FROM SYS.TABLE_COLUMNS WHERE TABLE_NAME = ? ORDER BY POSITION',
        [name],
      ),
    ).toEqual([name, 'a "column"', 'B', null]);
    expect(
      await session.values('SELECT COLUMN_NAME FROM SYS.CONSTRAINTS WHERE TABLE_NAME = ?', [name]),
    ).toEqual([name]);
    await session.run(`RENAME TABLE DEMO.${text} TO INTERIM`);
    await session.run(`RENAME TABLE DEMO.INTERIM TO ${text}`);
    await session.run(`RENAME COLUMN ${text}.${text} TO A`);
    expect(await session.values(`SELECT T.A FROM DEMO.${text} AS T ORDER BY A`)).toEqual([1, 2]);
    await session.run(`DROP TABLE ${text}`);
  });
});

describe('keys', () => {
  test('foreign keys of every form are rows of REFERENTIAL_CONSTRAINTS', async () => {
    await session.run('CREATE TABLE CHILD_A (P INTEGER REFERENCES PARENT)');
    await session.run(
      'CREATE TABLE CHILD_B (P INTEGER, CONSTRAINT "fk b" FOREIGN KEY (P) REFERENCES DEMO.PARENT (ID) ON DELETE CASCADE)',
    );
    await session.run(
      'CREATE TABLE CHILD_C (P INTEGER, FOREIGN KEY (P) REFERENCES PARENT ON UPDATE CASCADE ON DELETE SET NULL)',
    );
    const { rows } = await session.query(
      "SELECT TABLE_NAME, COLUMN_NAME, POSITION, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME, UPDATE_RULE, DELETE_RULE FROM SYS.REFERENTIAL_CONSTRAINTS WHERE SCHEMA_NAME = 'DEMO' ORDER BY 1",
    );
    expect(rows).toEqual([
      ['CHILD_A', 'P', 1, 'PARENT', 'ID', 'RESTRICT', 'RESTRICT'],
      ['CHILD_B', 'P', 1, 'PARENT', 'ID', 'RESTRICT', 'CASCADE'],
      ['CHILD_C', 'P', 1, 'PARENT', 'ID', 'CASCADE', 'SET NULL'],
    ]);
  });

  test('a primary key of several columns keeps their order', async () => {
    await session.run('CREATE TABLE PAIR (A INTEGER, B INTEGER, PRIMARY KEY (B, A))');
    const { rows } = await session.query(
      "SELECT COLUMN_NAME, POSITION, IS_PRIMARY_KEY FROM SYS.CONSTRAINTS WHERE TABLE_NAME = 'PAIR' ORDER BY POSITION",
    );
    expect(rows).toEqual([
      ['B', 1, 'TRUE'],
      ['A', 2, 'TRUE'],
    ]);
  });
});

describe('views', () => {
  test('have rows in VIEW_COLUMNS, which go with them', async () => {
    const columns =
      "SELECT COLUMN_NAME, POSITION, DATA_TYPE_NAME, LENGTH FROM SYS.VIEW_COLUMNS WHERE VIEW_NAME = 'GLANCE' ORDER BY POSITION";
    await session.run('CREATE VIEW GLANCE (P, Q) AS SELECT ID, NAME FROM PARENT');
    expect((await session.query(columns)).rows).toEqual([
      ['P', 1, 'INTEGER', 10],
      ['Q', 2, 'NVARCHAR', 10],
    ]);
    await session.run("COMMENT ON VIEW GLANCE IS 'seen'");
    expect(await session.values("SELECT COMMENTS FROM VIEWS WHERE VIEW_NAME = 'GLANCE'")).toEqual([
      'seen',
    ]);
    await session.run('DROP VIEW GLANCE');
    expect((await session.query(columns)).rows).toEqual([]);
  });
});

describe('local temporary tables', () => {
  test('take rows in batches, are nobody else’s, and go with the session', async () => {
    const owner = await engine.session();
    const other = await engine.session();
    await owner.run('CREATE LOCAL TEMPORARY COLUMN TABLE "#mine" (A INTEGER, B NVARCHAR(5))');
    await other.run('CREATE LOCAL TEMPORARY TABLE "#mine" (A DOUBLE)');
    await owner.run('INSERT INTO "#mine" VALUES (?, ?)', [
      [1, 'x'],
      [2, 'y'],
    ]);
    expect(await owner.values('SELECT A FROM "#mine" ORDER BY A')).toEqual([1, 2]);
    expect(await other.values('SELECT A FROM "#mine"')).toEqual([]);
    await owner.session.close();
    expect(await session.failure('SELECT * FROM "#mine"')).toMatchObject({ code: 259 });
    expect(await other.values('SELECT COUNT(*) FROM "#mine"')).toEqual(['0']);
  });
});

const run = (sql: string) => session.run(sql, [[]], false);
const insert = (id: number) => run(`INSERT INTO PARENT (ID) VALUES (${id})`);
const ids = async () =>
  (await session.query('SELECT ID FROM PARENT ORDER BY ID', [], false)).rows.flat();

describe('savepoints', () => {
  test('a rollback to one forgets those after it, and it stays', async () => {
    await insert(1);
    await run('SAVEPOINT "first one"');
    await insert(2);
    await run('SAVEPOINT SECOND');
    await insert(3);
    await run('ROLLBACK TO SAVEPOINT "first one"');
    expect(await ids()).toEqual([1]);
    await expect(run('ROLLBACK TO SAVEPOINT SECOND')).rejects.toThrow('SECOND');
    await insert(4);
    await run('ROLLBACK TO SAVEPOINT "first one"');
    expect(await ids()).toEqual([1]);
    await run('RELEASE SAVEPOINT "first one"');
    await expect(run('ROLLBACK TO SAVEPOINT "first one"')).rejects.toThrow('first one');
    await session.session.rollback();
    expect(await ids()).toEqual([]);
  });

  test('one set before the first statement holds; the end of the transaction ends it', async () => {
    await run('SAVEPOINT EARLY');
    await run('ROLLBACK TO SAVEPOINT EARLY');
    await insert(1);
    await run('ROLLBACK TO SAVEPOINT EARLY');
    expect(await ids()).toEqual([]);
    await session.session.commit();
    await expect(run('ROLLBACK TO SAVEPOINT EARLY')).rejects.toThrow('EARLY');
  });
});

test('A user called as a database of DuckDB is, SYSTEM, has tables of his own.', async () => {
  const system = await engine.session('SYSTEM');
  await system.run('CREATE COLUMN TABLE OWN (ID INTEGER PRIMARY KEY)');
  await system.run('INSERT INTO OWN VALUES (7)');
  await system.batch('INSERT INTO OWN VALUES (?)', [[8], [9]]);
  await system.run('CREATE VIEW OWN_VIEW AS SELECT COUNT(*) AS N FROM SYSTEM.OWN');
  expect(await system.values('SELECT N FROM OWN_VIEW')).toEqual(['3']);
  await system.run('ALTER TABLE OWN ADD (NAME NVARCHAR(10))');
  await system.run('DROP VIEW OWN_VIEW');
  await system.run('DROP TABLE OWN');
});

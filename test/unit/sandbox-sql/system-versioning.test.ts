import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestEngine, type TestSession } from './harness.ts';

let engine: TestEngine;
let session: TestSession;

beforeAll(async () => {
  engine = await TestEngine.open({ rows: 10 });
  session = await engine.session();
});

afterAll(() => engine.close());

/** A system-versioned table with the key ID and a NAME, whose times are those of commits. */
async function versioned(name: string, more = ''): Promise<void> {
  await session.run(`CREATE COLUMN TABLE ${name}_H (ID INTEGER, NAME NVARCHAR(10),
    VALID_FROM TIMESTAMP NOT NULL, VALID_TO TIMESTAMP NOT NULL GENERATED ALWAYS AS ROW COMMIT)`);
  await session.run(`CREATE COLUMN TABLE ${name} (ID INTEGER PRIMARY KEY, NAME NVARCHAR(10),
    VALID_FROM TIMESTAMP NOT NULL GENERATED ALWAYS AS ROW START COMMIT,
    VALID_TO TIMESTAMP NOT NULL GENERATED ALWAYS AS ROW END,
    PERIOD FOR SYSTEM_TIME (VALID_FROM, VALID_TO))
    WITH SYSTEM VERSIONING HISTORY TABLE ${name}_H ${more}`);
}

const now = async (): Promise<string> =>
  String((await session.values('SELECT TO_NVARCHAR(CURRENT_UTCTIMESTAMP) FROM DUMMY'))[0]);

const asOf = (name: string, moment: string) =>
  session.values(
    `SELECT ID || NAME AS X FROM ${name} FOR SYSTEM_TIME AS OF '${moment}' ORDER BY ID`,
  );

const history = (name: string) =>
  session.values(
    `SELECT ID || NAME || CASE WHEN VALID_FROM < VALID_TO THEN '' ELSE ' empty' END AS X
     FROM ${name}_H ORDER BY VALID_FROM, ID`,
  );

describe('a system-versioned table', () => {
  test('shows what it held at any time', async () => {
    await versioned('TOLD');
    const before = await now();
    await session.run("INSERT INTO TOLD VALUES (1, 'a')");
    await session.run("INSERT INTO TOLD (ID, NAME) VALUES (2, 'b')");
    const inserted = await now();
    await session.run("UPDATE TOLD SET NAME = 'c' WHERE ID = 1");
    const updated = await now();
    await session.run('DELETE FROM TOLD WHERE ID = 2');
    const deleted = await now();
    await session.run("UPSERT TOLD VALUES (1, 'd') WITH PRIMARY KEY");
    await session.run("UPSERT TOLD VALUES (3, 'e') WITH PRIMARY KEY");
    await session.run("UPSERT TOLD VALUES (3, 'f') WHERE ID = 3");
    expect(await asOf('TOLD', before)).toEqual([]);
    expect(await asOf('TOLD', inserted)).toEqual(['1a', '2b']);
    expect(await asOf('TOLD', updated)).toEqual(['1c', '2b']);
    expect(await asOf('TOLD', deleted)).toEqual(['1c']);
    expect(await asOf('TOLD', await now())).toEqual(['1d', '3f']);
    expect(await session.values('SELECT ID || NAME AS X FROM TOLD ORDER BY ID')).toEqual([
      '1d',
      '3f',
    ]);
    expect(await history('TOLD')).toEqual(['1a', '2b', '1c', '3e']);
  });

  test('keeps the row before a transaction once, however often that changes it', async () => {
    await versioned('ONCE');
    await session.run("INSERT INTO ONCE VALUES (1, 'a')");
    await session.run("INSERT INTO ONCE VALUES (2, 'a')", [[]], false);
    await session.run("UPDATE ONCE SET NAME = 'b'", [[]], false);
    await session.run("UPDATE ONCE SET NAME = 'c'", [[]], false);
    await session.run('DELETE FROM ONCE WHERE ID = 2', [[]], false);
    await session.session.commit();
    expect(await history('ONCE')).toEqual(['1a']);
    await session.run("UPDATE ONCE SET NAME = 'd'", [[]], false);
    await session.session.rollback();
    expect(await history('ONCE')).toEqual(['1a']);
  });

  test('takes parameters, also in a condition, and keeps history for each row of them', async () => {
    await versioned('BATCH');
    await session.run('INSERT INTO BATCH VALUES (?, ?)', [
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
    await session.run('UPDATE BATCH AS T SET NAME = ? WHERE T.ID = ? AND T.NAME <> ?', [
      ['x', 1, 'z'],
      ['y', 2, 'z'],
    ]);
    await session.run('UPSERT BATCH (NAME, ID) VALUES (?, ?) WITH PRIMARY KEY', [['w', 3]]);
    await session.run('DELETE FROM BATCH WHERE NAME = ?', [['w']]);
    expect(await history('BATCH')).toEqual(['1a', '2b', '3c', '3w']);
    const rows = await session.values('SELECT ID || NAME AS X FROM BATCH ORDER BY ID');
    expect(rows).toEqual(['1x', '2y']);
  });

  test('a failed statement of a transaction leaves no history', async () => {
    await versioned('FAILED');
    await session.run("INSERT INTO FAILED VALUES (1, 'a')");
    await session.run("UPDATE FAILED SET NAME = 'b'", [[]], false);
    const failing = "UPDATE FAILED SET NAME = 'much longer than ten'";
    expect(await session.failure(failing, [[]], false)).toMatchObject({ code: 274 });
    await session.session.commit();
    expect(await history('FAILED')).toEqual(['1a']);
  });

  test('what AS OF has shown stays, whatever is committed later', async () => {
    await versioned('STEADY');
    await session.run("INSERT INTO STEADY VALUES (1, 'start')");
    const done = new AbortController();
    const writer = await engine.session();
    const write = async (): Promise<void> => {
      for (let number = 0; !done.signal.aborted; number++) {
        await writer.run(`UPDATE STEADY SET NAME = '${number}'`, [[]], number % 2 === 0);
        await writer.session.commit();
      }
    };
    const written = write();
    const shown: (readonly [string, unknown])[] = [];
    for (let round = 0; round < 40; round++) {
      const moment = await now();
      shown.push([moment, await asOf('STEADY', moment)]);
    }
    done.abort();
    await written;
    // A transaction that was under way then has not happened before.
    await writer.run("UPDATE STEADY SET NAME = 'late'", [[]], false);
    const moment = await now();
    shown.push([moment, await asOf('STEADY', moment)]);
    await writer.session.commit();
    for (const [then, rows] of shown) expect(await asOf('STEADY', then)).toEqual(rows);
    expect(new Set(shown.map(([, rows]) => String(rows))).size).toBeGreaterThan(5);
  });

  test('without COMMIT its times are those at which transactions began', async () => {
    await session.run(`CREATE COLUMN TABLE BEGUN_H (ID INTEGER,
      VALID_FROM TIMESTAMP NOT NULL, VALID_TO TIMESTAMP NOT NULL)`);
    await session.run(`CREATE COLUMN TABLE BEGUN (ID INTEGER,
      VALID_FROM TIMESTAMP NOT NULL GENERATED ALWAYS AS ROW START,
      VALID_TO TIMESTAMP NOT NULL GENERATED ALWAYS AS ROW END,
      PERIOD FOR SYSTEM_TIME (VALID_FROM, VALID_TO))
      WITH SYSTEM VERSIONING HISTORY TABLE BEGUN_H`);
    const other = await engine.session();
    await other.run('INSERT INTO DEMO.BEGUN VALUES (1)', [[]], false);
    const between = await now();
    expect(await session.values(`SELECT ID FROM BEGUN FOR SYSTEM_TIME AS OF '${between}'`)).toEqual(
      [],
    );
    await other.session.commit();
    expect(await session.values(`SELECT ID FROM BEGUN FOR SYSTEM_TIME AS OF '${between}'`)).toEqual(
      [1],
    );
  });

  test('is read over a range, with parts, alias and joins', async () => {
    await versioned('RANGED');
    await session.run('ALTER TABLE RANGED PARTITION BY HASH (ID) PARTITIONS 2');
    await session.run("INSERT INTO RANGED VALUES (1, 'a')");
    const first = await now();
    await session.run("UPDATE RANGED SET NAME = 'b'");
    const second = await now();
    await session.run("UPDATE RANGED SET NAME = 'c'");
    const names = (clause: string) =>
      session.values(`SELECT R.NAME FROM RANGED FOR SYSTEM_TIME ${clause} R ORDER BY R.NAME`);
    expect(await names(`FROM '${first}' TO '${second}'`)).toEqual(['a', 'b']);
    expect(await names(`BETWEEN '${second}' AND '${await now()}'`)).toEqual(['b', 'c']);
    expect(await names(`AS OF '${first}' PARTITION (1, 2)`)).toEqual(['a']);
    const parts = [1, 2].map((part) => names(`AS OF '${first}' PARTITION (${part}) AS`));
    expect((await Promise.all(parts)).flat()).toEqual(['a']);
    expect(
      await session.values(`SELECT OLD.NAME, RANGED.NAME FROM RANGED
        JOIN RANGED FOR SYSTEM_TIME AS OF '${first}' OLD ON OLD.ID = RANGED.ID`),
    ).toEqual(['a', 'c']);
    const { columns } = await session.query(
      `SELECT * FROM RANGED FOR SYSTEM_TIME AS OF '${first}'`,
    );
    expect(columns.map(({ typeCode, length }) => [typeCode, length])).toEqual([
      [3, 10],
      [11, 10],
      [61, 27],
      [61, 27],
    ]);
  });

  test('is told by the catalogue', async () => {
    await versioned('LISTED');
    expect(
      await session.values(
        "SELECT TABLE_NAME, TEMPORAL_TYPE FROM TABLES WHERE TABLE_NAME LIKE 'LISTED%' ORDER BY 1",
      ),
    ).toEqual(['LISTED', 'TEMPORAL', 'LISTED_H', 'HISTORY']);
    expect(
      await session.values(
        "SELECT PERIOD_NAME, PERIOD_START_COLUMN, HISTORY_TABLE_NAME FROM TEMPORAL_TABLES WHERE TABLE_NAME = 'LISTED'",
      ),
    ).toEqual(['SYSTEM_TIME', 'VALID_FROM', 'LISTED_H']);
    expect(
      await session.values(
        "SELECT GENERATION_TYPE FROM TABLE_COLUMNS WHERE TABLE_NAME = 'LISTED' AND POSITION > 2 ORDER BY POSITION",
      ),
    ).toEqual(['ALWAYS AS ROW START', 'ALWAYS AS ROW END']);
  });

  test('can be made of a table by ALTER TABLE, and back', async () => {
    await session.run('CREATE COLUMN TABLE MADE (ID INTEGER)');
    await session.run('INSERT INTO MADE VALUES (1)');
    await session.run(
      'CREATE COLUMN TABLE MADE_H (ID INTEGER, F TIMESTAMP NOT NULL, T TIMESTAMP NOT NULL)',
    );
    for (const change of [
      'ADD (F TIMESTAMP NOT NULL GENERATED ALWAYS AS ROW START)',
      'ADD (T TIMESTAMP NOT NULL GENERATED ALWAYS AS ROW END)',
      'ADD PERIOD FOR SYSTEM_TIME (F, T)',
      'ADD SYSTEM VERSIONING HISTORY TABLE MADE_H',
    ]) {
      await session.run(`ALTER TABLE MADE ${change}`);
    }
    const moment = await now();
    await session.run('UPDATE MADE SET ID = 2');
    expect(await session.values(`SELECT ID FROM MADE FOR SYSTEM_TIME AS OF '${moment}'`)).toEqual([
      1,
    ]);
    await session.run('ALTER TABLE MADE DROP SYSTEM VERSIONING');
    await session.run('DELETE FROM MADE_H');
    await session.run('DROP TABLE MADE_H');
    await session.run('UPDATE MADE SET ID = 3');
  });

  test.each([
    ['INSERT INTO REFUSED_H VALUES (1)', 7],
    ['DELETE FROM REFUSED_H', 7],
    ['DROP TABLE REFUSED_H', 7],
    ['RENAME TABLE REFUSED TO OTHER', 7],
    ['ALTER TABLE REFUSED ADD (C INTEGER)', 7],
    ['UPDATE REFUSED SET VALID_FROM = CURRENT_TIMESTAMP', 7],
    ['INSERT INTO REFUSED (ID, VALID_TO) VALUES (1, CURRENT_TIMESTAMP)', 7],
    ["UPSERT REFUSED (ID, NAME) SELECT 1, 'x' FROM DUMMY", 7],
    ['MERGE INTO REFUSED USING DUMMY ON ID = 1 WHEN MATCHED THEN UPDATE SET NAME = DUMMY', 7],
    ['CREATE COLUMN TABLE TAKEN (A INTEGER) WITH SYSTEM VERSIONING HISTORY TABLE REFUSED_H', 7],
    ["SELECT * FROM SALES.TRANSACTIONS FOR SYSTEM_TIME AS OF '2024-01-01'", 7],
    ['SELECT * FROM REFUSED FOR SYSTEM_TIME AS OF 5', 257],
    ["SELECT * FROM REFUSED FOR SYSTEM_TIME IN '2024-01-01'", 257],
    ["SELECT * FROM REFUSED FOR SYSTEM_TIME AS OF 'yesterday'", 303],
  ])('%s is refused', async (sql, code) => {
    const known = "SELECT COUNT(*) FROM TABLES WHERE TABLE_NAME = 'REFUSED'";
    if ((await session.values(known))[0] === '0') await versioned('REFUSED');
    expect(await session.failure(sql)).toMatchObject({ code });
  });
});

/** Number and sum of the first four prices. */
const pricesAsOf = (moment: string) =>
  session.values(
    `SELECT COUNT(*), SUM(PRICE) FROM SALES.PRICES FOR SYSTEM_TIME AS OF '${moment}' WHERE MATERIAL < 'Material 0004'`,
  );

test('SALES.PRICES has a history of quarters', async () => {
  expect(await pricesAsOf('2024-01-02')).toEqual(['4', '186.000']);
  // 90 days later materials 1 to 3 have a second price.
  expect(await pricesAsOf('2024-04-02')).toEqual(['4', '216.000']);
  expect(await pricesAsOf('2026-01-01')).toEqual(['4', '246.000']);
});

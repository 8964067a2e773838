import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { changesSession } from '../../../../src/driver/dialect/session-effect.ts';

test.each([
  'SELECT * FROM "#T"',
  '  with A AS (SELECT 1 FROM DUMMY) SELECT * FROM A',
  '(SELECT 1 FROM DUMMY) UNION (SELECT 2 FROM DUMMY)',
  "INSERT INTO T VALUES ('SET')",
  'UPSERT T VALUES (1) WITH PRIMARY KEY',
  'UPDATE T SET A = 1',
  'DELETE FROM T',
  'MERGE INTO T USING U ON T.A = U.A WHEN MATCHED THEN DELETE',
  'MERGE DELTA OF T',
  'TRUNCATE TABLE T',
  'CREATE COLUMN TABLE T (A INT)',
  'CREATE GLOBAL TEMPORARY TABLE T (A INT)',
  'CREATE TABLE "SET" (LOCAL INT)',
  'create\n\tview V AS SELECT 1 AS A FROM DUMMY',
  'ALTER TABLE T ADD (B INT)',
  "ALTER SYSTEM CANCEL SESSION '400001'",
  "ALTER SYSTEM ALTER CONFIGURATION ('global.ini', 'SYSTEM') SET ('a', 'b') = 'c'",
  'DROP TABLE "T#1"',
  'DROP TABLE T#1 CASCADE',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT S',
  'GRANT SELECT ON T TO U',
  'EXPLAIN PLAN FOR SELECT 1 FROM DUMMY',
  '-- SET SCHEMA X\nSELECT 1 FROM DUMMY',
  '/* CALL P() */ -- CONNECT\r\n /**/ DROP TABLE T',
])('%s leaves the session as it was', (sql) => {
  expect(changesSession(sql)).toBe(false);
});

test.each([
  'SET SCHEMA SALES',
  " set 'APPLICATIONUSER' = 'MALLORY'",
  'SET TRANSACTION READ ONLY',
  "UNSET 'LOCALE'",
  'CONNECT OTHER PASSWORD "Secret1"',
  'CREATE LOCAL TEMPORARY TABLE #T (A INT)',
  'CREATE/**/LOCAL -- so\n TEMPORARY COLUMN TABLE #T LIKE T',
  'CREATE TABLE #T (A INT)',
  'CREATE INDEX I ON #T (A)',
  'ALTER TABLE #T ADD (B INT)',
  'DROP TABLE #T',
  'DROP TABLE "#t"',
  'DROP TABLE SALES.#T',
  'DROP TABLE "SALES"."#T"',
  'RENAME TABLE #T TO #U',
  "ALTER SESSION SET 'x' = 'y'",
  "ALTER SYSTEM ALTER SESSION '400001' SET 'LOCALE' = 'de'",
  'CALL P(?)',
  '{call P(?)}',
  '{ ? = call P(?) }',
  'DO BEGIN SELECT 1 FROM DUMMY; END',
  'BEGIN SET SCHEMA X; END',
  'SETTINGS',
  'SELECTED',
  'NOBODY KNOWS THIS',
  '"SELECT"',
  '',
  '/* SELECT */',
  '/* SELECT 1',
  '-- SELECT',
])('%s may change the session', (sql) => {
  expect(changesSession(sql)).toBe(true);
});

test('any text is judged, in time that grows with its length', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (sql) => {
      expect(changesSession(sql)).toBeTypeOf('boolean');
    }),
  );
  const long = `${'/* x */ -- y\n'.repeat(100_000)} SELECT 1 FROM DUMMY`;
  expect(changesSession(long)).toBe(false);
});

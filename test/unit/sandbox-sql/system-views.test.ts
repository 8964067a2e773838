import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RegisteredSession, SessionRegistry } from '../../../src/sandbox/session-registry.ts';
import { SANDBOX_SYSTEM } from '../../../src/sandbox/system-identity.ts';
import { TestEngine, type TestSession } from './harness.ts';
import type { Cell } from './row-decoder.ts';

let engine: TestEngine;
let session: TestSession;
const cancelled: number[] = [];
const registry = new SessionRegistry();

const registered = (connectionId: number, user: string): RegisteredSession => ({
  connectionId,
  snapshot: () => ({
    connectionId,
    user,
    clientHost: 'test',
    clientPid: 7,
    clientType: 'vitest',
    connectedAt: new Date(0),
    status: 'running',
    statements: [
      {
        statementId: '1',
        text: 'SELECT',
        startedAt: new Date(0),
        status: 'suspended',
        fetchedRows: 5,
      },
    ],
    transaction: { transactionId: 3, startedAt: new Date(0) },
    bytesReceived: 1,
    bytesSent: 2,
  }),
  cancel: () => cancelled.push(connectionId),
  disconnect: () => cancelled.push(-connectionId),
});

beforeAll(async () => {
  engine = await TestEngine.open({ rows: 1000, registry });
  session = await engine.session();
  registry.add(registered(1, 'DEMO'));
  registry.add(registered(2, 'SYSTEM'));
});

afterAll(() => engine.close());

const ROWS: readonly (readonly [sql: string, values: readonly Cell[]])[] = [
  [
    "SELECT TABLE_NAME, TABLE_TYPE, HAS_PRIMARY_KEY FROM SYS.TABLES WHERE SCHEMA_NAME = 'SALES' AND TABLE_NAME LIKE 'TR%' ORDER BY 1",
    ['TRANSACTIONS', 'COLUMN', 'TRUE', 'TRANSACTION_HISTORY', 'COLUMN', 'TRUE'].toSorted(() => 0),
  ],
  ["SELECT COUNT(*) FROM TABLES WHERE TABLE_NAME = 'PAYROLL'", ['0']],
  [
    'SELECT SERVICE_NAME, COORDINATOR_TYPE, SQL_PORT FROM M_SERVICES',
    ['indexserver', 'MASTER', 39_015],
  ],
  [
    'SELECT CODE_STRING, DESCRIPTION FROM M_ERROR_CODES WHERE CODE = 257',
    ['ERR_SQL_PARSE', 'sql syntax error'],
  ],
  ['SELECT VERSION FROM M_DATABASE', [SANDBOX_SYSTEM.version]],
  ['SELECT SCHEMA_NAME FROM "SYS"."SCHEMAS" ORDER BY 1', ['DEMO', 'SALES', 'SYS']],
  [
    "SELECT COLUMN_NAME, DATA_TYPE_NAME, LENGTH, SCALE, IS_NULLABLE FROM TABLE_COLUMNS WHERE TABLE_NAME = 'TRANSACTIONS' AND POSITION IN (1, 2, 6) ORDER BY POSITION",
    [
      'TRANSACTION_ID',
      'BIGINT',
      19,
      0,
      'FALSE',
      'POSTED_AT',
      'TIMESTAMP',
      27,
      7,
      'TRUE',
      'NET_AMOUNT',
      'DECIMAL',
      15,
      2,
      'TRUE',
    ],
  ],
  [
    "SELECT COLUMN_NAME FROM VIEW_COLUMNS WHERE VIEW_NAME = 'REGION_TOTALS' ORDER BY POSITION",
    ['SALES_REGION', 'TOTAL', 'DOCUMENTS'],
  ],
  [
    "SELECT COLUMN_NAME, POSITION FROM CONSTRAINTS WHERE TABLE_NAME = 'SALES_ITEMS' AND IS_PRIMARY_KEY = 'TRUE' ORDER BY 2",
    ['TRANSACTION_ID', 1, 'ITEM_NUMBER', 2],
  ],
  [
    'SELECT COLUMN_NAME, REFERENCED_TABLE_NAME, DELETE_RULE FROM REFERENTIAL_CONSTRAINTS',
    ['TRANSACTION_ID', 'TRANSACTIONS', 'CASCADE'],
  ],
  [
    "SELECT RECORD_COUNT FROM M_TABLES WHERE TABLE_NAME IN ('TRANSACTIONS', 'ALL_TYPES') ORDER BY 1",
    ['7', '1000'],
  ],
  [
    "SELECT COUNT(*), SUM(RECORD_COUNT) FROM M_TABLE_PARTITIONS WHERE TABLE_NAME = 'TRANSACTION_HISTORY'",
    ['8', '1000'],
  ],
  [
    'SELECT LEVEL_1_TYPE, LEVEL_1_EXPRESSION, LEVEL_1_COUNT FROM PARTITIONED_TABLES',
    ['HASH', 'TRANSACTION_ID', 8],
  ],
  [
    "SELECT COUNT(*), MIN(PART_ID), MAX(PART_ID) FROM TABLE_PARTITIONS WHERE TABLE_NAME = 'TRANSACTION_HISTORY'",
    ['8', 1, 8],
  ],
  ["SELECT PART_ID FROM M_CS_TABLES WHERE TABLE_NAME = 'EVENTS'", [0]],
  [
    "SELECT TYPE_NAME, COLUMN_SIZE FROM DATA_TYPES WHERE TYPE_NAME = 'NVARCHAR'",
    ['NVARCHAR', 5000],
  ],
  [
    'SELECT CONNECTION_ID, OWN, USER_NAME, CONNECTION_STATUS FROM M_CONNECTIONS',
    [1, 'TRUE', 'DEMO', 'RUNNING'],
  ],
  ['SELECT STATEMENT_STATUS, STATEMENT_STRING FROM M_ACTIVE_STATEMENTS', ['SUSPENDED', 'SELECT']],
  ['SELECT TRANSACTION_ID FROM M_TRANSACTIONS', [3]],
  ['SELECT USER_NAME FROM USERS', ['DEMO']],
  ['SELECT SUBSTR(VERSION, 1, 4) FROM SYS.M_DATABASE', ['2.00']],
  [
    "SELECT T.TABLE_NAME, C.COLUMN_NAME FROM TABLES T JOIN TABLE_COLUMNS C ON T.TABLE_OID = C.TABLE_OID WHERE T.TABLE_NAME = 'EVENTS' AND C.POSITION = 1",
    ['EVENTS', 'EVENT_ID'],
  ],
];

describe('a SYS view', () => {
  test.each(ROWS.slice(1))('%s', async (sql, values) => {
    expect(await session.values(sql)).toEqual(values);
  });

  test('a view read again shows what has changed meanwhile', async () => {
    const statement = 'SELECT COUNT(*) FROM TABLES WHERE SCHEMA_NAME = CURRENT_SCHEMA';
    expect(await session.values(statement)).toEqual(['0']);
    await session.run('CREATE TABLE APPEARED (A INTEGER)');
    expect(await session.values(statement)).toEqual(['1']);
  });

  test('columns of views have HANA types', async () => {
    const { columns } = await session.query(
      'SELECT TABLE_NAME, TABLE_OID, CREATE_TIME FROM TABLES',
    );
    expect(columns.map(({ typeCode, length }) => [typeCode, length])).toEqual([
      [11, 256],
      [4, 19],
      [61, 27],
    ]);
  });

  test('ALTER SYSTEM CANCEL SESSION reaches own sessions only', async () => {
    await session.run("ALTER SYSTEM CANCEL SESSION '1'");
    await session.run("ALTER SYSTEM CANCEL WORK IN SESSION '1'");
    await session.run("ALTER SYSTEM DISCONNECT SESSION '1'");
    expect(cancelled).toEqual([1, 1, -1]);
    expect(await session.failure("ALTER SYSTEM CANCEL SESSION '2'")).toMatchObject({ code: 258 });
    expect(await session.failure("ALTER SYSTEM CANCEL SESSION '99'")).toMatchObject({ code: 729 });
  });
});

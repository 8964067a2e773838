import type { EngineValue } from '../../engine.ts';
import { SYSTEM_USER } from '../catalog/catalog.ts';
import { type NewTable, newTable } from '../catalog/definitions.ts';
import { hanaType } from '../types/hana-type.ts';
import { DEMO_SCHEMA } from './demo-schema.ts';

const key = (table: string, ...columns: readonly string[]): NewTable['keys'] => [
  { name: `_SYS_TREE_CS_#${table}_#0_#P0`, columns, primary: true },
];

export const SALES_ITEMS: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'SALES_ITEMS',
  owner: SYSTEM_USER,
  comment: 'Items of the sales documents',
  columns: [
    { name: 'TRANSACTION_ID', type: hanaType('BIGINT'), nullable: false, comment: 'The document' },
    { name: 'ITEM_NUMBER', type: hanaType('INTEGER'), nullable: false },
    {
      name: 'STORAGE_KEY',
      type: hanaType('INTEGER'),
      nullable: true,
      comment: 'Skewed; negative and NULL',
    },
    { name: 'MATERIAL', type: hanaType('NVARCHAR', 40), nullable: true },
    { name: 'PRICE', type: { name: 'DECIMAL', length: 13, scale: 3 }, nullable: true },
  ],
  keys: key('SALES_ITEMS', 'TRANSACTION_ID', 'ITEM_NUMBER'),
  foreignKeys: [
    {
      name: 'SALES_ITEMS_TRANSACTION',
      columns: ['TRANSACTION_ID'],
      referencedSchema: DEMO_SCHEMA,
      referencedTable: 'TRANSACTIONS',
      referencedColumns: ['TRANSACTION_ID'],
      deleteRule: 'CASCADE',
      updateRule: 'RESTRICT',
    },
  ],
});

/**
 * Items 10, 20 and 30 of the first `documents` documents. Nine of ten storage keys are 1, the others
 * spread from -500 to 499, and one in fifty is NULL.
 */
export const salesItemRowsSql = (documents: number): string => `
  SELECT 1 + n // 3, CAST(10 + n % 3 * 10 AS INTEGER),
    CAST(CASE WHEN n % 50 = 7 THEN NULL WHEN n % 10 > 0 THEN 1 ELSE n // 10 % 1000 - 500 END AS INTEGER),
    'Material ' || lpad(CAST(n * 31 % 997 AS VARCHAR), 4, '0'),
    CAST(n * 7919 % 1000000 / 1000.0 AS DECIMAL(13, 3))
  FROM range(0, ${documents * 3}) AS numbers(n)`;

export const EVENTS: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'EVENTS',
  owner: SYSTEM_USER,
  comment: 'Events in the order they arrived, which is not the order they happened in',
  columns: [
    { name: 'EVENT_ID', type: hanaType('BIGINT'), nullable: false, comment: 'Order of arrival' },
    {
      name: 'EVENT_TIME',
      type: hanaType('TIMESTAMP'),
      nullable: true,
      comment: 'Time of the event',
    },
    { name: 'SOURCE', type: hanaType('NVARCHAR', 20), nullable: true },
    { name: 'PAYLOAD', type: hanaType('NVARCHAR', 100), nullable: true },
  ],
  keys: key('EVENTS', 'EVENT_ID'),
});

/** Number of rows of EVENTS, whatever the size of the rest. */
const EVENT_COUNT = 10_000;

/**
 * Event ids from -100 on. Ten events in a row share a time, one second apart from the next ten; every
 * fiftieth is an hour late; the time of every 997th is unknown.
 */
export const EVENT_ROWS_SQL = `
  SELECT n - 100,
    CASE WHEN n % 997 = 996 THEN NULL
         ELSE TIMESTAMP '2024-03-01 00:00:00' + to_seconds(n // 10)
              - to_hours(CASE WHEN n % 50 = 49 THEN 1 ELSE 0 END) END,
    ['web', 'store', 'partner'][1 + CAST(n % 3 AS INTEGER)],
    'payload of event ' || (n - 100)
  FROM range(0, ${EVENT_COUNT}) AS numbers(n)`;

export const PAYROLL: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'PAYROLL',
  owner: SYSTEM_USER,
  comment: 'No business of the demo user',
  columns: [
    { name: 'EMPLOYEE_ID', type: hanaType('INTEGER'), nullable: false },
    { name: 'NAME', type: hanaType('NVARCHAR', 80), nullable: true },
    { name: 'SALARY', type: { name: 'DECIMAL', length: 15, scale: 2 }, nullable: true },
  ],
  keys: key('PAYROLL', 'EMPLOYEE_ID'),
});

export const PAYROLL_ROWS_SQL = `
  VALUES (1, 'Jürgen Müller', 5200.00), (2, 'Zoë Ångström', 6100.50), (3, 'Ana García', 4980.75)`;

export const EMPTY_DATES: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'EMPTY_DATES',
  owner: SYSTEM_USER,
  comment: 'Empty dates and times: neither NULL nor a date',
  columns: [
    { name: 'ID', type: hanaType('INTEGER'), nullable: false },
    { name: 'D', type: hanaType('DATE'), nullable: true },
    { name: 'T', type: hanaType('TIME'), nullable: true },
    { name: 'S', type: hanaType('SECONDDATE'), nullable: true },
    { name: 'TS', type: hanaType('TIMESTAMP'), nullable: true },
  ],
  keys: key('EMPTY_DATES', 'ID'),
});

/** NULL, empty, the smallest that is a date or a time, and an ordinary one. */
export const EMPTY_DATES_ROWS: readonly (readonly EngineValue[])[] = [
  [1, null, null, null, null],
  [2, '', '', '', ''],
  [3, '0001-01-01', '00:00:00', '0001-01-01 00:00:00', '0001-01-01 00:00:00'],
  [4, '2024-02-29', '12:34:56', '2024-02-29 12:34:56', '2024-02-29 12:34:56.789012'],
];

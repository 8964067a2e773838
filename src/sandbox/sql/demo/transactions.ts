import { SYSTEM_USER } from '../catalog/catalog.ts';
import { type NewTable, newTable } from '../catalog/definitions.ts';
import { hanaType } from '../types/hana-type.ts';
import { DEMO_SCHEMA } from './demo-schema.ts';

const columns: NewTable['columns'] = [
  { name: 'TRANSACTION_ID', type: hanaType('BIGINT'), nullable: false, comment: 'Document number' },
  {
    name: 'POSTED_AT',
    type: hanaType('TIMESTAMP'),
    nullable: true,
    comment: 'Time of posting, UTC',
  },
  { name: 'FISCAL_YEAR', type: hanaType('INTEGER'), nullable: true },
  { name: 'SALES_REGION', type: hanaType('NVARCHAR', 20), nullable: true },
  {
    name: 'CUSTOMER',
    type: hanaType('NVARCHAR', 80),
    nullable: true,
    comment: 'Name of the buyer',
  },
  {
    name: 'NET_AMOUNT',
    type: { name: 'DECIMAL', length: 15, scale: 2 },
    nullable: true,
    comment: 'Without tax; negative for credit notes',
  },
  { name: 'QUANTITY', type: hanaType('DOUBLE'), nullable: true },
  { name: 'NOTE', type: hanaType('NVARCHAR', 200), nullable: true },
];

const primary = (table: string): NewTable['keys'] => [
  { name: `_SYS_TREE_CS_#${table}_#0_#P0`, columns: ['TRANSACTION_ID'], primary: true },
];

export const TRANSACTIONS: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'TRANSACTIONS',
  owner: SYSTEM_USER,
  columns,
  keys: primary('TRANSACTIONS'),
  comment: 'Sales documents of the current years',
});

/** Parts of TRANSACTION_HISTORY. */
const HISTORY_PARTS = 8;

export const TRANSACTION_HISTORY: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'TRANSACTION_HISTORY',
  owner: SYSTEM_USER,
  columns,
  keys: primary('TRANSACTION_HISTORY'),
  comment: 'Sales documents of all years, divided by hash of the document number',
  partitioning: {
    kind: 'HASH',
    expressions: ['"TRANSACTION_ID"'],
    count: HISTORY_PARTS,
    ranges: [],
    definition: `HASH ("TRANSACTION_ID") PARTITIONS ${HISTORY_PARTS}`,
  },
});

/**
 * A query for `rows` documents with the ids from `firstId` on. Every value is computed from the id, so
 * any two sandboxes of one size hold the same rows:
 * - TRANSACTION_ID n; the customer of n is n * 7919 % 5000, skewed: every third belongs to customer 0
 * - POSTED_AT 2019-01-01 plus n minutes (modulo seven years), microseconds n * 37 % 1000000
 * - NET_AMOUNT (n * 7919 % 10000000 - 250000) / 100: one in forty is a credit note; NULL when n % 97 = 0
 * - QUANTITY n % 100 / 4, NULL when n % 101 = 0; NOTE only for even n
 */
export function transactionRowsSql(firstId: number, rows: number): string {
  return `
    SELECT n AS id,
      TIMESTAMP '2019-01-01 00:00:00' + to_minutes(n % 3681360) + to_microseconds(n * 37 % 1000000),
      CAST(2019 + (n % 3681360) // 525600 AS INTEGER),
      ['EMEA', 'APAC', 'AMERICAS', 'LATAM', 'DACH'][1 + CAST(n % 5 AS INTEGER)],
      CASE WHEN n % 3 = 0 THEN 'Müller & Söhne GmbH'
           WHEN n * 7919 % 5000 = 17 THEN 'Café 😀 Zürich AG'
           ELSE 'Customer ' || lpad(CAST(n * 7919 % 5000 AS VARCHAR), 5, '0') || ' Ltd' END,
      CASE WHEN n % 97 = 0 THEN NULL
           ELSE CAST((n * 7919 % 10000000 - 250000) / 100.0 AS DECIMAL(15, 2)) END,
      CASE WHEN n % 101 = 0 THEN NULL ELSE (n % 100) / 4.0 END,
      CASE WHEN n % 2 = 1 THEN NULL
           ELSE 'Order ' || n || ', terms net ' || (14 + n % 3 * 15) || ' days' END
    FROM range(${firstId}, ${firstId + rows}) AS numbers(n)`;
}

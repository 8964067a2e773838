import { SYSTEM_USER } from '../catalog/catalog.ts';
import { type NewTable, newTable } from '../catalog/definitions.ts';
import { hanaType } from '../types/hana-type.ts';
import { DEMO_SCHEMA } from './demo-schema.ts';

const columns: NewTable['columns'] = [
  { name: 'MATERIAL', type: hanaType('NVARCHAR', 40), nullable: false },
  { name: 'PRICE', type: { name: 'DECIMAL', length: 13, scale: 3 }, nullable: true },
  { name: 'VALID_FROM', type: hanaType('TIMESTAMP'), nullable: false },
  { name: 'VALID_TO', type: hanaType('TIMESTAMP'), nullable: false },
];

const withRowTimes = (times: Readonly<Record<string, NewTable['columns'][number]['rowTime']>>) =>
  columns.map((column) => ({ ...column, rowTime: times[column.name] }));

export const PRICES: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'PRICES',
  owner: SYSTEM_USER,
  comment: 'Prices of materials, with their history',
  columns: withRowTimes({ VALID_FROM: 'ROW START COMMIT', VALID_TO: 'ROW END' }),
  keys: [{ name: '_SYS_TREE_CS_#PRICES_#0_#P0', columns: ['MATERIAL'], primary: true }],
  period: { startColumn: 'VALID_FROM', endColumn: 'VALID_TO' },
  history: { schemaName: DEMO_SCHEMA, name: 'PRICES_HISTORY' },
});

export const PRICES_HISTORY: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'PRICES_HISTORY',
  owner: SYSTEM_USER,
  comment: 'Former prices of materials',
  columns: withRowTimes({ VALID_TO: 'ROW COMMIT' }),
});

/**
 * Versions of the prices of 300 materials. Material n has n % 4 + 1 of them, numbered v from 0 on: each
 * costs 10 more than the one before, and is valid from 2024-01-01 plus v quarters of 90 days plus n minutes.
 */
const VERSIONS_SQL = `
  SELECT 'Material ' || lpad(CAST(n AS VARCHAR), 4, '0') AS material,
    CAST(n * 31 % 997 + 10 * v AS DECIMAL(13, 3)) AS price,
    TIMESTAMP '2024-01-01 00:00:00' + to_days(CAST(90 * v AS INTEGER)) + to_minutes(n) AS since, n, v
  FROM range(0, 300) AS materials(n), range(0, 4) AS versions(v) WHERE v <= n % 4`;

export const PRICE_ROWS_SQL = `
  SELECT material, price, since, TIMESTAMP '9999-12-31 23:59:59.999999'
  FROM (${VERSIONS_SQL}) WHERE v = n % 4`;

export const PRICE_HISTORY_ROWS_SQL = `
  SELECT material, price, since, since + to_days(90) FROM (${VERSIONS_SQL}) WHERE v < n % 4`;

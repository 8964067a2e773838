import type { DuckDBConnection } from '@duckdb/node-api';
import type { EngineValue } from '../../engine.ts';
import { type Catalog, OBJECT_PRIVILEGES, SYSTEM_USER } from '../catalog/catalog.ts';
import { type NewTable, newTable } from '../catalog/definitions.ts';
import { createTableSql } from '../create-table.ts';
import { bindRow } from '../parameter-values.ts';
import { objectName, quoteName } from '../rendered-sql.ts';
import type { SharedState } from '../session.ts';
import { hanaType } from '../types/hana-type.ts';
import { ALL_TYPES, ALL_TYPES_ROWS } from './all-types.ts';
import { DEMO_SCHEMA } from './demo-schema.ts';
import { PRICE_HISTORY_ROWS_SQL, PRICE_ROWS_SQL, PRICES, PRICES_HISTORY } from './prices.ts';
import {
  EMPTY_DATES,
  EMPTY_DATES_ROWS,
  EVENT_ROWS_SQL,
  EVENTS,
  PAYROLL,
  PAYROLL_ROWS_SQL,
  SALES_ITEMS,
  salesItemRowsSql,
} from './small-tables.ts';
import { TRANSACTION_HISTORY, TRANSACTIONS, transactionRowsSql } from './transactions.ts';

const DEMO_USER = 'DEMO';
/** Documents that have items, at most. */
const MAX_DOCUMENTS_WITH_ITEMS = 10_000;

interface DemoTable {
  readonly table: NewTable;
  /** Query for the rows, in the order of the columns. */
  readonly rowsSql: string;
}

/** Creates and fills the demo schema. DEMO may do everything there but see PAYROLL. */
export async function loadDemo(
  { connections, catalog }: SharedState,
  transactionCount: number,
): Promise<void> {
  const connection = await connections.acquire();
  await connection.run(`CREATE SCHEMA ${quoteName(DEMO_SCHEMA)}`);
  catalog.addSchema(DEMO_SCHEMA, SYSTEM_USER);
  catalog.grant(DEMO_USER, 'CREATE ANY', DEMO_SCHEMA);
  const tables: readonly DemoTable[] = [
    { table: TRANSACTIONS, rowsSql: transactionRowsSql(1, transactionCount) },
    { table: TRANSACTION_HISTORY, rowsSql: `SELECT * FROM ${nameOf(TRANSACTIONS)}` },
    {
      table: SALES_ITEMS,
      rowsSql: salesItemRowsSql(
        Math.min(Math.ceil(transactionCount / 10), MAX_DOCUMENTS_WITH_ITEMS),
      ),
    },
    { table: EVENTS, rowsSql: EVENT_ROWS_SQL },
    { table: PAYROLL, rowsSql: PAYROLL_ROWS_SQL },
    { table: PRICES_HISTORY, rowsSql: PRICE_HISTORY_ROWS_SQL },
    { table: PRICES, rowsSql: PRICE_ROWS_SQL },
  ];
  for (const demo of tables) {
    await fill(connection, demo);
    catalog.put(demo.table);
    if (demo.table !== PAYROLL) grantAll(catalog, demo.table);
  }
  for (const [table, rows] of [
    [ALL_TYPES, ALL_TYPES_ROWS],
    [EMPTY_DATES, EMPTY_DATES_ROWS],
  ] as const) {
    await fillAsClient(connection, table, rows);
    catalog.put(table);
    grantAll(catalog, table);
  }
  await connection.run(`CREATE VIEW ${nameOf(REGION_TOTALS)} AS ${REGION_TOTALS_SQL}`);
  catalog.put(REGION_TOTALS);
  grantAll(catalog, REGION_TOTALS);
  await connection.run('CHECKPOINT');
  connections.release(connection);
}

function grantAll(catalog: Catalog, { schemaName, name }: NewTable): void {
  for (const privilege of OBJECT_PRIVILEGES) catalog.grant(DEMO_USER, privilege, schemaName, name);
}

const nameOf = ({ schemaName, name }: NewTable): string => objectName(schemaName, name);

/** The key's index is built after the rows are in: an order of magnitude faster than row by row. */
async function fill(connection: DuckDBConnection, { table, rowsSql }: DemoTable): Promise<void> {
  await connection.run(createTableSql({ ...table, keys: [] }));
  await connection.run(`INSERT INTO ${nameOf(table)} ${rowsSql}`);
  for (const { columns } of table.keys) {
    const list = columns.map(quoteName).join(', ');
    await connection.run(`ALTER TABLE ${nameOf(table)} ADD PRIMARY KEY (${list})`);
  }
}

/** Goes the way of a client's parameters, so that the values are what a client would have stored. */
async function fillAsClient(
  connection: DuckDBConnection,
  table: NewTable,
  rows: readonly (readonly EngineValue[])[],
): Promise<void> {
  await connection.run(createTableSql(table));
  const markers = table.columns.map((_, index) => `$${index + 1}`).join(', ');
  const insert = await connection.prepare(`INSERT INTO ${nameOf(table)} VALUES (${markers})`);
  const types = table.columns.map(({ type }) => type);
  for (const row of rows) {
    bindRow(insert, types, row);
    await insert.run();
  }
  insert.destroySync();
}

const REGION_TOTALS_SQL = `SELECT "SALES_REGION", sum("NET_AMOUNT") AS "TOTAL", count(*) AS "DOCUMENTS"
  FROM ${nameOf(TRANSACTIONS)} GROUP BY "SALES_REGION"`;

const REGION_TOTALS: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'REGION_TOTALS',
  kind: 'VIEW',
  owner: SYSTEM_USER,
  comment: 'Sales by region',
  definition:
    'SELECT SALES_REGION, SUM(NET_AMOUNT) AS TOTAL, COUNT(*) AS DOCUMENTS FROM SALES.TRANSACTIONS GROUP BY SALES_REGION',
  columns: [
    { name: 'SALES_REGION', type: hanaType('NVARCHAR', 20), nullable: true },
    { name: 'TOTAL', type: { name: 'DECIMAL', length: 38, scale: 2 }, nullable: true },
    { name: 'DOCUMENTS', type: hanaType('BIGINT'), nullable: false },
  ],
});

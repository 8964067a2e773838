import { type DuckDBAppender, type DuckDBConnection, DuckDBTimestampValue } from '@duckdb/node-api';
import { createTableSql } from '../create-table.ts';
import { partCount, partitionCondition } from '../partition-condition.ts';
import { DATABASE, objectName } from '../rendered-sql.ts';
import type { HanaType } from '../types/hana-type.ts';
import { type Catalog, SYSTEM_SCHEMA, SYSTEM_USER } from './catalog.ts';
import { type NewTable, newTable, type TableDefinition } from './definitions.ts';
import { MONITORING_VIEWS } from './views/monitoring-views.ts';
import { OBJECT_VIEWS } from './views/object-views.ts';
import { PARTITION_VIEWS } from './views/partition-views.ts';
import { STATISTICS_VIEWS } from './views/statistics-views.ts';
import type { Cell, SystemView, ViewContext } from './views/system-view.ts';
import { TYPE_VIEWS } from './views/type-views.ts';

/**
 * The views of schema SYS. Their rows come from the catalogue and the server's sessions, not from
 * tables; so each session has tables of its own for them, filled just before a statement reads them.
 */
const SYSTEM_VIEWS: readonly SystemView[] = [
  ...OBJECT_VIEWS,
  ...TYPE_VIEWS,
  ...PARTITION_VIEWS,
  ...STATISTICS_VIEWS,
  ...MONITORING_VIEWS,
];

const tableOf = (view: SystemView, schemaName: string): NewTable =>
  newTable({
    schemaName,
    name: view.name,
    owner: SYSTEM_USER,
    columnStore: false,
    columns: view.columns.map(([name, type]) => ({ name, type, nullable: true })),
  });

/** Makes the views known by name. */
export function registerSystemViews(catalog: Catalog): void {
  for (const view of SYSTEM_VIEWS) catalog.put(tableOf(view, SYSTEM_SCHEMA));
}

/** Creates a session's tables for the views, empty; text may be longer than the views declare. */
export function sessionViewTablesSql(schemaName: string): string {
  return SYSTEM_VIEWS.map((view) => createTableSql(tableOf(view, schemaName))).join(';\n');
}

/** Fills the session's tables for the named views with what is true now. */
export async function refreshSystemViews(
  names: ReadonlySet<string>,
  schemaName: string,
  context: Omit<ViewContext, 'recordCounts'>,
  connection: DuckDBConnection,
): Promise<void> {
  const views = SYSTEM_VIEWS.filter(({ name }) => names.has(name));
  const counts = await recordCounts(views, context.catalog, connection);
  const full = {
    ...context,
    recordCounts: (table: TableDefinition) => counts.get(table.objectId) ?? [0],
  };
  for (const view of views) {
    await connection.run(`DELETE FROM ${objectName(schemaName, view.name)}`);
    const appender = await connection.createAppender(view.name, schemaName, DATABASE);
    for (const row of view.rows(full)) {
      row.forEach((cell, index) => appendCell(appender, cell, view.columns[index]?.[1]));
      appender.endRow();
    }
    appender.closeSync();
  }
}

const MICROS_PER_MILLISECOND = 1000n;

function appendCell(appender: DuckDBAppender, cell: Cell, type: HanaType | undefined): void {
  if (cell === null) appender.appendNull();
  else if (typeof cell === 'string') appender.appendVarchar(cell);
  else if (typeof cell === 'bigint') appender.appendBigInt(cell);
  else if (cell instanceof Date) {
    const micros = BigInt(cell.getTime()) * MICROS_PER_MILLISECOND;
    appender.appendTimestamp(new DuckDBTimestampValue(micros));
  } else if (type?.name === 'BIGINT') appender.appendBigInt(BigInt(cell));
  else appender.appendInteger(cell);
}

/** Rows per table, or per part where a view shows parts. */
async function recordCounts(
  views: readonly SystemView[],
  catalog: Catalog,
  connection: DuckDBConnection,
): Promise<ReadonlyMap<number, readonly number[]>> {
  const counts = new Map<number, readonly number[]>();
  if (views.every((view) => view.counts === undefined)) return counts;
  const byPart = views.some((view) => view.counts === 'parts');
  for (const table of catalog.tables) {
    if (table.kind !== 'TABLE' || table.schemaName === SYSTEM_SCHEMA) continue;
    if (table.schemaName.startsWith('_SYS_')) continue;
    const reader = await connection.runAndReadAll(countSql(table, byPart));
    counts.set(table.objectId, (reader.getRowsJS()[0] ?? []).map(Number));
  }
  return counts;
}

function countSql(table: TableDefinition, byPart: boolean): string {
  const { partitioning } = table;
  const parts =
    partitioning === undefined || !byPart
      ? ['count(*)']
      : Array.from(
          { length: partCount(partitioning) },
          (_, index) => `count(*) FILTER (WHERE ${partitionCondition(partitioning, index + 1)})`,
        );
  return `SELECT ${parts.join(', ')} FROM ${objectName(table.schemaName, table.name)}`;
}

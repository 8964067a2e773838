import { planningStatements } from '../dialect/planning-statements.ts';
import type { HanaConnection } from '../hana-connection.ts';
import { type RowOf, readRows } from './catalog-rows.ts';
import type { CatalogType } from './column-types.ts';
import { type CatalogHistogram, readHistograms } from './histograms.ts';

/** A part of a partitioned table. */
export interface CatalogPart {
  /** From 1. */
  readonly id: number;
  readonly rows: number;
}

export interface CatalogPartitioning {
  /** e.g. `HASH ("ID") PARTITIONS 8`. */
  readonly definition: string;
  /** Of level 1: `HASH`, `RANGE`, `ROUNDROBIN`. */
  readonly kind: string;
  /** Of level 1: a column, several, or YEAR, MONTH, HOUR of one. */
  readonly expression: string;
  /** By id. */
  readonly parts: readonly CatalogPart[];
}

export type PlanningTableKind =
  | 'column-table'
  | 'row-table'
  | 'virtual-table'
  | 'temporary-table'
  | 'view';

/** What the catalog knows of a table or view that bears on dividing its rows. */
export interface PlanningFacts {
  readonly schema: string;
  readonly name: string;
  readonly kind: PlanningTableKind;
  /** As the catalog counts them; undefined for views and virtual tables. */
  readonly rows: number | undefined;
  /** In the order of the table. */
  readonly columns: readonly {
    readonly name: string;
    readonly type: CatalogType;
    readonly nullable: boolean;
  }[];
  /** In the order of the key. */
  readonly primaryKey: readonly string[];
  readonly partitioning: CatalogPartitioning | undefined;
  readonly histograms: readonly CatalogHistogram[];
  /** True for a table that keeps its history. */
  readonly systemVersioned: boolean;
}

/** A table as a query names it. */
export interface PlanningTable {
  /** Undefined: the current one. */
  readonly schema: string | undefined;
  readonly name: string;
}

export interface PlanningOptions {
  /** Parts and histograms of tables with fewer rows are not read: one statement is enough then. */
  readonly detailsFromRows: number;
}

/**
 * Reads what the catalog knows of a table or view; undefined when there is none of the name that the user may
 * see. A synonym is none. @throws HanaFlightError as HANA refuses the queries; not for missing statistics.
 */
export async function readPlanningFacts(
  connection: HanaConnection,
  { schema: named, name }: PlanningTable,
  { detailsFromRows }: PlanningOptions = { detailsFromRows: 0 },
): Promise<PlanningFacts | undefined> {
  const schema = named ?? (await connection.currentSchema());
  const table = await readTable(connection, { schema, name });
  if (table === undefined) return readView(connection, { schema, name });
  const isDivided = table.kind === 'column-table' && (table.rows ?? 0) >= detailsFromRows;
  if (!isDivided) return table;
  return {
    ...table,
    partitioning: await readPartitioning(connection, { schema, name }),
    histograms: await readHistograms(connection, { schema, name }),
  };
}

interface TableIdentity {
  readonly schema: string;
  readonly name: string;
}

const COLUMN_SHAPE = {
  COLUMN_NAME: 'text',
  POSITION: 'integer',
  DATA_TYPE_NAME: 'text',
  LENGTH: 'integer?',
  SCALE: 'integer?',
  IS_NULLABLE: 'text?',
} as const;

const TABLE_SHAPE = {
  ...COLUMN_SHAPE,
  IS_COLUMN_TABLE: 'text?',
  TABLE_TYPE: 'text?',
  IS_TEMPORARY: 'text?',
  TEMPORAL_TYPE: 'text?',
  RECORD_COUNT: 'integer?',
  IS_HIDDEN: 'text?',
  KEY_POSITION: 'integer?',
} as const;

async function readTable(
  connection: HanaConnection,
  identity: TableIdentity,
): Promise<PlanningFacts | undefined> {
  const rows: RowOf<typeof TABLE_SHAPE>[] = [];
  const query = planningStatements.table(identity);
  for await (const row of readRows(connection, query, TABLE_SHAPE)) rows.push(row);
  const [first] = rows;
  if (first === undefined) return undefined;
  const kind = kindOf(first);
  const keyColumns = rows.filter(({ KEY_POSITION }) => KEY_POSITION !== undefined);
  return {
    ...identity,
    kind,
    rows: kind === 'virtual-table' ? undefined : first.RECORD_COUNT,
    columns: columnsOf(rows.filter(({ IS_HIDDEN }) => IS_HIDDEN !== 'TRUE')),
    primaryKey: keyColumns
      .toSorted((left, right) => (left.KEY_POSITION ?? 0) - (right.KEY_POSITION ?? 0))
      .map(({ COLUMN_NAME }) => COLUMN_NAME),
    partitioning: undefined,
    histograms: [],
    // The table with the old rows is of type HISTORY, and keeps none of its own.
    systemVersioned: first.TEMPORAL_TYPE === 'TEMPORAL',
  };
}

async function readView(
  connection: HanaConnection,
  identity: TableIdentity,
): Promise<PlanningFacts | undefined> {
  const rows: RowOf<typeof COLUMN_SHAPE>[] = [];
  const query = planningStatements.view(identity);
  for await (const row of readRows(connection, query, COLUMN_SHAPE)) rows.push(row);
  if (rows.length === 0) return undefined;
  return {
    ...identity,
    kind: 'view',
    rows: undefined,
    columns: columnsOf(rows),
    primaryKey: [],
    partitioning: undefined,
    histograms: [],
    systemVersioned: false,
  };
}

function kindOf(row: RowOf<typeof TABLE_SHAPE>): PlanningTableKind {
  if (row.IS_TEMPORARY === 'TRUE') return 'temporary-table';
  if (row.TABLE_TYPE === 'VIRTUAL') return 'virtual-table';
  return row.IS_COLUMN_TABLE === 'TRUE' ? 'column-table' : 'row-table';
}

function columnsOf(rows: readonly RowOf<typeof COLUMN_SHAPE>[]): PlanningFacts['columns'] {
  return rows
    .toSorted((left, right) => left.POSITION - right.POSITION)
    .map((row) => ({
      name: row.COLUMN_NAME,
      type: { name: row.DATA_TYPE_NAME, length: row.LENGTH, scale: row.SCALE },
      // Only what is certain to hold no NULL is promised.
      nullable: row.IS_NULLABLE !== 'FALSE',
    }));
}

const PART_SHAPE = {
  PARTITION_DEFINITION: 'text?',
  LEVEL_1_TYPE: 'text?',
  LEVEL_1_EXPRESSION: 'text?',
  PART_ID: 'integer',
  RECORD_COUNT: 'integer?',
} as const;

/** How a table is divided into parts, in one statement; undefined for one without parts. */
export async function readPartitioning(
  connection: HanaConnection,
  identity: TableIdentity,
): Promise<CatalogPartitioning | undefined> {
  const rows = new Map<number, number>();
  let level: RowOf<typeof PART_SHAPE> | undefined;
  const query = planningStatements.parts(identity);
  for await (const row of readRows(connection, query, PART_SHAPE)) {
    // 0 stands for a table without parts.
    if (row.PART_ID === 0) continue;
    rows.set(row.PART_ID, (rows.get(row.PART_ID) ?? 0) + (row.RECORD_COUNT ?? 0));
    level = row;
  }
  if (level === undefined) return undefined;
  return {
    definition: level.PARTITION_DEFINITION ?? '',
    kind: level.LEVEL_1_TYPE ?? '',
    expression: level.LEVEL_1_EXPRESSION ?? '',
    parts: [...rows]
      .map(([id, count]) => ({ id, rows: count }))
      .toSorted((left, right) => left.id - right.id),
  };
}

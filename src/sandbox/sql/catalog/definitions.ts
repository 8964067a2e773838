import type { HanaType } from '../types/hana-type.ts';

export interface ColumnDefinition {
  readonly name: string;
  readonly type: HanaType;
  readonly nullable: boolean;
  /** SQL text of the default, as SYS.TABLE_COLUMNS shows it. */
  readonly defaultValue?: string | undefined;
  readonly comment?: string | undefined;
  /** `BY DEFAULT AS IDENTITY` or `ALWAYS AS IDENTITY`. */
  readonly identity?: string | undefined;
  readonly rowTime?: RowTime | undefined;
}

/**
 * `GENERATED ALWAYS AS` …: what of a row's validity a column holds. ROW COMMIT stands in history tables
 * whose times are those of commits.
 */
export type RowTime = 'ROW START' | 'ROW START COMMIT' | 'ROW END' | 'ROW COMMIT';

/** `PERIOD FOR SYSTEM_TIME (start, end)` */
export interface SystemTimePeriod {
  readonly startColumn: string;
  readonly endColumn: string;
}

export interface UniqueKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly primary: boolean;
}

export interface ForeignKey {
  readonly name: string;
  readonly columns: readonly string[];
  readonly referencedSchema: string;
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  readonly deleteRule: string;
  readonly updateRule: string;
}

/** One part of a range-partitioned table; bounds as SQL literals, the upper one exclusive. */
export interface RangePart {
  readonly min: string;
  /** Undefined: a single value. */
  readonly max: string | undefined;
  readonly others: boolean;
}

/** One way to divide rows. */
export interface PartitionLevel {
  readonly kind: 'HASH' | 'RANGE' | 'ROUNDROBIN';
  /** Column, or YEAR(column) or MONTH(column). */
  readonly expressions: readonly string[];
  readonly count: number;
  readonly ranges: readonly RangePart[];
}

/** How a table is divided: what PARTITION (n) restricts to. */
export interface Partitioning extends PartitionLevel {
  /** Divides each part of the first level; PARTITION (n) counts the parts of both together. */
  readonly second?: PartitionLevel | undefined;
  /** Text behind PARTITION BY. */
  readonly definition: string;
}

export interface TableName {
  readonly schemaName: string;
  readonly name: string;
}

export interface TableDefinition {
  readonly schemaName: string;
  readonly name: string;
  readonly kind: 'TABLE' | 'VIEW';
  readonly columns: readonly ColumnDefinition[];
  readonly keys: readonly UniqueKey[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly columnStore: boolean;
  readonly temporary: boolean;
  readonly partitioning?: Partitioning | undefined;
  readonly period?: SystemTimePeriod | undefined;
  /** `WITH SYSTEM VERSIONING HISTORY TABLE`: where rows go that are changed or deleted. */
  readonly history?: TableName | undefined;
  readonly comment?: string | undefined;
  /** SQL text of a view. */
  readonly definition?: string | undefined;
  readonly owner: string;
  readonly objectId: number;
  readonly createdAt: Date;
}

/** What a caller gives of a table; the catalogue adds the rest. */
export type NewTable = Omit<TableDefinition, 'objectId' | 'createdAt'>;

export const newTable = (
  table: Pick<NewTable, 'schemaName' | 'name' | 'columns' | 'owner'> & Partial<NewTable>,
): NewTable => ({
  kind: 'TABLE',
  keys: [],
  foreignKeys: [],
  columnStore: true,
  temporary: false,
  ...table,
});

export function columnNamed(
  table: Pick<NewTable, 'columns'>,
  name: string,
): ColumnDefinition | undefined {
  return table.columns.find((column) => column.name === name);
}

export const primaryKeyOf = (table: NewTable): UniqueKey | undefined =>
  table.keys.find((key) => key.primary);

/** A data statistics object: what CREATE STATISTICS makes for one column. */
export interface DataStatistics {
  readonly objectId: number;
  readonly name: string;
  readonly type: 'HISTOGRAM' | 'SIMPLE' | 'TOPK';
  readonly table: TableName;
  readonly column: string;
  /** As the statement gave it. */
  readonly buckets: number | undefined;
  readonly createdAt: Date;
  readonly refreshedAt: Date;
  readonly refreshReason: 'CREATE' | 'REFRESH';
  readonly contents: readonly StatisticsContent[];
}

export interface StatisticsContent {
  /** 0 for a table without parts. */
  readonly partId: number;
  readonly json: string;
}

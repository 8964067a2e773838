/** A type of HANA as the catalog tells it. */
export interface ColumnType {
  /** e.g. `BIGINT`, `DECIMAL`, `NVARCHAR`, `DATE`. */
  readonly name: string;
  /** Digits, characters or bytes, by the type. */
  readonly length: number | undefined;
  readonly scale: number | undefined;
}

export interface ColumnFacts {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/** A part of a partitioned table; replicas are none. */
export interface PartFacts {
  /** From 1. */
  readonly id: number;
  /** As the catalog counts them. */
  readonly rows: number;
}

export interface Partitioning {
  /** e.g. `HASH ("ID") PARTITIONS 8`; changes when the table is divided otherwise. */
  readonly definition: string;
  /** Of level 1: `HASH`, `RANGE`, `ROUNDROBIN`. */
  readonly kind: string;
  /** Of level 1: a column, several, or YEAR, MONTH, HOUR of one. */
  readonly expression: string;
  readonly parts: readonly PartFacts[];
}

/** What HANA's data statistics say of the values of a column. */
export interface Histogram {
  readonly column: string;
  /** Buckets in ascending order: each holds the values from the bound of the one before up to its own. */
  readonly buckets: readonly { readonly upper: string; readonly rows: number }[];
}

/** What the catalog says of a table or view; names as HANA stores them. */
export interface TableFacts {
  readonly schema: string;
  readonly name: string;
  readonly kind: 'column-table' | 'row-table' | 'virtual-table' | 'temporary-table' | 'view';
  /** As the catalog counts them; undefined for views and virtual tables. */
  readonly rows: number | undefined;
  readonly columns: readonly ColumnFacts[];
  /** Columns of the primary key in order; empty without one. */
  readonly primaryKey: readonly string[];
  readonly partitioning: Partitioning | undefined;
  readonly histograms: readonly Histogram[];
  /** True for a table that keeps its history: FOR SYSTEM_TIME AS OF. */
  readonly systemVersioned: boolean;
}

/** A question to HANA that planning cannot do without. */
export type Probe =
  /** Facts of a table or view; answered from a cache when they are young. */
  | { readonly kind: 'table'; readonly schema: string | undefined; readonly name: string }
  /**
   * A query without parameters whose columns C1, C2, … are all NVARCHAR or VARCHAR, nullable.
   * `why` says what it is for, e.g. "smallest and largest key".
   */
  | { readonly kind: 'rows'; readonly sql: string; readonly columns: number; readonly why: string };

export type TextRow = readonly (string | undefined)[];

/** `table`: undefined when there is no such table or view for this user. */
export type ProbeAnswer =
  | { readonly kind: 'table'; readonly facts: TableFacts | undefined }
  | { readonly kind: 'rows'; readonly rows: readonly TextRow[] };

import type { HanaType } from './hana-type.ts';

/** What is known of a result column before it is executed. */
export interface ColumnFact {
  /** Undefined: nothing better than DuckDB's own type is known. */
  readonly type: HanaType | undefined;
  readonly nullable: boolean;
  /** The column a plain reference stems from. */
  readonly origin: ColumnOrigin | undefined;
  /** The system fills the column; absent means false. */
  readonly generated?: boolean;
}

export interface ColumnOrigin {
  readonly schemaName: string;
  readonly tableName: string;
  readonly columnName: string;
}

/** What the catalogue says about a table's columns. */
export type ColumnLookup = (origin: ColumnOrigin) => ColumnFact | undefined;

export const UNKNOWN_COLUMN: ColumnFact = { type: undefined, nullable: true, origin: undefined };

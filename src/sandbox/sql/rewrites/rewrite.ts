import type { Catalog } from '../catalog/catalog.ts';
import type { TableDefinition } from '../catalog/definitions.ts';
import type { Token } from '../token.ts';

/** What a statement is compiled against. */
export interface CompileContext {
  readonly catalog: Catalog;
  readonly sql: string;
  readonly user: string;
  readonly currentSchema: string;
  readonly connectionId: number;
  /** DuckDB schema of the session's local temporary tables and of its copies of the SYS views. */
  readonly sessionSchema: string;
  variable(name: string): string | undefined;
  /** SYS views the statement reads; filled by the rewrites, refreshed before it is executed. */
  readonly systemViews: Set<string>;
  /** Tables the statement names; filled by the rewrites. */
  readonly tables: TableDefinition[];
}

/** One difference between HANA's SQL and DuckDB's, taken out of a statement's tokens. */
export type Rewrite = (tokens: readonly Token[], context: CompileContext) => readonly Token[];

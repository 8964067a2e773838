import { quoteIdentifier } from './identifier.ts';

/** A column of a table to be made. */
export interface NewColumn {
  readonly name: string;
  /** As SQL spells it, e.g. `DECIMAL(15,2)`. */
  readonly type: string;
  readonly nullable: boolean;
}

/** The SQL texts that put record batches into a table. Names of tables come quoted. */
export const ingestStatements = {
  createTable: (table: string, columns: readonly NewColumn[], temporary: boolean): string => {
    const list = columns.map(
      ({ name, type, nullable }) =>
        `${quoteIdentifier(name)} ${type}${nullable ? '' : ' NOT NULL'}`,
    );
    // A temporary table of the column store is local to its session, as its name tells.
    const kind = temporary ? 'LOCAL TEMPORARY COLUMN' : 'COLUMN';
    return `CREATE ${kind} TABLE ${table} (${list.join(', ')})`;
  },
  insert: (table: string, columns: readonly string[]): string =>
    `INSERT INTO ${table} (${columns.map(quoteIdentifier).join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  dropTable: (table: string): string => `DROP TABLE ${table}`,
  /** The new name bears no schema: the table stays in its own. */
  renameTable: (table: string, name: string): string => `RENAME TABLE ${table} TO ${name}`,
  /** Compiled to learn whether there is such a table; never executed. */
  probe: (table: string): string => `SELECT 1 FROM ${table}`,
} as const;

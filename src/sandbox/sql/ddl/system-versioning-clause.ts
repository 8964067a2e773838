import { columnNamed, type NewTable, type TableDefinition } from '../catalog/definitions.ts';
import { hanaError } from '../errors.ts';
import { objectName } from '../rendered-sql.ts';
import type { CompileContext } from '../rewrites/rewrite.ts';
import { findTable, type QualifiedName } from '../rewrites/table-names.ts';
import type { DuckSession } from '../session.ts';
import type { TokenReader } from '../token-reader.ts';

/** `HISTORY TABLE h [[NOT] VALIDATED]`, behind SYSTEM VERSIONING. */
export interface VersioningClause {
  readonly history: QualifiedName;
  /** The history table must be empty. */
  readonly validated: boolean;
}

export function parseVersioning(reader: TokenReader): VersioningClause {
  reader.expect('HISTORY', 'TABLE');
  const history = reader.qualified();
  const validated = !reader.skips('NOT');
  if (validated) reader.skips('VALIDATED');
  else reader.expect('VALIDATED');
  return { history, validated };
}

/**
 * The table with system versioning. The history table must be there, have the same columns and belong to
 * no other table. HANA's error numbers for what does not fit are not known: error 7.
 */
export async function withSystemVersioning(
  table: NewTable,
  { history: name, validated }: VersioningClause,
  context: CompileContext,
  session: DuckSession,
): Promise<NewTable> {
  const refuse = (what: string): Error =>
    hanaError('notSupported', `feature not supported: system versioning: ${what}`, { at: name.at });
  const history = findTable(name, context);
  const { period } = table;
  const start = period && columnNamed(table, period.startColumn)?.rowTime;
  const end = period && columnNamed(table, period.endColumn)?.rowTime;
  if (start === undefined || !start.startsWith('ROW START') || end !== 'ROW END') {
    throw refuse(`${table.name} has no PERIOD FOR SYSTEM_TIME over generated columns`);
  }
  const taken = context.catalog.versionedBy(history) ?? history.history;
  if (taken !== undefined) throw refuse(`${history.name} belongs to another table`);
  if (columnsOf(history) !== columnsOf(table)) {
    throw refuse(`${history.name} has other columns than ${table.name}`);
  }
  if (validated && (await hasRows(history, session))) {
    throw refuse(`history table ${history.name} is not empty`);
  }
  const { schemaName } = history;
  return { ...table, history: { schemaName, name: history.name } };
}

const columnsOf = ({ columns }: Pick<NewTable, 'columns'>): string =>
  JSON.stringify(columns.map(({ name, type }) => [name, type.name, type.length, type.scale]));

async function hasRows(
  { schemaName, name }: TableDefinition,
  session: DuckSession,
): Promise<boolean> {
  const reader = await session.utility.runAndReadAll(
    `SELECT 1 FROM ${objectName(schemaName, name)} LIMIT 1`,
  );
  return reader.currentRowCount > 0;
}

/** Refuses what would leave a table and its history with different columns. */
export function refuseVersioned(
  table: TableDefinition,
  what: string,
  context: CompileContext,
  at: number,
): void {
  if (table.history === undefined && context.catalog.versionedBy(table) === undefined) return;
  const text = `feature not supported: ${what} of ${table.name}, which has system versioning`;
  throw hanaError('notSupported', text, { at });
}

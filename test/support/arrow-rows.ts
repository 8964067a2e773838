import type { Table } from 'apache-arrow';

/** The rows of a table as plain objects; values are apache-arrow's own. */
export function rowsOf(table: Table): readonly Record<string, unknown>[] {
  const rows = table.toArray() as { toJSON(): Record<string, unknown> }[];
  return rows.map((row) => row.toJSON());
}

import { SYSTEM_SCHEMA } from './catalog/catalog.ts';
import type { ColumnDefinition, TableDefinition } from './catalog/definitions.ts';
import type { MarkerInsert } from './packed-insert/packed-insert.ts';
import type { Token } from './token.ts';

/**
 * `INSERT … VALUES ($1, $2), ($3, $4)`: the markers of each row behind those of the row before.
 * Undefined when a value is anything but a marker.
 */
export function batchOf(
  head: string,
  values: readonly (readonly Token[])[],
): ((rowCount: number) => string) | undefined {
  const markers = values.map(markerNumber);
  if (markers.includes(undefined)) return undefined;
  const numbers = markers.map((marker) => marker ?? 0);
  const perRow = Math.max(...numbers);
  // A number left out, `:1, :3`, is no parameter.
  if (new Set(numbers).size !== perRow) return undefined;
  return (rowCount) => {
    const rows = Array.from(
      { length: rowCount },
      (_, row) => `(${numbers.map((number) => `$${row * perRow + number}`).join(', ')})`,
    );
    return `${head} VALUES ${rows.join(', ')}`;
  };
}

/** Undefined when a value is no marker, or a marker stands for two values. */
export function markerInsertOf(
  table: TableDefinition,
  columns: readonly ColumnDefinition[],
  values: readonly (readonly Token[])[],
): MarkerInsert | undefined {
  // The views of SYS are copies for each session.
  if (table.schemaName === SYSTEM_SCHEMA) return undefined;
  const marked: ColumnDefinition[] = [];
  for (const [index, value] of values.entries()) {
    const marker = markerNumber(value);
    const column = columns[index];
    if (marker === undefined || column === undefined) return undefined;
    marked[marker - 1] = column;
  }
  const names = new Set(marked.map((column: ColumnDefinition | undefined) => column?.name));
  return names.size === values.length && !names.has(undefined)
    ? { table, columns: marked }
    : undefined;
}

/** The number of the marker that a value is; undefined when it is anything else. */
function markerNumber([first, second]: readonly Token[]): number | undefined {
  if (first?.kind !== 'marker' || second !== undefined) return undefined;
  return Number(first.value.slice(1));
}

/** Values that are nothing but a marker take the column's type. */
export function valueMarkers(
  columns: readonly ColumnDefinition[],
  values: readonly (readonly Token[])[],
): ReadonlyMap<number, ColumnDefinition> {
  const marked = new Map<number, ColumnDefinition>();
  values.forEach((value, index) => {
    const column = columns[index];
    const marker = markerNumber(value);
    if (column !== undefined && marker !== undefined) marked.set(marker, column);
  });
  return marked;
}

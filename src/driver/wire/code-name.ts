/** The name of a wire code in its table, e.g. 5 in PartKind is `RESULTSET`; undefined for an unknown one. */
export function codeName(
  table: Readonly<Record<string, number>>,
  code: number,
): string | undefined {
  return Object.entries(table).find(([, value]) => value === code)?.[0];
}

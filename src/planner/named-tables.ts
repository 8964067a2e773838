import { countText, tableName } from './division.ts';
import type { ColumnFacts, Probe, ProbeAnswer, TableFacts } from './facts.ts';
import { askTable } from './probes.ts';
import type { ColumnReference, ConditionSplit, TableReference } from './sql/query.ts';

/** A table or view of FROM and what the catalog says of it. */
export interface NamedTable {
  readonly reference: TableReference;
  readonly facts: TableFacts;
}

/** The tables of FROM that the catalog knows, the largest first; each is asked for once. */
export function* readTables({
  tables,
}: ConditionSplit): Generator<Probe, readonly NamedTable[], ProbeAnswer> {
  const known = new Map<string, TableFacts | undefined>();
  const named: NamedTable[] = [];
  for (const reference of tables) {
    const { schema, name } = reference;
    const id = JSON.stringify([schema, name]);
    if (!known.has(id)) known.set(id, yield* askTable(schema, name));
    const facts = known.get(id);
    if (facts !== undefined) named.push({ reference, facts });
  }
  return named.toSorted((left, right) => (right.facts.rows ?? 0) - (left.facts.rows ?? 0));
}

/** The table and column that a reference means; undefined when none of the tables has it. */
export function findColumn(
  tables: readonly NamedTable[],
  { table, column }: ColumnReference,
): { readonly named: NamedTable; readonly column: ColumnFacts } | undefined {
  for (const named of tables) {
    if (table !== undefined && table !== storedName(named.reference.qualifier)) continue;
    const facts = named.facts.columns.find(({ name }) => name === column);
    if (facts !== undefined) return { named, column: facts };
  }
  return undefined;
}

export function hasColumn(
  { reference }: NamedTable,
  column: string,
  references: readonly ColumnReference[],
): boolean {
  return references.some(
    (known) =>
      known.column === column &&
      (known.table === undefined || known.table === storedName(reference.qualifier)),
  );
}

/** The name that a quoted or plain identifier stands for. */
function storedName(identifier: string): string {
  return identifier.startsWith('"')
    ? identifier.slice(1, -1).replaceAll('""', '"')
    : identifier.toUpperCase();
}

/** `SALES.ITEMS has about 30,000 rows`, or that nobody knows. */
export function sizeText(facts: TableFacts): string {
  return facts.rows === undefined
    ? `the size of ${tableName(facts)} is not known`
    : `${tableName(facts)} has about ${countText(facts.rows)} rows`;
}

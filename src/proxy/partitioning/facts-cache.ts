import { type PlanningOptions, readPlanningFacts } from '../../driver/catalog/planning-facts.ts';
import type { HanaConnection } from '../../driver/hana-connection.ts';
import type { TableFacts } from '../../planner/facts.ts';

/** A table as a query names it, for one user. */
export interface TableName {
  readonly user: string;
  /** Undefined: the current schema of the connection. */
  readonly schema: string | undefined;
  readonly name: string;
  /** True for a caller who wants a small table divided: its parts and histograms are read as well. */
  readonly detailed: boolean;
}

export interface FactsOptions extends PlanningOptions {
  /** Facts older than this are read again. */
  readonly maxAgeMs: number;
}

interface Entry {
  readonly facts: TableFacts | undefined;
  readonly readAtMs: number;
}

/** Tables that are remembered, at most; those read longest ago give way. */
const MAX_TABLES = 1_000;

/**
 * Facts of tables, kept for a short time: what they are wrong about by then makes a plan less even, never
 * wrong. The division into parts is the exception; a plan that relies on it has it checked when it is made
 * and when it is read. What one user may see another may not, so each has facts of his own.
 */
export class FactsCache {
  readonly #options: FactsOptions;
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();

  constructor(options: FactsOptions, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#now = now;
  }

  /** Undefined when there is no such table or view for the user. */
  async read(connection: HanaConnection, table: TableName): Promise<TableFacts | undefined> {
    const key = await keyOf(connection, table);
    const known = this.#entries.get(key);
    if (known !== undefined && this.#now() - known.readAtMs < this.#options.maxAgeMs)
      return known.facts;
    const detailsFromRows = table.detailed ? 0 : this.#options.detailsFromRows;
    const facts = await readPlanningFacts(connection, table, { detailsFromRows });
    this.#entries.delete(key);
    this.#entries.set(key, { facts, readAtMs: this.#now() });
    this.#makeRoom();
    return facts;
  }

  /** The next reader asks HANA. */
  async forget(connection: HanaConnection, table: TableName): Promise<void> {
    this.#entries.delete(await keyOf(connection, table));
  }

  #makeRoom(): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_TABLES && oldest !== undefined) this.#entries.delete(oldest);
  }
}

async function keyOf(
  connection: HanaConnection,
  { user, schema, name, detailed }: TableName,
): Promise<string> {
  return JSON.stringify([user, schema ?? (await connection.currentSchema()), name, detailed]);
}

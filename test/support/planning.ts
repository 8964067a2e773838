import type { ArrowBatch } from '../../src/arrow/batch.ts';
import { readPlanningFacts } from '../../src/driver/catalog/planning-facts.ts';
import { DEFAULT_BATCH_OPTIONS } from '../../src/driver/columnar/batch-stream.ts';
import type { HanaConnection } from '../../src/driver/hana-connection.ts';
import type { Probe, ProbeAnswer, TableFacts, TextRow } from '../../src/planner/facts.ts';
import type { PartitionPlan, PartitionRequest, Planning } from '../../src/planner/plan.ts';
import { readColumns } from './arrow-values.ts';

export const PLAIN_REQUEST: PartitionRequest = { endpoints: 'auto', consistency: 'statement' };

/** A plan, and the questions that led to it. */
export interface Planned {
  readonly plan: PartitionPlan;
  readonly probes: readonly Probe[];
}

/** Plans with answers that are known beforehand. */
export function planWith(planning: Planning, answer: (probe: Probe) => ProbeAnswer): Planned {
  const probes: Probe[] = [];
  let step = planning.next();
  while (step.done !== true) {
    probes.push(step.value);
    step = planning.next(answer(step.value));
  }
  return { plan: step.value, probes };
}

/** Answers questions by asking a database; facts of tables are asked once. */
export class ProbedDatabase {
  readonly #connection: HanaConnection;
  readonly #facts = new Map<string, TableFacts | undefined>();

  constructor(connection: HanaConnection) {
    this.#connection = connection;
  }

  /** @param change what the facts say otherwise. */
  async plan(
    planning: Planning,
    change: (facts: TableFacts) => TableFacts,
  ): Promise<PartitionPlan> {
    let step = planning.next();
    while (step.done !== true) step = planning.next(await this.#answer(step.value, change));
    return step.value;
  }

  async #answer(probe: Probe, change: (facts: TableFacts) => TableFacts): Promise<ProbeAnswer> {
    if (probe.kind === 'rows') {
      return { kind: 'rows', rows: await readTextRows(this.#connection, probe.sql) };
    }
    const id = JSON.stringify([probe.schema, probe.name]);
    if (!this.#facts.has(id)) {
      this.#facts.set(id, await readPlanningFacts(this.#connection, probe));
    }
    const facts = this.#facts.get(id);
    return { kind: 'table', facts: facts && change(facts) };
  }
}

/** Rows of a query as texts that are the same for the same values. */
export async function readTextRows(
  connection: HanaConnection,
  sql: string,
): Promise<readonly TextRow[]> {
  const outcome = await connection.execute(sql).catch((cause: unknown) => {
    throw new Error(`failed: ${sql}`, { cause });
  });
  if (outcome.kind !== 'rows') throw new Error(`expected rows: ${sql}`);
  const { schema, batches } = outcome.cursor.batches(DEFAULT_BATCH_OPTIONS);
  const read: ArrowBatch[] = [];
  for await (const batch of batches) read.push(batch);
  const { columns } = readColumns(schema, read);
  const rowCount = read.reduce((sum, batch) => sum + batch.rowCount, 0);
  return Array.from({ length: rowCount }, (_, row) =>
    columns.map((column) => {
      const value = column[row] ?? null;
      return value === null ? undefined : String(value);
    }),
  );
}

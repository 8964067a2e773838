import { HanaFlightError } from '../../core/errors.ts';
import { readPartitioning } from '../../driver/catalog/planning-facts.ts';
import type { HanaConnection } from '../../driver/hana-connection.ts';
import type { PartsGuard } from '../../planner/plan.ts';

/** Whether a table is still divided into the parts that a plan relies on. */
export async function checkGuard(connection: HanaConnection, guard: PartsGuard): Promise<boolean> {
  const { schema, table, definition, parts } = guard;
  const now = await readPartitioning(connection, { schema, name: table });
  if (now === undefined || now.definition !== definition) return false;
  const ids = new Set(now.parts.map(({ id }) => id));
  return ids.size === parts.length && parts.every((id) => ids.has(id));
}

/**
 * @param cause what HANA said, if that is why somebody asks.
 * @throws HanaFlightError `failed-precondition` when the table is divided otherwise by now.
 */
export async function requireGuard(
  connection: HanaConnection,
  guard: PartsGuard,
  cause?: unknown,
): Promise<void> {
  if (await checkGuard(connection, guard)) return;
  throw new HanaFlightError(
    'failed-precondition',
    `the table ${guard.schema}.${guard.table} was partitioned otherwise after GetFlightInfo planned the query; call GetFlightInfo again`,
    { cause },
  );
}

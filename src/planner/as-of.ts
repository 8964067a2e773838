import { HanaFlightError } from '../core/errors.ts';
import { tableName } from './division.ts';
import type { Probe, ProbeAnswer } from './facts.ts';
import { readTables } from './named-tables.ts';
import { askRows, MOMENT_SQL } from './probes.ts';
import { isObstacle, type Query } from './sql/query.ts';

const MOMENT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,7})?$/;

/**
 * The moment that all endpoints of a query shall show: HANA's present.
 * @throws HanaFlightError `failed-precondition` when the query is not of a system-versioned table alone.
 */
export function* readMoment({ condition }: Query): Generator<Probe, string, ProbeAnswer> {
  if (isObstacle(condition)) throw impossible(condition.reason);
  if (!condition.sole) throw impossible('its FROM is not one table');
  const [named] = yield* readTables(condition);
  if (named === undefined) throw impossible('the catalog does not know its table');
  if (!named.facts.systemVersioned) {
    throw impossible(`${tableName(named.facts)} is not system-versioned`);
  }
  const [[moment] = []] = yield* askRows(MOMENT_SQL, 1, 'the moment that all endpoints show');
  if (moment !== undefined && MOMENT.test(moment)) return moment;
  throw new HanaFlightError(
    'internal',
    `the present: expected YYYY-MM-DD HH:MM:SS.fffffff, HANA answered '${moment}'`,
  );
}

function impossible(reason: string): HanaFlightError {
  return new HanaFlightError(
    'failed-precondition',
    `consistency as-of needs a query of one system-versioned table: ${reason}`,
  );
}

import { metadataCommands } from './metadata-commands.ts';
import type { Scenario } from './scenario.ts';
import { sqlInfo } from './sql-info.ts';
import { statements } from './statements.ts';

/** `flight_sql`: metadata commands with their exact schemas, SQL and prepared statements. */
export function flightSql(): Scenario {
  return { producer: { ...metadataCommands(), ...sqlInfo(), ...statements() } };
}

import type { Settings } from '../../config/settings.ts';
import { HanaFlightError } from '../../core/errors.ts';
import { type FlightSqlClient, recordBatches } from '../../flight/client.ts';
import { errorLine } from '../exit-codes.ts';
import { logOnToServer } from '../flight-logon.ts';
import { columnTexts } from '../output/column-text.ts';
import type { Terminal } from '../terminal.ts';

interface Probe {
  readonly name: string;
  /** A query whose first value is worth showing. */
  readonly sql: string;
}

/** From what every user may do to what needs a look into the system's views. */
const PROBES: readonly Probe[] = [
  { name: 'query', sql: "SELECT 'SELECT on DUMMY' FROM DUMMY" },
  { name: 'HANA version', sql: 'SELECT VERSION FROM SYS.M_DATABASE' },
  { name: 'current schema', sql: 'SELECT CURRENT_SCHEMA FROM DUMMY' },
  { name: 'visible tables', sql: 'SELECT COUNT(*) FROM SYS.TABLES' },
];

/**
 * `hana-flight check`: logs on and tries what clients need, a line for each.
 * @throws the first failure, once every probe was tried.
 */
export async function runCheck(settings: Settings<'check'>, { stdout }: Terminal): Promise<void> {
  const report = (state: string, name: string, detail: string) =>
    stdout.write(`${state.padEnd(7)} ${name.padEnd(15)} ${detail}\n`);
  const client = await logOnToServer(settings);
  report('ok', 'logon', `${settings.user} at ${settings.server}`);
  const failures: HanaFlightError[] = [];
  try {
    for (const { name, sql } of PROBES) {
      try {
        report('ok', name, await firstValue(client, sql));
      } catch (thrown) {
        const failure = HanaFlightError.from(thrown);
        failures.push(failure);
        report('failed', name, errorLine(failure));
      }
    }
  } finally {
    client.close();
  }
  const [first] = failures;
  if (first !== undefined) throw first;
}

async function firstValue(client: FlightSqlClient, sql: string): Promise<string> {
  const result = await client.execute(sql);
  for await (const batch of recordBatches(client.readAll(result))) {
    if (batch.numRows > 0) return columnTexts(batch)[0]?.textAt(0) ?? 'NULL';
  }
  return 'no rows';
}

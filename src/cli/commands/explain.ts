import type { Settings } from '../../config/settings.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { FlightSqlClient, QueryResult } from '../../flight/client.ts';
import { logOnToServer } from '../flight-logon.ts';
import { explanationText } from '../output/explanation.ts';
import { readPartitionReport } from '../partition-report.ts';
import { sqlOf } from '../sql-argument.ts';
import type { Terminal } from '../terminal.ts';

export interface ExplainRequest {
  /** SQL text, or `-` for standard input. */
  readonly sql: string;
  readonly settings: Settings<'explain'>;
  /** Sent with each call: what is asked of partitioning. */
  readonly headers: Readonly<Record<string, string>>;
  /** True for the server's report as it came. */
  readonly json: boolean;
  readonly terminal: Terminal;
  /** Aborted by SIGINT. */
  readonly signal: AbortSignal;
}

/**
 * `hana-flight explain`: tells how a server divides the result of a query, and why. Nothing is executed.
 * @throws HanaFlightError `invalid-argument` for a statement that returns no rows.
 */
export async function runExplain(request: ExplainRequest): Promise<void> {
  const { settings, headers, json, terminal, signal } = request;
  const { stdout } = terminal;
  const sql = await sqlOf(request.sql, terminal);
  const client = await logOnToServer(settings, { headers, signal });
  try {
    const result = await planQuery(client, sql, signal);
    const received = readPartitionReport(result.appMetadata);
    if (json) stdout.write(`${received?.json ?? 'null'}\n`);
    else if (received === undefined) stdout.write(withoutReport(result));
    else {
      const width = stdout.isTTY === true ? stdout.columns : undefined;
      stdout.write(explanationText(received.report, width));
    }
  } finally {
    client.close();
  }
}

/** GetFlightInfo executes what returns no rows, so GetSchema is asked first. */
async function planQuery(
  client: FlightSqlClient,
  sql: string,
  signal: AbortSignal,
): Promise<QueryResult> {
  const { fields } = await client.describe(sql, signal);
  if (fields.length === 0) {
    throw new HanaFlightError(
      'invalid-argument',
      'explain executes nothing: expected a query, got a statement that returns no rows',
    );
  }
  return client.execute(sql, signal);
}

function withoutReport({ endpoints, ordered }: QueryResult): string {
  const count = endpoints.length;
  const noun = count === 1 ? 'endpoint' : ordered ? 'endpoints in order' : 'endpoints';
  return `${count} ${noun}; the server does not say why\n`;
}

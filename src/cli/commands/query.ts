import type { Settings } from '../../config/settings.ts';
import { UsageError } from '../../config/usage-error.ts';
import type { FlightSqlClient, QueryResult } from '../../flight/client.ts';
import { logOnToServer } from '../flight-logon.ts';
import { writeToFile, writeToStream } from '../output/destination.ts';
import { FORMATS } from '../output/formats.ts';
import { grouped, startProgress } from '../progress.ts';
import { sqlOf } from '../sql-argument.ts';
import type { Terminal } from '../terminal.ts';

export interface QueryRequest {
  /** SQL text, or `-` for standard input. */
  readonly sql: string;
  readonly settings: Settings<'query'>;
  /** Sent with each call: what is asked of partitioning. */
  readonly headers: Readonly<Record<string, string>>;
  readonly terminal: Terminal;
  /** Aborted by SIGINT. */
  readonly signal: AbortSignal;
}

/** `hana-flight query`: runs one statement through a Flight SQL server and writes its result. */
export async function runQuery(request: QueryRequest): Promise<void> {
  const { settings, headers, terminal, signal } = request;
  const { stdout, stderr } = terminal;
  if (FORMATS[settings.format].binary && settings.output === undefined && stdout.isTTY === true) {
    throw new UsageError(`format ${settings.format} is not for a terminal: give -o FILE`);
  }
  const sql = await sqlOf(request.sql, terminal);
  const started = performance.now();
  const client = await logOnToServer(settings, { headers, signal });
  try {
    const result = await client.execute(sql, signal);
    const summary =
      result.schema.fields.length === 0
        ? affectedRows(result.totalRecords)
        : await writeResult(client, result, request);
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    stderr.write(`${summary} in ${seconds} s\n`);
  } finally {
    client.close();
  }
}

async function writeResult(
  client: FlightSqlClient,
  result: QueryResult,
  { settings, terminal, signal }: QueryRequest,
): Promise<string> {
  const { stdout, stderr } = terminal;
  const { output, tableRows } = settings;
  // A bar would be written into the middle of rows that stream to the same terminal.
  const showsBar = stderr.isTTY === true && (output !== undefined || stdout.isTTY !== true);
  const progress = startProgress(result.totalRecords, showsBar ? stderr : undefined);
  const notes: string[] = [];
  const left = new AbortController();
  const pieces = FORMATS[settings.format].write(
    {
      schema: result.schema,
      messages: progress.follow(
        client.readAll(result, { signal: AbortSignal.any([signal, left.signal]) }),
      ),
    },
    {
      tableRows,
      width: output === undefined && stdout.isTTY === true ? stdout.columns : undefined,
      note: (text) => notes.push(text),
    },
  );
  try {
    await (output === undefined ? writeToStream(pieces, stdout) : writeToFile(pieces, output));
  } finally {
    // A table that is full, or a reader that has seen enough, leaves the rest of the result unread.
    left.abort();
    progress.stop();
  }
  for (const note of notes) stderr.write(`${note}\n`);
  return rowCount(progress.rows) + (notes.length > 0 ? ' read' : '');
}

function rowCount(rows: number): string {
  return `${grouped(rows)} ${rows === 1 ? 'row' : 'rows'}`;
}

function affectedRows(rows: number): string {
  return rows < 0 ? 'done' : `${rowCount(rows)} affected`;
}

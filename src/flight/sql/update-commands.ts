import { HanaFlightError } from '../../core/errors.ts';
import type { IngestRequest } from '../producer.ts';
import { messageCodec } from '../protocol.ts';
import {
  type CommandRow,
  commandRow,
  FLIGHT_SQL_PACKAGE,
  operation,
  type UploadedBatches,
} from './command-table.ts';
import {
  type PreparedMessage,
  queryOf,
  type StatementMessage,
  transactionIdOf,
} from './statement-commands.ts';

interface IngestMessage {
  readonly table_definition_options: {
    readonly if_not_exist: number;
    readonly if_exists: number;
  } | null;
  readonly table: string;
  readonly schema?: string;
  readonly catalog?: string;
  readonly temporary: boolean;
  readonly transaction_id?: Uint8Array;
  readonly options: Readonly<Record<string, string>>;
}

/** CommandStatementIngest.TableDefinitionOptions; 0 is UNSPECIFIED. */
const IF_NOT_EXIST = new Map<number, IngestRequest['ifNotExists']>([
  [1, 'create'],
  [2, 'fail'],
]);
const IF_EXISTS = new Map<number, IngestRequest['ifExists']>([
  [1, 'fail'],
  [2, 'append'],
  [3, 'replace'],
]);

const updateResult = messageCodec<{ readonly record_count: number }>(
  `${FLIGHT_SQL_PACKAGE}DoPutUpdateResult`,
);

/** Commands that change data. */
export const UPDATE_COMMANDS: readonly CommandRow[] = [
  commandRow<StatementMessage>('CommandStatementUpdate', 'a SQL text that changes rows', {
    DoPut: operation('executeUpdate', (statement, { producer, call, upload }) => {
      refuseParameters('CommandStatementUpdate', upload);
      return producer.executeUpdate(queryOf(statement), call).then(encodeUpdateResult);
    }),
  }),
  commandRow<PreparedMessage>('CommandPreparedStatementUpdate', 'execution of a prepared update', {
    DoPut: operation('executePreparedUpdate', (command, { producer, call, upload }) =>
      producer
        .executePreparedUpdate(command.prepared_statement_handle, upload.parameters(), call)
        .then(encodeUpdateResult),
    ),
  }),
  commandRow<IngestMessage>('CommandStatementIngest', 'record batches into a table', {
    DoPut: operation('ingest', async (command, { producer, call, upload }) => {
      const request = ingestRequestOf(command);
      return encodeUpdateResult(await producer.ingest(request, await upload.rows(), call));
    }),
  }),
];

/** Not packed in Any: Go fails on that, and JDBC hangs. */
export function encodeUpdateResult(affectedRows: number): Uint8Array {
  return updateResult.encode({ record_count: affectedRows });
}

/** @throws HanaFlightError `invalid-argument` when the upload brings parameters. */
export function refuseParameters(command: string, upload: UploadedBatches): void {
  const count = upload.parameters()?.schema.fields.length;
  if (count === undefined) return;
  throw new HanaFlightError(
    'invalid-argument',
    `${command}: expected no parameters, got a schema of ${count} field(s); prepare the statement to bind values`,
  );
}

function ingestRequestOf(message: IngestMessage): IngestRequest {
  if (message.table === '') {
    throw new HanaFlightError(
      'invalid-argument',
      'CommandStatementIngest: expected the name of a table, got an empty one',
    );
  }
  const modes = message.table_definition_options;
  return {
    table: message.table,
    dbSchema: message.schema,
    catalog: message.catalog,
    temporary: message.temporary,
    ifNotExists: ingestMode(IF_NOT_EXIST, 'if_not_exist', modes?.if_not_exist),
    ifExists: ingestMode(IF_EXISTS, 'if_exists', modes?.if_exists),
    transactionId: transactionIdOf(message.transaction_id),
    options: new Map(Object.entries(message.options)),
  };
}

/** What to do with a table is not guessed: the wrong guess would lose data. */
function ingestMode<Mode extends string>(
  modes: ReadonlyMap<number, Mode>,
  field: string,
  value: number | undefined,
): Mode {
  const mode = modes.get(value ?? 0);
  if (mode !== undefined) return mode;
  const known = [...modes].map(([number, name]) => `${name} (${number})`).join(', ');
  throw new HanaFlightError(
    'invalid-argument',
    `CommandStatementIngest: table_definition_options.${field}: expected ${known}, got ${value ?? 'nothing'}`,
  );
}

import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { BatchStream, Call, FlightSqlProducer, StatementPlan } from '../producer.ts';
import { type MessageCodec, messageCodec, packAny, unpackAny } from '../protocol.ts';
import { refuseParameters } from './parameters.ts';
import { SQL_INFO_SCHEMA } from './reference-schemas.ts';
import { sqlInfoBatch } from './sql-info-result.ts';

/** The answer to GetFlightInfo: one endpoint per ticket. */
export interface FlightPlan {
  readonly schema: ArrowSchema;
  readonly tickets: readonly Uint8Array[];
  readonly totalRecords: number;
  readonly ordered: boolean;
}

/** What an operation works with. */
interface Context {
  readonly producer: FlightSqlProducer;
  readonly call: Call;
}

interface UploadContext extends Context {
  /** FlightData.data_header of the first message: an Arrow schema, or empty. */
  readonly schemaHeader: Uint8Array;
}

/** RPCs in which a command can stand: what each brings along, what each answers with. */
interface Rpcs {
  readonly GetFlightInfo: { readonly context: Context; readonly answer: FlightPlan };
  readonly GetSchema: { readonly context: Context; readonly answer: ArrowSchema };
  readonly DoGet: { readonly context: Context; readonly answer: BatchStream };
  /** Answers with PutResult.app_metadata. */
  readonly DoPut: { readonly context: UploadContext; readonly answer: Uint8Array };
}

export type CommandRpc = keyof Rpcs;

/** One RPC of one command. */
interface Operation<Message, Rpc extends CommandRpc> {
  /** The producer's method it needs; without it the operation is UNIMPLEMENTED. */
  readonly needs: keyof FlightSqlProducer;
  /**
   * `bytes` is the packed command as the client sent it; metadata commands use it as their ticket.
   * Undefined when the producer lacks the method.
   */
  run(
    message: Message,
    context: Rpcs[Rpc]['context'],
    bytes: Uint8Array,
  ): Promise<Rpcs[Rpc]['answer']> | undefined;
}

type Operations<Message> = {
  readonly [Rpc in CommandRpc]?: Operation<Message, Rpc>;
};

/** A row of the table of commands. */
export interface CommandRow {
  /** Name of the protobuf message, without its package. */
  readonly name: string;
  readonly doc: string;
  /** The producer's method behind each RPC in which the command can stand. */
  readonly needs: Readonly<Partial<Record<CommandRpc, keyof FlightSqlProducer>>>;
  readonly run: { readonly [Rpc in CommandRpc]?: RunCommand<Rpc> };
}

type RunCommand<Rpc extends CommandRpc> = Operation<Uint8Array, Rpc>['run'];

const PACKAGE = 'arrow.flight.protocol.sql.';

interface Statement {
  readonly query: string;
  readonly transaction_id?: Uint8Array;
}

interface Handle {
  readonly prepared_statement_handle: Uint8Array;
}

interface StatementTicket {
  readonly statement_handle: Uint8Array;
}

const statementTicket = messageCodec<StatementTicket>(`${PACKAGE}TicketStatementQuery`);

const updateResult = messageCodec<{ readonly record_count: number }>(`${PACKAGE}DoPutUpdateResult`);

/** Every command of Flight SQL. A new one is a row here and a method in the producer interface. */
export const COMMANDS: readonly CommandRow[] = [
  row<Statement>('CommandStatementQuery', 'a SQL text that returns rows', {
    GetFlightInfo: {
      needs: 'planStatement',
      run: (statement, { producer, call }) =>
        producer.planStatement?.(queryOf(statement), call).then(planOfStatement),
    },
    GetSchema: {
      needs: 'describeStatement',
      run: (statement, { producer, call }) =>
        producer.describeStatement?.(queryOf(statement), call),
    },
  }),
  row<StatementTicket>('TicketStatementQuery', "the ticket of a statement's endpoint", {
    DoGet: {
      needs: 'openStatement',
      run: (ticket, { producer, call }) => producer.openStatement?.(ticket.statement_handle, call),
    },
  }),
  row<Handle>('CommandPreparedStatementQuery', 'execution of a prepared query', {
    GetFlightInfo: {
      needs: 'planPreparedStatement',
      run: ({ prepared_statement_handle }, { producer, call }) =>
        producer.planPreparedStatement?.(prepared_statement_handle, call).then(planOfStatement),
    },
    GetSchema: {
      needs: 'describePreparedStatement',
      run: ({ prepared_statement_handle }, { producer, call }) =>
        producer.describePreparedStatement?.(prepared_statement_handle, call),
    },
  }),
  row<{ readonly info: readonly number[] }>(
    'CommandGetSqlInfo',
    'facts about the server and its SQL',
    {
      GetFlightInfo: {
        needs: 'sqlInfo',
        run: (_message, { producer }, bytes) =>
          producer.sqlInfo && metadataPlan(SQL_INFO_SCHEMA, bytes),
      },
      GetSchema: {
        needs: 'sqlInfo',
        run: (_message, { producer }) => producer.sqlInfo && Promise.resolve(SQL_INFO_SCHEMA),
      },
      DoGet: {
        needs: 'sqlInfo',
        run: ({ info }, { producer, call }) =>
          producer.sqlInfo?.(call).then((values) => ({
            schema: SQL_INFO_SCHEMA,
            batches: only(sqlInfoBatch(values, info)),
          })),
      },
    },
  ),
  row<Statement>('CommandStatementUpdate', 'a SQL text that changes rows', {
    DoPut: {
      needs: 'executeUpdate',
      run: (statement, { producer, call, schemaHeader }) => {
        refuseParameters(schemaHeader);
        return producer.executeUpdate?.(queryOf(statement), call).then(encodeUpdateResult);
      },
    },
  }),
  row<Handle>('CommandPreparedStatementUpdate', 'execution of a prepared update', {
    DoPut: {
      needs: 'executePreparedUpdate',
      run: ({ prepared_statement_handle }, { producer, call, schemaHeader }) => {
        refuseParameters(schemaHeader);
        return producer
          .executePreparedUpdate?.(prepared_statement_handle, call)
          .then(encodeUpdateResult);
      },
    },
  }),
  row('CommandStatementIngest', 'record batches into a table'),
  row('CommandStatementSubstraitPlan', 'a Substrait plan'),
  row('CommandGetCatalogs', 'the catalogs'),
  row('CommandGetDbSchemas', 'the schemas'),
  row('CommandGetTables', 'the tables, with their Arrow schemas on request'),
  row('CommandGetTableTypes', 'the kinds of table'),
  row('CommandGetPrimaryKeys', 'the primary key of a table'),
  row('CommandGetExportedKeys', 'the foreign keys that point to a table'),
  row('CommandGetImportedKeys', 'the foreign keys of a table'),
  row('CommandGetCrossReference', 'the foreign keys between two tables'),
  row('CommandGetXdbcTypeInfo', 'the data types, for JDBC and ODBC'),
];

const BY_NAME = new Map(COMMANDS.map((command) => [command.name, command]));

/** A command with its row found: what a descriptor or a ticket asks for. */
export interface ParsedCommand {
  readonly name: string;
  readonly row: CommandRow | undefined;
  readonly message: Uint8Array;
  readonly bytes: Uint8Array;
}

/**
 * Reads a packed command.
 * @throws HanaFlightError `invalid-argument` when it is not one; `where` names it in the text.
 */
export function parseCommand(bytes: Uint8Array, where: string): ParsedCommand {
  const { typeName, value } = unpackAny(bytes, where);
  if (!typeName.startsWith(PACKAGE)) {
    return { name: typeName, row: undefined, message: value, bytes };
  }
  const name = typeName.slice(PACKAGE.length);
  return { name, row: BY_NAME.get(name), message: value, bytes };
}

/**
 * Runs a command in an RPC.
 * @throws HanaFlightError `unimplemented` when the table or the producer has nothing for it, and
 * whatever the producer throws.
 */
export function runCommand<Rpc extends CommandRpc>(
  rpc: Rpc,
  command: ParsedCommand,
  context: Rpcs[Rpc]['context'],
): Promise<Rpcs[Rpc]['answer']> {
  const answer = command.row?.run[rpc]?.(command.message, context, command.bytes);
  if (answer === undefined) throw unimplementedCommand(rpc, command.name);
  return answer;
}

/** The error for a command that cannot stand in an RPC, here or at all. */
export function unimplementedCommand(rpc: string, name: string): HanaFlightError {
  return new HanaFlightError('unimplemented', `${rpc}: this server does not offer ${name}`);
}

function row<Message>(name: string, doc: string, operations: Operations<Message> = {}): CommandRow {
  const codec = messageCodec<Message>(PACKAGE + name);
  const { GetFlightInfo, GetSchema, DoGet, DoPut } = operations;
  return {
    name,
    doc,
    needs: {
      ...(GetFlightInfo && { GetFlightInfo: GetFlightInfo.needs }),
      ...(GetSchema && { GetSchema: GetSchema.needs }),
      ...(DoGet && { DoGet: DoGet.needs }),
      ...(DoPut && { DoPut: DoPut.needs }),
    },
    run: {
      ...(GetFlightInfo && { GetFlightInfo: runner(codec, GetFlightInfo) }),
      ...(GetSchema && { GetSchema: runner(codec, GetSchema) }),
      ...(DoGet && { DoGet: runner(codec, DoGet) }),
      ...(DoPut && { DoPut: runner(codec, DoPut) }),
    },
  };
}

function runner<Message, Rpc extends CommandRpc>(
  codec: MessageCodec<Message>,
  operation: Operation<Message, Rpc>,
): RunCommand<Rpc> {
  return (message, context, bytes) => operation.run(codec.decode(message), context, bytes);
}

function queryOf({ query, transaction_id }: Statement) {
  return { sql: query, transactionId: transaction_id };
}

function planOfStatement(plan: StatementPlan): FlightPlan {
  return {
    schema: plan.schema,
    tickets: plan.endpoints.map(({ handle }) =>
      packAny(statementTicket, { statement_handle: handle }),
    ),
    totalRecords: plan.totalRecords,
    ordered: plan.ordered,
  };
}

/** Clients parse the tickets of metadata commands, so these are the command as it came. */
async function metadataPlan(schema: ArrowSchema, command: Uint8Array): Promise<FlightPlan> {
  return { schema, tickets: [command], totalRecords: -1, ordered: true };
}

/** Not packed in Any: Go fails on that, and JDBC hangs. */
function encodeUpdateResult(affectedRows: number): Uint8Array {
  return updateResult.encode({ record_count: affectedRows });
}

async function* only<T>(value: T): AsyncGenerator<T, void, undefined> {
  yield value;
}

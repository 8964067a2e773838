import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { BatchStream, Call, FlightSqlProducer, StatementPlan } from '../producer.ts';
import { type MessageCodec, messageCodec, packAny, unpackAny } from '../protocol.ts';
import { SQL_INFO_SCHEMA } from './reference-schemas.ts';
import { sqlInfoBatch } from './sql-info-result.ts';

/** The answer to GetFlightInfo: one endpoint per ticket. */
export interface FlightPlan {
  readonly schema: ArrowSchema;
  readonly tickets: readonly Uint8Array[];
  readonly totalRecords: number;
  readonly ordered: boolean;
}

/** What an operation works on. */
interface Request {
  readonly producer: FlightSqlProducer;
  readonly call: Call;
  /** The packed command as the client sent it; metadata commands use it as their ticket. */
  readonly bytes: Uint8Array;
}

/** RPCs in which a command can stand, and what each answers with. */
interface Answers {
  readonly GetFlightInfo: FlightPlan;
  readonly GetSchema: ArrowSchema;
  readonly DoGet: BatchStream;
}

export type CommandRpc = keyof Answers;

/** One RPC of one command. */
interface Operation<Message, Answer> {
  /** The producer's method it needs; without it the operation is UNIMPLEMENTED. */
  readonly needs: keyof FlightSqlProducer;
  /** Undefined when the producer lacks the method. */
  run(message: Message, request: Request): Promise<Answer> | undefined;
}

type Operations<Message> = {
  readonly [Rpc in CommandRpc]?: Operation<Message, Answers[Rpc]>;
};

/** A row of the table of commands. */
export interface CommandRow {
  /** Name of the protobuf message, without its package. */
  readonly name: string;
  readonly doc: string;
  /** The producer's method behind each RPC in which the command can stand. */
  readonly needs: Readonly<Partial<Record<CommandRpc, keyof FlightSqlProducer>>>;
  readonly run: { readonly [Rpc in CommandRpc]?: RunCommand<Answers[Rpc]> };
}

type RunCommand<Answer> = (message: Uint8Array, request: Request) => Promise<Answer> | undefined;

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
        run: (_message, request) =>
          request.producer.sqlInfo && metadataPlan(SQL_INFO_SCHEMA, request),
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
  row('CommandStatementUpdate', 'a SQL text that changes rows'),
  row('CommandPreparedStatementUpdate', 'execution of a prepared update'),
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
  context: { readonly producer: FlightSqlProducer; readonly call: Call },
): Promise<Answers[Rpc]> {
  const request = { ...context, bytes: command.bytes };
  const answer = command.row?.run[rpc]?.(command.message, request);
  if (answer === undefined) throw unimplementedCommand(rpc, command.name);
  return answer;
}

/** The error for a command that cannot stand in an RPC, here or at all. */
export function unimplementedCommand(rpc: string, name: string): HanaFlightError {
  return new HanaFlightError('unimplemented', `${rpc}: this server does not offer ${name}`);
}

function row<Message>(name: string, doc: string, operations: Operations<Message> = {}): CommandRow {
  const codec = messageCodec<Message>(PACKAGE + name);
  const { GetFlightInfo, GetSchema, DoGet } = operations;
  return {
    name,
    doc,
    needs: {
      ...(GetFlightInfo && { GetFlightInfo: GetFlightInfo.needs }),
      ...(GetSchema && { GetSchema: GetSchema.needs }),
      ...(DoGet && { DoGet: DoGet.needs }),
    },
    run: {
      ...(GetFlightInfo && { GetFlightInfo: runner(codec, GetFlightInfo) }),
      ...(GetSchema && { GetSchema: runner(codec, GetSchema) }),
      ...(DoGet && { DoGet: runner(codec, DoGet) }),
    },
  };
}

function runner<Message, Answer>(
  codec: MessageCodec<Message>,
  operation: Operation<Message, Answer>,
): RunCommand<Answer> {
  return (message, request) => operation.run(codec.decode(message), request);
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
async function metadataPlan(schema: ArrowSchema, { bytes }: Request): Promise<FlightPlan> {
  return { schema, tickets: [bytes], totalRecords: -1, ordered: true };
}

async function* only<T>(value: T): AsyncGenerator<T, void, undefined> {
  yield value;
}

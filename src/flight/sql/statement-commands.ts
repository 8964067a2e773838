import { HanaFlightError } from '../../core/errors.ts';
import type {
  FlightEndpoint,
  FlightPlan,
  StatementEndpoint,
  StatementPlan,
  StatementQuery,
} from '../producer.ts';
import { findAny, messageCodec, packAny } from '../protocol.ts';
import { type CommandRow, commandRow, FLIGHT_SQL_PACKAGE, operation } from './command-table.ts';

/** Fields that every command with a SQL text has. */
export interface StatementMessage {
  readonly query: string;
  readonly transaction_id?: Uint8Array;
}

/** Commands on a prepared statement. */
export interface PreparedMessage {
  readonly prepared_statement_handle: Uint8Array;
}

interface StatementTicket {
  readonly statement_handle: Uint8Array;
}

const statementTicket = messageCodec<StatementTicket>(`${FLIGHT_SQL_PACKAGE}TicketStatementQuery`);

const bindResult = messageCodec<PreparedMessage>(
  `${FLIGHT_SQL_PACKAGE}DoPutPreparedStatementResult`,
);

/** Commands whose answer is the result of a statement. */
export const STATEMENT_COMMANDS: readonly CommandRow[] = [
  commandRow<StatementMessage>('CommandStatementQuery', 'a SQL text that returns rows', {
    GetFlightInfo: operation('planStatement', (statement, { producer, call }) =>
      producer.planStatement(queryOf(statement), call).then(planOfStatement),
    ),
    GetSchema: operation('describeStatement', (statement, { producer, call }) =>
      producer.describeStatement(queryOf(statement), call),
    ),
  }),
  commandRow<StatementTicket>('TicketStatementQuery', "the ticket of a statement's endpoint", {
    DoGet: operation('openStatement', async ({ statement_handle }, { producer, call }, bytes) => {
      requireOwnPacking(statement_handle, bytes);
      return producer.openStatement(statement_handle, call);
    }),
  }),
  commandRow<PreparedMessage>(
    'CommandPreparedStatementQuery',
    'execution of a prepared query; in DoPut, the binding of its parameters',
    {
      GetFlightInfo: operation('planPreparedStatement', (command, { producer, call }) =>
        producer
          .planPreparedStatement(command.prepared_statement_handle, call)
          .then(planOfStatement),
      ),
      GetSchema: operation('describePreparedStatement', (command, { producer, call }) =>
        producer.describePreparedStatement(command.prepared_statement_handle, call),
      ),
      DoPut: operation('bindParameters', async (command, { producer, call, upload }) => {
        const { prepared_statement_handle } = command;
        await producer.bindParameters(prepared_statement_handle, await upload.rows(), call);
        // Not packed in Any. Java takes an answer without a handle for an empty handle.
        return bindResult.encode({ prepared_statement_handle });
      }),
    },
  ),
];

/** The statement of a message; an empty transaction id means none. */
export function queryOf({ query, transaction_id }: StatementMessage): StatementQuery {
  return { sql: query, transactionId: transactionIdOf(transaction_id) };
}

/** Clients leave the id of a transaction out or send no bytes: both mean none. */
export function transactionIdOf(bytes: Uint8Array | undefined): Uint8Array | undefined {
  return bytes === undefined || bytes.length === 0 ? undefined : bytes;
}

/** A statement's plan as Flight has it: its handles packed into tickets. */
export function planOfStatement(plan: StatementPlan): FlightPlan {
  return { ...plan, endpoints: plan.endpoints.map(endpointOfStatement) };
}

/** An endpoint whose ticket is a packed TicketStatementQuery. */
export function endpointOfStatement({ handle, expiresAt }: StatementEndpoint): FlightEndpoint {
  return { ticket: packTicket(handle), expiresAt };
}

/**
 * The handle inside a packed TicketStatementQuery; undefined for any other ticket.
 * @throws HanaFlightError `invalid-argument` when the ticket says it is one and is not, or is not packed as
 * {@link endpointOfStatement} packs it.
 */
export function handleInTicket(ticket: Uint8Array): Uint8Array | undefined {
  const packed = findAny(ticket);
  if (packed?.typeName !== statementTicket.name) return undefined;
  const { statement_handle } = statementTicket.decode(packed.value);
  requireOwnPacking(statement_handle, ticket);
  return statement_handle;
}

function packTicket(handle: Uint8Array): Buffer {
  return packAny(statementTicket, { statement_handle: handle });
}

/**
 * Tickets come back as they were sent. A handle may be sealed, but what it is packed in is not: protobuf
 * would overlook an unknown field or another host in the type URL.
 */
function requireOwnPacking(handle: Uint8Array, ticket: Uint8Array): void {
  if (packTicket(handle).equals(ticket)) return;
  throw new HanaFlightError(
    'invalid-argument',
    'ticket: not one that this server made, or altered on its way',
  );
}

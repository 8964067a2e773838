import { encodeSchemaMessage } from '../../arrow/ipc-schema.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { Call, FlightSqlProducer } from '../producer.ts';
import { type MessageCodec, messageCodec, packAny, unpackAny } from '../protocol.ts';

/** What an action works with. */
interface ActionContext {
  readonly producer: FlightSqlProducer;
  readonly call: Call;
}

/** A row of the table of actions. */
export interface ActionRow {
  readonly type: string;
  readonly doc: string;
  /** The producer's method it needs; absent when no producer can offer it yet. */
  readonly needs?: keyof FlightSqlProducer;
  /** The bodies of the results; undefined when the producer lacks the method. */
  run(body: Uint8Array, context: ActionContext): Promise<readonly Uint8Array[]> | undefined;
}

const PACKAGE = 'arrow.flight.protocol.sql.';

const createRequest = messageCodec<{
  readonly query: string;
  readonly transaction_id?: Uint8Array;
}>(`${PACKAGE}ActionCreatePreparedStatementRequest`);

const createResult = messageCodec<{
  readonly prepared_statement_handle: Uint8Array;
  readonly dataset_schema: Uint8Array;
  readonly parameter_schema: Uint8Array;
  readonly is_update: boolean;
}>(`${PACKAGE}ActionCreatePreparedStatementResult`);

const closeRequest = messageCodec<{ readonly prepared_statement_handle: Uint8Array }>(
  `${PACKAGE}ActionClosePreparedStatementRequest`,
);

/** Every action of Flight and Flight SQL. */
export const ACTIONS: readonly ActionRow[] = [
  {
    type: 'CreatePreparedStatement',
    doc: 'compiles a SQL text; tells the schemas of its result and parameters',
    needs: 'createPreparedStatement',
    run: (body, { producer, call }) => {
      const { query, transaction_id } = unpackBody(createRequest, 'CreatePreparedStatement', body);
      return producer
        .createPreparedStatement?.({ sql: query, transactionId: transaction_id }, call)
        .then((statement) => [
          packAny(createResult, {
            prepared_statement_handle: statement.handle,
            // JDBC, Go and ODBC want a schema in both, even if it has no fields.
            dataset_schema: encodeSchemaMessage(statement.datasetSchema),
            parameter_schema: encodeSchemaMessage(statement.parameterSchema),
            is_update: statement.isUpdate,
          }),
        ]);
    },
  },
  {
    type: 'ClosePreparedStatement',
    doc: 'gives up a prepared statement',
    needs: 'closePreparedStatement',
    run: (body, { producer, call }) => {
      const request = unpackBody(closeRequest, 'ClosePreparedStatement', body);
      return producer
        .closePreparedStatement?.(request.prepared_statement_handle, call)
        .then(() => []);
    },
  },
  planned('CreatePreparedSubstraitPlan', 'compiles a Substrait plan'),
  planned('BeginTransaction', 'opens a transaction'),
  planned('EndTransaction', 'commits a transaction or rolls it back'),
  planned('BeginSavepoint', 'sets a savepoint'),
  planned('EndSavepoint', 'releases a savepoint or rolls back to it'),
  planned('CancelQuery', 'cancels a query; superseded by CancelFlightInfo'),
  planned('CancelFlightInfo', 'cancels the work behind a FlightInfo'),
  planned('RenewFlightEndpoint', 'extends the life of an endpoint'),
  planned('SetSessionOptions', 'sets options of the session'),
  planned('GetSessionOptions', 'tells the options of the session'),
  planned('CloseSession', 'ends the session'),
];

const BY_TYPE = new Map(ACTIONS.map((action) => [action.type, action]));

/** The actions that this producer can do. */
export function offeredActions(producer: FlightSqlProducer): readonly ActionRow[] {
  return ACTIONS.filter(({ needs }) => needs !== undefined && producer[needs] !== undefined);
}

/**
 * Runs an action by its name.
 * @throws HanaFlightError `unimplemented` for one that the table or the producer does not have,
 * `invalid-argument` for a body of another kind, and whatever the producer throws.
 */
export function runAction(
  type: string,
  body: Uint8Array,
  context: ActionContext,
): Promise<readonly Uint8Array[]> {
  const results = BY_TYPE.get(type)?.run(body, context);
  if (results === undefined) {
    throw new HanaFlightError('unimplemented', `DoAction: this server does not offer ${type}`);
  }
  return results;
}

function planned(type: string, doc: string): ActionRow {
  return { type, doc, run: () => undefined };
}

/** The body of a Flight SQL action is packed in Any; those of Flight's own actions are not. */
function unpackBody<T>(codec: MessageCodec<T>, action: string, body: Uint8Array): T {
  const { typeName, value } = unpackAny(body, `body of the action ${action}`);
  if (typeName !== codec.name) {
    throw new HanaFlightError(
      'invalid-argument',
      `body of the action ${action}: expected ${codec.name}, got ${typeName}`,
    );
  }
  return codec.decode(value);
}

import { encodeSchemaMessage } from '../../arrow/ipc-schema.ts';
import type { PreparedStatement } from '../producer.ts';
import { messageCodec, packAny } from '../protocol.ts';
import { type ActionRow, packedAction } from './action-table.ts';
import { FLIGHT_SQL_PACKAGE } from './command-table.ts';
import { type PreparedMessage, queryOf, type StatementMessage } from './statement-commands.ts';
import { type SubstraitMessage, substraitQueryOf } from './substrait-commands.ts';

const createRequest = messageCodec<StatementMessage>(
  `${FLIGHT_SQL_PACKAGE}ActionCreatePreparedStatementRequest`,
);
const createSubstraitRequest = messageCodec<SubstraitMessage>(
  `${FLIGHT_SQL_PACKAGE}ActionCreatePreparedSubstraitPlanRequest`,
);
const createResult = messageCodec<{
  readonly prepared_statement_handle: Uint8Array;
  readonly dataset_schema: Uint8Array;
  readonly parameter_schema: Uint8Array;
  readonly is_update: boolean;
}>(`${FLIGHT_SQL_PACKAGE}ActionCreatePreparedStatementResult`);
const closeRequest = messageCodec<PreparedMessage>(
  `${FLIGHT_SQL_PACKAGE}ActionClosePreparedStatementRequest`,
);

/** Actions on prepared statements. */
export const STATEMENT_ACTIONS: readonly ActionRow[] = [
  packedAction({
    type: 'CreatePreparedStatement',
    doc: 'compiles a SQL text; tells the schemas of its result and parameters',
    needs: 'createPreparedStatement',
    request: createRequest,
    run: (request, { producer, call }) =>
      producer.createPreparedStatement(queryOf(request), call).then(encodePrepared),
  }),
  packedAction({
    type: 'CreatePreparedSubstraitPlan',
    doc: 'compiles a Substrait plan',
    needs: 'createPreparedSubstraitPlan',
    request: createSubstraitRequest,
    run: (request, { producer, call }) =>
      producer
        .createPreparedSubstraitPlan(
          substraitQueryOf('body of the action CreatePreparedSubstraitPlan', request),
          call,
        )
        .then(encodePrepared),
  }),
  packedAction({
    type: 'ClosePreparedStatement',
    doc: 'gives up a prepared statement',
    needs: 'closePreparedStatement',
    request: closeRequest,
    run: async ({ prepared_statement_handle }, { producer, call }) => {
      await producer.closePreparedStatement(prepared_statement_handle, call);
      return undefined;
    },
  }),
];

function encodePrepared(statement: PreparedStatement): Uint8Array {
  return packAny(createResult, {
    prepared_statement_handle: statement.handle,
    // JDBC, Go and ODBC want a schema in both, even if it has no fields.
    dataset_schema: encodeSchemaMessage(statement.datasetSchema),
    parameter_schema: encodeSchemaMessage(statement.parameterSchema),
    is_update: statement.isUpdate,
  });
}

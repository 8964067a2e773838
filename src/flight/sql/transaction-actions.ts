import { HanaFlightError } from '../../core/errors.ts';
import { messageCodec, packAny } from '../protocol.ts';
import { type ActionRow, packedAction } from './action-table.ts';
import { FLIGHT_SQL_PACKAGE } from './command-table.ts';

interface TransactionMessage {
  readonly transaction_id: Uint8Array;
}

interface SavepointMessage {
  readonly savepoint_id: Uint8Array;
}

const beginRequest = messageCodec<object>(`${FLIGHT_SQL_PACKAGE}ActionBeginTransactionRequest`);
const beginResult = messageCodec<TransactionMessage>(
  `${FLIGHT_SQL_PACKAGE}ActionBeginTransactionResult`,
);
const endRequest = messageCodec<TransactionMessage & { readonly action: number }>(
  `${FLIGHT_SQL_PACKAGE}ActionEndTransactionRequest`,
);
const savepointRequest = messageCodec<TransactionMessage & { readonly name: string }>(
  `${FLIGHT_SQL_PACKAGE}ActionBeginSavepointRequest`,
);
const savepointResult = messageCodec<SavepointMessage>(
  `${FLIGHT_SQL_PACKAGE}ActionBeginSavepointResult`,
);
const endSavepointRequest = messageCodec<SavepointMessage & { readonly action: number }>(
  `${FLIGHT_SQL_PACKAGE}ActionEndSavepointRequest`,
);

/** Values of `action` in the requests that end something; 0 is UNSPECIFIED. */
const TRANSACTION_ENDINGS = new Map([
  [1, 'commit'],
  [2, 'rollback'],
] as const);
const SAVEPOINT_ENDINGS = new Map([
  [1, 'release'],
  [2, 'rollback'],
] as const);

/** Actions on transactions. */
export const TRANSACTION_ACTIONS: readonly ActionRow[] = [
  packedAction({
    type: 'BeginTransaction',
    doc: 'opens a transaction',
    needs: 'beginTransaction',
    request: beginRequest,
    run: async (_request, { producer, call }) =>
      packAny(beginResult, { transaction_id: await producer.beginTransaction(call) }),
  }),
  packedAction({
    type: 'EndTransaction',
    doc: 'commits a transaction or rolls it back',
    needs: 'endTransaction',
    request: endRequest,
    run: async ({ transaction_id, action }, { producer, call }) => {
      const id = requireId('EndTransaction', 'transaction_id', transaction_id);
      const ending = endingOf('EndTransaction', TRANSACTION_ENDINGS, action);
      await producer.endTransaction(id, ending, call);
      return undefined;
    },
  }),
  packedAction({
    type: 'BeginSavepoint',
    doc: 'sets a savepoint',
    needs: 'beginSavepoint',
    request: savepointRequest,
    run: async ({ transaction_id, name }, { producer, call }) => {
      const transaction = requireId('BeginSavepoint', 'transaction_id', transaction_id);
      const savepoint = await producer.beginSavepoint(transaction, name, call);
      return packAny(savepointResult, { savepoint_id: savepoint });
    },
  }),
  packedAction({
    type: 'EndSavepoint',
    doc: 'releases a savepoint or rolls back to it',
    needs: 'endSavepoint',
    request: endSavepointRequest,
    run: async ({ savepoint_id, action }, { producer, call }) => {
      const id = requireId('EndSavepoint', 'savepoint_id', savepoint_id);
      await producer.endSavepoint(id, endingOf('EndSavepoint', SAVEPOINT_ENDINGS, action), call);
      return undefined;
    },
  }),
];

function requireId(action: string, field: string, id: Uint8Array): Uint8Array {
  if (id.length > 0) return id;
  throw new HanaFlightError(
    'invalid-argument',
    `body of the action ${action}: expected a ${field}, got no bytes`,
  );
}

function endingOf<Ending extends string>(
  action: string,
  endings: ReadonlyMap<number, Ending>,
  value: number,
): Ending {
  const ending = endings.get(value);
  if (ending !== undefined) return ending;
  const known = [...endings].map(([number, name]) => `${name} (${number})`).join(' or ');
  throw new HanaFlightError(
    'invalid-argument',
    `body of the action ${action}: expected the action ${known}, got ${value}`,
  );
}

import type { FlightSqlProducer, SubstraitQuery } from '../../src/flight/producer.ts';
import { bytesOf, expectSent, type Scenario, textOf } from './scenario.ts';
import { sqlInfo } from './sql-info.ts';
import {
  inTransaction,
  PREPARED_PLAN,
  planOf,
  preparedOf,
  querySchema,
  rowsOf,
  statements,
  TRANSACTION_ID,
  UPDATED_ROWS,
} from './statements.ts';

const SAVEPOINT_ID = 'savepoint_id';
const SAVEPOINT_NAME = 'savepoint_name';

/** `flight_sql:extension`: Substrait plans, transactions, savepoints, cancelling. */
export function flightSqlExtension(): Scenario {
  return { producer: { ...sqlInfo(), ...statements(), ...substrait(), ...transactions() } };
}

function substrait(): FlightSqlProducer {
  return {
    planSubstrait: async (query) => planOf('PLAN', knownPlan(query)),
    describeSubstrait: async (query) => querySchema(inTransaction(knownPlan(query))),
    executeSubstraitUpdate: async (query) => rowsOf(UPDATED_ROWS, inTransaction(knownPlan(query))),
    createPreparedSubstraitPlan: async (query) => preparedOf(PREPARED_PLAN, knownPlan(query)),
    cancelStatement: async (handles) => {
      expectSent('handles to cancel', handles.map(textOf), ['PLAN HANDLE']);
      return 'cancelled';
    },
  };
}

function transactions(): FlightSqlProducer {
  return {
    beginTransaction: async () => bytesOf(TRANSACTION_ID),
    endTransaction: async (id) => {
      expectSent('transaction to end', textOf(id), TRANSACTION_ID);
    },
    beginSavepoint: async (transactionId, name) => {
      expectSent('transaction of the savepoint', textOf(transactionId), TRANSACTION_ID);
      expectSent('name of the savepoint', name, SAVEPOINT_NAME);
      return bytesOf(SAVEPOINT_ID);
    },
    endSavepoint: async (id) => {
      expectSent('savepoint to end', textOf(id), SAVEPOINT_ID);
    },
  };
}

/** @returns the transaction that the plan is sent in. */
function knownPlan({ plan, version, transactionId }: SubstraitQuery): Uint8Array | undefined {
  expectSent('Substrait plan', textOf(plan), 'plan');
  expectSent('version of the Substrait plan', version, 'version');
  return transactionId;
}

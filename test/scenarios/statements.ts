import type { ArrowSchema } from '../../src/arrow/types.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import type {
  BatchStream,
  FlightSqlProducer,
  PreparedStatement,
  StatementPlan,
} from '../../src/flight/producer.ts';
import { NO_COLUMNS, QUERY_SCHEMA, TRANSACTION_QUERY_SCHEMA } from './query-schemas.ts';
import { bytesOf, countRows, expectSent, streamOf, textOf } from './scenario.ts';

/** The one transaction that the scenarios know. */
export const TRANSACTION_ID = 'transaction_id';

/** Rows that an update says it changed: alone, and inside the transaction. */
export const UPDATED_ROWS = { alone: 10_000, inTransaction: 15_000 } as const;
const PREPARED_UPDATED_ROWS = { alone: 20_000, inTransaction: 25_000 } as const;

/** What is made of a statement goes by its name, with these words when it is in the transaction. */
const IN_TRANSACTION = ' WITH TXN';
const HANDLE = ' HANDLE';

const SELECT = 'SELECT STATEMENT';
const UPDATE = 'UPDATE STATEMENT';
const PREPARED_SELECT = 'SELECT PREPARED STATEMENT';
const PREPARED_UPDATE = 'UPDATE PREPARED STATEMENT';

/** Statements whose handles {@link statements} knows, prepared Substrait plans among them. */
export const PREPARED_PLAN = 'PREPARED PLAN';
const QUERIES = [SELECT, PREPARED_SELECT, 'PLAN', PREPARED_PLAN];
const UPDATES = [PREPARED_UPDATE, PREPARED_PLAN];

/** SQL and prepared statements: the texts `SELECT STATEMENT` and the like stand for SQL. */
export function statements(): FlightSqlProducer {
  return {
    planStatement: async ({ sql, transactionId }) => {
      expectSent('query', sql, SELECT);
      return planOf(SELECT, transactionId);
    },
    describeStatement: async ({ sql, transactionId }) => {
      expectSent('query', sql, SELECT);
      return querySchema(inTransaction(transactionId));
    },
    openStatement: async (handle) => openQuery(handle),
    executeUpdate: async ({ sql, transactionId }) => {
      expectSent('update', sql, UPDATE);
      return rowsOf(UPDATED_ROWS, inTransaction(transactionId));
    },
    createPreparedStatement: async ({ sql, transactionId }) => {
      if (sql !== PREPARED_SELECT) expectSent('statement to prepare', sql, PREPARED_UPDATE);
      return preparedOf(sql, transactionId);
    },
    closePreparedStatement: async (handle) => {
      statementOf(handle, [...QUERIES, ...UPDATES]);
    },
    bindParameters: async (handle, parameters) => {
      statementOf(handle, QUERIES);
      await expectParameters(parameters);
    },
    planPreparedStatement: async (handle) => {
      const { name, transaction } = statementOf(handle, QUERIES);
      return planWithHandle(handleOf(name, transaction), querySchema(transaction));
    },
    describePreparedStatement: async (handle) =>
      querySchema(statementOf(handle, QUERIES).transaction),
    executePreparedUpdate: async (handle, parameters) => {
      const { transaction } = statementOf(handle, UPDATES);
      if (parameters !== undefined) expectSent('parameters', parameters.schema, NO_COLUMNS);
      return rowsOf(PREPARED_UPDATED_ROWS, transaction);
    },
  };
}

/** The plan of a query of this name. */
export function planOf(name: string, transactionId: Uint8Array | undefined): StatementPlan {
  const transaction = inTransaction(transactionId);
  return planWithHandle(handleOf(name, transaction), querySchema(transaction));
}

/** A prepared statement of this name. */
export function preparedOf(name: string, transactionId: Uint8Array | undefined): PreparedStatement {
  const transaction = inTransaction(transactionId);
  const isUpdate = name === PREPARED_UPDATE;
  return {
    handle: handleOf(name, transaction),
    datasetSchema: isUpdate ? NO_COLUMNS : querySchema(transaction),
    parameterSchema: isUpdate ? NO_COLUMNS : QUERY_SCHEMA,
    isUpdate,
  };
}

/** @throws HanaFlightError `invalid-argument` for a transaction that was never begun. */
export function inTransaction(transactionId: Uint8Array | undefined): boolean {
  if (transactionId === undefined) return false;
  expectSent('transaction id', textOf(transactionId), TRANSACTION_ID);
  return true;
}

export function querySchema(transaction: boolean): ArrowSchema {
  return transaction ? TRANSACTION_QUERY_SCHEMA : QUERY_SCHEMA;
}

export function rowsOf(
  rows: { readonly alone: number; readonly inTransaction: number },
  transaction: boolean,
): number {
  return transaction ? rows.inTransaction : rows.alone;
}

/** The clients of all languages bind one row of the query's own schema. */
async function expectParameters(parameters: BatchStream): Promise<void> {
  expectSent('schema of the parameters', parameters.schema, QUERY_SCHEMA);
  expectSent('rows of parameters', await countRows(parameters), 1);
}

function openQuery(handle: Uint8Array): BatchStream {
  return streamOf(querySchema(statementOf(handle, QUERIES).transaction));
}

function planWithHandle(handle: Uint8Array, schema: ArrowSchema): StatementPlan {
  return { schema, endpoints: [{ handle }], totalRecords: -1, ordered: false };
}

function handleOf(name: string, transaction: boolean): Uint8Array {
  return bytesOf(`${name}${transaction ? IN_TRANSACTION : ''}${HANDLE}`);
}

function statementOf(
  handle: Uint8Array,
  names: readonly string[],
): { readonly name: string; readonly transaction: boolean } {
  for (const name of names) {
    for (const transaction of [false, true]) {
      if (textOf(handle) === textOf(handleOf(name, transaction))) return { name, transaction };
    }
  }
  throw new HanaFlightError('invalid-argument', `no statement has the handle ${textOf(handle)}`);
}

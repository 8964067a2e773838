import type { SessionSnapshot } from '../../../session-registry.ts';
import { SANDBOX_SYSTEM } from '../../../system-identity.ts';
import { ERROR_CODES } from './error-codes.ts';
import {
  BIGINT,
  type Cell,
  FLAG,
  flag,
  HOST,
  INTEGER,
  NAME,
  PORT,
  type SystemView,
  TEXT,
  TIMESTAMP,
  type ViewContext,
  WORD,
} from './system-view.ts';

/** Sessions the user may see: its own; all of them for SYSTEM. */
function sessions({ registry, identity }: ViewContext): readonly SessionSnapshot[] {
  const all = registry?.snapshots() ?? [];
  return all.filter(({ user }) => identity.user === 'SYSTEM' || user === identity.user);
}

const M_CONNECTIONS: SystemView = {
  name: 'M_CONNECTIONS',
  columns: [
    ['HOST', NAME],
    ['PORT', INTEGER],
    ['CONNECTION_ID', INTEGER],
    ['TRANSACTION_ID', INTEGER],
    ['START_TIME', TIMESTAMP],
    ['CONNECTION_STATUS', WORD],
    ['CLIENT_HOST', NAME],
    ['CLIENT_PID', BIGINT],
    ['CLIENT_TYPE', NAME],
    ['USER_NAME', NAME],
    ['CONNECTION_TYPE', WORD],
    ['OWN', FLAG],
    ['CURRENT_STATEMENT_ID', NAME],
    ['FETCHED_RECORD_COUNT', BIGINT],
    ['SENT_MESSAGE_SIZE', BIGINT],
    ['RECEIVED_MESSAGE_SIZE', BIGINT],
    ['AUTHENTICATION_METHOD', WORD],
    ['IS_ENCRYPTED', FLAG],
    ['LOGICAL_CONNECTION_ID', INTEGER],
    ['WORKLOAD_CLASS_NAME', NAME],
    ['CLIENT_APPLICATION', NAME],
  ],
  rows: (context) =>
    sessions(context).map((session) => [
      HOST,
      PORT,
      session.connectionId,
      session.transaction?.transactionId ?? null,
      session.connectedAt,
      session.status.toUpperCase(),
      session.clientHost,
      BigInt(session.clientPid),
      session.clientType,
      session.user,
      'Remote',
      flag(session.connectionId === context.identity.connectionId),
      session.statements[0]?.statementId ?? null,
      BigInt(session.statements.reduce((sum, { fetchedRows }) => sum + fetchedRows, 0)),
      BigInt(session.bytesSent),
      BigInt(session.bytesReceived),
      'PASSWORD',
      'FALSE',
      session.connectionId,
      null,
      null,
    ]),
};

const M_ACTIVE_STATEMENTS: SystemView = {
  name: 'M_ACTIVE_STATEMENTS',
  columns: [
    ['HOST', NAME],
    ['PORT', INTEGER],
    ['CONNECTION_ID', INTEGER],
    ['STATEMENT_ID', NAME],
    ['STATEMENT_STATUS', WORD],
    ['STATEMENT_STRING', TEXT],
    ['STATEMENT_HASH', NAME],
    ['START_TIME', TIMESTAMP],
    ['START_MVCC_TIMESTAMP', BIGINT],
    ['ALLOCATED_MEMORY_SIZE', BIGINT],
    ['CURSOR_TYPE', WORD],
    ['HAS_HOLDABLE_CURSOR', FLAG],
    ['RECORD_COUNT', BIGINT],
    ['STATEMENT_MEMORY_LIMIT', INTEGER],
    ['WORKLOAD_CLASS_NAME', NAME],
  ],
  rows: (context) =>
    sessions(context).flatMap((session) =>
      session.statements.map((statement): readonly Cell[] => [
        HOST,
        PORT,
        session.connectionId,
        statement.statementId,
        statement.status === 'running' ? 'ACTIVE' : 'SUSPENDED',
        statement.text,
        null,
        statement.startedAt,
        context.transactions.get(session.connectionId)?.facts.snapshotStamp ?? context.clock.stamp,
        0n,
        'FORWARD ONLY',
        'TRUE',
        BigInt(statement.fetchedRows),
        null,
        null,
      ]),
    ),
};

const M_TRANSACTIONS: SystemView = {
  name: 'M_TRANSACTIONS',
  columns: [
    ['HOST', NAME],
    ['PORT', INTEGER],
    ['CONNECTION_ID', INTEGER],
    ['TRANSACTION_ID', INTEGER],
    ['TRANSACTION_STATUS', WORD],
    ['TRANSACTION_TYPE', WORD],
    ['START_TIME', TIMESTAMP],
    ['ISOLATION_LEVEL', WORD],
    ['START_MVCC_TIMESTAMP', BIGINT],
    ['MIN_MVCC_SNAPSHOT_TIMESTAMP', BIGINT],
    ['ACTIVE_STATEMENT_COUNT', INTEGER],
  ],
  rows: (context) =>
    sessions(context).flatMap((session) => {
      const { transaction } = session;
      if (transaction === undefined) return [];
      const facts = context.transactions.get(session.connectionId)?.facts;
      // A transaction that has read nothing yet would take its snapshot now.
      const startStamp = facts?.startStamp ?? context.clock.stamp;
      return [
        [
          HOST,
          PORT,
          session.connectionId,
          transaction.transactionId,
          'ACTIVE',
          'USER TRANSACTION',
          transaction.startedAt,
          facts?.isolation ?? 'READ COMMITTED',
          startStamp,
          startStamp,
          session.statements.length,
        ],
      ];
    }),
};

const STARTED_AT = new Date();

const M_DATABASE: SystemView = {
  name: 'M_DATABASE',
  columns: [
    ['SYSTEM_ID', WORD],
    ['DATABASE_NAME', NAME],
    ['HOST', NAME],
    ['START_TIME', TIMESTAMP],
    ['VERSION', WORD],
    ['USAGE', WORD],
  ],
  rows: () => {
    const { systemId, databaseName, version } = SANDBOX_SYSTEM;
    return [[systemId, databaseName, HOST, STARTED_AT, version, 'DEVELOPMENT']];
  },
};

const M_SERVICES: SystemView = {
  name: 'M_SERVICES',
  columns: [
    ['HOST', NAME],
    ['PORT', INTEGER],
    ['SERVICE_NAME', WORD],
    ['PROCESS_ID', INTEGER],
    ['DETAIL', WORD],
    ['ACTIVE_STATUS', WORD],
    ['SQL_PORT', INTEGER],
    ['COORDINATOR_TYPE', WORD],
    ['IS_DATABASE_LOCAL', FLAG],
  ],
  rows: () => [
    [HOST, PORT, 'indexserver', process.pid, 'master', 'YES', PORT, 'MASTER', flag(true)],
  ],
};

const M_SESSION_CONTEXT: SystemView = {
  name: 'M_SESSION_CONTEXT',
  columns: [
    ['HOST', NAME],
    ['PORT', INTEGER],
    ['CONNECTION_ID', INTEGER],
    ['KEY', WORD],
    ['VALUE', NAME],
    ['SECTION', WORD],
  ],
  rows: ({ identity, variables }) =>
    [...variables].map(([key, value]) => [HOST, PORT, identity.connectionId, key, value, 'USER']),
};

const M_ERROR_CODES: SystemView = {
  name: 'M_ERROR_CODES',
  columns: [
    ['CODE', INTEGER],
    ['CODE_STRING', NAME],
    ['DESCRIPTION', TEXT],
  ],
  rows: () => ERROR_CODES,
};

const M_SYSTEM_LIMITS: SystemView = {
  name: 'M_SYSTEM_LIMITS',
  columns: [
    ['NAME', WORD],
    ['VALUE', WORD],
    ['UNIT', WORD],
    ['COMMENT', NAME],
  ],
  rows: () => [
    ['MAXIMUM_NUMBER_OF_SESSIONS', '1024', '', null],
    ['MAXIMUM_SQL_STATEMENT_LENGTH', '2147483648', 'BYTE', null],
    ['MAXIMUM_NUMBER_OF_COLUMNS_IN_A_TABLE', '64000', '', null],
  ],
};

const EXPLAIN_PLAN_TABLE: SystemView = {
  name: 'EXPLAIN_PLAN_TABLE',
  columns: [
    ['STATEMENT_NAME', NAME],
    ['OPERATOR_NAME', NAME],
    ['OPERATOR_DETAILS', TEXT],
    ['OPERATOR_PROPERTIES', TEXT],
    ['EXECUTION_ENGINE', WORD],
    ['SCHEMA_NAME', NAME],
    ['TABLE_NAME', NAME],
    ['TABLE_TYPE', WORD],
    ['OUTPUT_SIZE', BIGINT],
    ['OPERATOR_ID', INTEGER],
    ['PARENT_OPERATOR_ID', INTEGER],
    ['LEVEL', INTEGER],
    ['POSITION', INTEGER],
  ],
  rows: ({ explained }) =>
    explained.map((operator) => [
      operator.statementName,
      operator.operatorName,
      operator.operatorDetails,
      null,
      'COLUMN',
      null,
      operator.tableName,
      operator.tableName === null ? null : 'COLUMN TABLE',
      operator.outputSize === null ? null : BigInt(operator.outputSize),
      operator.operatorId,
      operator.parentOperatorId,
      operator.level,
      operator.position,
    ]),
};

/** The views about what is going on. */
export const MONITORING_VIEWS: readonly SystemView[] = [
  M_CONNECTIONS,
  M_ACTIVE_STATEMENTS,
  M_TRANSACTIONS,
  M_DATABASE,
  M_SERVICES,
  M_SESSION_CONTEXT,
  M_ERROR_CODES,
  M_SYSTEM_LIMITS,
  EXPLAIN_PLAN_TABLE,
];

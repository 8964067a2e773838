/** Ids in a STATEMENTCONTEXT part (an options part); times are microseconds. */
export const StatementContextOption = {
  STATEMENT_SEQUENCE_INFO: 1,
  SERVER_PROCESSING_TIME: 2,
  SCHEMA_NAME: 3,
  FLAG_SET: 4,
  QUERY_TIMEOUT: 5,
  CLIENT_RECONNECTION_WAIT_TIMEOUT: 6,
  SERVER_CPU_TIME: 7,
  SERVER_MEMORY_USAGE: 8,
} as const;

/**
 * Ids in a TRANSACTIONFLAGS part (an options part). BOOLEAN but for the isolation level, an INT.
 * node-hdb takes the part without the matching flag for a failed COMMIT or ROLLBACK.
 */
export const TransactionFlag = {
  ROLLED_BACK: 0,
  COMMITTED: 1,
  NEW_ISOLATION_LEVEL: 2,
  DDL_COMMIT_MODE_CHANGED: 3,
  WRITE_TRANSACTION_STARTED: 4,
  NO_WRITE_TRANSACTION_STARTED: 5,
  SESSION_CLOSING_TRANSACTION_ERROR: 6,
  READ_ONLY_MODE: 7,
} as const;

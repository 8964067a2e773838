import { quoteIdentifier } from './identifier.ts';

/** Every SQL text that hana-flight itself sends to HANA. */
export const statements = {
  /** The cheapest round trip that every user may make. */
  ping: 'SELECT 1 FROM DUMMY',
  /** HANA's id of the session: what ALTER SYSTEM CANCEL SESSION takes. One INTEGER. */
  currentConnection: 'SELECT CURRENT_CONNECTION FROM DUMMY',
  setSchema: (schema: string): string => `SET SCHEMA ${quoteIdentifier(schema)}`,
  setSavepoint: (name: string): string => `SAVEPOINT ${quoteIdentifier(name)}`,
  releaseSavepoint: (name: string): string => `RELEASE SAVEPOINT ${quoteIdentifier(name)}`,
  rollbackTo: (name: string): string => `ROLLBACK TO SAVEPOINT ${quoteIdentifier(name)}`,
  /**
   * From here to the end of the transaction all statements see one snapshot, which the first of them fixes.
   * Whether the level outlives the transaction is told differently in different places: see
   * {@link statements.readCommitted}.
   */
  repeatableRead: 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ',
  /** HANA's default level, set again by whoever has changed it. */
  readCommitted: 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED',
  /**
   * One text. Transactions with equal stamps see the same data: so the reference of HANA Cloud suggests, only
   * a real HANA can confirm it, and older releases may lack the function.
   */
  snapshotStamp: 'SELECT TO_NVARCHAR(CURRENT_MVCC_SNAPSHOT_TIMESTAMP()) AS C1 FROM DUMMY',
  /** One NVARCHAR. */
  currentSchema: 'SELECT CURRENT_SCHEMA FROM DUMMY',
  /**
   * Ends what runs in another session with error 139; the session stays. For sessions of other users HANA
   * asks for the system privilege SESSION ADMIN. That everybody may cancel his own without it is known from
   * hearsay only: where it is not so, the answer is error 258, and the connection is closed instead.
   */
  cancelSession: (connectionId: number): string =>
    `ALTER SYSTEM CANCEL SESSION '${connectionId.toFixed()}'`,
} as const;

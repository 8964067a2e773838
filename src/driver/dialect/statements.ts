import { quoteIdentifier } from './identifier.ts';

/** Every SQL text that hana-flight itself sends to HANA. */
export const statements = {
  /** The cheapest round trip that every user may make. */
  ping: 'SELECT 1 FROM DUMMY',
  /** HANA's id of the session: what ALTER SYSTEM CANCEL SESSION takes. One INTEGER. */
  currentConnection: 'SELECT CURRENT_CONNECTION FROM DUMMY',
  setSchema: (schema: string): string => `SET SCHEMA ${quoteIdentifier(schema)}`,
} as const;

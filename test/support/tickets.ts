import type { Principal } from '../../src/auth/principal.ts';
import { Sealer } from '../../src/auth/sealing.ts';
import {
  type QueryTicket,
  StatementHandles,
} from '../../src/proxy/statements/statement-handles.ts';

export const SECRET = 'the secret that seals the tickets of the tests';

/** Handles as a server with these secrets makes and reads them, newest first. */
export function handlesWith(
  secrets: readonly string[] = [SECRET],
  lifetimeSeconds = 600,
): StatementHandles {
  return new StatementHandles(new Sealer(secrets), lifetimeSeconds);
}

export function principal(user = 'DEMO'): Principal {
  return { user, credentials: { kind: 'password', user, password: 'Demo1234' } };
}

/** A ticket with everything that one can hold. */
export const FULL_TICKET: QueryTicket = {
  kind: 'query',
  id: 'query-1',
  endpoint: { index: 2, of: 16 },
  sql: 'SELECT * FROM SALES.TRANSACTION_HISTORY PARTITION (3, 4)',
  fingerprint: 'f1',
  transaction: 'transaction-1',
  schema: 'SALES',
  parameters: ['AAAA', 'BBBB'],
  guard: {
    schema: 'SALES',
    table: 'TRANSACTION_HISTORY',
    definition: 'HASH ("TRANSACTION_ID") PARTITIONS 8',
    parts: [1, 2, 3, 4, 5, 6, 7, 8],
  },
  snapshot: { id: 'snapshot-1', member: 2 },
};

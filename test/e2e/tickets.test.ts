import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomSecret } from '../../src/auth/sealing.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import { endpointOfStatement } from '../../src/flight/sql/statement-commands.ts';
import type { RunningProxy } from '../../src/proxy/start-proxy.ts';
import type { QueryTicket } from '../../src/proxy/statements/statement-handles.ts';
import { SqlSession, statementQuery } from '../support/sql-session.ts';
import { type Stack, startProxyBefore, startStack } from '../support/stack.ts';
import { handlesWith, principal, SECRET } from '../support/tickets.ts';

const NEWER_SECRET = randomSecret();

let stack: Stack;
/** Seals with a newer secret, and knows the older one. */
let rotated: RunningProxy;
let session: SqlSession;
let elsewhere: SqlSession;

beforeAll(async () => {
  stack = await startStack({ rows: 100, proxy: { secrets: [SECRET] } });
  rotated = await startProxyBefore(stack.sandbox, { secrets: [NEWER_SECRET, SECRET] });
  session = await SqlSession.logOn(stack.proxy);
  elsewhere = await SqlSession.logOn(rotated);
});

afterAll(async () => {
  session.close();
  elsewhere.close();
  await rotated.close(0);
  await stack.close();
});

const SQL = 'SELECT COUNT(*) AS N FROM SALES.TRANSACTIONS';

async function newTicket(from = session): Promise<Buffer> {
  const { endpoint } = await from.plan(statementQuery(SQL));
  return Buffer.from(endpoint[0]?.ticket?.ticket ?? Buffer.alloc(0));
}

/** The status and text that DoGet of a ticket ends with. */
async function refusal(ticket: Uint8Array, by = session): Promise<unknown> {
  const error = await by.doGet(ticket).then(
    () => new Error('the ticket was accepted'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof HanaFlightError)) throw error;
  const { code } = error.cause as { code?: number };
  return [code, error.message];
}

test('A ticket made before the secrets were rotated is good afterwards, and not the other way round.', async () => {
  expect(await elsewhere.doGet(await newTicket())).toHaveLength(1);
  expect(await refusal(await newTicket(elsewhere))).toEqual([
    status.INVALID_ARGUMENT,
    'ticket: sealed with a key that this server does not have',
  ]);
});

test('Each ticket that is not good is refused with its own status and text.', async () => {
  const ticket = await newTicket();
  expect(await session.doGet(ticket)).toHaveLength(1);
  const altered = [
    status.INVALID_ARGUMENT,
    'ticket: not one that this server made, or altered on its way',
  ];
  const flipped = Buffer.from(ticket);
  flipped[ticket.length - 30] = (flipped[ticket.length - 30] ?? 0) ^ 1;
  expect(await refusal(flipped)).toEqual(altered);
  expect(await refusal(Buffer.concat([ticket, Buffer.of(0x1a, 0)]))).toEqual(altered);
  const otherHost = Buffer.from(
    ticket.toString('latin1').replace('googleapis', 'googleapes'),
    'latin1',
  );
  expect(await refusal(otherHost)).toEqual(altered);

  const query: QueryTicket = { kind: 'query', id: 'q', sql: SQL, fingerprint: 'f' };
  const expired = await handlesWith([SECRET], 0).sealTicket(query, principal());
  expect(await refusal(endpointOfStatement(expired).ticket)).toEqual([
    status.FAILED_PRECONDITION,
    'ticket: expired; call GetFlightInfo again',
  ]);

  const other = await SqlSession.logOn(stack.proxy, 'SYSTEM', 'Manager1');
  expect(await refusal(ticket, other)).toEqual([
    status.PERMISSION_DENIED,
    'the statement ticket was made for another user than SYSTEM',
  ]);
  other.close();
});

test('A ticket cut anywhere is refused, and the server goes on.', async () => {
  const ticket = await newTicket();
  for (let length = 1; length < ticket.length; length += 11) {
    const [code] = (await refusal(ticket.subarray(0, length))) as [number];
    expect([status.INVALID_ARGUMENT, status.UNIMPLEMENTED]).toContain(code);
  }
  expect(await session.doGet(ticket)).toHaveLength(1);
});

test('A cancelled query cannot be read by a renewed ticket either.', async () => {
  const plan = await session.plan(statementQuery(SQL));
  const [endpoint] = plan.endpoint;
  expect(endpoint).toBeDefined();
  const renewed = await session.flightAction<{ ticket: { ticket: Buffer } }>(
    'RenewFlightEndpoint',
    { endpoint },
  );
  expect(await session.flightAction('CancelFlightInfo', { info: plan })).toMatchObject({
    status: 1,
  });
  expect(await refusal(renewed.ticket.ticket)).toEqual([
    status.CANCELLED,
    'the query was cancelled by request',
  ]);
});

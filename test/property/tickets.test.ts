import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HanaFlightError } from '../../src/core/errors.ts';
import type { Call, FlightSqlProducer } from '../../src/flight/producer.ts';
import { parseCommand, runCommand } from '../../src/flight/sql/commands.ts';
import { endpointOfStatement } from '../../src/flight/sql/statement-commands.ts';
import type { QueryTicket } from '../../src/proxy/statements/statement-handles.ts';
import { FULL_TICKET, handlesWith, principal } from '../support/tickets.ts';

const handles = handlesWith();
const call: Call = {
  principal: principal(),
  session: { id: undefined, open: () => '' },
  signal: new AbortController().signal,
  headers: new Map(),
};

/** Answers DoGet with what the ticket holds, in place of its rows. */
const opened: unknown[] = [];
const producer: FlightSqlProducer = {
  openStatement: async (handle) => {
    opened.push(await handles.openTicket(handle, principal()));
    return { schema: { fields: [] }, batches: (async function* () {})() };
  },
};

/** As DoGet does with the bytes of a ticket, but for the connection. */
const doGet = async (ticket: Uint8Array) =>
  runCommand('DoGet', parseCommand(ticket, 'ticket'), { producer, call });

async function ticketOf(query: QueryTicket): Promise<Buffer> {
  const sealed = await handles.sealTicket(query, principal());
  return Buffer.from(endpointOfStatement(sealed).ticket);
}

type Change = (bytes: Buffer) => Buffer;

const at = fc.nat({ max: 0xffff });
const byte = fc.nat({ max: 0xff });
const base64 = fc.constantFrom(
  ...Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.', 'latin1'),
);

/** Ways to alter bytes; a place counts from the start, over and over. */
function changes(other: Buffer): fc.Arbitrary<Change> {
  return fc.oneof(
    fc.tuple(at, fc.nat({ max: 7 })).map(
      ([place, bit]): Change =>
        (bytes) =>
          write(bytes, place, (bytes[place % bytes.length] ?? 0) ^ (1 << bit)),
    ),
    fc.tuple(at, fc.oneof(byte, base64)).map(
      ([place, value]): Change =>
        (bytes) =>
          write(bytes, place, value),
    ),
    // The last characters of the parts are where base64 is lax.
    base64.map(
      (value): Change =>
        (bytes) =>
          write(bytes, bytes.length - 1, value),
    ),
    fc.tuple(at, fc.oneof(byte, base64)).map(
      ([place, value]): Change =>
        (bytes) =>
          splice(bytes, place, 0, Buffer.of(value)),
    ),
    fc.tuple(at, fc.integer({ min: 1, max: 40 })).map(
      ([place, length]): Change =>
        (bytes) =>
          splice(bytes, place, length, Buffer.alloc(0)),
    ),
    at.map(
      (place): Change =>
        (bytes) =>
          bytes.subarray(0, place % bytes.length),
    ),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map(
      (tail): Change =>
        (bytes) =>
          Buffer.concat([bytes, tail]),
    ),
    // Pieces of another ticket that is good.
    fc.tuple(at, at).map(
      ([from, to]): Change =>
        (bytes) => {
          const [start, end] = [from % bytes.length, to % bytes.length].toSorted((a, b) => a - b);
          return splice(bytes, start ?? 0, (end ?? 0) - (start ?? 0), other.subarray(start, end));
        },
    ),
  );
}

function write(bytes: Buffer, place: number, value: number): Buffer {
  const altered = Buffer.from(bytes);
  altered[place % bytes.length] = value;
  return altered;
}

function splice(bytes: Buffer, place: number, remove: number, insert: Uint8Array): Buffer {
  const start = place % bytes.length;
  return Buffer.concat([bytes.subarray(0, start), insert, bytes.subarray(start + remove)]);
}

test('none of 10,000 altered tickets is accepted, and each is refused as a wrong argument', async () => {
  const ticket = await ticketOf(FULL_TICKET);
  const other = await ticketOf({ ...FULL_TICKET, id: 'query-2', endpoint: { index: 3, of: 16 } });
  await doGet(ticket);
  await doGet(other);
  expect(opened).toHaveLength(2);
  const refusals = new Map<string, number>();
  const altered = fc.array(changes(other), { minLength: 1, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(altered, async (list) => {
      const bytes = list.reduce((now, change) => change(now.length > 0 ? now : ticket), ticket);
      fc.pre(!bytes.equals(ticket) && !bytes.equals(other));
      const thrown = await doGet(bytes).then(
        () => new Error(`accepted: ${bytes.toString('latin1')}`),
        (error: unknown) => error,
      );
      if (!(thrown instanceof HanaFlightError)) throw thrown;
      // Another name in the type URL asks for a command that there is not.
      expect(['invalid-argument', 'unimplemented']).toContain(thrown.code);
      refusals.set(thrown.code, (refusals.get(thrown.code) ?? 0) + 1);
    }),
    { numRuns: 10_000 },
  );
  expect(opened).toHaveLength(2);
  const total = [...refusals.values()].reduce((sum, each) => sum + each, 0);
  expect(total).toBeGreaterThanOrEqual(10_000);
}, 120_000);

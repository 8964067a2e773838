import { status } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CITIES } from '../../examples/memory-producer.ts';
import { encodeSchemaHeader } from '../../src/arrow/ipc-schema.ts';
import { FLIGHT } from '../../src/flight/protocol.ts';
import { ACTIONS } from '../../src/flight/sql/actions.ts';
import { COMMANDS } from '../../src/flight/sql/commands.ts';
import {
  collect,
  command,
  descriptor,
  failureOf,
  RawClient,
  startServer,
  ticket,
  uploadStart,
} from '../support/flight-server.ts';
import { UpdateProducer } from '../support/update-producer.ts';

const runs = { numRuns: 300 };

/** What a hostile or broken client may be told; never that the server stumbled. */
const blamesTheClient = [status.INVALID_ARGUMENT, status.UNIMPLEMENTED, status.NOT_FOUND];

const bytes = fc.uint8Array({ maxLength: 200 });

/** A real command in which some bytes were changed, or which was cut. */
const damagedCommand = fc
  .tuple(
    fc.constantFrom(...COMMANDS.map(({ name }) => name)),
    fc.string({ maxLength: 40 }),
    fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 4 }),
    fc.nat(120),
  )
  .map(([name, query, changes, length]) => {
    const whole = command(name, { query });
    for (const [at, byte] of changes) if (at < whole.length) whole[at] = byte;
    return whole.subarray(0, length);
  });

const schema = encodeSchemaHeader(CITIES.schema);

/** A real schema, with and without fields, in which some bytes were changed. */
const damagedSchema = fc
  .tuple(
    fc.constantFrom(schema, encodeSchemaHeader({ fields: [] })),
    fc.array(fc.tuple(fc.nat(schema.length - 1), fc.nat(255)), { maxLength: 4 }),
  )
  .map(([whole, changes]) => {
    const damaged = Uint8Array.from(whole);
    for (const [at, byte] of changes) if (at < damaged.length) damaged[at] = byte;
    return damaged;
  });

const anyCommand = fc.oneof(bytes, damagedCommand);

describe('random bytes never get more than a status that blames the client', () => {
  it.each(['GetFlightInfo', 'GetSchema', 'PollFlightInfo'])('as a request of %s', async (rpc) => {
    const client = new RawClient(await startServer());
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, anyCommand.map(descriptor)), async (request) => {
        expect(blamesTheClient).toContain((await failureOf(client.unary(rpc, request))).code);
      }),
      runs,
    );
  });

  it('as a request of DoGet', async () => {
    const client = new RawClient(await startServer());
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, anyCommand.map(ticket)), async (request) => {
        const failure = await failureOf(collect(client.stream('DoGet', request)));
        expect(blamesTheClient).toContain(failure.code);
      }),
      runs,
    );
  });

  it('as a request of DoAction', async () => {
    const client = new RawClient(await startServer());
    const type = fc.constantFrom(...ACTIONS.map((action) => action.type));
    const action = fc
      .record({ type, body: fc.oneof(bytes, anyCommand) })
      .map((message) => FLIGHT.action.encode(message));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, action), async (request) => {
        const failure = await failureOf(collect(client.stream('DoAction', request)));
        expect(blamesTheClient).toContain(failure.code);
      }),
      runs,
    );
  });

  it('as the schema of an update, which is executed once when it is answered, else never', async () => {
    const producer = new UpdateProducer();
    const client = new RawClient(await startServer({ producer }));
    const cmd = fc.constantFrom(
      command('CommandStatementUpdate', { query: 'UPDATE' }),
      command('CommandPreparedStatementUpdate'),
    );
    await fc.assert(
      fc.asyncProperty(cmd, fc.oneof(bytes, damagedSchema), async (update, header) => {
        const before = producer.executed.length;
        const answer = client.put(uploadStart(update, header));
        await answer.catch(() => undefined);
        const executed = producer.executed.length - before;
        expect(executed).toBeLessThanOrEqual(1);
        if (executed === 1) expect(await answer).toHaveLength(1);
        else expect(blamesTheClient).toContain((await failureOf(answer)).code);
      }),
      runs,
    );
  });

  it('as a schema with parameters that breaks off: no update is executed', async () => {
    const producer = new UpdateProducer();
    const client = new RawClient(await startServer({ producer }));
    const update = command('CommandStatementUpdate', { query: 'UPDATE' });
    for (let length = 1; length < schema.length; length++) {
      const failure = await failureOf(client.put(uploadStart(update, schema.subarray(0, length))));
      expect(blamesTheClient).toContain(failure.code);
    }
    expect(producer.executed).toEqual([]);
  });

  it.each(['DoPut', 'DoExchange'])('as messages of %s', async (rpc) => {
    const client = new RawClient(await startServer());
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 3 }), async (messages) => {
        const call = client.duplex(rpc);
        for (const message of messages) call.write(Buffer.from(message));
        call.end();
        expect(blamesTheClient).toContain((await failureOf(collect(call))).code);
      }),
      runs,
    );
  });
});

it('serves on after all that, and nobody saw an unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const server = await startServer();
  const client = new RawClient(server);
  await fc.assert(
    fc.asyncProperty(bytes, async (request) => {
      const calls = ['DoGet', 'DoAction', 'ListFlights', 'ListActions'].map((rpc) => {
        const call = client.stream(rpc, request);
        call.on('error', () => undefined);
        call.on('metadata', () => call.cancel());
        return call;
      });
      await Promise.allSettled(calls.map(collect));
    }),
    { numRuns: 50 },
  );
  const query = descriptor(command('CommandStatementQuery', { query: 'CITIES' }));
  const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', query));
  const [endpoint] = info.endpoint;
  const fetch = ticket(endpoint?.ticket?.ticket ?? Buffer.alloc(0));
  expect(await collect(client.stream('DoGet', fetch))).toHaveLength(3);
  expect(unhandled).toEqual([]);
});

import { status } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CITIES } from '../../examples/memory-producer.ts';
import { encodeSchemaHeader } from '../../src/arrow/ipc-schema.ts';
import { FLIGHT, messageCodec } from '../../src/flight/protocol.ts';
import { ACTIONS } from '../../src/flight/sql/actions.ts';
import { COMMANDS } from '../../src/flight/sql/commands.ts';
import {
  batchMessage,
  collect,
  command,
  descriptor,
  failureOf,
  RawClient,
  startServer,
  ticket,
  uploadStart,
} from '../support/flight-server.ts';
import { recordingProducer, TEXTS, texts } from '../support/recording-producer.ts';
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

/** A valid message in which some bytes were changed, or which was cut. */
const damage = (whole: fc.Arbitrary<Buffer>): fc.Arbitrary<Buffer> =>
  fc
    .tuple(whole, fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 3 }), fc.nat(400))
    .map(([valid, changes, length]) => {
      const damaged = Buffer.from(valid);
      for (const [at, byte] of changes) if (at < damaged.length) damaged[at] = byte;
      return damaged.subarray(0, length);
    });

const id = fc.uint8Array({ maxLength: 5 }).map((value) => Buffer.from(value));
const bare = (name: string, message: object): Buffer =>
  messageCodec<object>(`arrow.flight.protocol.${name}`).encode(message);
const sessionOption = fc.oneof(
  fc.record({ string_value: fc.string() }),
  fc.record({ int64_value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String) }),
  fc.record({ double_value: fc.double() }),
  fc.record({ string_list_value: fc.record({ values: fc.array(fc.string()) }) }),
  fc.constant({}),
);

/** Bodies as clients send them, by the type of their action. */
const actionBodies: Readonly<Record<string, fc.Arbitrary<Buffer>>> = {
  EndTransaction: fc
    .record({ transaction_id: id, action: fc.nat(3) })
    .map((fields) => command('ActionEndTransactionRequest', fields)),
  BeginSavepoint: fc
    .record({ transaction_id: id, name: fc.string() })
    .map((fields) => command('ActionBeginSavepointRequest', fields)),
  CancelFlightInfo: id.map((value) =>
    bare('CancelFlightInfoRequest', {
      info: {
        endpoint: [
          { ticket: { ticket: command('TicketStatementQuery', { statement_handle: value }) } },
          { ticket: { ticket: value } },
        ],
      },
    }),
  ),
  RenewFlightEndpoint: id.map((value) =>
    bare('RenewFlightEndpointRequest', { endpoint: { ticket: { ticket: value } } }),
  ),
  SetSessionOptions: fc
    .dictionary(fc.string(), sessionOption)
    .map((session_options) => bare('SetSessionOptionsRequest', { session_options })),
};

/** Of what a server with everything on offer says. */
const OK: number = status.OK;
const codesOfAll = [OK, status.INVALID_ARGUMENT, status.UNIMPLEMENTED];

const statusOf = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => status.OK,
    () => failureOf(call).then(({ code }) => code),
  );

describe('a backend that offers everything never stumbles over', () => {
  it.each(Object.entries(actionBodies))('a damaged body of %s', async (type, bodies) => {
    const client = new RawClient(await startServer({ producer: recordingProducer().producer }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(bodies, damage(bodies)), async (body) => {
        expect(codesOfAll).toContain(await statusOf(client.action(type, body)));
      }),
      runs,
    );
  });

  const commands = ['CommandPreparedStatementQuery', 'CommandPreparedStatementUpdate'].map((name) =>
    command(name, { prepared_statement_handle: Buffer.from('h') }),
  );
  const ingest = command('CommandStatementIngest', {
    table: 'T',
    table_definition_options: { if_not_exist: 1, if_exists: 1 },
    options: { a: 'b' },
  });

  it('damaged uploads, whose rows are all counted or refused as a whole', async () => {
    const { producer, asked } = recordingProducer();
    const client = new RawClient(await startServer({ producer }));
    const start = fc
      .constantFrom(...commands, ingest)
      .map((cmd) => uploadStart(cmd, encodeSchemaHeader(TEXTS)));
    const batch = fc
      .array(fc.option(fc.string({ maxLength: 5 })), { maxLength: 5 })
      .map((values) => batchMessage(texts(...values)));
    const messages = fc
      .tuple(
        fc.oneof(start, damage(start)),
        fc.array(fc.oneof(batch, damage(batch)), { maxLength: 3 }),
      )
      .map(([first, rest]) => [first, ...rest]);
    await fc.assert(
      fc.asyncProperty(messages, async (upload) => {
        const before = asked.length;
        const code = await statusOf(client.upload(upload));
        expect(codesOfAll).toContain(code);
        expect(asked.length - before).toBe(code === OK ? 1 : 0);
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

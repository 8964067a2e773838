import { once } from 'node:events';
import { status } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { int32Column, makeBatch } from '../../../src/arrow/columns.ts';
import { encodeBatch } from '../../../src/arrow/ipc-batch.ts';
import { encodeSchemaHeader } from '../../../src/arrow/ipc-schema.ts';
import { HanaFlightError } from '../../../src/core/errors.ts';
import { encodeFlightData } from '../../../src/flight/flight-data.ts';
import { DESCRIPTOR_TYPE, FLIGHT, packAny } from '../../../src/flight/protocol.ts';
import { COMMANDS } from '../../../src/flight/sql/commands.ts';
import {
  authenticator,
  collect,
  command,
  failureOf,
  Gate,
  RawClient,
  startServer,
  uploadStart,
} from '../../support/flight-server.ts';
import { UpdateProducer } from '../../support/update-producer.ts';

const UPDATE = 'UPDATE CITIES';
const statementUpdate = command('CommandStatementUpdate', { query: UPDATE });
const preparedUpdate = command('CommandPreparedStatementUpdate', {
  prepared_statement_handle: Buffer.from(UPDATE),
});
const commands = [
  ['CommandStatementUpdate', statementUpdate],
  ['CommandPreparedStatementUpdate', preparedUpdate],
] as const;

const noFields = encodeSchemaHeader({ fields: [] });
const oneField = encodeSchemaHeader({
  fields: [{ name: '1', type: { kind: 'int', bits: 32, signed: true }, nullable: true }],
});
const emptyBatch = encodeFlightData(encodeBatch(makeBatch(0, [])).header);
const batchOfOne = encodeBatch(makeBatch(1, [int32Column([1])]));

async function setUp(producer = new UpdateProducer()) {
  const server = await startServer({ producer });
  return { server, producer, client: new RawClient(server) };
}

describe.each(commands)('%s', (name, cmd) => {
  it.each([
    ['without an Arrow schema, as Go, Rust and JavaScript send it', undefined],
    ['with a schema without fields, as Java and C++ send it', noFields],
  ])('%s is executed and answered before the client half-closes', async (_form, header) => {
    const { client, producer, server } = await setUp();
    // PutResult: field 1 (app_metadata), 2 bytes: DoPutUpdateResult: field 1 (record_count), 3.
    expect(await client.put(uploadStart(cmd, header))).toEqual([Buffer.from([0x0a, 2, 0x08, 3])]);
    expect(producer.executed).toEqual([UPDATE]);
    expect(server.ended).toMatchObject([{ rpc: 'DoPut', command: name, error: undefined }]);
  });

  it('is executed once, whatever follows its first message', async () => {
    const { client, producer } = await setUp();
    const call = client.duplex('DoPut');
    call.write(uploadStart(cmd, noFields));
    call.write(emptyBatch);
    call.write(uploadStart(cmd, noFields));
    call.end(Buffer.from('not FlightData'));
    expect(await collect(call)).toHaveLength(1);
    expect(producer.executed).toEqual([UPDATE]);
  });

  it.each([
    ['nothing but zeros', Buffer.alloc(16)],
    ['bytes at random', Buffer.from([0xff, 0xfe, 0x07, 0x80, 0x12])],
    ['a single byte', Buffer.from([4])],
    ['a schema cut short', oneField.subarray(0, 30)],
    ['a record batch', batchOfOne.header],
  ])('with %s for a schema is INVALID_ARGUMENT and not executed', async (_what, header) => {
    const { client, producer } = await setUp();
    const failure = await failureOf(client.put(uploadStart(cmd, header)));
    expect(failure.details).toMatch(/^FlightData\.data_header: expected /);
    expect(failure.code).toBe(status.INVALID_ARGUMENT);
    expect(producer.executed).toEqual([]);
  });

  it('ends with the code and text of the backend', async () => {
    const { client } = await setUp(
      new UpdateProducer(async () => {
        throw new HanaFlightError('already-exists', 'unique constraint violated');
      }),
    );
    expect(await failureOf(client.put(uploadStart(cmd)))).toMatchObject({
      code: status.ALREADY_EXISTS,
      details: 'unique constraint violated',
    });
  });

  it('sends its headers while the backend is at work, and aborts it when the client is gone', async () => {
    let signal: AbortSignal | undefined;
    const { client, server } = await setUp(
      new UpdateProducer(async (call) => {
        signal = call.signal;
        await once(call.signal, 'abort');
        throw new Error('interrupted');
      }),
    );
    const call = client.duplex('DoPut');
    call.on('error', () => undefined);
    call.write(uploadStart(cmd));
    await once(call, 'metadata');
    expect(signal?.aborted).toBe(false);
    call.cancel();
    await vi.waitUntil(() => server.ended.length === 1);
    expect(signal?.aborted).toBe(true);
    expect(server.ended[0]?.error).toMatchObject({ code: 'cancelled' });
  });

  it('that is done after its client has gone leaves the server whole', async () => {
    const { client, producer, server } = await setUp(
      new UpdateProducer(async (call) => {
        await once(call.signal, 'abort');
        return 1;
      }),
    );
    const lost = client.duplex('DoPut');
    lost.on('error', () => undefined);
    lost.write(uploadStart(cmd));
    await once(lost, 'metadata');
    lost.cancel();
    await vi.waitUntil(() => server.ended.length === 1);
    const unknown = uploadStart(command('CommandStatementIngest'));
    expect((await failureOf(client.put(unknown))).code).toBe(status.UNIMPLEMENTED);
    expect(producer.executed).toEqual([UPDATE]);
  });
});

it('CommandStatementUpdate with parameters is INVALID_ARGUMENT and not executed', async () => {
  const { client, producer } = await setUp();
  expect(await failureOf(client.put(uploadStart(statementUpdate, oneField)))).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details:
      'CommandStatementUpdate: expected no parameters, got a schema of 1 field(s); prepare the statement to bind values',
  });
  expect(producer.executed).toEqual([]);
});

it.each([
  [0, [0x08, 0]],
  [-1, [0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
  [5_000_000_000, [0x08, 0x80, 0xe4, 0x97, 0xd0, 0x12]],
])('a count of %d is always written, as a 64-bit varint', async (rows, bytes) => {
  const { client } = await setUp(new UpdateProducer(async () => rows));
  const [reply] = await client.put(uploadStart(statementUpdate));
  expect(FLIGHT.putResult.decode(reply ?? Buffer.alloc(0)).app_metadata).toEqual(
    Buffer.from(bytes),
  );
});

it('a statement brings its transaction, or undefined', async () => {
  const { client, producer } = await setUp();
  for (const transaction_id of [Buffer.from('t1'), undefined]) {
    const message = { query: UPDATE, ...(transaction_id && { transaction_id }) };
    await client.put(uploadStart(command('CommandStatementUpdate', message)));
  }
  expect(producer.queries).toEqual([
    { sql: UPDATE, transactionId: Buffer.from('t1') },
    { sql: UPDATE, transactionId: undefined },
  ]);
});

const path = FLIGHT.descriptor.encode({ type: DESCRIPTOR_TYPE.path, path: ['CITIES'] });
const update = uploadStart(statementUpdate);

it.each([
  ['no descriptor', emptyBatch, /^DoPut: expected a flight descriptor in the first message/],
  ['an empty message', Buffer.alloc(0), /^DoPut: expected a flight descriptor/],
  [
    'a path',
    Buffer.concat([Buffer.from([0x0a, path.length]), path]),
    /^flight descriptor: expected the type CMD with a Flight SQL command, got PATH$/,
  ],
  ['no command', uploadStart(Buffer.alloc(0)), /^flight descriptor: .* got no bytes$/],
  ['SQL text for a command', uploadStart(Buffer.from(UPDATE)), /got 13 other bytes$/],
  ['a message cut short', update.subarray(0, update.length - 1), /^FlightData: field at byte/],
])('an upload with %s is INVALID_ARGUMENT', async (_what, message, text) => {
  const { client, producer } = await setUp();
  const failure = await failureOf(client.put(message));
  expect(failure.details).toMatch(text);
  expect(failure.code).toBe(status.INVALID_ARGUMENT);
  expect(producer.executed).toEqual([]);
});

const elsewhere = COMMANDS.filter(({ needs }) => needs.DoPut === undefined);

it.each([
  ...elsewhere.map(({ name }) => [name, command(name)] as const),
  ['arrow.flight.protocol.Ticket', packAny(FLIGHT.ticket, {})] as const,
])('an upload for %s is UNIMPLEMENTED', async (name, cmd) => {
  const { client, producer } = await setUp();
  expect(await failureOf(client.put(uploadStart(cmd)))).toMatchObject({
    code: status.UNIMPLEMENTED,
    details: `DoPut: this server does not offer ${name}`,
  });
  expect(producer.executed).toEqual([]);
});

it('an upload that is given up during its logon ends with a status and no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', note);
  onTestFinished(() => void process.off('unhandledRejection', note));
  const [started, logon] = [new Gate(), new Gate()];
  const server = await startServer({
    producer: new UpdateProducer(),
    authenticator: {
      ...authenticator,
      authenticate: async (header) => {
        started.open();
        await logon.opened;
        return authenticator.authenticate(header);
      },
    },
  });
  const call = new RawClient(server).duplex('DoPut');
  const failure = failureOf(collect(call));
  await started.opened;
  const closed = server.close(0);
  expect((await failure).code).toBe(status.UNAVAILABLE);
  logon.open();
  await closed;
  expect(unhandled).toEqual([]);
});

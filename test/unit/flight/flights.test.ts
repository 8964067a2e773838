import { status } from '@grpc/grpc-js';
import { RecordBatchReader } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import type { FlightPlan, FlightSqlProducer } from '../../../src/flight/producer.ts';
import { DESCRIPTOR_TYPE, FLIGHT, packAny } from '../../../src/flight/protocol.ts';
import {
  collect,
  command,
  descriptor,
  failureOf,
  RawClient,
  startServer,
  ticket,
  uploadStart,
} from '../../support/flight-server.ts';
import { numbers, recordingProducer } from '../../support/recording-producer.ts';

const { schema } = numbers();

/** 1970-01-02 and a bit: seconds and nanoseconds of a protobuf Timestamp differ from zero. */
const EXPIRES_AT = new Date(86_400_250);
const EXPIRATION = { seconds: '86400', nanos: 250_000_000 };

const plan: FlightPlan = {
  schema,
  endpoints: [
    { ticket: Buffer.from('1') },
    {
      ticket: Buffer.from('2'),
      locations: ['grpc://one:1', 'arrow-flight-reuse-connection://?'],
      expiresAt: EXPIRES_AT,
      appMetadata: Buffer.from('endpoint'),
    },
  ],
  totalRecords: 7,
  ordered: true,
  appMetadata: Buffer.from('info'),
};

async function setUp(overrides: FlightSqlProducer) {
  const recorded = recordingProducer(overrides);
  const server = await startServer({ producer: recorded.producer });
  return { ...recorded, client: new RawClient(server) };
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();

const query = command('CommandStatementQuery', { query: 'SELECT' });
/** Packed, but not a command of Flight SQL. */
const foreign = packAny(FLIGHT.ticket, { ticket: Buffer.from('x') });

describe('the plan of a plain flight', () => {
  it.each([
    ['text', Buffer.from('ordered')],
    ['no bytes', Buffer.alloc(0)],
    ['a packed message of another package', foreign],
  ])('for a command of %s comes from the backend, endpoints whole', async (_what, cmd) => {
    const commands: Uint8Array[] = [];
    const { client } = await setUp({
      planFlight: async (asked) => {
        commands.push(asked);
        return plan;
      },
    });
    const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', descriptor(cmd)));
    expect(commands.map(text)).toEqual([cmd.toString()]);
    expect(text(info.flight_descriptor?.cmd)).toBe(cmd.toString());
    expect(info).toMatchObject({ total_records: '7', ordered: true });
    expect(text(info.app_metadata)).toBe('info');
    const [plain, full] = info.endpoint;
    expect(plain).toMatchObject({ location: [], expiration_time: null });
    expect(text(full?.ticket?.ticket)).toBe('2');
    expect(full).toMatchObject({
      location: [{ uri: 'grpc://one:1' }, { uri: 'arrow-flight-reuse-connection://?' }],
      expiration_time: EXPIRATION,
    });
    expect(text(full?.app_metadata)).toBe('endpoint');
  });

  it('gives GetSchema its schema', async () => {
    const { client } = await setUp({ planFlight: async () => plan });
    const reply = await client.unary('GetSchema', descriptor(Buffer.from('ordered')));
    const bytes = FLIGHT.schemaResult.decode(reply).schema;
    expect(RecordBatchReader.from(bytes).open().schema.names).toEqual(['n']);
  });

  it('is not asked for with a command of Flight SQL, known or not, nor with a path', async () => {
    const { client, asked } = await setUp({
      planFlight: () => Promise.reject(new Error('not mine')),
    });
    await client.unary('GetFlightInfo', descriptor(query));
    expect(asked.map(([method]) => method)).toEqual(['planStatement']);
    const unknown = packAny(
      {
        name: 'arrow.flight.protocol.sql.CommandFly',
        encode: () => Buffer.alloc(0),
        decode: () => ({}),
      },
      {},
    );
    expect((await failureOf(client.unary('GetFlightInfo', descriptor(unknown)))).code).toBe(
      status.UNIMPLEMENTED,
    );
    const path = FLIGHT.descriptor.encode({ type: DESCRIPTOR_TYPE.path, path: ['a'] });
    expect((await failureOf(client.unary('GetFlightInfo', path))).code).toBe(
      status.INVALID_ARGUMENT,
    );
  });
});

describe('the ticket of a plain flight', () => {
  it.each([
    ['text', Buffer.from('1')],
    ['a packed message of another package', foreign],
  ])('of %s is opened by the backend', async (_what, bytes) => {
    const tickets: string[] = [];
    const { client } = await setUp({
      openFlight: async (asked) => {
        tickets.push(text(asked));
        return numbers(1, 2, 3);
      },
    });
    expect(await collect(client.stream('DoGet', ticket(bytes)))).toHaveLength(4);
    expect(tickets).toEqual([bytes.toString()]);
  });
});

describe('PollFlightInfo', () => {
  it('tells how far a flight has come, and with what to poll again', async () => {
    const { client } = await setUp({
      pollFlight: async (asked) =>
        text(asked) === 'heavy query'
          ? { plan, nextCommand: Buffer.from('poll'), progress: 0.1, expiresAt: EXPIRES_AT }
          : { plan, progress: 1 },
    });
    const poll = async (cmd: string) =>
      FLIGHT.pollInfo.decode(await client.unary('PollFlightInfo', descriptor(Buffer.from(cmd))));
    const first = await poll('heavy query');
    expect(first).toMatchObject({
      progress: 0.1,
      expiration_time: EXPIRATION,
      flight_descriptor: { type: DESCRIPTOR_TYPE.cmd },
    });
    expect(text(first.flight_descriptor?.cmd)).toBe('poll');
    expect(text(first.info?.flight_descriptor?.cmd)).toBe('heavy query');
    expect(await poll('poll')).toMatchObject({
      progress: 1,
      flight_descriptor: null,
      expiration_time: null,
      info: { total_records: '7' },
    });
  });

  const complete = { planFlight: async () => plan };
  it.each<[string, Buffer, FlightSqlProducer, string]>([
    ['a command of Flight SQL', query, { pollFlight: async () => undefined }, '1'],
    ['metadata', command('CommandGetTableTypes'), {}, '-1'],
    ['a flight without progress', Buffer.from('x'), complete, '7'],
    [
      'a flight whose progress is not known',
      Buffer.from('x'),
      { ...complete, pollFlight: async () => undefined },
      '7',
    ],
  ])('gives the complete plan of %s', async (_what, cmd, overrides, records) => {
    const { client } = await setUp(overrides);
    const reply = FLIGHT.pollInfo.decode(await client.unary('PollFlightInfo', descriptor(cmd)));
    expect(reply).toMatchObject({
      progress: 1,
      flight_descriptor: null,
      info: { total_records: records },
    });
  });

  it('is INVALID_ARGUMENT for what is not a command when nobody takes it', async () => {
    const { client } = await setUp({ pollFlight: async () => undefined });
    const request = descriptor(Buffer.from('heavy query'));
    expect((await failureOf(client.unary('PollFlightInfo', request))).code).toBe(
      status.INVALID_ARGUMENT,
    );
  });
});

describe('the plan of a statement', () => {
  it('carries the expiry of its endpoints and the metadata of its answer', async () => {
    const { client } = await setUp({
      planStatement: async () => ({
        schema,
        endpoints: [{ handle: Buffer.from('h'), expiresAt: EXPIRES_AT }],
        totalRecords: -1,
        ordered: false,
        appMetadata: Buffer.from('meta'),
      }),
    });
    const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', descriptor(query)));
    expect(text(info.app_metadata)).toBe('meta');
    expect(info.endpoint).toMatchObject([{ location: [], expiration_time: EXPIRATION }]);
  });

  it.each([
    ['no transaction', {}, undefined],
    ['an empty transaction id', { transaction_id: Buffer.alloc(0) }, undefined],
    ['a transaction', { transaction_id: Buffer.from('tx') }, 'tx'],
  ])('is asked for with %s', async (_what, fields, transactionId) => {
    const { client, asked } = await setUp({});
    const cmd = command('CommandStatementQuery', { query: 'SELECT', ...fields });
    await client.unary('GetFlightInfo', descriptor(cmd));
    expect(asked).toEqual([['planStatement', { sql: 'SELECT', transactionId }]]);
  });
});

describe('a Substrait plan', () => {
  const cmd = command('CommandStatementSubstraitPlan', {
    plan: { plan: Buffer.from('plan'), version: 'version' },
    transaction_id: Buffer.from('tx'),
  });
  const asQuery = { plan: 'plan', version: 'version', transactionId: 'tx' };

  it('is planned, described and executed', async () => {
    const { client, asked } = await setUp({});
    await client.unary('GetFlightInfo', descriptor(cmd));
    await client.unary('GetSchema', descriptor(cmd));
    await client.put(uploadStart(cmd));
    expect(asked).toEqual([
      ['planSubstrait', asQuery],
      ['describeSubstrait', asQuery],
      ['executeSubstraitUpdate', asQuery],
    ]);
  });

  it('without a plan is INVALID_ARGUMENT', async () => {
    const { client } = await setUp({});
    const empty = descriptor(command('CommandStatementSubstraitPlan'));
    expect(await failureOf(client.unary('GetFlightInfo', empty))).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'CommandStatementSubstraitPlan: expected a plan, got none',
    });
  });
});

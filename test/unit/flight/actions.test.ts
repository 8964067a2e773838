import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import type { CancelStatus, FlightSqlProducer } from '../../../src/flight/producer.ts';
import { FLIGHT, messageCodec, unpackAny } from '../../../src/flight/protocol.ts';
import {
  collect,
  command,
  descriptor,
  failureOf,
  RawClient,
  SQL_PACKAGE,
  startServer,
} from '../../support/flight-server.ts';
import { numbers, recordingProducer } from '../../support/recording-producer.ts';

async function setUp(overrides: FlightSqlProducer = {}) {
  const recorded = recordingProducer(overrides);
  const server = await startServer({ producer: recorded.producer });
  return { ...recorded, client: new RawClient(server) };
}

/** A message of Flight itself, not packed. */
const bare = (name: string, message: object): Buffer =>
  messageCodec<object>(`arrow.flight.protocol.${name}`).encode(message);

/** What a packed result holds. */
function unpacked(name: string, results: readonly Buffer[]): object {
  expect(results).toHaveLength(1);
  const { typeName, value } = unpackAny(results[0] ?? Buffer.alloc(0), 'result');
  expect(typeName).toBe(SQL_PACKAGE + name);
  return messageCodec<object>(typeName).decode(value);
}

const garbage = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]);

describe('transactions', () => {
  it('begin and answer with an id, packed', async () => {
    const { client, asked } = await setUp();
    const body = command('ActionBeginTransactionRequest');
    const results = await client.action('BeginTransaction', body);
    expect(unpacked('ActionBeginTransactionResult', results)).toEqual({
      transaction_id: Buffer.from('tx'),
    });
    expect(asked).toEqual([['beginTransaction']]);
  });

  it.each([
    [1, 'commit'],
    [2, 'rollback'],
  ])('end by action %i with %s and no result', async (action, ending) => {
    const { client, asked } = await setUp();
    const transaction_id = Buffer.from('tx');
    const body = command('ActionEndTransactionRequest', { transaction_id, action });
    expect(await client.action('EndTransaction', body)).toEqual([]);
    expect(asked).toEqual([['endTransaction', 'tx', ending]]);
  });
});

describe('savepoints', () => {
  it('begin inside a transaction and answer with an id, packed', async () => {
    const { client, asked } = await setUp();
    const fields = { transaction_id: Buffer.from('tx'), name: 'one' };
    const body = command('ActionBeginSavepointRequest', fields);
    const results = await client.action('BeginSavepoint', body);
    expect(unpacked('ActionBeginSavepointResult', results)).toEqual({
      savepoint_id: Buffer.from('sp'),
    });
    expect(asked).toEqual([['beginSavepoint', 'tx', 'one']]);
  });

  it.each([
    [1, 'release'],
    [2, 'rollback'],
  ])('end by action %i with %s and no result', async (action, ending) => {
    const { client, asked } = await setUp();
    const body = command('ActionEndSavepointRequest', { savepoint_id: Buffer.from('sp'), action });
    expect(await client.action('EndSavepoint', body)).toEqual([]);
    expect(asked).toEqual([['endSavepoint', 'sp', ending]]);
  });
});

it.each([
  ['EndTransaction', { action: 1 }, /EndTransaction: expected a transaction_id, got no bytes/],
  [
    'EndTransaction',
    { transaction_id: Buffer.from('tx') },
    /EndTransaction: expected the action commit \(1\) or rollback \(2\), got 0/,
  ],
  ['BeginSavepoint', { name: 'one' }, /BeginSavepoint: expected a transaction_id, got no bytes/],
  ['EndSavepoint', { action: 2 }, /EndSavepoint: expected a savepoint_id, got no bytes/],
  [
    'EndSavepoint',
    { savepoint_id: Buffer.from('sp'), action: 3 },
    /EndSavepoint: expected the action release \(1\) or rollback \(2\), got 3/,
  ],
  ['CreatePreparedSubstraitPlan', {}, /CreatePreparedSubstraitPlan: expected a plan, got none/],
])('%s of %j is INVALID_ARGUMENT', async (type, fields, text) => {
  const { client, asked } = await setUp();
  const failure = await failureOf(client.action(type, command(`Action${type}Request`, fields)));
  expect(failure.details).toMatch(text);
  expect(failure.code).toBe(status.INVALID_ARGUMENT);
  expect(asked).toEqual([]);
});

it('a Substrait plan is prepared like a statement', async () => {
  const { client, asked } = await setUp();
  const body = command('ActionCreatePreparedSubstraitPlanRequest', {
    plan: { plan: Buffer.from('plan'), version: 'version' },
  });
  const results = await client.action('CreatePreparedSubstraitPlan', body);
  expect(unpacked('ActionCreatePreparedStatementResult', results)).toMatchObject({
    prepared_statement_handle: Buffer.from('prepared'),
    is_update: false,
  });
  expect(asked).toEqual([
    ['createPreparedSubstraitPlan', { plan: 'plan', version: 'version', transactionId: undefined }],
  ]);
});

/** The FlightInfo that the server itself gave, and one with a ticket of a plain flight beside it. */
async function planned(client: RawClient) {
  const query = command('CommandStatementQuery', { query: 'SELECT' });
  const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', descriptor(query)));
  const plain = { ticket: { ticket: Buffer.from('plain') } };
  return { ...info, endpoint: [...info.endpoint, plain, {}] };
}

const cancelStatuses: readonly [CancelStatus, number][] = [
  ['unspecified', 0],
  ['cancelled', 1],
  ['cancelling', 2],
  ['not-cancellable', 3],
];

describe.each(cancelStatuses)('a cancel that is %s', (outcome, code) => {
  const overrides = (handles: string[]): FlightSqlProducer => ({
    cancelStatement: async (asked) => {
      handles.push(...asked.map((handle) => Buffer.from(handle).toString()));
      return outcome;
    },
  });

  it('is asked for by CancelFlightInfo, whose body and result are not packed', async () => {
    const handles: string[] = [];
    const { client } = await setUp(overrides(handles));
    const body = bare('CancelFlightInfoRequest', { info: await planned(client) });
    // CancelFlightInfoResult: field 1 (status).
    expect(await client.action('CancelFlightInfo', body)).toEqual([Buffer.from([0x08, code])]);
    expect(handles).toEqual(['handle', 'plain']);
  });

  it('is asked for by CancelQuery, whose body and result are packed', async () => {
    const handles: string[] = [];
    const { client } = await setUp(overrides(handles));
    const info = FLIGHT.info.encode(await planned(client));
    const results = await client.action(
      'CancelQuery',
      command('ActionCancelQueryRequest', { info }),
    );
    expect(unpacked('ActionCancelQueryResult', results)).toEqual({ result: code });
    expect(handles).toEqual(['handle', 'plain']);
  });
});

describe('RenewFlightEndpoint', () => {
  it('gives the same endpoint a ticket that is good for longer', async () => {
    const { client, asked } = await setUp();
    const [endpoint] = (await planned(client)).endpoint;
    const body = bare('RenewFlightEndpointRequest', {
      endpoint: {
        ...endpoint,
        app_metadata: Buffer.from('kept'),
        location: [{ uri: 'grpc://kept:1' }],
      },
    });
    const [result] = await client.action('RenewFlightEndpoint', body);
    const renewed = FLIGHT.endpoint.decode(result ?? Buffer.alloc(0));
    expect(renewed).toMatchObject({
      app_metadata: Buffer.from('kept'),
      location: [{ uri: 'grpc://kept:1' }],
      expiration_time: { seconds: '86400', nanos: 0 },
    });
    // A packed TicketStatementQuery again.
    const { typeName, value } = unpackAny(renewed.ticket?.ticket ?? Buffer.alloc(0), 'ticket');
    expect(typeName).toBe(`${SQL_PACKAGE}TicketStatementQuery`);
    expect(messageCodec<object>(typeName).decode(value)).toEqual({
      statement_handle: Buffer.from('renewed'),
    });
    expect(asked.at(-1)).toEqual(['renewStatement', 'handle']);
  });

  it('leaves the ticket of a plain flight plain', async () => {
    const { client, asked } = await setUp();
    const endpoint = { ticket: { ticket: Buffer.from('plain') } };
    const body = bare('RenewFlightEndpointRequest', { endpoint });
    const [result] = await client.action('RenewFlightEndpoint', body);
    const renewed = FLIGHT.endpoint.decode(result ?? Buffer.alloc(0));
    expect(Buffer.from(renewed.ticket?.ticket ?? []).toString()).toBe('renewed');
    expect(asked).toEqual([['renewStatement', 'plain']]);
  });
});

it.each([
  ['CancelFlightInfo', garbage, /CancelFlightInfoRequest: 5 bytes are not a valid message/],
  ['CancelFlightInfo', Buffer.alloc(0), /CancelFlightInfo: expected a FlightInfo, got none/],
  [
    'CancelQuery',
    command('ActionCancelQueryRequest', { info: garbage }),
    /FlightInfo: 5 bytes are not a valid message/,
  ],
  ['RenewFlightEndpoint', garbage, /RenewFlightEndpointRequest: 5 bytes are not/],
  ['RenewFlightEndpoint', Buffer.alloc(0), /expected an endpoint with a ticket, got none/],
  ['SetSessionOptions', garbage, /SetSessionOptionsRequest: 5 bytes are not a valid message/],
  ['GetSessionOptions', garbage, /GetSessionOptionsRequest: 5 bytes are not a valid message/],
  ['CloseSession', garbage, /CloseSessionRequest: 5 bytes are not a valid message/],
])('%s with a malformed body is INVALID_ARGUMENT', async (type, body, text) => {
  const { client, asked } = await setUp();
  const failure = await failureOf(client.action(type, body));
  expect(failure.details).toMatch(text);
  expect(failure.code).toBe(status.INVALID_ARGUMENT);
  expect(asked).toEqual([]);
});

const listed = async (producer: FlightSqlProducer): Promise<readonly string[]> => {
  const client = new RawClient(await startServer({ producer }));
  const replies = await collect(client.stream('ListActions', Buffer.alloc(0)));
  return replies.map((reply) => FLIGHT.actionType.decode(reply).type);
};

describe('ListActions', () => {
  it('names everything that a backend offers, but nothing that is superseded', async () => {
    expect(await listed(recordingProducer().producer)).toEqual([
      'CreatePreparedStatement',
      'CreatePreparedSubstraitPlan',
      'ClosePreparedStatement',
      'BeginTransaction',
      'EndTransaction',
      'BeginSavepoint',
      'EndSavepoint',
      'CancelFlightInfo',
      'RenewFlightEndpoint',
      'SetSessionOptions',
      'GetSessionOptions',
      'CloseSession',
    ]);
  });

  it('names nothing else', async () => {
    expect(
      await listed({
        cancelStatement: async () => 'cancelled',
        renewStatement: async (handle) => ({ handle }),
        openFlight: async () => numbers(),
      }),
    ).toEqual(['CancelFlightInfo', 'RenewFlightEndpoint']);
    expect(await listed({})).toEqual([]);
  });
});

it("an action of the backend's own gets the body and sends what it answers", async () => {
  const { client } = await setUp({
    runAction: async (type, body) => [Buffer.from(type), body, Buffer.alloc(0)],
  });
  expect(await client.action('authenticate', Buffer.from('body'))).toEqual([
    Buffer.from('authenticate'),
    Buffer.from('body'),
    Buffer.alloc(0),
  ]);
});

import { Metadata, status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { DESCRIPTOR_TYPE, FLIGHT, packAny } from '../../../src/flight/protocol.ts';
import { ACTIONS } from '../../../src/flight/sql/actions.ts';
import { COMMANDS } from '../../../src/flight/sql/commands.ts';
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

const garbage = Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]);
const query = command('CommandStatementQuery', { query: 'CITIES' });

/** An RPC, what is wrong with a request to it, the request, the status it deserves and its text. */
type BadRequest = readonly [string, string, Buffer, { code: number; text: RegExp }];

const unaryCases: readonly BadRequest[] = [
  [
    'GetFlightInfo',
    'garbage for a descriptor',
    garbage,
    { code: status.INVALID_ARGUMENT, text: /FlightDescriptor: 5 bytes are not/ },
  ],
  [
    'GetSchema',
    'garbage for a descriptor',
    garbage,
    { code: status.INVALID_ARGUMENT, text: /FlightDescriptor: 5 bytes are not/ },
  ],
  [
    'PollFlightInfo',
    'garbage for a descriptor',
    garbage,
    { code: status.INVALID_ARGUMENT, text: /FlightDescriptor: 5 bytes are not/ },
  ],
  [
    'GetFlightInfo',
    'an empty descriptor',
    Buffer.alloc(0),
    { code: status.INVALID_ARGUMENT, text: /expected the type CMD .* got 0/ },
  ],
  [
    'GetFlightInfo',
    'a path descriptor',
    FLIGHT.descriptor.encode({ type: DESCRIPTOR_TYPE.path, path: ['a'] }),
    {
      code: status.INVALID_ARGUMENT,
      text: /expected the type CMD with a Flight SQL command, got PATH/,
    },
  ],
  [
    'GetFlightInfo',
    'an empty command',
    FLIGHT.descriptor.encode({ type: DESCRIPTOR_TYPE.cmd }),
    {
      code: status.INVALID_ARGUMENT,
      text: /flight descriptor: expected a Flight SQL message .* got no bytes/,
    },
  ],
  [
    'GetFlightInfo',
    'SQL text for a command',
    descriptor(Buffer.from('SELECT 1')),
    { code: status.INVALID_ARGUMENT, text: /8 other/ },
  ],
  [
    'GetFlightInfo',
    'a command that does not exist',
    descriptor(packAny(FLIGHT.ticket, {})),
    {
      code: status.UNIMPLEMENTED,
      text: /GetFlightInfo: this server does not offer arrow\.flight\.protocol\.Ticket/,
    },
  ],
  [
    'GetFlightInfo',
    'a command cut short',
    descriptor(query.subarray(0, query.length - 3)),
    { code: status.INVALID_ARGUMENT, text: /flight descriptor: expected a Flight SQL message/ },
  ],
  [
    'GetFlightInfo',
    'a ticket',
    descriptor(command('TicketStatementQuery')),
    { code: status.UNIMPLEMENTED, text: /not offer Ticket/ },
  ],
  [
    'PollFlightInfo',
    'an update',
    descriptor(command('CommandStatementUpdate', { query: 'DELETE' })),
    { code: status.UNIMPLEMENTED, text: /PollFlightInfo: .* CommandStatementUpdate/ },
  ],
];

it.each(unaryCases)('%s refuses %s', async (rpc, _what, request, expected) => {
  const client = new RawClient(await startServer());
  const failure = await failureOf(client.unary(rpc, request));
  expect(failure.details).toMatch(expected.text);
  expect(failure.code).toBe(expected.code);
});

const action = (type: string, body: Uint8Array = Buffer.alloc(0)): Buffer =>
  FLIGHT.action.encode({ type, body });

const streamCases: readonly BadRequest[] = [
  [
    'DoGet',
    'garbage for a ticket',
    garbage,
    { code: status.INVALID_ARGUMENT, text: /Ticket: 5 bytes are not a valid message/ },
  ],
  [
    'DoGet',
    'an empty ticket',
    ticket(Buffer.alloc(0)),
    { code: status.INVALID_ARGUMENT, text: /ticket: .* got no bytes/ },
  ],
  [
    'DoGet',
    'a foreign ticket',
    ticket(Buffer.from('abc')),
    { code: status.INVALID_ARGUMENT, text: /ticket: .* got 3 other bytes/ },
  ],
  [
    'DoGet',
    'a query for a ticket',
    ticket(query),
    { code: status.UNIMPLEMENTED, text: /DoGet: .* CommandStatementQuery/ },
  ],
  [
    'DoAction',
    'garbage for an action',
    garbage,
    { code: status.INVALID_ARGUMENT, text: /Action: 5 bytes are not a valid message/ },
  ],
  [
    'DoAction',
    'an action without a name',
    action(''),
    { code: status.UNIMPLEMENTED, text: /DoAction: this server does not offer/ },
  ],
  [
    'DoAction',
    'an unknown action',
    action('Fly'),
    { code: status.UNIMPLEMENTED, text: /DoAction: this server does not offer Fly/ },
  ],
  [
    'DoAction',
    'garbage for the body of an action',
    action('CreatePreparedStatement', garbage),
    {
      code: status.INVALID_ARGUMENT,
      text: /body of the action CreatePreparedStatement: .* got 5 other bytes/,
    },
  ],
  [
    'DoAction',
    'the body of another action',
    action('CreatePreparedStatement', command('ActionClosePreparedStatementRequest')),
    {
      code: status.INVALID_ARGUMENT,
      text: /expected .*ActionCreatePreparedStatementRequest, got .*ActionClosePreparedStatementRequest/,
    },
  ],
];

it.each(streamCases)('%s refuses %s', async (rpc, _what, request, expected) => {
  const client = new RawClient(await startServer());
  const failure = await failureOf(collect(client.stream(rpc, request)));
  expect(failure.details).toMatch(expected.text);
  expect(failure.code).toBe(expected.code);
});

it.each(['DoPut', 'DoExchange'])('%s names the command it does not offer', async (rpc) => {
  const client = new RawClient(await startServer());
  const call = client.duplex(rpc);
  // Not half-closed: two real clients wait for the answer first.
  call.write(uploadStart(command('CommandStatementUpdate', { query: 'DELETE' })));
  const failure = await failureOf(collect(call));
  expect(failure.code).toBe(status.UNIMPLEMENTED);
  expect(failure.details).toBe(`${rpc}: this server does not offer CommandStatementUpdate`);
});

it('DoPut refuses an upload without messages, and one that is not FlightData', async () => {
  const client = new RawClient(await startServer());
  const empty = client.duplex('DoPut');
  empty.end();
  expect((await failureOf(collect(empty))).details).toBe('DoPut: expected a message, got none');
  const broken = client.duplex('DoPut');
  broken.end(garbage);
  expect((await failureOf(collect(broken))).details).toMatch(/^FlightData: no varint at byte 0/);
});

const everyRpc = [
  'GetFlightInfo',
  'GetSchema',
  'PollFlightInfo',
  'DoGet',
  'DoAction',
  'ListFlights',
  'ListActions',
  'DoPut',
  'DoExchange',
];

it.each(everyRpc)('%s without credentials is UNAUTHENTICATED', async (rpc) => {
  const client = new RawClient(await startServer());
  const anonymous = new Metadata();
  const call =
    rpc.startsWith('DoPut') || rpc === 'DoExchange'
      ? client.duplex(rpc, anonymous)
      : client.stream(rpc, Buffer.alloc(0), { headers: anonymous });
  expect((await failureOf(collect(call))).code).toBe(status.UNAUTHENTICATED);
});

it.each(COMMANDS.map(({ name }) => name))(
  '%s is UNIMPLEMENTED in every RPC as long as the backend has nothing for it',
  async (name) => {
    const client = new RawClient(await startServer({ producer: {} }));
    const cmd = command(name);
    const failures = [
      await failureOf(client.unary('GetFlightInfo', descriptor(cmd))),
      await failureOf(client.unary('GetSchema', descriptor(cmd))),
      await failureOf(collect(client.stream('DoGet', ticket(cmd)))),
      await failureOf(client.put(uploadStart(cmd))),
    ];
    expect(failures.map(({ code }) => code)).toEqual(Array(4).fill(status.UNIMPLEMENTED));
    expect(failures[0]?.details).toBe(`GetFlightInfo: this server does not offer ${name}`);
  },
);

it.each(ACTIONS.map(({ type }) => type))(
  'the action %s is UNIMPLEMENTED as long as the backend has nothing for it',
  async (type) => {
    const client = new RawClient(await startServer({ producer: {} }));
    const failure = await failureOf(collect(client.stream('DoAction', action(type))));
    expect(failure.code).toBe(status.UNIMPLEMENTED);
    expect(failure.details).toBe(`DoAction: this server does not offer ${type}`);
  },
);

it('the tables hold every command and every action of the protocol files', async () => {
  const { protocol } = await import('../../../src/flight/protocol.ts');
  const names = Object.keys(protocol).map((name) => name.split('.').at(-1) ?? '');
  const commands = names.filter((name) => /^(Command|TicketStatement)/.test(name));
  expect(COMMANDS.map(({ name }) => name).toSorted()).toEqual(commands.toSorted());
  const actions = names
    .map((name) => /^Action(.+)Request$/.exec(name)?.[1])
    .filter((name) => name !== undefined);
  expect(ACTIONS.map(({ type }) => type)).toEqual(expect.arrayContaining(actions));
  expect(ACTIONS).toHaveLength(actions.length + 5);
});

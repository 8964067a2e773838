import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import type { Authenticator } from '../../../src/auth/authenticator.ts';
import type { Call, FlightSqlProducer, SessionOptionValue } from '../../../src/flight/producer.ts';
import { FLIGHT, messageCodec } from '../../../src/flight/protocol.ts';
import type { FlightServerOptions } from '../../../src/flight/server.ts';
import {
  authenticator,
  bearer,
  collect,
  command,
  descriptor,
  RawClient,
  startServer,
  ticket,
  uploadStart,
} from '../../support/flight-server.ts';
import { numbers, recordingProducer } from '../../support/recording-producer.ts';

async function setUp(
  overrides: FlightSqlProducer = {},
  options: Partial<FlightServerOptions> = {},
) {
  const recorded = recordingProducer(overrides);
  const server = await startServer({ ...options, producer: recorded.producer });
  return { ...recorded, client: new RawClient(server) };
}

/** Every member of SessionOptionValue, and none. */
const MESSAGES = {
  text: { string_value: 'größer' },
  empty: { string_value: '' },
  yes: { bool_value: true },
  no: { bool_value: false },
  // Above 2^53, where a JavaScript number would round.
  long: { int64_value: '9007199254740993' },
  negative: { int64_value: '-123' },
  double: { double_value: 456.5 },
  list: { string_list_value: { values: ['a', 'ü', ''] } },
  none: { string_list_value: { values: [] } },
};
const VALUES = new Map<string, SessionOptionValue>([
  ['text', 'größer'],
  ['empty', ''],
  ['yes', true],
  ['no', false],
  ['long', 9007199254740993n],
  ['negative', -123n],
  ['double', 456.5],
  ['list', ['a', 'ü', '']],
  ['none', []],
]);

const setRequest = messageCodec<object>('arrow.flight.protocol.SetSessionOptionsRequest');
const getResult = messageCodec<{ session_options: Record<string, object> }>(
  'arrow.flight.protocol.GetSessionOptionsResult',
);

describe('session options', () => {
  it('of every type are read, and without a value taken away', async () => {
    const { client, asked } = await setUp();
    const body = setRequest.encode({ session_options: { ...MESSAGES, gone: {} } });
    const [result] = await client.action('SetSessionOptions', body);
    expect(asked).toEqual([['setSessionOptions', new Map([...VALUES, ['gone', undefined]])]]);
    // SetSessionOptionsResult: field 1 (errors), an entry: key "lol", value {INVALID_NAME}.
    expect(result).toEqual(Buffer.from([0x0a, 9, 0x0a, 3, 0x6c, 0x6f, 0x6c, 0x12, 2, 0x08, 1]));
  });

  it.each([
    ['invalid-name', 1],
    ['invalid-value', 2],
    ['error', 3],
  ] as const)('that are refused as %s come back as number %i', async (error, number) => {
    const { client } = await setUp({ setSessionOptions: async () => new Map([['x', error]]) });
    const [result] = await client.action('SetSessionOptions', Buffer.alloc(0));
    expect(result?.at(-1)).toBe(number);
  });

  it('of every type are told', async () => {
    const { client } = await setUp({ getSessionOptions: async () => VALUES });
    const [result] = await client.action('GetSessionOptions', Buffer.alloc(0));
    const { session_options } = getResult.decode(result ?? Buffer.alloc(0));
    expect(session_options).toMatchObject(MESSAGES);
  });

  it.each([
    ['closed', 1],
    ['closing', 2],
    ['not-closeable', 3],
  ] as const)('are over when the session is %s, number %i', async (outcome, number) => {
    const { client } = await setUp({ closeSession: async () => outcome });
    // CloseSessionResult: field 1 (status).
    const results = await client.action('CloseSession', Buffer.alloc(0));
    expect(results).toEqual([Buffer.from([0x08, number])]);
  });
});

const ID = 'AAAAAAAAAAAAAAAAAAAAA-';
const OTHER_ID = 'BBBBBBBBBBBBBBBBBBBBB_';

/** Whose tokens stand for a session. */
const sessionAuthenticator: Authenticator = {
  ...authenticator,
  authenticate: async (header) => ({
    ...(await authenticator.authenticate(header)),
    sessionId: OTHER_ID,
  }),
};

function withCookies(...cookies: readonly string[]): Metadata {
  const headers = bearer();
  for (const cookie of cookies) headers.add('cookie', cookie);
  return headers;
}

const query = descriptor(command('CommandStatementQuery', { query: 'SELECT' }));

describe('the session of a call', () => {
  it.each<[string, readonly string[], string | undefined]>([
    ['no cookie', [], undefined],
    ['its cookie', [`hana_flight_session=${ID}`], ID],
    ['its cookie among others, as Go joins them', [`a=b;hana_flight_session=${ID};c=d`], ID],
    ['its cookie among others, as browsers join them', [`a=b; hana_flight_session=${ID}; c`], ID],
    ['its cookie in quotes', [`hana_flight_session="${ID}"`], ID],
    ['several headers', ['a=b', `hana_flight_session=${ID}`], ID],
    ['a cookie that is not one of ours', ['hana_flight_session=x'], undefined],
    ['a cookie of a similar name', [`xhana_flight_session=${ID}`], undefined],
    ['what is not a cookie', [';;=;hana_flight_session', '='], undefined],
  ])('with %s', async (_what, cookies, id) => {
    const { client, calls } = await setUp();
    await client.unary('GetFlightInfo', query, withCookies(...cookies));
    expect(calls[0]?.session.id).toBe(id);
  });

  it('is the one of the token, whatever the cookie says', async () => {
    const { client, calls } = await setUp({}, { authenticator: sessionAuthenticator });
    await client.unary('GetFlightInfo', query, withCookies(`hana_flight_session=${ID}`));
    expect(calls[0]?.session.id).toBe(OTHER_ID);
    expect(calls[0]?.session.open()).toBe(OTHER_ID);
  });
});

/** Calls of each shape, and what their backends do first. */
function openingProducer(opened: string[]): FlightSqlProducer {
  const open = (call: Call): void => {
    opened.push(call.session.open(), call.session.open(), call.session.id ?? '');
  };
  const { producer } = recordingProducer();
  return {
    planStatement: async (statement, call) => {
      open(call);
      return producer.planStatement?.(statement, call) ?? Promise.reject(new Error());
    },
    getSessionOptions: async (call) => {
      open(call);
      return new Map();
    },
    openStatement: async (_handle, call) => {
      open(call);
      return numbers(1);
    },
    executeUpdate: async (_statement, call) => {
      open(call);
      return 1;
    },
  };
}

const callsOfEachShape: readonly (readonly [string, Buffer])[] = [
  ['GetFlightInfo', query],
  ['DoAction', FLIGHT.action.encode({ type: 'GetSessionOptions' })],
  ['DoGet', ticket(command('TicketStatementQuery', { statement_handle: Buffer.from('h') }))],
  ['DoPut', uploadStart(command('CommandStatementUpdate', { query: 'UPDATE' }))],
];

/** The headers and trailers of a call, and the code it ends with. */
async function answerOf(
  client: RawClient,
  rpc: string,
  request: Buffer,
  headers: Metadata = bearer(),
) {
  const call = client.stream(rpc, request, { headers });
  const answer = { initial: new Metadata(), trailers: new Metadata(), code: -1 };
  call.on('metadata', (metadata: Metadata) => {
    answer.initial = metadata;
  });
  call.on('status', ({ metadata, code }: { metadata: Metadata; code: number }) => {
    answer.trailers = metadata;
    answer.code = code;
  });
  await collect(call).catch(() => undefined);
  return answer;
}

describe('a session that is opened', () => {
  it.each(callsOfEachShape)('in %s goes out as a cookie', async (rpc, request) => {
    const opened: string[] = [];
    const { client } = await setUp(openingProducer(opened));
    const { initial, trailers, code } = await answerOf(client, rpc, request);
    expect(code).toBe(status.OK);
    expect(opened[0]).toMatch(/^[\w-]{22}$/);
    expect(opened).toEqual([opened[0], opened[0], opened[0]]);
    const cookies = [...initial.get('set-cookie'), ...trailers.get('set-cookie')];
    expect(cookies).toEqual([`hana_flight_session=${opened[0]}`]);
    // DoGet and DoPut send their headers before the backend is at work.
    expect(initial.get('set-cookie')).toHaveLength(['DoGet', 'DoPut'].includes(rpc) ? 0 : 1);
  });

  it('is the same when the cookie comes back, and no cookie goes out again', async () => {
    const opened: string[] = [];
    const { client } = await setUp(openingProducer(opened));
    const { initial } = await answerOf(client, 'GetFlightInfo', query);
    const cookie = String(initial.get('set-cookie')[0]);
    const again = await answerOf(client, 'GetFlightInfo', query, withCookies(cookie));
    expect(new Set(opened).size).toBe(1);
    expect(again.initial.get('set-cookie')).toEqual([]);
  });

  it('goes out with a failure, too', async () => {
    const { client } = await setUp({
      planStatement: async (_query, call) => {
        call.session.open();
        throw new Error('x');
      },
    });
    const { initial, code } = await answerOf(client, 'GetFlightInfo', query);
    expect(code).toBe(status.INTERNAL);
    expect(initial.get('set-cookie')).toHaveLength(1);
  });
});

const echo = (request: ReadonlyMap<string, string>): Record<string, string> => {
  const value = request.get('x-middleware');
  return value === undefined ? {} : { 'x-middleware': value };
};

describe('response headers', () => {
  const requests: readonly (readonly [string, Buffer, number])[] = [
    ...callsOfEachShape.map(([rpc, request]) => [rpc, request, status.OK] as const),
    ['GetFlightInfo', descriptor(Buffer.alloc(0)), status.INVALID_ARGUMENT],
    ['DoGet', ticket(Buffer.from('x')), status.INVALID_ARGUMENT],
    ['DoAction', FLIGHT.action.encode({ type: 'Fly' }), status.UNIMPLEMENTED],
    ['ListActions', Buffer.alloc(0), status.OK],
    ['Handshake', Buffer.alloc(0), status.OK],
  ];

  it.each(requests)('are initial metadata of %s', async (rpc, request, expected) => {
    const { client } = await setUp({}, { responseHeaders: echo });
    const headers = bearer();
    headers.set('x-middleware', 'expected value');
    const { initial, trailers, code } = await answerOf(client, rpc, request, headers);
    expect(code).toBe(expected);
    expect(initial.get('x-middleware')).toEqual(['expected value']);
    expect(trailers.get('x-middleware')).toEqual([]);
  });

  it('are initial metadata of a call that is not let in', async () => {
    const { client } = await setUp({}, { responseHeaders: echo });
    const headers = new Metadata();
    headers.set('x-middleware', 'expected value');
    const { initial, code } = await answerOf(client, 'GetFlightInfo', query, headers);
    expect(code).toBe(status.UNAUTHENTICATED);
    expect(initial.get('x-middleware')).toEqual(['expected value']);
  });
});

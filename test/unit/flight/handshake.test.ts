import { Metadata, status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { FLIGHT, messageCodec } from '../../../src/flight/protocol.ts';
import {
  authorization,
  collect,
  command,
  descriptor,
  failureOf,
  PASSWORD,
  RawClient,
  startServer,
  TOKEN,
  USER,
} from '../../support/flight-server.ts';

const padded = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
const unpadded = padded.replace(/=+$/, '');

const request = FLIGHT.handshakeRequest.encode({});

it.each([
  ['Basic with padding', `Basic ${padded}`],
  ['Basic without padding', `Basic ${unpadded}`],
  ['Bearer', `Bearer ${TOKEN}`],
])('answers %s with a token in initial metadata and one empty message', async (_what, value) => {
  const client = new RawClient(await startServer());
  const call = client.duplex('Handshake', authorization(value));
  const metadata = new Promise<Metadata>((resolve) => call.once('metadata', resolve));
  call.end(request);
  const messages = await collect(call);
  expect((await metadata).get('authorization')).toEqual([`Bearer ${TOKEN}`]);
  expect(messages).toEqual([Buffer.alloc(0)]);
});

it('the padded and the unpadded form differ in this test', () => {
  expect(padded).not.toBe(unpadded);
});

it('answers a client that sends no request', async () => {
  const client = new RawClient(await startServer());
  const call = client.duplex('Handshake', authorization(`Basic ${padded}`));
  call.end();
  expect(await collect(call)).toHaveLength(1);
});

it('answers a client that neither sends a request nor half-closes', async () => {
  const client = new RawClient(await startServer());
  const call = client.duplex('Handshake', authorization(`Basic ${padded}`));
  expect(await collect(call)).toHaveLength(1);
});

it('gives a token that outlives a Handshake cancelled after its headers', async () => {
  const server = await startServer();
  const client = new RawClient(server);
  const call = client.duplex('Handshake', authorization(`Basic ${padded}`));
  call.on('error', () => undefined);
  const metadata = await new Promise<Metadata>((resolve) => call.once('metadata', resolve));
  call.cancel();
  const headers = authorization(String(metadata.get('authorization')[0]));
  const cmd = command('CommandStatementQuery', { query: 'CITIES' });
  const info = FLIGHT.info.decode(await client.unary('GetFlightInfo', descriptor(cmd), headers));
  expect(info.endpoint).toHaveLength(1);
});

it.each([
  ['a wrong password', authorization('Basic REVNTzp4')],
  ['a token nobody issued', authorization('Bearer x')],
  ['no header', new Metadata()],
])('refuses %s as UNAUTHENTICATED', async (_what, headers) => {
  const client = new RawClient(await startServer());
  const call = client.duplex('Handshake', headers);
  call.end(request);
  expect(await failureOf(collect(call))).toMatchObject({
    code: status.UNAUTHENTICATED,
    details: 'wrong user or password',
  });
});

it.each([
  ['Basic', `Basic ${unpadded}`],
  ['Bearer', `Bearer ${TOKEN}`],
])('takes %s on any call without a Handshake', async (_what, value) => {
  const client = new RawClient(await startServer());
  const cmd = command('CommandStatementQuery', { query: 'CITIES' });
  const info = await client.unary('GetFlightInfo', descriptor(cmd), authorization(value));
  expect(FLIGHT.info.decode(info).endpoint).toHaveLength(1);
});

const basicAuth = messageCodec<{ username: string; password: string }>(
  'arrow.flight.protocol.BasicAuth',
);
const logon = (payload: Uint8Array): Buffer => FLIGHT.handshakeRequest.encode({ payload });

describe('the older logon, by the payload of a Handshake', () => {
  const asUser = logon(basicAuth.encode({ username: USER, password: PASSWORD }));

  it.each([
    ['half-closes', true],
    ['waits for the answer', false],
  ])('answers the token as payload and header to a client that %s', async (_how, halfCloses) => {
    const client = new RawClient(await startServer());
    const call = client.duplex('Handshake', new Metadata());
    const metadata = new Promise<Metadata>((resolve) => call.once('metadata', resolve));
    call.write(asUser);
    if (halfCloses) call.end();
    const messages = await collect(call);
    expect((await metadata).get('authorization')).toEqual([`Bearer ${TOKEN}`]);
    expect(messages).toHaveLength(1);
    const { payload } = FLIGHT.handshakeResponse.decode(messages[0] ?? Buffer.alloc(0));
    expect(Buffer.from(payload).toString()).toBe(TOKEN);
  });

  it('takes the token as auth-token-bin on any call', async () => {
    const client = new RawClient(await startServer());
    const headers = new Metadata();
    headers.set('auth-token-bin', Buffer.from(TOKEN));
    const cmd = command('CommandStatementQuery', { query: 'CITIES' });
    const info = await client.unary('GetFlightInfo', descriptor(cmd), headers);
    expect(FLIGHT.info.decode(info).endpoint).toHaveLength(1);
    headers.set('auth-token-bin', Buffer.from('x'));
    const failure = await failureOf(client.unary('GetFlightInfo', descriptor(cmd), headers));
    expect(failure.code).toBe(status.UNAUTHENTICATED);
  });

  it.each([
    [
      'a wrong password',
      basicAuth.encode({ username: USER, password: 'x' }),
      { code: status.UNAUTHENTICATED, text: /wrong user or password/ },
    ],
    [
      'a user name that Basic cannot carry',
      basicAuth.encode({ username: 'DE:MO', password: PASSWORD }),
      { code: status.UNAUTHENTICATED, text: /expected a user name without a colon/ },
    ],
    [
      'another payload',
      Buffer.from('user'),
      { code: status.INVALID_ARGUMENT, text: /BasicAuth: 4 bytes are not a valid message/ },
    ],
  ])('refuses %s', async (_what, payload, expected) => {
    const client = new RawClient(await startServer());
    const call = client.duplex('Handshake', new Metadata());
    call.write(logon(payload));
    const failure = await failureOf(collect(call));
    expect(failure.details).toMatch(expected.text);
    expect(failure.code).toBe(expected.code);
  });

  it('refuses a request that is not one', async () => {
    const client = new RawClient(await startServer());
    const call = client.duplex('Handshake', new Metadata());
    call.write(Buffer.from([0xff]));
    expect((await failureOf(collect(call))).code).toBe(status.INVALID_ARGUMENT);
  });

  it('counts for nothing beside an authorization header', async () => {
    const client = new RawClient(await startServer());
    const call = client.duplex('Handshake', authorization('Bearer x'));
    call.write(asUser);
    expect((await failureOf(collect(call))).code).toBe(status.UNAUTHENTICATED);
  });
});

it('keeps credentials out of the headers that a backend sees', async () => {
  const seen: ReadonlyMap<string, string>[] = [];
  const server = await startServer({
    producer: {
      describeStatement: async (_query, call) => {
        seen.push(call.headers);
        return { fields: [] };
      },
    },
  });
  const headers = authorization(`Bearer ${TOKEN}`);
  headers.set('x-database', 'H01');
  headers.set('x-binary-bin', Buffer.from('b'));
  headers.set('auth-token-bin', Buffer.from(TOKEN));
  const cmd = descriptor(command('CommandStatementQuery', { query: 'x' }));
  await new RawClient(server).unary('GetSchema', cmd, headers);
  expect([...(seen[0]?.keys() ?? [])]).toEqual(expect.arrayContaining(['x-database']));
  expect(seen[0]?.get('x-database')).toBe('H01');
  expect(seen[0]?.has('authorization')).toBe(false);
  expect(seen[0]?.has('x-binary-bin')).toBe(false);
  expect(seen[0]?.has('auth-token-bin')).toBe(false);
});

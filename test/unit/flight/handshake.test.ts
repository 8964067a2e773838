import { Metadata, status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { FLIGHT } from '../../../src/flight/protocol.ts';
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
  const cmd = descriptor(command('CommandStatementQuery', { query: 'x' }));
  await new RawClient(server).unary('GetSchema', cmd, headers);
  expect([...(seen[0]?.keys() ?? [])]).toEqual(expect.arrayContaining(['x-database']));
  expect(seen[0]?.get('x-database')).toBe('H01');
  expect(seen[0]?.has('authorization')).toBe(false);
  expect(seen[0]?.has('x-binary-bin')).toBe(false);
});

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { Client, credentials, type GrpcObject, loadPackageDefinition, status } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { int32Column, makeBatch } from '../../../src/arrow/columns.ts';
import type { ArrowSchema } from '../../../src/arrow/types.ts';
import { protocol } from '../../../src/flight/protocol.ts';
import { type FlightServer, startFlightServer } from '../../../src/flight/server.ts';
import {
  authenticator,
  bearer,
  collect,
  command,
  connect,
  descriptor,
  failureOf,
  Gate,
  RawClient,
  startServer,
  TOKEN,
  ticket,
} from '../../support/flight-server.ts';
import { http2Call, openHttp2Call, readCall } from '../../support/http2-call.ts';
import { loopbackCertificate, loopbackKey } from '../../support/loopback-certificate.ts';

const query = descriptor(command('CommandStatementQuery', { query: 'CITIES' }));
const fetchAll = ticket(command('TicketStatementQuery', { statement_handle: Buffer.from('h') }));
const schema: ArrowSchema = {
  fields: [{ name: 'N', type: { kind: 'int', bits: 32, signed: true }, nullable: true }],
};

async function healthOf(server: FlightServer): Promise<string> {
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  onTestFinished(() => client.close());
  const check = healthService['Check'];
  if (check === undefined) throw new Error('the health service has no Check');
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      check.path,
      check.requestSerialize,
      check.responseDeserialize,
      { service: '' },
      (error, reply) => (error === null ? resolve(JSON.stringify(reply)) : reject(error)),
    );
  });
}

it('says in its URL where it listens', async () => {
  const server = await startServer();
  expect(server.url).toBe(`grpc://127.0.0.1:${server.port}`);
  expect(server.port).toBeGreaterThan(0);
});

it('answers gRPC health, without credentials', async () => {
  const server = await startServer();
  expect(await healthOf(server)).toBe('{"status":"SERVING"}');
  server.setServing(false);
  expect(await healthOf(server)).toBe('{"status":"NOT_SERVING"}');
  server.setServing(true);
  expect(await healthOf(server)).toBe('{"status":"SERVING"}');
});

it('describes itself by reflection', async () => {
  const server = await startServer();
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  onTestFinished(() => client.close());
  const call = client.makeBidiStreamRequest(
    '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
    // ServerReflectionRequest.file_containing_symbol is field 4.
    (symbol: string) => Buffer.from([0x22, symbol.length, ...Buffer.from(symbol)]),
    (bytes: Buffer) => bytes.toString('latin1'),
    {},
  );
  call.write('arrow.flight.protocol.FlightService');
  call.end();
  const answer = await new Promise<string>((resolve) => call.once('data', resolve));
  expect(answer).toContain('DoGet');
  expect(answer).toContain('flight_descriptor');
});

it('is described by what an ordinary gRPC client makes of the protocol files', async () => {
  const server = await startServer();
  const loaded = loadPackageDefinition(protocol)['arrow'] as GrpcObject;
  const flight = loaded['flight'] as GrpcObject;
  const { FlightService } = flight['protocol'] as GrpcObject;
  const client = new (FlightService as unknown as typeof Client)(
    `127.0.0.1:${server.port}`,
    credentials.createInsecure(),
  ) as Client & {
    listActions(request: object, metadata: unknown): AsyncIterable<{ type: string }>;
  };
  onTestFinished(() => client.close());
  const types: string[] = [];
  for await (const action of client.listActions({}, bearer())) types.push(action.type);
  expect(types).toContain('CreatePreparedStatement');
});

it('speaks TLS with HTTP/2 by ALPN', async () => {
  const server = await startServer({
    tls: { key: Buffer.from(loopbackKey), certificate: Buffer.from(loopbackCertificate) },
  });
  expect(server.url).toBe(`grpc+tls://127.0.0.1:${server.port}`);
  const client = await connect(server, {
    rootCertificates: Buffer.from(loopbackCertificate),
    credentials: { user: 'DEMO', password: 'Demo1234' },
  });
  expect((await client.execute('CITIES')).totalRecords).toBe(3);
});

it('refuses unusable TLS files in plain words', async () => {
  const start = startFlightServer({
    host: '127.0.0.1',
    port: 0,
    producer: {},
    authenticator,
    tls: { key: Buffer.from('x'), certificate: Buffer.from('y') },
  });
  await expect(start).rejects.toThrow(/TLS|listen/);
  await expect(start).rejects.toMatchObject({ name: 'HanaFlightError' });
});

it('says where it could not listen', async () => {
  const occupant = createServer().listen(0, '127.0.0.1');
  await once(occupant, 'listening');
  onTestFinished(() => void occupant.close());
  const { port } = occupant.address() as AddressInfo;
  const start = startFlightServer({ host: '127.0.0.1', port, producer: {}, authenticator });
  await expect(start).rejects.toMatchObject({ code: 'failed-precondition' });
  await expect(start).rejects.toThrow(
    new RegExp(`^cannot listen on 127.0.0.1:${port}: .*EADDRINUSE`),
  );
});

it.each([60, 100])('survives %i KB of request headers', async (kilobytes) => {
  const server = await startServer();
  const headers = Object.fromEntries(
    Array.from({ length: kilobytes / 10 }, (_, at) => [`x-big-${at}`, 'x'.repeat(10_000)]),
  );
  const { trailers } = await readCall(http2Call(server, 'GetFlightInfo', query, headers));
  expect(trailers['grpc-status']).toBe('0');
  expect(await new RawClient(server).unary('GetFlightInfo', query)).not.toHaveLength(0);
});

it('loses only the connection of a client whose headers are beyond all measure', async () => {
  const server = await startServer();
  const headers = Object.fromEntries(
    Array.from({ length: 90 }, (_, at) => [`x-big-${at}`, 'x'.repeat(10_000)]),
  );
  await readCall(http2Call(server, 'GetFlightInfo', query, headers)).catch(() => undefined);
  expect(await new RawClient(server).unary('GetFlightInfo', query)).not.toHaveLength(0);
});

/** A server with one result that waits in the middle until it is told to go on. */
async function startHalfway() {
  const gate = new Gate();
  const server = await startServer({
    producer: {
      openStatement: async (_handle, call) => ({
        schema,
        batches: (async function* () {
          yield makeBatch(1, [int32Column([1])]);
          await Promise.race([gate.opened, once(call.signal, 'abort')]);
          call.signal.throwIfAborted();
          yield makeBatch(1, [int32Column([2])]);
        })(),
      }),
    },
  });
  const stream = new RawClient(server).stream('DoGet', fetchAll);
  const messages = collect(stream);
  messages.catch(() => undefined);
  await once(stream, 'metadata');
  return { server, messages, goOn: gate.open };
}

it('drains: refuses new connections, lets a running stream finish', async () => {
  const { server, messages, goOn } = await startHalfway();
  const closed = server.close(20_000);
  const refused = await failureOf(new RawClient(server).unary('GetFlightInfo', query));
  expect(refused.code).toBe(status.UNAVAILABLE);
  goOn();
  expect(await messages).toHaveLength(3);
  await closed;
});

it('ends what is still running after the grace time with UNAVAILABLE', async () => {
  const { server, messages } = await startHalfway();
  const closed = server.close(100);
  const failure = await failureOf(messages);
  expect(failure).toMatchObject({
    code: status.UNAVAILABLE,
    details: 'the server is shutting down',
  });
  await closed;
});

it('closes in spite of a client that watches health or reads nothing', async () => {
  const { server, messages } = await startHalfway();
  const watch = healthService['Watch'];
  const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
  onTestFinished(() => client.close());
  const states: string[] = [];
  const watching = client.makeServerStreamRequest(
    watch?.path ?? '',
    watch?.requestSerialize ?? (() => Buffer.alloc(0)),
    (bytes: Buffer) => JSON.stringify(watch?.responseDeserialize(bytes)),
    { service: '' },
  );
  watching.on('error', () => undefined);
  watching.on('data', (state: string) => states.push(state));
  await vi.waitUntil(() => states.length > 0);
  await server.close(50);
  expect(states).toEqual(['{"status":"SERVING"}', '{"status":"NOT_SERVING"}']);
  await expect(messages).rejects.toThrow(/UNAVAILABLE/);
});

it('may be closed twice', async () => {
  const server = await startServer();
  await Promise.all([server.close(0), server.close(0)]);
  await expect(
    connect(server, { credentials: { user: 'a', password: TOKEN } }),
  ).rejects.toMatchObject({ code: 'unavailable' });
});

it('lets a client send megabytes of an upload before it waits for a round trip', async () => {
  const { session } = openHttp2Call(await startServer(), 'DoPut').on('error', () => undefined);
  await vi.waitUntil(() => (session?.state.remoteWindowSize ?? 0) > 65_535);
  // One stream, and all streams of the connection: above it, so that an upload that must wait does
  // not keep other requests waiting.
  expect(session?.remoteSettings.initialWindowSize).toBe(4 * 1024 * 1024);
  expect(session?.state.remoteWindowSize).toBe(64 * 1024 * 1024);
});

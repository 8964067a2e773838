import { once } from 'node:events';
import { type ServiceError, status } from '@grpc/grpc-js';
import { expect, it, vi } from 'vitest';
import type { ArrowBatch } from '../../../src/arrow/batch.ts';
import { binaryColumn, int32Column, makeBatch } from '../../../src/arrow/columns.ts';
import type { ArrowSchema } from '../../../src/arrow/types.ts';
import { HanaFlightError } from '../../../src/core/errors.ts';
import type { Call, FlightSqlProducer } from '../../../src/flight/producer.ts';
import {
  collect,
  command,
  failureOf,
  Gate,
  RawClient,
  startServer,
  ticket,
} from '../../support/flight-server.ts';
import { http2Call, readCall } from '../../support/http2-call.ts';

const schema: ArrowSchema = {
  fields: [{ name: 'N', type: { kind: 'int', bits: 32, signed: true }, nullable: true }],
};
const blobSchema: ArrowSchema = {
  fields: [{ name: 'B', type: { kind: 'binary' }, nullable: true }],
};
const oneRow = makeBatch(1, [int32Column([1])]);
const MEBIBYTE = 1024 * 1024;
const mebibyte = makeBatch(1, [binaryColumn([new Uint8Array(MEBIBYTE)])]);

const fetchAll = ticket(
  command('TicketStatementQuery', { statement_handle: Buffer.from('handle') }),
);

/** A backend whose one result is made by `batches`. */
function producerOf(
  batches: (call: Call) => AsyncIterable<ArrowBatch>,
  resultSchema = schema,
): FlightSqlProducer {
  return {
    openStatement: async (_handle, call) => ({ schema: resultSchema, batches: batches(call) }),
  };
}

it('pulls no more than a few batches ahead of a client that does not read', async () => {
  let pulled = 0;
  const server = await startServer({
    producer: producerOf(async function* () {
      for (; pulled < 100; pulled++) yield mebibyte;
    }, blobSchema),
  });
  const call = http2Call(server, 'DoGet', fetchAll);
  await vi.waitUntil(() => pulled > 0);
  // The client takes nothing, so what the server pulls must come to rest.
  let before = -1;
  const atRest = () => {
    const rests = pulled === before;
    before = pulled;
    return rests;
  };
  await vi.waitUntil(atRest, { interval: 200, timeout: 20_000 });
  expect(pulled).toBeLessThan(8);
  const { bytes, trailers } = await readCall(call);
  expect(bytes).toBeGreaterThan(100 * MEBIBYTE);
  expect(trailers['grpc-status']).toBe('0');
  expect(pulled).toBe(100);
});

it('closes the iterator and aborts the signal when the client cancels in mid-stream', async () => {
  let returned = false;
  let signal: AbortSignal | undefined;
  const server = await startServer({
    producer: producerOf(async function* (call) {
      signal = call.signal;
      try {
        for (;;) yield mebibyte;
      } finally {
        returned = true;
      }
    }, blobSchema),
  });
  const call = new RawClient(server).stream('DoGet', fetchAll);
  call.on('error', () => undefined);
  await once(call, 'data');
  call.cancel();
  await vi.waitUntil(() => returned && server.ended.length === 1);
  expect(signal?.aborted).toBe(true);
  expect(server.ended[0]?.error).toMatchObject({ code: 'cancelled' });
});

it('wakes a backend that waits for its own data when the client cancels', async () => {
  const server = await startServer({
    producer: producerOf(async function* (call) {
      yield oneRow;
      await once(call.signal, 'abort');
      call.signal.throwIfAborted();
    }),
  });
  const call = new RawClient(server).stream('DoGet', fetchAll);
  call.on('error', () => undefined);
  await once(call, 'data');
  call.cancel();
  await vi.waitUntil(() => server.ended.length === 1);
  expect(server.ended[0]?.error).toMatchObject({ code: 'cancelled' });
});

it('never aborts the signal of a call that ended well', async () => {
  let signal: AbortSignal | undefined;
  const server = await startServer({
    producer: producerOf(async function* (call) {
      signal = call.signal;
      yield oneRow;
    }),
  });
  const client = new RawClient(server);
  await collect(client.stream('DoGet', fetchAll));
  // A second round trip gives grpc-js the time to report the first call closed.
  await collect(client.stream('DoGet', fetchAll));
  await vi.waitUntil(() => server.ended.length === 2);
  expect(signal?.aborted).toBe(false);
});

it('nor when the server gives up a call whose last bytes the client has not read yet', async () => {
  let signal: AbortSignal | undefined;
  const server = await startServer({
    producer: producerOf(async function* (call) {
      signal = call.signal;
      yield mebibyte;
    }, blobSchema),
  });
  http2Call(server, 'DoGet', fetchAll).on('error', () => undefined);
  await vi.waitUntil(() => server.ended.length === 1);
  await server.close(0);
  expect(signal?.aborted).toBe(false);
});

it.each([
  [
    'that waits for its own data',
    async function* (call: Call) {
      yield oneRow;
      await once(call.signal, 'abort');
      call.signal.throwIfAborted();
    },
  ],
  [
    'that never tires',
    async function* () {
      for (;;) yield oneRow;
    },
  ],
])('ends a backend %s with DEADLINE_EXCEEDED when the deadline passes', async (_what, batches) => {
  const server = await startServer({ producer: producerOf(batches) });
  const call = http2Call(server, 'DoGet', fetchAll, { 'grpc-timeout': '300m' });
  const { trailers } = await readCall(call);
  expect(trailers['grpc-status']).toBe(String(status.DEADLINE_EXCEEDED));
  await vi.waitUntil(() => server.ended.length === 1);
  expect(server.ended[0]?.error).toMatchObject({ code: 'deadline-exceeded' });
});

it('ends a stream that nobody reads when the deadline passes', async () => {
  const server = await startServer({
    producer: producerOf(async function* () {
      for (;;) yield mebibyte;
    }, blobSchema),
  });
  http2Call(server, 'DoGet', fetchAll, { 'grpc-timeout': '300m' });
  await vi.waitUntil(() => server.ended.length === 1, { timeout: 10_000 });
  expect(server.ended[0]?.error).toMatchObject({ code: 'deadline-exceeded' });
});

it('ends with a status, never short, when the backend fails after the first batch', async () => {
  const server = await startServer({
    producer: producerOf(async function* () {
      yield oneRow;
      throw new HanaFlightError('unavailable', 'the connection to HANA broke', {
        hana: { code: 1025, sqlState: '08S01', position: 3 },
      });
    }),
  });
  const received: Buffer[] = [];
  const call = new RawClient(server).stream('DoGet', fetchAll);
  call.on('data', (message: Buffer) => received.push(message));
  const error = await new Promise<ServiceError>((resolve) => call.once('error', resolve));
  expect(received).toHaveLength(2);
  expect(error).toMatchObject({
    code: status.UNAVAILABLE,
    details: 'the connection to HANA broke',
  });
  expect(error.metadata.getMap()).toMatchObject({
    'x-hana-error-code': '1025',
    'x-hana-sql-state': '08S01',
    'x-hana-error-position': '3',
  });
});

it('never passes a result off as complete that its backend cut short on the abort', async () => {
  const server = await startServer({
    producer: producerOf(async function* (call) {
      yield oneRow;
      await once(call.signal, 'abort');
    }),
  });
  const call = new RawClient(server).stream('DoGet', fetchAll);
  const messages = collect(call);
  messages.catch(() => undefined);
  await once(call, 'metadata');
  const closed = server.close(50);
  expect((await failureOf(messages)).code).toBe(status.UNAVAILABLE);
  await closed;
});

it('hides the text of an unexpected error from the client, and reports it', async () => {
  const server = await startServer({
    producer: producerOf(async function* () {
      yield oneRow;
      throw new TypeError('secret of the backend');
    }),
  });
  const failure = await failureOf(collect(new RawClient(server).stream('DoGet', fetchAll)));
  expect(failure.code).toBe(status.INTERNAL);
  expect(failure.details).not.toMatch(/secret|TypeError|at /);
  expect(server.ended[0]?.error).toBeInstanceOf(TypeError);
});

it('sends its headers before the backend has opened the result', async () => {
  const gate = new Gate();
  const server = await startServer({
    producer: {
      openStatement: async () => {
        await gate.opened;
        return { schema, batches: (async function* () {})() };
      },
    },
  });
  const call = new RawClient(server).stream('DoGet', fetchAll);
  await once(call, 'metadata');
  gate.open();
  expect(await collect(call)).toHaveLength(1);
});

it('leaves out batches without rows', async () => {
  const server = await startServer({
    producer: producerOf(async function* () {
      yield makeBatch(0, [int32Column([])]);
      yield oneRow;
      yield makeBatch(0, [int32Column([])]);
      yield oneRow;
    }),
  });
  expect(await collect(new RawClient(server).stream('DoGet', fetchAll))).toHaveLength(3);
});

it('refuses a batch above the message limit and tells the size, the limit and the setting', async () => {
  let closed = false;
  const server = await startServer({
    maxMessageBytes: MEBIBYTE,
    producer: producerOf(async function* () {
      try {
        yield makeBatch(1, [binaryColumn([new Uint8Array(10)])]);
        yield mebibyte;
      } finally {
        closed = true;
      }
    }, blobSchema),
  });
  const failure = await failureOf(collect(new RawClient(server).stream('DoGet', fetchAll)));
  expect(failure.code).toBe(status.RESOURCE_EXHAUSTED);
  expect(failure.details).toMatch(
    /^record batch of 1 rows: needs a message of 10487\d\d bytes, the limit max-message-bytes is 1048576$/,
  );
  expect(closed).toBe(true);
});

it('keeps every message within 4 MiB unless told otherwise', async () => {
  const large = makeBatch(1, [binaryColumn([new Uint8Array(4 * MEBIBYTE)])]);
  const server = await startServer({
    producer: producerOf(async function* () {
      yield large;
    }, blobSchema),
  });
  const failure = await failureOf(collect(new RawClient(server).stream('DoGet', fetchAll)));
  expect(failure.details).toMatch(/the limit max-message-bytes is 4194304/);
});

it('survives a client that vanishes in mid-stream, and serves the next', async () => {
  const server = await startServer({
    producer: producerOf(async function* () {
      for (let batch = 0; batch < 50; batch++) yield mebibyte;
    }, blobSchema),
  });
  const vanishing = new RawClient(server);
  const call = vanishing.stream('DoGet', fetchAll);
  call.on('error', () => undefined);
  await once(call, 'data');
  call.destroy();
  call.cancel();
  await vi.waitUntil(() => server.ended.length === 1);
  expect(server.ended[0]?.error).toMatchObject({ code: 'cancelled' });
  expect(await collect(new RawClient(server).stream('DoGet', fetchAll))).toHaveLength(51);
});

import { status } from '@grpc/grpc-js';
import { expect, it, vi } from 'vitest';
import { binaryColumn, makeBatch } from '../../../src/arrow/columns.ts';
import type { ArrowSchema } from '../../../src/arrow/types.ts';
import type { FlightSqlProducer } from '../../../src/flight/producer.ts';
import { ReaderProgress } from '../../../src/flight/reader-progress.ts';
import { command, Gate, startServer, ticket } from '../../support/flight-server.ts';
import { http2Call, readCall } from '../../support/http2-call.ts';

const TIMEOUT_MS = 300;
/** For those who must not be given up: longer than a busy machine keeps this process waiting. */
const LONG_TIMEOUT_MS = 1_500;
const schema: ArrowSchema = {
  fields: [{ name: 'B', type: { kind: 'binary' }, nullable: true }],
};
/** More than a client's first window, so that one that reads nothing stops the first of them. */
const rows = makeBatch(1, [binaryColumn([new Uint8Array(128 * 1024)])]);

const get = (handle: string) =>
  ticket(command('TicketStatementQuery', { statement_handle: Buffer.from(handle) }));

interface Backend extends FlightSqlProducer {
  /** Handles of results whose iterators were closed. */
  readonly closed: string[];
  /** Handles of results of which something was pulled. */
  readonly pulled: Set<string>;
}

/** Results of 50 MiB each that share their progress; `slow` waits for the gate before its second batch. */
function backendOf(gate = new Gate()): Backend {
  const progress = new ReaderProgress();
  const closed: string[] = [];
  const pulled = new Set<string>();
  const batches = async function* (handle: string) {
    try {
      for (let batch = 0; batch < 400; batch++) {
        if (handle === 'slow' && batch === 1) await gate.opened;
        pulled.add(handle);
        yield rows;
      }
    } finally {
      closed.push(handle);
    }
  };
  return {
    closed,
    pulled,
    openStatement: async (bytes) => {
      const handle = Buffer.from(bytes).toString();
      return { schema, batches: batches(handle), progress };
    },
  };
}

it('gives up a result whose client has stopped reading, and tells why', async () => {
  const producer = backendOf();
  const server = await startServer({ producer, readerTimeoutMs: TIMEOUT_MS });
  const call = http2Call(server, 'DoGet', get('first'));
  await vi.waitUntil(() => server.ended.length === 1, { timeout: 10_000 });
  expect(producer.closed).toEqual(['first']);
  expect(server.ended[0]?.error).toMatchObject({ code: 'deadline-exceeded' });
  // The client learns it when it reads on.
  const { bytes, trailers } = await readCall(call);
  expect(bytes).toBeLessThan(10 * 1024 * 1024);
  expect(trailers['grpc-status']).toBe(String(status.DEADLINE_EXCEEDED));
  expect(decodeURIComponent(String(trailers['grpc-message']))).toContain(
    'the client took nothing of the result for 300 ms (--reader-timeout)',
  );
});

it('keeps a result that waits for its turn while its client reads another of the query', async () => {
  const producer = backendOf();
  const server = await startServer({ producer, readerTimeoutMs: LONG_TIMEOUT_MS });
  const waiting = http2Call(server, 'DoGet', get('second'));
  await vi.waitUntil(() => producer.pulled.has('second'));
  const read = http2Call(server, 'DoGet', get('first'));
  read.pause();
  // A slow reader: a little at a time, for much longer than the timeout.
  const started = performance.now();
  while (performance.now() - started < 2 * LONG_TIMEOUT_MS) {
    read.read();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(producer.closed).toEqual([]);
  read.close();
  expect((await readCall(waiting)).trailers['grpc-status']).toBe('0');
});

it('keeps it while the client has to wait for the backend', async () => {
  const gate = new Gate();
  const producer = backendOf(gate);
  const server = await startServer({ producer, readerTimeoutMs: LONG_TIMEOUT_MS });
  const waiting = http2Call(server, 'DoGet', get('second'));
  const slow = http2Call(server, 'DoGet', get('slow'));
  const read = readCall(slow);
  await vi.waitUntil(() => producer.pulled.size === 2);
  await new Promise((resolve) => setTimeout(resolve, 2 * LONG_TIMEOUT_MS));
  expect(producer.closed).toEqual([]);
  gate.open();
  expect((await read).trailers['grpc-status']).toBe('0');
  expect((await readCall(waiting)).trailers['grpc-status']).toBe('0');
});

it('gives up all of them when the client reads none', async () => {
  const producer = backendOf();
  const server = await startServer({ producer, readerTimeoutMs: TIMEOUT_MS });
  for (const handle of ['first', 'second']) http2Call(server, 'DoGet', get(handle));
  await vi.waitUntil(() => server.ended.length === 2, { timeout: 10_000 });
  expect(producer.closed.toSorted()).toEqual(['first', 'second']);
});

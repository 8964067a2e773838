import { once } from 'node:events';
import { type ClientHttp2Stream, constants } from 'node:http2';
import { status } from '@grpc/grpc-js';
import { describe, expect, it, vi } from 'vitest';
import { makeBatch } from '../../../src/arrow/columns.ts';
import { encodeSchemaHeader } from '../../../src/arrow/ipc-schema.ts';
import { HanaFlightError } from '../../../src/core/errors.ts';
import { encodeFlightData } from '../../../src/flight/flight-data.ts';
import type { FlightSqlProducer } from '../../../src/flight/producer.ts';
import { FLIGHT, messageCodec } from '../../../src/flight/protocol.ts';
import {
  batchMessage,
  command,
  descriptor,
  failureOf,
  Gate,
  RawClient,
  SQL_PACKAGE,
  startServer,
  uploadStart,
} from '../../support/flight-server.ts';
import { grpcFrame, openHttp2Call } from '../../support/http2-call.ts';
import { NO_FIELDS, recordingProducer, TEXTS, texts } from '../../support/recording-producer.ts';

const prepared = { prepared_statement_handle: Buffer.from('handle') };
const bind = command('CommandPreparedStatementQuery', prepared);
const update = command('CommandPreparedStatementUpdate', prepared);
const modes = { if_not_exist: 1, if_exists: 2 };
const ingest = command('CommandStatementIngest', { table: 'T', table_definition_options: modes });

const textSchema = encodeSchemaHeader(TEXTS);
const noFields = encodeSchemaHeader(NO_FIELDS);
const twoRows = batchMessage(texts('a', null));
const oneRow = batchMessage(texts('b'));

/** FlightData: field 3 (app_metadata), one byte. */
const metadataOnly = Buffer.from([0x1a, 1, 0x2a]);

async function setUp(overrides: FlightSqlProducer = {}) {
  const recorded = recordingProducer(overrides);
  const server = await startServer({ producer: recorded.producer });
  return { ...recorded, server, client: new RawClient(server) };
}

const updateResult = messageCodec<{ record_count: string }>(`${SQL_PACKAGE}DoPutUpdateResult`);

/** What the one PutResult of an upload holds. */
function appMetadata(replies: readonly Buffer[]): Uint8Array {
  expect(replies).toHaveLength(1);
  return FLIGHT.putResult.decode(replies[0] ?? Buffer.alloc(0)).app_metadata;
}

function recordCount(replies: readonly Buffer[]): number {
  return Number(updateResult.decode(appMetadata(replies)).record_count);
}

describe('binding parameters', () => {
  it('takes all rows up to the half-close and answers with the same handle, not packed', async () => {
    const { client, asked } = await setUp();
    const replies = await client.upload([uploadStart(bind, textSchema), twoRows, oneRow]);
    // DoPutPreparedStatementResult: field 1 (prepared_statement_handle), 6 bytes.
    expect(Buffer.from(appMetadata(replies))).toEqual(Buffer.from('\x0a\x06handle'));
    expect(asked).toEqual([['bindParameters', 'handle', { fields: ['t'], rows: 3 }]]);
  });

  it('is not answered before the half-close', async () => {
    const { client } = await setUp();
    const call = client.duplex('DoPut');
    const replies: Buffer[] = [];
    call.on('data', (reply: Buffer) => replies.push(reply));
    call.write(uploadStart(bind, textSchema));
    call.write(twoRows);
    await once(call, 'metadata');
    expect(replies).toEqual([]);
    call.end();
    await once(call, 'end');
    expect(replies).toHaveLength(1);
  });

  it('takes a schema without fields, whose batches have rows and no columns', async () => {
    const { client, asked } = await setUp();
    const batch = batchMessage(makeBatch(1, []));
    await client.upload([uploadStart(bind, noFields), batch]);
    expect(asked).toEqual([['bindParameters', 'handle', { fields: [], rows: 1 }]]);
  });
});

describe('a prepared update', () => {
  it('gets the rows that come with it, and answers once', async () => {
    const { client, asked } = await setUp();
    const replies = await client.upload([uploadStart(update, textSchema), twoRows, oneRow]);
    expect(recordCount(replies)).toBe(3);
    expect(asked).toEqual([['executePreparedUpdate', 'handle', { fields: ['t'], rows: 3 }]]);
  });

  it.each([
    ['no schema', undefined],
    ['a schema without fields', noFields],
  ])('with %s has no parameters and is answered on its first message', async (_what, header) => {
    const { client, asked } = await setUp();
    expect(recordCount(await client.put(uploadStart(update, header)))).toBe(3);
    expect(asked).toEqual([['executePreparedUpdate', 'handle', undefined]]);
  });
});

describe('an ingest', () => {
  it('hands over the request and the rows, and answers with their number', async () => {
    const { client, asked, server } = await setUp();
    const cmd = command('CommandStatementIngest', {
      table_definition_options: { if_not_exist: 2, if_exists: 3 },
      table: 'T',
      schema: 'S',
      catalog: '',
      temporary: true,
      transaction_id: Buffer.from('tx'),
      options: { key1: 'value1', key2: 'value2' },
    });
    const replies = await client.upload([uploadStart(cmd, textSchema), twoRows, oneRow]);
    expect(recordCount(replies)).toBe(3);
    const request = {
      table: 'T',
      dbSchema: 'S',
      catalog: '',
      temporary: true,
      ifNotExists: 'fail',
      ifExists: 'replace',
      transactionId: 'tx',
      options: new Map([
        ['key1', 'value1'],
        ['key2', 'value2'],
      ]),
    };
    expect(asked).toEqual([['ingest', request, { fields: ['t'], rows: 3 }]]);
    expect(server.ended).toMatchObject([
      { command: 'CommandStatementIngest', rows: 3, batches: 2, error: undefined },
    ]);
  });

  it('of no rows needs a schema all the same; what is unset is undefined', async () => {
    const { client, asked } = await setUp();
    expect(recordCount(await client.upload([uploadStart(ingest, textSchema)]))).toBe(0);
    expect(asked).toMatchObject([
      ['ingest', { dbSchema: undefined, catalog: undefined, transactionId: undefined }, {}],
    ]);
    expect(await failureOf(client.upload([uploadStart(ingest)]))).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: 'DoPut: expected an Arrow schema, the upload ended without one',
    });
  });

  it('may have its schema in the message after the descriptor, and application metadata between', async () => {
    const { client } = await setUp();
    const schema = encodeFlightData(textSchema);
    const messages = [uploadStart(ingest), metadataOnly, schema, twoRows, metadataOnly, oneRow];
    expect(recordCount(await client.upload(messages))).toBe(3);
  });

  it.each([
    [{}, /table_definition_options\.if_not_exist: expected create \(1\), fail \(2\), got nothing/],
    [{ table_definition_options: { if_exists: 1 } }, /if_not_exist: expected .*, got 0/],
    [
      { table_definition_options: { if_not_exist: 1 } },
      /if_exists: expected fail \(1\), append \(2\), replace \(3\), got 0/,
    ],
    [{ table: '', table_definition_options: modes }, /expected the name of a table/],
  ])('%j is INVALID_ARGUMENT', async (request, text) => {
    const { client, asked } = await setUp();
    const cmd = command('CommandStatementIngest', { table: 'T', ...request });
    const failure = await failureOf(client.upload([uploadStart(cmd, textSchema)]));
    expect(failure.details).toMatch(text);
    expect(failure.code).toBe(status.INVALID_ARGUMENT);
    expect(asked).toEqual([]);
  });
});

describe.each([
  ['a binding', bind],
  ['a prepared update', update],
  ['an ingest', ingest],
])('%s', (_name, cmd) => {
  const start = uploadStart(cmd, textSchema);

  it.each([
    ['a batch before its schema', [uploadStart(cmd, headerOf(twoRows)), twoRows], /Schema/],
    ['a second schema', [start, twoRows, encodeFlightData(textSchema)], /RecordBatch/],
    ['garbage for a batch', [start, encodeFlightData(Buffer.from('garbage!'))], /data_header/],
    ['what is not FlightData', [start, Buffer.from([0xff])], /^FlightData: no varint/],
    [
      'a body without a header',
      [start, Buffer.concat([Buffer.from([0xc2, 0x3e, 1, 0])])],
      /data_header/,
    ],
    ['a batch cut short', [start, cutBody(twoRows)], /./],
  ])('with %s is INVALID_ARGUMENT', async (_what, messages, text) => {
    const { client, asked } = await setUp();
    const failure = await failureOf(client.upload(messages));
    expect(failure.details).toMatch(text);
    expect(failure.code).toBe(status.INVALID_ARGUMENT);
    expect(asked).toEqual([]);
  });

  it('ends when the client is gone: the loop over its batches throws the reason', async () => {
    const thrown: unknown[] = [];
    const [pulled, ended] = [new Gate(), new Gate()];
    const readUntilLost = async (rows: AsyncIterable<unknown>): Promise<never> => {
      try {
        for await (const batch of rows) if (batch !== undefined) pulled.open();
      } catch (error) {
        thrown.push(error);
      }
      ended.open();
      throw new Error('the upload ended');
    };
    const { client, server } = await setUp({
      bindParameters: (_handle, rows) => readUntilLost(rows.batches),
      executePreparedUpdate: (_handle, rows) => readUntilLost(rows?.batches ?? nothing()),
      ingest: (_request, rows) => readUntilLost(rows.batches),
    });
    const call = client.duplex('DoPut');
    call.on('error', () => undefined);
    call.write(start);
    call.write(twoRows);
    await pulled.opened;
    call.cancel();
    await ended.opened;
    expect(thrown).toEqual([
      new HanaFlightError('cancelled', 'the client cancelled the call or went away'),
    ]);
    await vi.waitUntil(() => server.ended.length === 1);
    expect(server.ended[0]?.error).toMatchObject({ code: 'cancelled' });
  });
});

const disappearances: readonly [string, (stream: ClientHttp2Stream) => void][] = [
  ['resets its stream with CANCEL', (stream) => stream.close(constants.NGHTTP2_CANCEL)],
  ['resets its stream with NO_ERROR', (stream) => stream.close(constants.NGHTTP2_NO_ERROR)],
  ['resets its stream with an error', (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR)],
  ['tears its connection down', (stream) => stream.session?.destroy()],
];

describe('half an upload never passes for a whole one', () => {
  it.each(disappearances)('when the client %s', async (_how, vanish) => {
    const pulled = new Gate();
    const ends: string[] = [];
    const { server } = await setUp({
      ingest: async (_request, { batches }) => {
        try {
          for await (const batch of batches) if (batch.rowCount > 0) pulled.open();
          ends.push('complete');
        } catch (error) {
          ends.push(error instanceof HanaFlightError ? error.code : 'unknown');
          throw error;
        }
        return 1;
      },
    });
    const stream = openHttp2Call(server, 'DoPut');
    stream.on('error', () => undefined);
    stream.write(grpcFrame(uploadStart(ingest, textSchema)));
    stream.write(grpcFrame(twoRows));
    await pulled.opened;
    vanish(stream);
    await vi.waitUntil(() => ends.length === 1 && server.ended.length === 1);
    expect(ends).toEqual(['cancelled']);
    expect(server.ended[0]?.error).toMatchObject({ code: 'cancelled' });
  });
});

/** More than all windows and queues between a client and a producer hold. */
const LARGE_UPLOAD_MESSAGES = 100;
const largeBatch = batchMessage(texts('x'.repeat(1024 * 1024)));

describe('an upload that its producer does not read', () => {
  it('stays with the client, and does not keep other calls of the connection waiting', async () => {
    const goOn = new Gate();
    const { client } = await setUp({
      ingest: async (_request, { batches }) => {
        await goOn.opened;
        let rows = 0;
        for await (const batch of batches) rows += batch.rowCount;
        return rows;
      },
    });
    const call = client.duplex('DoPut');
    let left = 0;
    call.write(uploadStart(ingest, textSchema));
    for (let index = 0; index < LARGE_UPLOAD_MESSAGES; index++) {
      call.write(largeBatch, () => {
        left += 1;
      });
    }
    call.end();
    await once(call, 'metadata');
    const query = descriptor(command('CommandStatementQuery', { query: 'x'.repeat(100_000) }));
    for (let index = 0; index < 20; index++) await client.unary('GetFlightInfo', query);
    // Taken: what the window of the stream holds (4 MiB) and a message or two; a Node stream of objects
    // would have taken 16 more.
    expect(left).toBeLessThan(12);
    goOn.open();
    const replies: Buffer[] = [];
    for await (const reply of call) replies.push(reply as Buffer);
    expect(recordCount(replies)).toBe(LARGE_UPLOAD_MESSAGES);
  });

  it('is read one message at a time', async () => {
    const seen: number[] = [];
    const { client, server } = await setUp({
      ingest: async (_request, { batches }) => {
        for await (const batch of batches) {
          seen.push(batch.rowCount);
          if (seen.length === 2) throw new HanaFlightError('already-exists', 'row 3 is there');
        }
        return 0;
      },
    });
    const call = client.duplex('DoPut');
    call.write(uploadStart(ingest, textSchema));
    // Neither half-closed nor read to its end: the failure does not wait for it.
    for (let index = 0; index < LARGE_UPLOAD_MESSAGES; index++) call.write(largeBatch);
    const failure = await failureOf(once(call, 'end'));
    expect(failure).toMatchObject({ code: status.ALREADY_EXISTS, details: 'row 3 is there' });
    expect(seen).toEqual([1, 1]);
    expect(server.ended).toMatchObject([{ batches: 2 }]);
  });
});

it('an upload above the limit on messages is RESOURCE_EXHAUSTED, and its loop ends', async () => {
  const { producer, asked } = recordingProducer();
  const server = await startServer({ producer, maxReceiveBytes: 1024 * 1024 });
  const client = new RawClient(server);
  const failure = await failureOf(client.upload([uploadStart(ingest, textSchema), largeBatch]));
  expect(failure.code).toBe(status.RESOURCE_EXHAUSTED);
  await vi.waitUntil(() => server.ended.length === 1);
  expect(asked).toEqual([]);
});

/** The header of a batch message, in the place of a schema. */
function headerOf(message: Buffer): Uint8Array {
  // FlightData.data_header: key (1 byte), length (1 or 2 bytes), then the header.
  const long = (message[1] ?? 0) >= 0x80;
  const length = long ? ((message[1] ?? 0) & 0x7f) + (message[2] ?? 0) * 128 : (message[1] ?? 0);
  return message.subarray(long ? 3 : 2, (long ? 3 : 2) + length);
}

/** A batch whose body lost its end: the header promises more than there is. */
function cutBody(message: Buffer): Buffer {
  return encodeFlightData(headerOf(message), { byteLength: 8, pieces: [new Uint8Array(8)] });
}

async function* nothing(): AsyncGenerator<never> {}

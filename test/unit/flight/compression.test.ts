import { type Metadata, status } from '@grpc/grpc-js';
import { CompressionType } from 'apache-arrow/fb/compression-type';
import { Message } from 'apache-arrow/fb/message';
import { RecordBatch } from 'apache-arrow/fb/record-batch';
import { ByteBuffer } from 'flatbuffers';
import { describe, expect, it } from 'vitest';
import { decodeFlightData } from '../../../src/flight/flight-data.ts';
import {
  bearer,
  collect,
  command,
  connect,
  failureOf,
  RawClient,
  startServer,
  ticket,
} from '../../support/flight-server.ts';

const cities = ticket(command('TicketStatementQuery', { statement_handle: Buffer.from('CITIES') }));

function asking(compression: string): Metadata {
  const headers = bearer();
  headers.set('x-flight-compression', compression);
  return headers;
}

/** What the first batch of a DoGet says of its compression. */
async function compressionOf(client: RawClient, headers?: Metadata) {
  const [, batch] = await collect(
    client.stream('DoGet', cities, headers === undefined ? {} : { headers }),
  );
  const { header } = decodeFlightData(batch ?? Buffer.alloc(0));
  const message = Message.getRootAsMessage(new ByteBuffer(header));
  const recordBatch = message.header(new RecordBatch()) as RecordBatch;
  return recordBatch.compression()?.codec();
}

describe('bodies of batches', () => {
  it.each([
    ['none unless something else is asked for', undefined, undefined],
    ['LZ4 when the call says lz4', 'lz4', CompressionType.LZ4_FRAME],
    ['ZSTD when the call says zstd', 'zstd', CompressionType.ZSTD],
    ['none when the call says none', 'none', undefined],
  ])('are compressed by %s', async (_what, asked, codec) => {
    const client = new RawClient(await startServer());
    const headers = asked === undefined ? undefined : asking(asked);
    expect(await compressionOf(client, headers)).toBe(codec);
  });

  it('are compressed as the server is told, unless the call says otherwise', async () => {
    const client = new RawClient(await startServer({ compression: 'zstd' }));
    expect(await compressionOf(client)).toBe(CompressionType.ZSTD);
    expect(await compressionOf(client, asking('lz4'))).toBe(CompressionType.LZ4_FRAME);
    expect(await compressionOf(client, asking('none'))).toBeUndefined();
  });

  it('are never compressed for our own client, which could not read them', async () => {
    const client = await connect(await startServer({ compression: 'lz4' }));
    const messages = [];
    for await (const message of client.readAll(await client.execute('CITIES'))) {
      messages.push(message);
    }
    const [, batch] = messages;
    expect(batch?.rowCount).toBe(2);
    expect(Buffer.from(batch?.body ?? []).toString('latin1')).toContain('WalldorfHeidelberg');
  });

  it('are refused in a way that is not known, before anything is read', async () => {
    const client = new RawClient(await startServer());
    const call = client.stream('DoGet', cities, { headers: asking('brotli') });
    const failure = await failureOf(collect(call));
    expect(failure.code).toBe(status.INVALID_ARGUMENT);
    expect(failure.details).toBe(
      'header x-flight-compression: expected none, lz4, zstd, got "brotli"',
    );
  });
});

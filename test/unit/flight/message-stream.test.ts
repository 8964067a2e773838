import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Pieces } from '../../../src/arrow/pieces.ts';
import { http2StreamOf, sendMessage } from '../../../src/flight/message-stream.ts';
import { FLIGHT_SERVICE } from '../../../src/flight/service.ts';
import { collect, RawClient } from '../../support/flight-server.ts';
import { http2Call, readCall } from '../../support/http2-call.ts';

type Streaming = ServerWritableStream<Buffer, Buffer>;

/** The port of a server of grpc-js alone that answers DoGet like this. */
function portOf(answer: (call: Streaming) => void): Promise<number> {
  const server = new Server();
  onTestFinished(() => server.forceShutdown());
  server.addService(FLIGHT_SERVICE, { DoGet: answer });
  return new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
}

async function clientOf(answer: (call: Streaming) => void): Promise<RawClient> {
  return new RawClient({ port: await portOf(answer) });
}

const request = Buffer.alloc(0);

/** The messages that a client gets for an answer. */
async function messagesOf(answer: (call: Streaming) => void): Promise<string[]> {
  const messages = await collect((await clientOf(answer)).stream('DoGet', request));
  return messages.map((message) => message.toString('latin1'));
}

function piecesOf(...texts: readonly string[]): Pieces {
  const pieces = texts.map((text) => Buffer.from(text, 'latin1'));
  return { pieces, byteLength: pieces.reduce((sum, { length }) => sum + length, 0) };
}

/*
 * When a new version of grpc-js turns one of these red, results are still right, but every message is
 * copied twice: read src/flight/message-stream.ts again.
 */
describe('what is taken for granted about grpc-js', () => {
  it('a call has the HTTP/2 stream inside, which knows at once that headers were sent', async () => {
    const headersSent: unknown[] = [];
    await messagesOf((call) => {
      headersSent.push(http2StreamOf(call)?.headersSent);
      call.sendMetadata(new Metadata());
      headersSent.push(http2StreamOf(call)?.headersSent);
      call.end();
    });
    expect(headersSent).toEqual([false, true]);
  });

  it('what is written to the stream goes out in turn with what grpc-js sends', async () => {
    const messages = await messagesOf((call) => {
      call.write(Buffer.from('by grpc-js'), () => {
        http2StreamOf(call)?.write(Buffer.from('\0\0\0\0\x06direct', 'latin1'), () => {
          call.write(Buffer.from('again'));
          call.end();
        });
      });
    });
    expect(messages).toEqual(['by grpc-js', 'direct', 'again']);
  });
});

describe('a message in pieces', () => {
  it('arrives as their bytes in their order, however long each of them is', async () => {
    let message = piecesOf('');
    const client = await clientOf((call) => {
      call.sendMetadata(new Metadata());
      sendMessage(call, message, () => call.end());
    });
    const length = fc.oneof(fc.nat(20), fc.constantFrom(16_383, 16_384, 70_000));
    await fc.assert(
      fc.asyncProperty(fc.array(length, { maxLength: 12 }), async (lengths) => {
        const texts = lengths.map((size, index) => String.fromCodePoint(65 + index).repeat(size));
        message = piecesOf(...texts);
        const [received] = await collect(client.stream('DoGet', request));
        expect(received?.toString('latin1')).toBe(texts.join(''));
      }),
      { numRuns: 60 },
    );
  });

  it('arrives without a copy of its long pieces: they are read when they leave', async () => {
    const long = Buffer.alloc(20_000, 'a');
    const messages = await messagesOf((call) => {
      call.sendMetadata(new Metadata());
      sendMessage(call, { pieces: [long], byteLength: long.length }, () => call.end());
      long.fill('b');
    });
    expect(messages).toEqual(['b'.repeat(20_000)]);
  });

  it('arrives, too, when no headers were sent before it', async () => {
    const messages = await messagesOf((call) => {
      sendMessage(call, piecesOf('first ', 'message'), () =>
        sendMessage(call, piecesOf('second ', 'message'), () => call.end()),
      );
    });
    expect(messages).toEqual(['first message', 'second message']);
  });

  it('is dropped once grpc-js has ended the call at its deadline, whose status still arrives', async () => {
    const done = vi.fn<() => void>();
    let dropped = false;
    const large = Buffer.alloc(8 * 1024 * 1024);
    const port = await portOf((call) => {
      call.sendMetadata(new Metadata());
      sendMessage(call, { pieces: [large], byteLength: large.length }, () => undefined);
      void vi
        .waitUntil(() => http2StreamOf(call)?.writableEnded)
        .then(() => {
          sendMessage(call, piecesOf('too late'), done);
          return (dropped = true);
        });
    });
    const call = http2Call({ port }, 'DoGet', request, { 'grpc-timeout': '100m' });
    await vi.waitUntil(() => dropped);
    const { bytes, trailers } = await readCall(call);
    expect(trailers['grpc-status']).toBe(String(status.DEADLINE_EXCEEDED));
    expect(bytes).toBe(5 + large.length);
    expect(done).not.toHaveBeenCalled();
  });
});

import { type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import { onTestFinished } from 'vitest';
import type { FlightServer } from '../../src/flight/server.ts';
import { TOKEN } from './flight-server.ts';

/**
 * A gRPC call on bare HTTP/2, for what gRPC clients do not do: leave a stream unread (grpc-js reads
 * on), keep silent at the deadline, send enormous headers.
 */
export function http2Call(
  server: Pick<FlightServer, 'port'>,
  rpc: string,
  request: Uint8Array,
  headers: OutgoingHttpHeaders = {},
): ClientHttp2Stream {
  const stream = openHttp2Call(server, rpc, headers);
  stream.end(grpcFrame(request));
  return stream;
}

/** As {@link http2Call}, with everything still to be sent. */
export function openHttp2Call(
  server: Pick<FlightServer, 'port'>,
  rpc: string,
  headers: OutgoingHttpHeaders = {},
): ClientHttp2Stream {
  const session = connect(`http://127.0.0.1:${server.port}`, {
    maxSendHeaderBlockLength: 1024 * 1024,
  });
  session.on('error', () => undefined);
  onTestFinished(() => session.destroy());
  return session.request({
    ':method': 'POST',
    ':path': `/arrow.flight.protocol.FlightService/${rpc}`,
    'content-type': 'application/grpc',
    te: 'trailers',
    authorization: `Bearer ${TOKEN}`,
    ...headers,
  });
}

/** A gRPC message with its prefix: not compressed, length as 32 bits. */
export function grpcFrame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Reads a call to its end: how many bytes came, and the trailers. */
export function readCall(
  stream: ClientHttp2Stream,
): Promise<{ bytes: number; trailers: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    const trailers: Record<string, unknown> = {};
    // A call that fails at once has its status in the only headers there are.
    stream.on('response', (headers) => Object.assign(trailers, headers));
    stream.on('trailers', (headers) => void Object.assign(trailers, headers));
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stream.on('end', () => resolve({ bytes, trailers }));
    stream.on('error', reject);
  });
}

import { type ClientHttp2Stream, connect, type OutgoingHttpHeaders } from 'node:http2';
import { onTestFinished } from 'vitest';
import type { FlightServer } from '../../src/flight/server.ts';
import { TOKEN } from './flight-server.ts';

/**
 * A gRPC call on bare HTTP/2, for what gRPC clients do not do: leave a stream unread (grpc-js reads
 * on), keep silent at the deadline, send enormous headers.
 */
export function http2Call(
  server: FlightServer,
  rpc: string,
  request: Uint8Array,
  headers: OutgoingHttpHeaders = {},
): ClientHttp2Stream {
  const session = connect(`http://127.0.0.1:${server.port}`, {
    maxSendHeaderBlockLength: 1024 * 1024,
  });
  session.on('error', () => undefined);
  onTestFinished(() => session.destroy());
  const stream = session.request({
    ':method': 'POST',
    ':path': `/arrow.flight.protocol.FlightService/${rpc}`,
    'content-type': 'application/grpc',
    te: 'trailers',
    authorization: `Bearer ${TOKEN}`,
    ...headers,
  });
  // The length prefix of a gRPC message: not compressed, length as 32 bits.
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(request.length, 1);
  stream.end(Buffer.concat([prefix, request]));
  return stream;
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

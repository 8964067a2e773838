import type { ServerHttp2Stream } from 'node:http2';
import { Writable } from 'node:stream';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { Pieces } from '../arrow/pieces.ts';

/** gRPC puts a byte that says "not compressed" and the length as u32 before each message. */
const PREFIX_BYTES = 5;

/** Runs of pieces shorter than this are sooner copied together than written one by one. */
const SHORT_PIECE_BYTES = 16_384;

type Streaming = ServerWritableStream<Buffer, Buffer>;

/*
 * grpc-js takes a message as one Buffer and copies it behind the prefix: two copies of all data, each
 * into fresh memory that the garbage collector must hear of. They took more than half of the server's
 * time. HTTP/2 below it takes pieces as they are. So messages are written there, to the stream that
 * grpc-js has inside; headers, status and the end of the call stay with grpc-js. Should a later version
 * keep the stream elsewhere, messages go by grpc-js again, slower and nothing else; a test tells.
 */

/**
 * Sends one message. `done` is called when HTTP/2 has taken all of it, which the client's window decides;
 * never when the stream is gone by then, which the call's signal tells.
 */
export function sendMessage(call: Streaming, message: Pieces, done: () => void): void {
  const stream = http2StreamOf(call);
  // Before the headers grpc-js must go first.
  if (stream?.headersSent !== true) call.write(Buffer.concat(message.pieces), done);
  else if (stream.writable) writePieces(stream, message, done);
}

/** The HTTP/2 stream of a call; undefined when it is not where grpc-js 1.14 keeps it. */
export function http2StreamOf(call: Streaming): ServerHttp2Stream | undefined {
  const inner: unknown = Reflect.get(call, 'call');
  if (typeof inner !== 'object' || inner === null) return undefined;
  const stream: unknown = Reflect.get(inner, 'stream');
  return isHttp2Stream(stream) ? stream : undefined;
}

function isHttp2Stream(stream: unknown): stream is ServerHttp2Stream {
  return stream instanceof Writable && 'headersSent' in stream && 'sentTrailers' in stream;
}

function writePieces(
  stream: ServerHttp2Stream,
  { pieces, byteLength }: Pieces,
  done: () => void,
): void {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(byteLength, 1);
  const written = joinShort([prefix, ...pieces]);
  stream.cork();
  for (const piece of written.slice(0, -1)) stream.write(piece);
  stream.write(written.at(-1), (error) => {
    if (!error) done();
  });
  stream.uncork();
}

/** The same bytes with runs of short pieces joined: a table of 1000 columns has thousands. */
function joinShort(pieces: readonly Uint8Array[]): readonly Uint8Array[] {
  const joined: Uint8Array[] = [];
  let run: Uint8Array[] = [];
  const endRun = (): void => {
    if (run.length > 0) joined.push(run.length === 1 ? (run[0] ?? NO_BYTES) : Buffer.concat(run));
    run = [];
  };
  for (const piece of pieces) {
    if (piece.length < SHORT_PIECE_BYTES) {
      run.push(piece);
    } else {
      endRun();
      joined.push(piece);
    }
  }
  endRun();
  return joined;
}

const NO_BYTES = new Uint8Array(0);

import type { Http2Server } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

/**
 * How much a client may send of one stream before it is read. HTTP/2 starts with 64 KiB, so that an
 * upload waits for a round trip every 64 KiB. Also what an upload that nobody reads can make us hold.
 */
const STREAM_WINDOW_BYTES = 4 * 1024 * 1024;

/**
 * The same for all streams of a connection together. Well above that of a stream: what an upload that
 * must wait leaves unread would otherwise keep the requests beside it from arriving, a cancel included.
 */
const CONNECTION_WINDOW_BYTES = 64 * 1024 * 1024;

/*
 * grpc-js has an option for these windows in its client only (grpc-node#3058), so the server's are set
 * on the http2 objects inside it. Should a later version keep those elsewhere, uploads are slower again
 * and nothing else; a test tells.
 */

/** Sets what every connection announces. To be called before the server is bound. */
export function tuneSettings(server: Server): void {
  const options: unknown = Reflect.get(server, 'commonServerOptions');
  if (typeof options !== 'object' || options === null) return;
  const settings: unknown = Reflect.get(options, 'settings');
  Object.assign(options, {
    settings: {
      ...(typeof settings === 'object' ? settings : {}),
      initialWindowSize: STREAM_WINDOW_BYTES,
    },
  });
}

/** Widens connections as they come. To be called when the server is bound. */
export function tuneConnections(server: Server): void {
  const servers: unknown = Reflect.get(server, 'http2Servers');
  if (!(servers instanceof Map)) return;
  for (const http2Server of servers.keys()) widen(http2Server);
}

function widen(server: unknown): void {
  if (!isHttp2Server(server)) return;
  server.on('session', (session) => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES));
}

function isHttp2Server(server: unknown): server is Http2Server {
  return typeof server === 'object' && server !== null && 'on' in server;
}

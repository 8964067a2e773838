import { connect, createServer, type Socket } from 'node:net';

/** One fault in the bytes from server to client. */
interface Corruption {
  /** Offset in the stream of one connection, from 0. */
  readonly at: number;
  /** `flip` changes a byte with `mask`, `cut` closes the connection there, `stop` sends no more. */
  readonly kind: 'flip' | 'cut' | 'stop';
  readonly mask: number;
}

export interface CorruptingProxy {
  readonly port: number;
  /** Holds for connections opened from now on. */
  corrupt(corruption: Corruption | undefined): void;
  /** Bytes from server to client on the connection opened last. */
  readonly delivered: number;
  close(): Promise<void>;
}

/** A TCP proxy on loopback that passes everything on, but for one fault per connection. */
export async function startCorruptingProxy(target: number): Promise<CorruptingProxy> {
  const sockets = new Set<Socket>();
  let fault: Corruption | undefined;
  let delivered = 0;
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    const planned = fault;
    let passed = 0;
    delivered = 0;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => upstream.write(chunk));
    upstream.on('data', (chunk) => {
      const start = passed;
      passed += chunk.length;
      delivered = passed;
      if (planned === undefined || planned.at >= passed) {
        client.write(chunk);
      } else if (planned.kind === 'flip') {
        const index = planned.at - start;
        if (index >= 0) chunk[index] = (chunk[index] ?? 0) ^ planned.mask;
        client.write(chunk);
      } else {
        if (planned.at > start) client.write(chunk.subarray(0, planned.at - start));
        if (planned.kind === 'cut') client.destroySoon();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return {
    port: address.port,
    corrupt: (corruption) => {
      fault = corruption;
    },
    get delivered() {
      return delivered;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

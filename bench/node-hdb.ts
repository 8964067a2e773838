import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { DEMO } from './credentials.ts';

/** The part of node-hdb's documented API, and its `data` event, that the benchmark uses. */
export interface HdbClient extends EventEmitter {
  connect(callback: (error: unknown) => void): void;
  execute(sql: string, callback: (error: unknown, rows: HdbResultSet) => void): void;
  end(): void;
}

interface HdbResultSet extends EventEmitter {
  setFetchSize(rows: number): void;
  createArrayStream(): AsyncIterable<readonly HdbRow[]>;
  resume(): void;
}

export type HdbRow = Readonly<Record<string, number | string | null>>;

const hdb = createRequire(import.meta.url)('hdb') as {
  createClient(options: object): HdbClient;
};

const FETCH_ROWS = 32_767;

/** Logs on with data format version 8, as hana-flight does. */
export async function openHdbClient(port: number): Promise<HdbClient> {
  const client = hdb.createClient({
    host: '127.0.0.1',
    port,
    user: DEMO.user,
    password: DEMO.password,
    dataFormatSupport: 8,
    compress: false,
  });
  await new Promise<void>((resolve, reject) =>
    client.connect((error) => (error ? reject(toError(error)) : resolve())),
  );
  return client;
}

/** Row objects in arrays: node-hdb's fastest form of decoded rows. */
export async function* readRowObjects(client: HdbClient): AsyncGenerator<readonly HdbRow[]> {
  yield* (await openResult(client)).createArrayStream();
}

/** Takes the undecoded RESULTSET parts; returns their number of bytes. */
export async function readRawPackets(client: HdbClient): Promise<number> {
  const result = await openResult(client);
  return new Promise((resolve, reject) => {
    let bytes = 0;
    result.on('data', (packet: Uint8Array) => {
      bytes += packet.length;
    });
    result.on('error', reject);
    result.on('end', () => resolve(bytes));
    result.resume();
  });
}

async function openResult(client: HdbClient): Promise<HdbResultSet> {
  const result = await new Promise<HdbResultSet>((resolve, reject) =>
    client.execute('SELECT * FROM NARROW', (error, rows) =>
      error ? reject(toError(error)) : resolve(rows),
    ),
  );
  result.setFetchSize(FETCH_ROWS);
  return result;
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

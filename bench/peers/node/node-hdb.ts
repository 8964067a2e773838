import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/** The part of node-hdb's documented API, and its `data` event, that the bench reads by. */
export interface HdbClient extends EventEmitter {
  connect(callback: (error: unknown) => void): void;
  execute(sql: string, callback: (error: unknown, rows: HdbResultSet) => void): void;
  prepare(sql: string, callback: (error: unknown, statement: HdbStatement) => void): void;
  end(): void;
}

export interface HdbStatement {
  drop(callback: (error: unknown) => void): void;
}

export interface HdbResultSet extends EventEmitter {
  readonly metadata: readonly HdbColumn[];
  setFetchSize(rows: number): void;
  createArrayStream(): AsyncIterable<readonly HdbRow[]>;
  resume(): void;
}

/** A column as HANA describes it. */
export interface HdbColumn {
  readonly columnDisplayName: string;
  /** HANA's type code. */
  readonly dataType: number;
  readonly fraction: number;
  readonly length: number;
}

export type HdbValue = number | string | boolean | Uint8Array | null;
export type HdbRow = Readonly<Record<string, HdbValue>>;

export interface HdbAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

const hdb = createRequire(import.meta.url)('hdb') as {
  createClient(options: object): HdbClient;
};

/** The most that HANA gives. */
const FETCH_ROWS = 32_767;

/** Logs on with data format version 8, as hana-flight does. */
export async function openHdbClient(address: HdbAddress): Promise<HdbClient> {
  const client = hdb.createClient({ ...address, dataFormatSupport: 8, compress: false });
  await new Promise<void>((resolve, reject) =>
    client.connect((error) => (error ? reject(toError(error)) : resolve())),
  );
  return client;
}

/** Executes a query; rows are fetched as many at a time as HANA allows. */
export async function openHdbResult(client: HdbClient, sql: string): Promise<HdbResultSet> {
  const result = await new Promise<HdbResultSet>((resolve, reject) =>
    client.execute(sql, (error, rows) => (error ? reject(toError(error)) : resolve(rows))),
  );
  result.setFetchSize(FETCH_ROWS);
  return result;
}

/** Compiles a statement and drops it again: two round trips. */
export async function prepareAndDrop(client: HdbClient, sql: string): Promise<void> {
  const statement = await new Promise<HdbStatement>((resolve, reject) =>
    client.prepare(sql, (error, made) => (error ? reject(toError(error)) : resolve(made))),
  );
  await new Promise<void>((resolve, reject) =>
    statement.drop((error) => (error ? reject(toError(error)) : resolve())),
  );
}

/** Takes the undecoded RESULTSET parts; returns their number of bytes. */
export async function readRawPackets(client: HdbClient, sql: string): Promise<number> {
  const result = await openHdbResult(client, sql);
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

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

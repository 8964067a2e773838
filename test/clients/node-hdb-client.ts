import { promisify } from 'node:util';
import { createClient } from 'hdb';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import { decodeCesu8 } from './cesu8.ts';
import type { CanonicalValue, ReportedColumn } from './foreign-program.ts';

/** What HANA says through node-hdb. */
export interface HanaClientError extends Error {
  readonly code?: number;
  readonly position?: number;
  /** Counts per row of a failed batch. */
  readonly results?: readonly number[];
}

type Callback<T> = (error: HanaClientError | null, result: T) => void;
type Row = readonly unknown[];

interface ColumnOfNodeHdb {
  readonly dataType: number;
  readonly columnDisplayName: string;
  isOptional(): boolean;
}

/** The row API of node-hdb, of which the server itself uses nothing. */
interface RowClient {
  connect(callback: (error: HanaClientError | null) => void): void;
  exec(sql: string, options: object, callback: Callback<unknown>): void;
  prepare(sql: string, callback: Callback<RowStatement>): void;
  setAutoCommit(on: boolean): void;
  commit(callback: (error: HanaClientError | null) => void): void;
  rollback(callback: (error: HanaClientError | null) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  close(): void;
}

interface RowStatement {
  readonly resultSetMetadata: readonly ColumnOfNodeHdb[];
  exec(values: Row | readonly Row[], options: object, callback: Callback<unknown>): void;
  drop(callback: (error: HanaClientError | null) => void): void;
}

const ROWS = { rowsAsArray: true };

/** A logged-on client of node-hdb's row API, with promises in place of callbacks. */
export class NodeHdbClient {
  readonly #client: RowClient;

  private constructor(client: RowClient) {
    this.#client = client;
  }

  static async connect(hostPort: string, user: string, password: string): Promise<NodeHdbClient> {
    const { hostname: host, port } = new URL(`hdbsql://${hostPort}`);
    const client = createClient({
      host,
      port: Number(port),
      user,
      password,
      dataFormatSupport: 8,
      compress: false,
      packetSizeLimit: 2 ** 20,
      initializationTimeout: 5_000,
    }) as unknown as RowClient;
    client.on('error', () => {}); // a lost connection shows in the call it breaks
    await promisify<void>((done) => client.connect(done))();
    return new NodeHdbClient(client);
  }

  async query(sql: string): Promise<Row[]> {
    return (await this.#exec(sql)) as Row[];
  }

  /** @returns affected rows */
  async change(sql: string): Promise<number | undefined> {
    return (await this.#exec(sql)) as number | undefined;
  }

  /** Prepares, executes with one row or a batch, and drops the statement. */
  async prepared(sql: string, values: Row | readonly Row[]): Promise<unknown> {
    const statement = await this.#prepare(sql);
    try {
      return await promisify<unknown>((done) => statement.exec(values, ROWS, done))();
    } finally {
      await promisify<void>((done) => statement.drop(done))();
    }
  }

  /** Reads a whole table with its metadata, each value in its canonical text. */
  async table(sql: string): Promise<ReportedColumn[]> {
    const statement = await this.#prepare(sql);
    const rows = await promisify<unknown>((done) => statement.exec([], ROWS, done))();
    return statement.resultSetMetadata.map((column, index) => ({
      name: column.columnDisplayName,
      type: typeCodeName(column.dataType),
      nullable: column.isOptional(),
      values: (rows as Row[]).map((row) => canonical(row[index], column.dataType)),
    }));
  }

  setAutoCommit(on: boolean): void {
    this.#client.setAutoCommit(on);
  }

  commit(): Promise<void> {
    return promisify<void>((done) => this.#client.commit(done))();
  }

  rollback(): Promise<void> {
    return promisify<void>((done) => this.#client.rollback(done))();
  }

  close(): void {
    this.#client.close();
  }

  #exec(sql: string): Promise<unknown> {
    return promisify<unknown>((done) => this.#client.exec(sql, ROWS, done))();
  }

  #prepare(sql: string): Promise<RowStatement> {
    return promisify<RowStatement>((done) => this.#client.prepare(sql, done))();
  }
}

function typeCodeName(code: number): string {
  return Object.entries(TypeCode).find(([, value]) => value === code)?.[0] ?? String(code);
}

/** node-hdb hands these over as they come: buffers of CESU-8. */
const CHARACTER_LOBS: readonly number[] = [
  TypeCode.CLOB,
  TypeCode.NCLOB,
  TypeCode.TEXT,
  TypeCode.BINTEXT,
];

function canonical(value: unknown, typeCode: number): CanonicalValue {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') return String(value);
  if (Buffer.isBuffer(value)) {
    return CHARACTER_LOBS.includes(typeCode) ? decodeCesu8(value) : value.toString('hex');
  }
  if (typeof value !== 'string') throw new Error(`unexpected ${typeof value} from node-hdb`);
  const isDateAndTime = typeCode === TypeCode.LONGDATE || typeCode === TypeCode.SECONDDATE;
  return isDateAndTime ? value.replace('T', ' ') : value;
}

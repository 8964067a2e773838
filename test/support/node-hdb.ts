import { createRequire } from 'node:module';

/** What the tests use of node-hdb's public row API. */
interface HdbClient {
  connect(done: (error: Error | null) => void): void;
  disconnect(done: (error: Error | null) => void): void;
  exec(sql: string, done: (error: Error | null, result: unknown) => void): void;
  execute(sql: string, done: (error: Error | null, resultSet: HdbResultSet) => void): void;
  prepare(sql: string, done: (error: Error | null, statement: HdbStatement) => void): void;
  commit(done: (error: Error | null) => void): void;
  rollback(done: (error: Error | null) => void): void;
  setAutoCommit(on: boolean): void;
  setClientInfo(name: string, value: string): void;
  on(event: 'error', listener: (error: Error) => void): void;
}

interface HdbStatement {
  exec(values: unknown, done: (error: Error | null, result: unknown) => void): void;
  drop(done: (error: Error | null) => void): void;
}

interface HdbResultSet {
  setFetchSize(rows: number): void;
  fetch(done: (error: Error | null, rows: unknown[]) => void): void;
  close(done: (error: Error | null) => void): void;
}

interface HdbModule {
  createClient(options: Readonly<Record<string, unknown>>): HdbClient;
}

// node-hdb is CommonJS; its own types do not exist.
const hdb = createRequire(import.meta.url)('hdb') as HdbModule;

/** node-hdb with promises: an independent reader of what the sandbox writes. */
export class NodeHdb {
  readonly #client: HdbClient;

  private constructor(client: HdbClient) {
    this.#client = client;
  }

  static async connect(
    port: number,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<NodeHdb> {
    const client = hdb.createClient({
      host: '127.0.0.1',
      port,
      user: 'DEMO',
      password: 'Demo1234',
      dataFormatSupport: 9,
      ...more,
    });
    client.on('error', () => undefined);
    await promised((done) => client.connect(done));
    return new NodeHdb(client);
  }

  exec(sql: string): Promise<unknown> {
    return promised((done) => this.#client.exec(sql, done));
  }

  /** All rows through a result set of the given fetch size. */
  async fetchAll(sql: string, fetchSize: number): Promise<unknown[]> {
    const resultSet = await promised<HdbResultSet>((done) => this.#client.execute(sql, done));
    resultSet.setFetchSize(fetchSize);
    const rows = await promised<unknown[]>((done) => resultSet.fetch(done));
    await promised((done) => resultSet.close(done));
    return rows;
  }

  /** Prepares, executes with the values (or rows of values), drops. */
  async execPrepared(sql: string, values: unknown): Promise<unknown> {
    const statement = await promised<HdbStatement>((done) => this.#client.prepare(sql, done));
    try {
      return await promised((done) => statement.exec(values, done));
    } finally {
      await promised((done) => statement.drop(done));
    }
  }

  setAutoCommit(on: boolean): void {
    this.#client.setAutoCommit(on);
  }

  setClientInfo(name: string, value: string): void {
    this.#client.setClientInfo(name, value);
  }

  commit(): Promise<unknown> {
    return promised((done) => this.#client.commit(done));
  }

  rollback(): Promise<unknown> {
    return promised((done) => this.#client.rollback(done));
  }

  disconnect(): Promise<unknown> {
    return promised((done) => this.#client.disconnect(done));
  }
}

function promised<T>(call: (done: (error: Error | null, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, result) => {
      if (error) reject(error);
      else resolve(result as T);
    });
  });
}

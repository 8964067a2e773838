import { strictEqual } from 'node:assert';
import { createRequire } from 'node:module';
import { DEMO } from '../credentials.ts';
import type { IngestRow } from './ingest-rows.ts';

/** The part of node-hdb's documented API that the ingest benchmark uses. */
interface Client {
  connect(callback: Callback<void>): void;
  exec(sql: string, callback: Callback<readonly Readonly<Record<string, unknown>>[]>): void;
  execute(sql: string, options: object, callback: Callback<Rows>): void;
  prepare(sql: string, callback: Callback<Statement>): void;
  setAutoCommit(on: boolean): void;
  commit(callback: Callback<void>): void;
  end(): void;
}

interface Statement {
  exec(rows: readonly IngestRow[], callback: Callback<unknown>): void;
  drop(callback: Callback<void>): void;
}

interface Rows {
  setFetchSize(rows: number): void;
  createArrayStream(): AsyncIterable<readonly IngestRow[]>;
}

type Callback<T> = (error: unknown, value: T) => void;

const hdb = createRequire(import.meta.url)('hdb') as { createClient(options: object): Client };

const FETCH_ROWS = 32_767;

/** node-hdb as the benchmark of ingests uses it: it fills tables, and it reads what others put there. */
export class IngestClient {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async logOn(address: { readonly host: string; readonly port: number }) {
    const options = { ...address, ...DEMO, dataFormatSupport: 8, compress: false };
    const client = hdb.createClient(options);
    await promised<void>((done) => client.connect(done));
    return new IngestClient(client);
  }

  /** Makes an empty table in place of the one of this name. */
  async makeTable(name: string, columns: string): Promise<void> {
    await this.execute(`CREATE COLUMN TABLE ${name} (${columns})`).catch(async () => {
      await this.execute(`DROP TABLE ${name}`);
      await this.execute(`CREATE COLUMN TABLE ${name} (${columns})`);
    });
  }

  /** Inserts rows by `stmt.exec`, so many at a time, in one transaction. */
  async fill(table: string, rows: readonly IngestRow[], rowsPerBatch: number): Promise<number> {
    const markers = Array.from(rows[0] ?? [], () => '?').join(', ');
    const sql = `INSERT INTO ${table} VALUES (${markers})`;
    const statement = await promised<Statement>((done) => this.#client.prepare(sql, done));
    this.#client.setAutoCommit(false);
    for (let first = 0; first < rows.length; first += rowsPerBatch) {
      const batch = rows.slice(first, first + rowsPerBatch);
      await promised<unknown>((done) => statement.exec(batch, done));
    }
    await promised<void>((done) => this.#client.commit(done));
    this.#client.setAutoCommit(true);
    await promised<void>((done) => statement.drop(done));
    return rows.length;
  }

  /** Fails unless the table holds the rows, every value of them, and HANA's sums agree. */
  async assertHolds(table: string, rows: readonly IngestRow[]): Promise<void> {
    await this.#assertSums(table, rows);
    const options = { rowsAsArray: true };
    const result = await promised<Rows>((done) =>
      this.#client.execute(`SELECT * FROM ${table} ORDER BY ID`, options, done),
    );
    result.setFetchSize(FETCH_ROWS);
    let compared = 0;
    for await (const chunk of result.createArrayStream()) {
      for (const found of chunk) {
        const expected = rows[compared];
        for (const [column, value] of found.entries()) {
          strictEqual(comparable(value), expected?.[column], `row ${compared}, column ${column}`);
        }
        compared++;
      }
    }
    strictEqual(compared, rows.length, 'rows read back');
  }

  async #assertSums(table: string, rows: readonly IngestRow[]): Promise<void> {
    const [sums] = await this.execute(
      `SELECT COUNT(*) AS N, COUNT(POSTED_AT) AS T, SUM(ID) AS I, SUM(QUANTITY) AS Q, SUM(AMOUNT) AS A FROM ${table}`,
    );
    const total = (column: 0 | 2 | 4, scale: number) =>
      rows.reduce((sum, row) => sum + BigInt(Math.round(Number(row[column] ?? 0) * scale)), 0n);
    strictEqual(Number(sums?.['N']), rows.length, 'COUNT(*)');
    const timestamps = rows.filter((row) => row[1] !== null).length;
    strictEqual(Number(sums?.['T']), timestamps, 'COUNT(POSTED_AT)');
    strictEqual(BigInt(String(sums?.['I'])), total(0, 1), 'SUM(ID)');
    strictEqual(BigInt(String(sums?.['Q'])), total(2, 1), 'SUM(QUANTITY)');
    strictEqual(BigInt(String(sums?.['A']).replace('.', '')), total(4, 100), 'SUM(AMOUNT)');
  }

  execute(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return promised((done) => this.#client.exec(sql, done));
  }

  end(): void {
    this.#client.end();
  }
}

/** node-hdb writes a timestamp with nine decimals; the workload has six of them. */
function comparable(value: IngestRow[number]): IngestRow[number] {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d /.test(value) ? value.slice(0, 26) : value;
}

function promised<T>(start: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error === null || error === undefined) resolve(value);
      else reject(error instanceof Error ? error : new Error('node-hdb failed', { cause: error }));
    });
  });
}

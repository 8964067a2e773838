/* Reads from HANA by node-hdb's row objects, into Arrow. Arguments: host:port user password. */
import { createInterface } from 'node:readline';
import type { RecordBatch } from 'apache-arrow';
import { digestOf } from '../../digest.ts';
import { type HdbClient, openHdbClient, openHdbResult } from './node-hdb.ts';
import { rowConverter } from './row-columns.ts';

interface Question {
  readonly do: 'read' | 'digest';
  readonly sql: readonly string[];
}

const [, , address = '', user = '', password = ''] = process.argv;
const { hostname: host, port } = new URL(`hdbsql://${address}`);
/** One connection for each query that is read at the same time. */
const clients: Promise<HdbClient>[] = [];

async function* read(sql: string, index: number): AsyncGenerator<RecordBatch> {
  clients[index] ??= openHdbClient({ host, port: Number(port), user, password });
  const result = await openHdbResult(await clients[index], sql);
  const convert = rowConverter(result.metadata);
  for await (const rows of result.createArrayStream()) yield convert(rows);
}

async function readAll(queries: readonly string[]): Promise<object> {
  const start = performance.now();
  const processor = process.cpuUsage();
  const seconds = () => (performance.now() - start) / 1000;
  let firstSeconds: number | undefined;
  const drain = async (sql: string, index: number): Promise<number> => {
    let rows = 0;
    for await (const batch of read(sql, index)) {
      firstSeconds ??= seconds();
      rows += batch.numRows;
    }
    return rows;
  };
  const rows = (await Promise.all(queries.map(drain))).reduce((sum, count) => sum + count, 0);
  const { user: inUser, system } = process.cpuUsage(processor);
  return { rows, seconds: seconds(), firstSeconds, cpuSeconds: (inUser + system) / 1e6 };
}

async function digest(queries: readonly string[]): Promise<object> {
  const batches: RecordBatch[] = [];
  for (const sql of queries) for await (const batch of read(sql, 0)) batches.push(batch);
  const rows = batches.reduce((sum, batch) => sum + batch.numRows, 0);
  return { rows, columns: digestOf(batches) };
}

function answer(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

answer({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as Question;
  answer(await (question.do === 'read' ? readAll(question.sql) : digest(question.sql)));
}
for (const client of clients) (await client).end();

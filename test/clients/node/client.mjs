// Tries hana-flight with the Flight SQL clients of the npm registry. Each case ends as one line of JSON
// on standard output. It runs where the packages were installed, with nothing else beside it.
//
// Arguments: host:port user password
import { deepStrictEqual } from 'node:assert';
import { FlightSQLClient } from '@firetiger-oss/flight-sql-client';
import { Client } from '@lancedb/arrow-flight-sql-client';
import { columnsOf } from './table.mjs';

const [address, user, password] = process.argv.slice(2);
if (password === undefined) {
  console.error('expected arguments: host:port user password');
  process.exit(2);
}
const [host, port] = address.split(':');

function lance(options = {}) {
  return Client.connect({ host: address, username: user, password, insecure: true, ...options });
}

async function lanceRows(sql) {
  const result = await (await lance()).query(sql);
  const rows = await result.collectToObjects();
  return rows.map((row) => ({ ...row }));
}

async function firetiger(run) {
  const client = new FlightSQLClient({
    host,
    port: Number(port),
    plaintext: true,
    username: user,
    password,
  });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.close();
  }
}

async function failureOf(promise) {
  try {
    await promise;
  } catch (error) {
    return String(error);
  }
  throw new Error('expected an error, found success');
}

function expectContains(text, part) {
  if (!text.includes(part)) throw new Error(`expected a text with ${part}, found ${text}`);
}

const CASES = {
  '@lancedb: logs on and queries': async () => {
    const rows = await lanceRows('SELECT CURRENT_USER AS WHO, 6 * 7 AS N FROM DUMMY');
    deepStrictEqual(rows, [{ WHO: user, N: 42 }]);
  },
  '@lancedb: is refused with a wrong password': async () => {
    expectContains(await failureOf(lance({ password: 'not the password' })), 'UNAUTHENTICATED');
  },
  '@lancedb: reads ALL_TYPES': async () => {
    const result = await (await lance()).query('SELECT * FROM SALES.ALL_TYPES ORDER BY ID');
    return columnsOf(await result.collectToArrow());
  },
  '@lancedb: reads a large table within 4 MiB a message': async () => {
    const [{ N }] = await lanceRows('SELECT COUNT(*) AS N FROM SALES.TRANSACTIONS');
    const result = await (await lance()).query('SELECT * FROM SALES.TRANSACTIONS');
    let rows = 0;
    for await (const batch of result.toArrowStream()) rows += batch.numRows;
    deepStrictEqual(BigInt(rows), BigInt(N));
  },
  '@lancedb: an empty result has no rows': async () => {
    deepStrictEqual(await lanceRows('SELECT * FROM SALES.TRANSACTIONS WHERE 1 = 0'), []);
  },
  "@lancedb: an error carries HANA's code": async () => {
    expectContains(await failureOf(lanceRows('SELECT * FROM SALES.NO_SUCH_TABLE')), '259');
  },
  '@firetiger-oss: logs on and queries': async () => {
    const table = await firetiger((client) =>
      client.execute('SELECT CURRENT_USER AS WHO, 6 * 7 AS N FROM DUMMY'),
    );
    deepStrictEqual(
      table.toArray().map((row) => row.toJSON()),
      [{ WHO: user, N: 42 }],
    );
  },
  '@firetiger-oss: lists tables': async () => {
    const tables = await firetiger((client) =>
      client.getTables(undefined, 'SALES', 'TRANSACTION%', ['TABLE']),
    );
    deepStrictEqual(
      tables.map(({ schema, tableName, tableType }) => [schema, tableName, tableType]),
      [
        ['SALES', 'TRANSACTIONS', 'TABLE'],
        ['SALES', 'TRANSACTION_HISTORY', 'TABLE'],
      ],
    );
  },
  "@firetiger-oss: an error carries HANA's code": async () => {
    const failure = firetiger((client) => client.execute('SELECT * FORM DUMMY'));
    expectContains(await failureOf(failure), '257');
  },
};

for (const [name, run] of Object.entries(CASES)) {
  let report;
  try {
    report = { case: name, passed: true, columns: await run() };
  } catch (error) {
    report = { case: name, passed: false, detail: error?.stack ?? String(error) };
  }
  console.log(JSON.stringify(report));
}
// Neither client lets go of its connections.
process.exit(0);

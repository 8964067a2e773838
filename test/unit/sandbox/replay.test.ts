import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../../src/sandbox/server.ts';
import { NodeHdb } from '../../support/node-hdb.ts';

const SQL = 'SELECT * FROM SALES.TRANSACTIONS';

let sandbox: RunningSandbox;
let connection: NodeHdb;

beforeAll(async () => {
  sandbox = await openSandbox({ rows: 5000, replayBytes: 8 << 20 });
  connection = await NodeHdb.connect(sandbox.port);
});

afterAll(async () => {
  await connection.disconnect();
  await sandbox.close();
});

test('a result from memory is the same to a client, and faults strike it', async () => {
  const computed = await connection.fetchAll(SQL, 999);
  expect(computed).toHaveLength(5000);
  expect(await connection.fetchAll(SQL, 999)).toEqual(computed);
  expect(await connection.fetchAll(SQL, 5000)).toEqual(computed);
  sandbox.faults.set([{ action: { kind: 'error', code: 2048 }, afterRows: 3000 }]);
  await expect(connection.fetchAll(SQL, 999)).rejects.toMatchObject({ code: 2048 });
  sandbox.faults.clear();
  expect(await connection.fetchAll(SQL, 999)).toEqual(computed);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePart, requirePart } from '../../../src/driver/wire/message.ts';
import { MessageType } from '../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../src/driver/wire/part-kind.ts';
import { encodeCommand } from '../../../src/driver/wire/parts/command.ts';
import { decodeRowsAffected } from '../../../src/driver/wire/parts/rows-affected.ts';
import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import { WireWriter } from '../../../src/driver/wire/writer.ts';
import { openSandbox } from '../../../src/sandbox/sandbox.ts';
import type { RunningSandbox } from '../../../src/sandbox/server.ts';
import { errorOf, WireClient } from '../../support/wire-client.ts';

let sandbox: RunningSandbox;
let client: WireClient;

beforeAll(async () => {
  sandbox = await openSandbox({ rows: 10 });
  client = await WireClient.logOn(sandbox.port);
});

afterAll(async () => {
  client.close();
  await sandbox.close();
});

/** Rows of one INTEGER. */
function rowsOf(numbers: readonly number[]) {
  const writer = new WireWriter();
  for (const number of numbers) writer.writeU8(TypeCode.INT).writeI32(number);
  return makePart(PartKind.PARAMETERS, numbers.length, writer.finish());
}

test.each([true, false])(
  'a batch as long as a part can be, then one with a bad row, autocommit %s',
  async (commitImmediate) => {
    await client.execute('CREATE TABLE NUMBERS (N INTEGER PRIMARY KEY)');
    const insert = [encodeCommand('INSERT INTO NUMBERS VALUES (?)')];
    const prepared = await client.request(MessageType.PREPARE, insert);
    const id = requirePart(prepared, PartKind.STATEMENTID);
    const execute = (numbers: readonly number[]) =>
      client.request(MessageType.EXECUTE, [id, rowsOf(numbers)], { commitImmediate });

    const whole = await execute(Array.from({ length: 32_767 }, (_, row) => row));
    expect(whole.kind).toBe('reply');
    const counts = decodeRowsAffected(requirePart(whole, PartKind.ROWSAFFECTED));
    expect(counts).toHaveLength(32_767);
    expect(new Set(counts)).toEqual(new Set([1]));

    const partial = await execute([40_000, 5, 40_001]);
    expect(decodeRowsAffected(requirePart(partial, PartKind.ROWSAFFECTED))).toEqual([1, -3, 1]);
    expect(errorOf(partial).code).toBe(301);

    await client.request(MessageType.ROLLBACK);
    const found = await client.execute('SELECT N FROM NUMBERS WHERE N >= 32766');
    const kept = commitImmediate ? 3 : 0;
    expect(requirePart(found, PartKind.RESULTSET).argumentCount).toBe(kept);
    await client.execute('DROP TABLE NUMBERS');
  },
);

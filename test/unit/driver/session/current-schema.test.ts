import { describe, expect, onTestFinished, test } from 'vitest';
import type { HanaConnection } from '../../../../src/driver/hana-connection.ts';
import { connectHana } from '../../../../src/driver/session/connect.ts';
import { FunctionCode } from '../../../../src/driver/wire/function-code.ts';
import { requirePart } from '../../../../src/driver/wire/message.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import { decodeCommand } from '../../../../src/driver/wire/parts/command.ts';
import { encodeResultSet } from '../../../../src/driver/wire/parts/result-set.ts';
import { encodeResultSetId } from '../../../../src/driver/wire/parts/result-set-id.ts';
import { encodeResultSetMetadata } from '../../../../src/driver/wire/parts/result-set-metadata.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { failureOf } from '../../../support/failure.ts';
import { demoCredentials, scriptedHana } from '../../../support/hana-under-test.ts';
import { intColumn } from '../../../support/scripted-tables.ts';

const ASK = 'SELECT CURRENT_SCHEMA FROM DUMMY';

/** A session at a HANA that keeps its schema; texts are those that were executed after the logon. */
async function session(currentSchema?: string) {
  const texts: string[] = [];
  let schema = 'DEMO';
  const column = { ...intColumn('CURRENT_SCHEMA'), typeCode: TypeCode.NVARCHAR, length: 256 };
  const hana = await scriptedHana((request, wire) => {
    const sql = decodeCommand(requirePart(request, PartKind.COMMAND));
    texts.push(sql);
    const chosen = /^SET SCHEMA "(.*)"$/.exec(sql)?.[1];
    if (chosen === 'NOWHERE') return wire.error(362, 'invalid schema name: NOWHERE');
    schema = chosen ?? schema;
    if (sql !== ASK) return wire.reply(FunctionCode.DDL);
    const bytes = Buffer.from(`\0${schema}`);
    bytes[0] = bytes.length - 1;
    const row = { bytes, rowCount: 1, last: true, closed: true, empty: false };
    wire.reply(FunctionCode.SELECT, [
      encodeResultSetMetadata([column]),
      encodeResultSetId(1n),
      encodeResultSet(row),
    ]);
  });
  const endpoint = { host: '127.0.0.1', port: hana.port, currentSchema };
  const connection: HanaConnection = await connectHana(endpoint, demoCredentials);
  onTestFinished(() => connection.destroy(new Error('the test is over')));
  texts.length = 0;
  return { connection, texts };
}

describe('the current schema', () => {
  test('of the logon costs nothing while nobody wants another', async () => {
    const { connection, texts } = await session();
    await connection.setCurrentSchema(undefined);
    expect(texts).toEqual([]);
  });

  test('is asked for once, chosen when it differs, and left again', async () => {
    const { connection, texts } = await session();
    await connection.setCurrentSchema('SALES');
    await connection.setCurrentSchema('SALES');
    expect(await connection.currentSchema()).toBe('SALES');
    await connection.setCurrentSchema(undefined);
    await connection.setCurrentSchema(undefined);
    await connection.setCurrentSchema('DEMO');
    expect(await connection.currentSchema()).toBe('DEMO');
    expect(texts).toEqual([ASK, 'SET SCHEMA "SALES"', 'SET SCHEMA "DEMO"']);
    expect(connection.reusable).toBe(true);
  });

  test('is not chosen when it is that of the logon already', async () => {
    const { connection, texts } = await session();
    await connection.setCurrentSchema('DEMO');
    expect(texts).toEqual([ASK]);
  });

  test('of the URL is known without asking', async () => {
    const { connection, texts } = await session('HOME');
    expect(await connection.currentSchema()).toBe('HOME');
    await connection.setCurrentSchema('SALES');
    await connection.setCurrentSchema(undefined);
    expect(texts).toEqual(['SET SCHEMA "SALES"', 'SET SCHEMA "HOME"']);
  });

  test('stays when another one does not exist', async () => {
    const { connection, texts } = await session('HOME');
    const failure = await failureOf(connection.setCurrentSchema('NOWHERE'));
    expect(failure.code).toBe('not-found');
    expect(failure.hana?.code).toBe(362);
    await connection.setCurrentSchema(undefined);
    expect(await connection.currentSchema()).toBe('HOME');
    expect(texts).toEqual(['SET SCHEMA "NOWHERE"']);
  });

  test('that a statement may have chosen is left alone, but another may be wanted', async () => {
    const { connection, texts } = await session('HOME');
    await connection.execute('SET SCHEMA "OWN"');
    await connection.setCurrentSchema(undefined);
    expect(await connection.currentSchema()).toBe('OWN');
    await connection.setCurrentSchema(undefined);
    await connection.execute('CALL P()');
    await connection.setCurrentSchema('OWN');
    await connection.setCurrentSchema('SALES');
    await connection.setCurrentSchema(undefined);
    expect(texts).toEqual([
      'SET SCHEMA "OWN"',
      ASK,
      'CALL P()',
      'SET SCHEMA "OWN"',
      'SET SCHEMA "SALES"',
      'SET SCHEMA "HOME"',
    ]);
  });
});

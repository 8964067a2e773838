import { describe, expect, test } from 'vitest';
import type { HanaConnection } from '../../../../src/driver/hana-connection.ts';
import { FunctionCode } from '../../../../src/driver/wire/function-code.ts';
import type { Part, RequestMessage } from '../../../../src/driver/wire/message.ts';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import { encodeErrors } from '../../../../src/driver/wire/parts/error.ts';
import { encodeOptions } from '../../../../src/driver/wire/parts/options.ts';
import { encodeRowsAffected } from '../../../../src/driver/wire/parts/rows-affected.ts';
import { TransactionFlag } from '../../../../src/driver/wire/parts/transaction-flags.ts';
import { failureOf } from '../../../support/failure.ts';
import { logOnToScript, openCursor } from '../../../support/hana-under-test.ts';
import type { ScriptedWire } from '../../../support/scripted-hana.ts';
import { numbers, readInts } from '../../../support/scripted-tables.ts';

const flag = (id: number): Part =>
  encodeOptions(
    PartKind.TRANSACTIONFLAGS,
    new Map([[id, { type: 'boolean', value: true } as const]]),
  );

const failed = (code: number, sqlState: string, ...more: Part[]) => {
  const errors = encodeErrors([{ code, sqlState, position: 0, level: 'error', text: 'lost' }]);
  return (wire: ScriptedWire): void => {
    wire.socket.write(wire.packet(0, [errors, ...more], 'error'));
  };
};

interface TransactionUnderTest {
  readonly connection: HanaConnection;
  readonly requests: RequestMessage[];
}

/** A connection in a transaction whose statements are answered as `answer` says. */
async function transaction(
  answer: (wire: ScriptedWire) => void = (wire) =>
    wire.reply(FunctionCode.INSERT, [encodeRowsAffected([1])]),
): Promise<TransactionUnderTest> {
  const requests: RequestMessage[] = [];
  const connection = await logOnToScript((request, wire) => {
    requests.push(request);
    if (request.messageType === MessageType.COMMIT) {
      wire.reply(FunctionCode.COMMIT, [flag(TransactionFlag.COMMITTED)]);
    } else if (request.messageType === MessageType.ROLLBACK) {
      wire.reply(FunctionCode.ROLLBACK, [flag(TransactionFlag.ROLLED_BACK)]);
    } else answer(wire);
  });
  connection.autoCommit = false;
  return { connection, requests };
}

describe('a transaction', () => {
  test('is made of the statements since autoCommit was turned off, and nothing is sent for that', async () => {
    const { connection, requests } = await transaction();
    await connection.execute('INSERT');
    await connection.commit();
    connection.autoCommit = true;
    await connection.execute('INSERT');
    expect(
      requests.map(({ messageType, commitImmediate }) => [messageType, commitImmediate]),
    ).toEqual([
      [MessageType.EXECUTEDIRECT, false],
      [MessageType.COMMIT, false],
      [MessageType.EXECUTEDIRECT, true],
    ]);
  });

  test.each(['commit', 'rollback'] as const)(
    'keeps the connection from others until %s and autoCommit',
    async (ending) => {
      const { connection } = await transaction();
      expect(connection.reusable).toBe(false);
      await connection.execute('INSERT');
      connection.autoCommit = true;
      expect(connection.reusable).toBe(false);
      await connection[ending]();
      expect(connection.reusable).toBe(true);
      connection.autoCommit = false;
      expect(connection.reusable).toBe(false);
    },
  );

  test('that is committed leaves result sets open: HANA is told so both times', async () => {
    const requests: RequestMessage[] = [];
    const script = numbers({ packets: 2, rowsPerPacket: 1 });
    const connection = await logOnToScript((request, wire) => {
      requests.push(request);
      return script(request, wire);
    });
    connection.autoCommit = false;
    const cursor = await openCursor(connection);
    await connection.commit();
    const rows: number[] = [];
    for await (const packet of cursor.packets()) rows.push(...readInts(packet));
    expect(rows).toEqual([0, 1]);
    expect(requests[0]?.commandOptions).toBe(8);
    // One option: id 1, BOOLEAN, true.
    expect(requests[1]?.parts).toMatchObject([{ kind: PartKind.COMMITOPTIONS, argumentCount: 1 }]);
    expect(Buffer.from(requests[1]?.parts[0]?.data ?? [])).toEqual(Buffer.from([1, 28, 1]));
  });
});

describe('a rollback that nobody asked for', () => {
  const losses: readonly [string, (wire: ScriptedWire) => void][] = [
    ['HANA flags it', failed(2, 'HY000', flag(TransactionFlag.ROLLED_BACK))],
    ['its error means it: deadlock', failed(133, 'HY000')],
    ['its error means it: cancel', failed(139, 'HY000')],
    ['its SQLSTATE means it', failed(9999, '40001')],
  ];

  test.each(losses)('is remembered when %s', async (_name, answer) => {
    const { connection } = await transaction(answer);
    const failure = await failureOf(connection.execute('UPDATE'));
    expect(connection.rolledBackBy).toBe(failure);
    connection.autoCommit = true;
    expect(connection.reusable).toBe(false);
    await connection.rollback();
    expect(connection.rolledBackBy).toBeUndefined();
    expect(connection.reusable).toBe(true);
  });

  test('cannot be committed over: what came after it is rolled back', async () => {
    let healthy = false;
    const { connection, requests } = await transaction((wire) => {
      if (healthy) wire.reply(FunctionCode.INSERT, [encodeRowsAffected([1])]);
      else failed(133, '40001')(wire);
    });
    const cause = await failureOf(connection.execute('UPDATE'));
    healthy = true;
    await connection.execute('INSERT');
    const failure = await failureOf(connection.commit());
    expect(failure.code).toBe('aborted');
    expect(failure.cause).toBe(cause);
    expect(requests.at(-1)?.messageType).toBe(MessageType.ROLLBACK);
    expect(connection.rolledBackBy).toBeUndefined();
    await connection.commit();
    expect(requests.at(-1)?.messageType).toBe(MessageType.COMMIT);
  });

  test('is that of the statement alone in autocommit mode', async () => {
    const { connection } = await transaction(failed(133, '40001'));
    connection.autoCommit = true;
    await failureOf(connection.execute('UPDATE'));
    expect(connection.rolledBackBy).toBeUndefined();
    expect(connection.reusable).toBe(true);
  });

  test('is not an error of a single statement', async () => {
    const { connection } = await transaction(failed(301, '23000'));
    await failureOf(connection.execute('INSERT'));
    expect(connection.rolledBackBy).toBeUndefined();
    await connection.commit();
  });

  test('is not our own', async () => {
    const { connection } = await transaction();
    await connection.execute('INSERT');
    await connection.rollback();
    expect(connection.rolledBackBy).toBeUndefined();
  });
});

test('a commit that HANA answers with a rollback has failed', async () => {
  const connection = await logOnToScript((_request, wire) =>
    wire.reply(FunctionCode.COMMIT, [flag(TransactionFlag.ROLLED_BACK)]),
  );
  expect((await failureOf(connection.commit())).code).toBe('aborted');
});

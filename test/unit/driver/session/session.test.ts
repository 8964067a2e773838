import { describe, expect, test } from 'vitest';
import { FunctionCode } from '../../../../src/driver/wire/function-code.ts';
import { makePart, type Part } from '../../../../src/driver/wire/message.ts';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import { encodeParameterMetadata } from '../../../../src/driver/wire/parts/parameter-metadata.ts';
import { encodeResultSetId } from '../../../../src/driver/wire/parts/result-set-id.ts';
import { encodeResultSetMetadata } from '../../../../src/driver/wire/parts/result-set-metadata.ts';
import { encodeRowsAffected } from '../../../../src/driver/wire/parts/rows-affected.ts';
import { encodeStatementId } from '../../../../src/driver/wire/parts/statement-id.ts';
import { failureOf } from '../../../support/failure.ts';
import {
  logOnTo,
  logOnToScript,
  openCursor,
  scriptedHana,
  until,
} from '../../../support/hana-under-test.ts';
import type { Script, ScriptedWire } from '../../../support/scripted-hana.ts';
import { intColumn, numbers, readInts, rowsPart } from '../../../support/scripted-tables.ts';

const healthy = () => numbers({ packets: 1, rowsPerPacket: 2 });

/** Answers everything the same way. */
const always =
  (functionCode: number, ...parts: Part[]): Script =>
  (_request, wire) =>
    wire.reply(functionCode, parts);

const resultSet = (id: bigint): Part[] => [
  encodeResultSetMetadata([intColumn('N')]),
  encodeResultSetId(id),
  rowsPart(0, 2, 'closed'),
];

describe('a prepared statement', () => {
  test('tells its columns and parameters without being executed', async () => {
    const hana = await scriptedHana(
      always(
        FunctionCode.SELECT,
        encodeStatementId(5n),
        encodeResultSetMetadata([{ ...intColumn('N'), displayName: 'Größe 😀', scale: 2 }]),
        encodeParameterMetadata([
          { typeCode: 11, nullable: false, mode: 'inout', length: 20, scale: 0, name: 'P' },
        ]),
      ),
    );
    const statement = await (await logOnTo(hana.port)).prepare('SELECT');
    expect(statement.functionCode).toBe(FunctionCode.SELECT);
    expect(statement.columns).toEqual([{ ...intColumn('N'), displayName: 'Größe 😀', scale: 2 }]);
    expect(statement.parameters).toEqual([
      { typeCode: 11, nullable: false, mode: 'inout', length: 20, scale: 0, name: 'P' },
    ]);
    expect(hana.requests).not.toContain(MessageType.EXECUTE);
  });

  test('is executed with the columns of the preparation when HANA does not repeat them', async () => {
    const connection = await logOnToScript((request, wire) => {
      if (request.messageType === MessageType.PREPARE) {
        const columns = encodeResultSetMetadata([intColumn('N')]);
        wire.reply(FunctionCode.SELECT, [encodeStatementId(5n), columns]);
      } else {
        wire.reply(FunctionCode.SELECT, [encodeResultSetId(7n), rowsPart(0, 2, 'closed')]);
      }
    });
    const outcome = await (await connection.prepare('SELECT')).execute();
    expect(outcome.kind === 'rows' && outcome.cursor.columns).toEqual([intColumn('N')]);
  });

  test('is dropped once', async () => {
    const hana = await scriptedHana(healthy());
    const connection = await logOnTo(hana.port);
    const statement = await connection.prepare('SELECT');
    expect(connection.reusable).toBe(false);
    statement.drop();
    statement.drop();
    // At once: the next task need not wait for the answer.
    expect(connection.reusable).toBe(true);
    await new Promise(setImmediate);
    await connection.prepare('SELECT');
    expect(hana.requests.slice(-3)).toEqual([
      MessageType.PREPARE,
      MessageType.DROPSTATEMENTID,
      MessageType.PREPARE,
    ]);
  });
});

test.each([
  [FunctionCode.INSERT, [3], 3],
  [FunctionCode.UPDATE, [2, 5], 7],
  [FunctionCode.DDL, [-2], 0],
  [FunctionCode.DDL, [], 0],
  [FunctionCode.COMMIT, [0], 0],
  [FunctionCode.EXPLAIN, [4], 4],
])('function code %i with rows affected %j counts %i', async (functionCode, counts, expected) => {
  const connection = await logOnToScript(always(functionCode, encodeRowsAffected(counts)));
  expect(await connection.execute('STATEMENT')).toEqual({ kind: 'count', affectedRows: expected });
});

/** What a session has executed. */
const after = (sql: string, functionCode: number, ...parts: Part[]) => ({
  sql,
  functionCode,
  parts,
});

describe('a session may go to another task', () => {
  test.each([
    after('SELECT 1', FunctionCode.SELECT, ...resultSet(7n)),
    after('INSERT', FunctionCode.INSERT, encodeRowsAffected([1])),
    after('CREATE TABLE T', FunctionCode.DDL, encodeRowsAffected([0])),
  ])('after $sql', async ({ sql, functionCode, parts }) => {
    const connection = await logOnToScript(always(functionCode, ...parts));
    await connection.execute(sql);
    expect([connection.reusable, connection.altered]).toEqual([true, false]);
  });

  test.each([
    after('SET SCHEMA X', FunctionCode.DDL, encodeRowsAffected([0])),
    after('DROP TABLE #T', FunctionCode.DDL),
    after('STATEMENT THAT NOBODY KNOWS', FunctionCode.DDL),
    after('SELECT that turned out as CONNECT', FunctionCode.CONNECT),
    after('SELECT that turned out as a procedure', FunctionCode.DBPROCEDURECALL),
  ])('not after $sql', async ({ sql, functionCode, parts }) => {
    const connection = await logOnToScript(always(functionCode, ...parts));
    await connection.execute(sql);
    expect(connection.usable).toBe(true);
    expect([connection.reusable, connection.altered]).toEqual([false, true]);
  });

  test('not after a statement that failed and may have done part of its work', async () => {
    const connection = await logOnToScript((_request, wire) => wire.error(2, 'general error'));
    await failureOf(connection.execute('CALL P()'));
    expect(connection.reusable).toBe(false);
  });

  test('after SET was prepared, but not after it was executed', async () => {
    const connection = await logOnToScript((_request, wire) =>
      wire.reply(FunctionCode.DDL, [encodeStatementId(5n)]),
    );
    const statement = await connection.prepare("SET 'A' = 'B'");
    statement.drop();
    expect(connection.reusable).toBe(true);
    await (await connection.prepare("SET 'A' = 'B'")).execute();
    expect(connection.altered).toBe(true);
  });

  test('not while a result set is open', async () => {
    const connection = await logOnToScript(numbers({ packets: 3, rowsPerPacket: 1 }));
    const cursor = await openCursor(connection);
    expect(connection.reusable).toBe(false);
    await cursor.close();
    expect(connection.reusable).toBe(true);
  });

  test('not while a request is in flight', async () => {
    const connection = await logOnToScript(healthy());
    const request = connection.validate();
    expect(connection.reusable).toBe(false);
    await request;
    expect(connection.reusable).toBe(true);
  });
});

describe('an error of HANA', () => {
  test('rejects the request and leaves the session usable', async () => {
    const connection = await logOnToScript((_request, wire) =>
      wire.error(259, 'invalid table name: Größe 😀', 15),
    );
    const failure = await failureOf(connection.execute('SELECT'));
    expect(failure.code).toBe('not-found');
    expect(failure.hana).toEqual({ code: 259, sqlState: 'HY000', position: 15 });
    expect(failure.message).toContain('invalid table name: Größe 😀');
    expect(connection.usable).toBe(true);
  });

  test('closes the session when HANA calls it fatal', async () => {
    const connection = await logOnToScript((_request, wire) =>
      wire.error(2, 'general error', 0, 'fatal'),
    );
    const failure = await failureOf(connection.execute('SELECT'));
    expect(failure.hana?.code).toBe(2);
    expect(connection.usable).toBe(false);
  });

  test('closes the session when HANA cannot parse the request', async () => {
    const connection = await logOnToScript((_request, wire) => wire.error(1033, 'protocol'));
    await failureOf(connection.execute('SELECT'));
    expect(connection.usable).toBe(false);
  });
});

test('several result sets are refused, and the session is not used again', async () => {
  const connection = await logOnToScript(
    always(FunctionCode.DBPROCEDURECALLWITHRESULT, ...resultSet(7n), ...resultSet(8n)),
  );
  const failure = await failureOf(connection.execute('CALL P()'));
  expect(failure.code).toBe('unimplemented');
  expect(connection.reusable).toBe(false);
});

test('an SQL text longer than a packet is refused before it is sent', async () => {
  const hana = await scriptedHana(healthy());
  const connection = await logOnTo(hana.port, { packetBytes: 1 << 17 });
  const failure = await failureOf(connection.execute('x'.repeat(1 << 17)));
  expect(failure.code).toBe('resource-exhausted');
  expect(failure.message).toContain('packetBytes');
  expect(hana.requests).toHaveLength(2);
  expect(await connection.validate()).toBe(true);
});

test('an SQL text of ten million characters arrives whole', async () => {
  let length = 0;
  const connection = await logOnToScript((request, wire) => {
    length = request.parts.find(({ kind }) => kind === PartKind.COMMAND)?.data.length ?? 0;
    return healthy()(request, wire);
  });
  await (await openCursor(connection, `/* ${'x'.repeat(10_000_000)} */ SELECT`)).close();
  expect(length).toBe(10_000_013);
});

test('requests made together are answered in the order they were made', async () => {
  const connection = await logOnToScript((_request, wire) => {
    answered++;
    wire.reply(FunctionCode.INSERT, [encodeRowsAffected([answered])]);
  });
  let answered = 0;
  const outcomes = await Promise.all(['A', 'B', 'C'].map((sql) => connection.execute(sql)));
  expect(outcomes.map((outcome) => outcome.kind === 'count' && outcome.affectedRows)).toEqual([
    1, 2, 3,
  ]);
});

test('a reply that comes byte by byte is put together', async () => {
  const connection = await logOnToScript(async (_request, wire) => {
    wire.socket.setNoDelay(true);
    for (const byte of wire.packet(FunctionCode.SELECT, resultSet(7n))) {
      wire.socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const cursor = await openCursor(connection);
  const packets = [];
  for await (const packet of cursor.packets()) packets.push(readInts(packet));
  expect(packets).toEqual([[0, 1]]);
});

/** What a HANA in good health never sends. */
const faults: readonly [string, (wire: ScriptedWire) => void, RegExp][] = [
  [
    'two replies in one piece, of which node-hdb would lose one',
    (wire) => {
      const reply = wire.packet(FunctionCode.SELECT, resultSet(7n));
      wire.socket.write(Buffer.concat([reply, reply]));
    },
    /reply to EXECUTEDIRECT: expected the end after \d+ bytes/,
  ],
  [
    'a compressed packet',
    (wire) => {
      const reply = wire.packet(FunctionCode.SELECT, resultSet(7n));
      reply[22] = 2;
      wire.socket.write(reply);
    },
    /compression/,
  ],
  [
    'a query without a result set',
    (wire) => wire.reply(FunctionCode.SELECT),
    /reply to EXECUTE: expected a RESULTSETID part/,
  ],
  [
    'a result set without columns',
    (wire) => wire.reply(FunctionCode.SELECT, resultSet(7n).slice(1)),
    /expected a RESULTSETMETADATA part/,
  ],
  [
    'rows without bytes',
    (wire) => wire.reply(FunctionCode.SELECT, [makePart(PartKind.RESULTSET, 3, Buffer.alloc(0))]),
    /RESULTSET part: 3 rows cannot have 0 bytes/,
  ],
  [
    'an unknown part',
    (wire) => wire.reply(FunctionCode.SELECT, [{ ...rowsPart(0, 1, 'more'), kind: 99 }]),
    /kind 99 part: unknown part kind/,
  ],
  [
    'a part of another client generation',
    (wire) =>
      wire.reply(FunctionCode.SELECT, [makePart(PartKind.PRINTOPTIONS, 0, Buffer.alloc(0))]),
    /cannot/,
  ],
  [
    'a packet that claims to be of four gigabytes',
    (wire) => wire.socket.write(Buffer.alloc(32, 0xff)),
    /expected a packet of at most/,
  ],
];

test.each(faults)('%s: malformed, the connection is closed', async (_name, answer, problem) => {
  const connection = await logOnToScript((_request, wire) => answer(wire));
  const failure = await failureOf(connection.execute('SELECT'));
  expect(failure.code).toBe('malformed-packet');
  expect(failure.message).toMatch(problem);
  expect(connection.usable).toBe(false);
  expect((await failureOf(connection.execute('SELECT'))).code).toBe('malformed-packet');
});

test('bytes that nobody asked for close an idle connection', async () => {
  let wire: ScriptedWire | undefined;
  const connection = await logOnToScript((request, answering) => {
    wire = answering;
    return healthy()(request, answering);
  });
  expect(await connection.validate()).toBe(true);
  wire?.reply(FunctionCode.NIL);
  await until(() => !connection.usable);
  expect((await failureOf(connection.execute('SELECT'))).message).toContain('expected nothing');
});

test('the end of the server is noticed on an idle connection', async () => {
  const hana = await scriptedHana(healthy());
  const connection = await logOnTo(hana.port);
  await hana.close();
  await until(() => !connection.usable);
  expect(await connection.validate()).toBe(false);
  expect((await failureOf(connection.execute('SELECT'))).code).toBe('unavailable');
});

test('a HANA that falls silent is given up after communicationTimeoutMs', async () => {
  const connection = await logOnToScript(() => {}, { communicationTimeoutMs: 40 });
  const failures = await Promise.all([
    failureOf(connection.execute('SELECT')),
    failureOf(connection.prepare('SELECT')),
  ]);
  expect(failures.map(({ code }) => code)).toEqual(['unavailable', 'unavailable']);
  expect(failures[0]?.message).toContain(
    'silent for 40 ms (communicationTimeoutMs), in place of the reply to EXECUTEDIRECT',
  );
});

test('a HANA that falls silent within a reply is given up as well', async () => {
  const connection = await logOnToScript(
    (_request, wire) => {
      wire.socket.write(wire.packet(FunctionCode.SELECT, resultSet(7n)).subarray(0, -1));
    },
    { communicationTimeoutMs: 400 },
  );
  const failure = await failureOf(connection.execute('SELECT'));
  expect(failure.message).toContain('inside the reply to EXECUTEDIRECT');
});

test('an idle connection outlives communicationTimeoutMs', async () => {
  const connection = await logOnToScript(healthy(), { communicationTimeoutMs: 300 });
  expect(await connection.validate()).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 900));
  expect(await connection.validate()).toBe(true);
});

describe('the end of a connection', () => {
  test('destroy rejects what is in flight and what waits behind it, with the cause given', async () => {
    const connection = await logOnToScript(() => {});
    const requests = [connection.execute('A'), connection.execute('B'), connection.prepare('C')];
    connection.destroy(new Error('enough'));
    const failures = await Promise.all(requests.map(failureOf));
    expect(failures.map(({ message }) => message)).toEqual(['enough', 'enough', 'enough']);
    expect(connection.usable).toBe(false);
  });

  test('close says goodbye and closes the socket', async () => {
    const hana = await scriptedHana(healthy());
    const connection = await logOnTo(hana.port);
    await Promise.all([connection.close(), connection.close()]);
    expect(hana.requests.at(-1)).toBe(MessageType.DISCONNECT);
    expect(connection.usable).toBe(false);
    await until(() => hana.connections() === 0);
  });

  test('close waits for a request that was made before', async () => {
    const connection = await logOnToScript(healthy());
    const cursor = openCursor(connection);
    await connection.close();
    expect((await cursor).columns).toHaveLength(1);
  });

  test('close does not reject when the connection has gone', async () => {
    const hana = await scriptedHana(healthy());
    const connection = await logOnTo(hana.port);
    await hana.close();
    await connection.close();
    expect(connection.usable).toBe(false);
  });

  test('a closed connection takes no more requests', async () => {
    const connection = await logOnToScript(healthy());
    await connection.close();
    expect((await failureOf(connection.execute('SELECT'))).code).toBe('unavailable');
    expect(await connection.validate()).toBe(false);
  });
});

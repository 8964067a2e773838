import { describe, expect, test } from 'vitest';
import { type EncodedRows, MAX_PARAMETER_ROWS } from '../../../../src/driver/hana-connection.ts';
import { THREAD_BLOCKS } from '../../../../src/driver/wire/block-memory.ts';
import { FunctionCode } from '../../../../src/driver/wire/function-code.ts';
import { findPart, type RequestMessage, requirePart } from '../../../../src/driver/wire/message.ts';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import { type ErrorRecord, encodeErrors } from '../../../../src/driver/wire/parts/error.ts';
import { encodeParameterMetadata } from '../../../../src/driver/wire/parts/parameter-metadata.ts';
import { encodeRowsAffected } from '../../../../src/driver/wire/parts/rows-affected.ts';
import { encodeStatementId } from '../../../../src/driver/wire/parts/statement-id.ts';
import { encodeWriteLobReply } from '../../../../src/driver/wire/parts/write-lob-reply.ts';
import { decodeWriteLobRequests } from '../../../../src/driver/wire/parts/write-lob-request.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { failureOf } from '../../../support/failure.ts';
import { logOnToScript } from '../../../support/hana-under-test.ts';
import { parameter } from '../../../support/scripted-engine.ts';
import type { ScriptedWire } from '../../../support/scripted-hana.ts';

/** Answers PREPARE of an INSERT, and leaves the rest to `answer`; everything is kept. */
function inserts(answer: (request: RequestMessage, wire: ScriptedWire) => void) {
  const requests: RequestMessage[] = [];
  return {
    requests,
    script: (request: RequestMessage, wire: ScriptedWire): void => {
      requests.push(request);
      if (request.messageType !== MessageType.PREPARE) return answer(request, wire);
      wire.reply(FunctionCode.INSERT, [
        encodeStatementId(5n),
        encodeParameterMetadata([parameter(TypeCode.INT)]),
      ]);
    },
  };
}

const types = (requests: readonly RequestMessage[]): readonly number[] =>
  requests.map(({ messageType }) => messageType);

/** Rows of one INTEGER: the type code and 32 bits each. */
function intRows(rowCount: number): EncodedRows {
  const bytes = Buffer.alloc(5 * rowCount);
  for (let row = 0; row < rowCount; row++) {
    bytes.writeUInt8(TypeCode.INT, 5 * row);
    bytes.writeInt32LE(row, 5 * row + 1);
  }
  return { rowCount, bytes, openLobs: [] };
}

const error = (code: number, text: string): ErrorRecord => ({
  code,
  text,
  position: 0,
  level: 'error',
  sqlState: 'HY000',
});

describe('rows in a block', () => {
  test('give it back when HANA has answered', async () => {
    const { script } = inserts((_request, wire) =>
      wire.reply(FunctionCode.INSERT, [encodeRowsAffected([1, 1, 1])]),
    );
    const statement = await (await logOnToScript(script)).prepare('INSERT');
    const block = THREAD_BLOCKS.take(100_000);
    const { bytes, ...rows } = intRows(3);
    new Uint8Array(block).set(bytes);
    const inBlock = { ...rows, bytes: new Uint8Array(block, 0, bytes.length), block };
    expect(await statement.executeRows(inBlock, 1)).toBe(3);
    expect(THREAD_BLOCKS.take(100_000)).toBe(block);
  });

  test('keep it when HANA has refused them, as it may not have read them', async () => {
    const { script } = inserts((_request, wire) => wire.error(301, 'unique constraint'));
    const statement = await (await logOnToScript(script)).prepare('INSERT');
    const block = THREAD_BLOCKS.take(200_000);
    const rows = { ...intRows(3), bytes: new Uint8Array(block, 0, 15), block };
    await failureOf(statement.executeRows(rows, 1));
    expect(THREAD_BLOCKS.take(200_000)).not.toBe(block);
  });
});

describe('rows that come while others are under way', () => {
  test('leave as soon as those are answered', async () => {
    const { script, requests } = inserts((_request, wire) =>
      wire.reply(FunctionCode.INSERT, [encodeRowsAffected([1])]),
    );
    const statement = await (await logOnToScript(script)).prepare('INSERT');
    const counts = [1, 2, 3].map((first) => statement.executeRows(intRows(1), first));
    expect(await Promise.all(counts)).toEqual([1, 1, 1]);
    expect(types(requests)).toHaveLength(4);
  });

  test('are not sent when those fail, which may have ended the transaction', async () => {
    const { script, requests } = inserts((_request, wire) => wire.error(133, 'deadlock'));
    const statement = await (await logOnToScript(script)).prepare('INSERT');
    const first = failureOf(statement.executeRows(intRows(1), 1));
    const second = failureOf(statement.executeRows(intRows(1), 2));
    expect(await second).toBe(await first);
    expect(types(requests)).toEqual([MessageType.PREPARE, MessageType.EXECUTE]);
  });

  test('have nothing to do with rows that come after a failure', async () => {
    let answered = 0;
    const { script } = inserts((_request, wire) => {
      answered++;
      if (answered === 1) wire.error(301, 'unique constraint');
      else wire.reply(FunctionCode.INSERT, [encodeRowsAffected([1])]);
    });
    const statement = await (await logOnToScript(script)).prepare('INSERT');
    await failureOf(statement.executeRows(intRows(1), 1));
    expect(await statement.executeRows(intRows(1), 2)).toBe(1);
  });
});

describe('rows of parameters', () => {
  test('go to HANA byte for byte, and what each changed is added up', async () => {
    const { script, requests } = inserts((_request, wire) =>
      wire.reply(FunctionCode.INSERT, [encodeRowsAffected([1, 2, 0])]),
    );
    const statement = await (await logOnToScript(script)).prepare('INSERT');
    expect(await statement.executeRows(intRows(3), 1)).toBe(3);
    const sent = requests[1];
    expect(sent?.messageType).toBe(MessageType.EXECUTE);
    expect(sent?.commitImmediate).toBe(true);
    // Result sets it opens outlive a commit.
    expect(sent?.commandOptions).toBe(8);
    const part = sent && findPart(sent, PartKind.PARAMETERS);
    expect(part?.argumentCount).toBe(3);
    expect(Buffer.from(part?.data ?? [])).toEqual(intRows(3).bytes);
    expect(Buffer.from((sent && findPart(sent, PartKind.STATEMENTID))?.data ?? [])).toEqual(
      Buffer.from([5, 0, 0, 0, 0, 0, 0, 0]),
    );
  });

  test('may be as many as 16 bits count, and no more', async () => {
    const counts: (number | undefined)[] = [];
    const { script } = inserts((request, wire) => {
      counts.push(findPart(request, PartKind.PARAMETERS)?.argumentCount);
      wire.reply(FunctionCode.INSERT, [encodeRowsAffected([MAX_PARAMETER_ROWS])]);
    });
    const statement = await (await logOnToScript(script)).prepare('INSERT');
    expect(await statement.executeRows(intRows(MAX_PARAMETER_ROWS), 1)).toBe(MAX_PARAMETER_ROWS);
    for (const count of [0, MAX_PARAMETER_ROWS + 1]) {
      expect((await failureOf(statement.executeRows(intRows(count), 1))).code).toBe('internal');
    }
    expect(counts).toEqual([MAX_PARAMETER_ROWS]);
  });

  test('longer than a packet are refused before they are sent', async () => {
    const { script, requests } = inserts(() => {});
    const connection = await logOnToScript(script, { packetBytes: 1 << 17 });
    const statement = await connection.prepare('INSERT');
    const failure = await failureOf(statement.executeRows(intRows(30_000), 1));
    expect(failure.code).toBe('resource-exhausted');
    expect(failure.message).toContain('packetBytes');
    expect(types(requests)).toEqual([MessageType.PREPARE]);
  });

  test('of a query are executed one at a time', async () => {
    const { script, requests } = inserts((_request, wire) => wire.reply(FunctionCode.INSERT));
    const statement = await (await logOnToScript(script)).prepare('SELECT');
    expect((await failureOf(statement.execute(intRows(2)))).code).toBe('internal');
    await statement.execute(intRows(1));
    expect(types(requests)).toEqual([MessageType.PREPARE, MessageType.EXECUTE]);
  });

  test.each([
    [[1, 1], 2],
    [[-2, -2], 0],
    [[-1], 0],
  ])('answered with %j count as %i', async (counts, expected) => {
    const { script } = inserts((_request, wire) =>
      wire.reply(FunctionCode.INSERT, [encodeRowsAffected(counts)]),
    );
    const statement = await (await logOnToScript(script)).prepare('INSERT');
    expect(await statement.executeRows(intRows(counts.length), 1)).toBe(expected);
  });
});

/** Why a batch whose first row is the 15th was refused. */
async function refusal(rowCount: number, answer: (wire: ScriptedWire) => void) {
  const { script } = inserts((_request, wire) => answer(wire));
  const connection = await logOnToScript(script);
  const statement = await connection.prepare('INSERT');
  const failure = await failureOf(statement.executeRows(intRows(rowCount), 15));
  expect(connection.usable).toBe(true);
  return failure;
}

describe('a refused row', () => {
  const unique = error(301, 'unique constraint violated');
  const others = [unique, error(287, 'cannot insert NULL')];

  test.each(['error', 'reply'] as const)(
    'is named when HANA marks it as failed, in a segment of kind %s',
    async (kind) => {
      const failure = await refusal(4, (wire) => {
        const parts = [encodeRowsAffected([1, 1, -3, -3]), encodeErrors(others)];
        wire.socket.write(wire.packet(FunctionCode.INSERT, parts, kind));
      });
      expect(failure.code).toBe('already-exists');
      expect(failure.hana).toMatchObject({ code: 301, sqlState: 'HY000', row: 17 });
      expect(failure.message).toBe('row 17: HANA 301 (SQLSTATE HY000): unique constraint violated');
    },
  );

  test('is the only one there is', async () => {
    const failure = await refusal(1, (wire) => wire.error(301, 'unique constraint violated'));
    expect(failure.hana?.row).toBe(15);
    expect(failure.message).toMatch(/^row 15: HANA 301/);
  });

  test('is not guessed when HANA does not tell', async () => {
    const failure = await refusal(4, (wire) => wire.error(301, 'unique constraint violated'));
    expect(failure.hana?.row).toBeUndefined();
    expect(failure.message).toMatch(/^HANA 301/);
  });

  test('is a failure even without an error that says why', async () => {
    const failure = await refusal(2, (wire) =>
      wire.reply(FunctionCode.INSERT, [encodeRowsAffected([1, -3])]),
    );
    expect(failure.message).toMatch(/^row 16: /);
  });
});

/** A server that takes LOBs in pieces. */
function takesLobs(lobCount: number) {
  const lobs: Buffer[] = Array.from({ length: lobCount }, () => Buffer.alloc(0));
  const open = new Set(lobs.keys());
  const locators = () => [...open].map((id) => Buffer.from([id + 1, 0, 0, 0, 0, 0, 0, 0]));
  const script = inserts((request, wire) => {
    if (request.messageType === MessageType.EXECUTE) {
      wire.reply(FunctionCode.INSERT, [encodeRowsAffected([-1]), encodeWriteLobReply(locators())]);
      return;
    }
    if (request.messageType !== MessageType.WRITELOB) return wire.reply(FunctionCode.COMMIT);
    for (const piece of decodeWriteLobRequests(requirePart(request, PartKind.WRITELOBREQUEST))) {
      const id = (piece.locator[0] ?? 0) - 1;
      lobs[id] = Buffer.concat([lobs[id] ?? Buffer.alloc(0), piece.data]);
      if (piece.last) open.delete(id);
    }
    // Newer HANAs count the row only now.
    const counts = encodeRowsAffected([open.size === 0 ? 1 : 0]);
    wire.reply(FunctionCode.WRITELOB, [encodeWriteLobReply(locators()), counts]);
  });
  return { ...script, lobs };
}

const PACKET_BYTES = 1 << 17;
const LOB_BYTES = 3 * PACKET_BYTES;

const lobRow = (...rests: Uint8Array[]): EncodedRows => ({
  ...intRows(1),
  openLobs: rests.map((rest) => ({ rest, text: false })),
});

describe('LOBs that did not fit', () => {
  const long = Buffer.from(Uint8Array.from({ length: LOB_BYTES }, (_, at) => at % 251));

  test('follow in pieces of the packet size, in a transaction of their own', async () => {
    const { script, requests, lobs } = takesLobs(3);
    const connection = await logOnToScript(script, { packetBytes: PACKET_BYTES });
    const statement = await connection.prepare('INSERT');
    const rests = [long, Buffer.alloc(0), Buffer.from('short')];
    expect(await statement.executeRows(lobRow(...rests), 1)).toBe(1);
    expect(lobs.map((lob, at) => lob.equals(rests[at] ?? Buffer.alloc(0)))).toEqual([
      true,
      true,
      true,
    ]);
    const [, execute, ...following] = requests;
    expect(execute?.commitImmediate).toBe(false);
    expect(types(following)).toEqual([
      ...following.slice(1).map(() => MessageType.WRITELOB),
      MessageType.COMMIT,
    ]);
    expect(following.length).toBeGreaterThan(3);
    for (const { parts } of following) {
      expect(parts[0]?.data.length).toBeLessThanOrEqual(PACKET_BYTES);
    }
    expect(connection.reusable).toBe(false);
    statement.drop();
    expect(connection.reusable).toBe(true);
  });

  test('belong to the open transaction when there is one', async () => {
    const { script, requests } = takesLobs(1);
    const connection = await logOnToScript(script, { packetBytes: PACKET_BYTES });
    connection.autoCommit = false;
    await (await connection.prepare('INSERT')).execute(lobRow(long));
    expect(types(requests)).not.toContain(MessageType.COMMIT);
  });

  test('let nothing of anybody else come between', async () => {
    const { script, requests } = takesLobs(1);
    const connection = await logOnToScript(script, { packetBytes: PACKET_BYTES });
    const statement = await connection.prepare('INSERT');
    await Promise.all([statement.execute(lobRow(long)), connection.execute('SELECT')]);
    expect(types(requests).slice(-2)).toEqual([MessageType.COMMIT, MessageType.EXECUTEDIRECT]);
  });

  test('are rolled back together with their row when a piece fails', async () => {
    const { script, requests } = inserts((request, wire) => {
      if (request.messageType === MessageType.WRITELOB) wire.error(4, 'out of memory');
      else wire.reply(FunctionCode.INSERT, [encodeWriteLobReply([Buffer.alloc(8, 1)])]);
    });
    const connection = await logOnToScript(script);
    const statement = await connection.prepare('INSERT');
    const failure = await failureOf(statement.executeRows({ ...lobRow(long), rowCount: 3 }, 8));
    expect(failure.code).toBe('resource-exhausted');
    expect(failure.hana?.row).toBe(10);
    expect(types(requests).at(-1)).toBe(MessageType.ROLLBACK);
    expect(connection.rolledBackBy).toBeUndefined();
  });

  test('take the open transaction along when a piece fails', async () => {
    const { script, requests } = inserts((request, wire) => {
      if (request.messageType === MessageType.WRITELOB) wire.error(4, 'out of memory');
      else wire.reply(FunctionCode.INSERT, [encodeWriteLobReply([Buffer.alloc(8, 1)])]);
    });
    const connection = await logOnToScript(script);
    connection.autoCommit = false;
    const statement = await connection.prepare('INSERT');
    const failure = await failureOf(statement.execute(lobRow(long)));
    expect(connection.rolledBackBy).toBe(failure);
    expect((await failureOf(connection.commit())).code).toBe('aborted');
    expect(types(requests).slice(-2)).toEqual([MessageType.WRITELOB, MessageType.ROLLBACK]);
  });

  test('without as many locators are a reply that makes no sense', async () => {
    const { script } = takesLobs(1);
    const connection = await logOnToScript(script);
    const statement = await connection.prepare('INSERT');
    const failure = await failureOf(statement.execute(lobRow(long, long)));
    expect(failure.code).toBe('malformed-packet');
    expect(failure.message).toContain('expected locators of 2 LOBs to be continued, it has 1');
    expect(connection.usable).toBe(false);
  });

  test('fail with the connection when it is lost meanwhile', async () => {
    const { script } = inserts((request, wire) => {
      if (request.messageType === MessageType.WRITELOB) wire.socket.destroy();
      else wire.reply(FunctionCode.INSERT, [encodeWriteLobReply([Buffer.alloc(8, 1)])]);
    });
    const connection = await logOnToScript(script);
    const statement = await connection.prepare('INSERT');
    expect((await failureOf(statement.execute(lobRow(long)))).code).toBe('unavailable');
    expect(connection.busy).toBe(false);
  });
});

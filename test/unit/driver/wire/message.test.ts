import { expect, test } from 'vitest';
import { codeName } from '../../../../src/driver/wire/code-name.ts';
import { FunctionCode } from '../../../../src/driver/wire/function-code.ts';
import {
  decodeReply,
  decodeRequest,
  encodeReply,
  encodeRequest,
  makePart,
  type ReplyMessage,
  type RequestMessage,
  requirePart,
} from '../../../../src/driver/wire/message.ts';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { PartKind } from '../../../../src/driver/wire/part-kind.ts';
import { encodeCommand } from '../../../../src/driver/wire/parts/command.ts';
import { decodeErrors, encodeErrors } from '../../../../src/driver/wire/parts/error.ts';
import { decodeResultSet, encodeResultSet } from '../../../../src/driver/wire/parts/result-set.ts';
import { encodeResultSetId } from '../../../../src/driver/wire/parts/result-set-id.ts';
import {
  decodeResultSetMetadata,
  encodeResultSetMetadata,
} from '../../../../src/driver/wire/parts/result-set-metadata.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(/[\s|]/g, ''), 'hex');
const hexOf = (data: Uint8Array) => Buffer.from(data).toString('hex');

/** The reply to `select 1 from dummy` as node-hdb accepts it. */
const SELECT_ONE = bytes(`
  3412000000000000 02000000 78000000 e0ff0100 0100 00 00 00000000 00000000
  | 78000000 00000000 0300 0100 02 00 0500 0000000000000000
  | 30 00 0100 00000000 1a000000 e0ff0100
      01 03 0000 0000 0000 ffffffff ffffffff 00000000 00000000  01 31  000000000000
  | 0d 00 0100 00000000 08000000 b0ff0100   4e00000000000000
  | 05 11 0100 00000000 05000000 98ff0100   01 01000000  000000`);

const ERROR_TEXT = 'sql syntax error: incorrect syntax near "xyz"';

/** Error 257 with a text of 45 bytes: 18 + 45 + one NUL, no padding needed. */
const ERROR_257 = bytes(`
  3412000000000000 03000000 68000000 e0ff0100 0100 00 00 00000000 00000000
  | 68000000 00000000 0100 0100 05 00 0000 0000000000000000
  | 06 00 0100 00000000 40000000 e0ff0100
      01010000 00000000 2d000000 01 4859303030 ${Buffer.from(ERROR_TEXT).toString('hex')} 00`);

const ONE = {
  typeCode: TypeCode.INT,
  nullable: false,
  length: 0,
  scale: 0,
  schemaName: undefined,
  tableName: undefined,
  columnName: '1',
  displayName: '1',
};

test('a result-set reply has the bytes node-hdb was seen to accept', () => {
  const packet = encodeReply({
    sessionId: 0x1234n,
    packetCount: 2,
    kind: 'reply',
    functionCode: FunctionCode.SELECT,
    parts: [
      encodeResultSetMetadata([ONE]),
      encodeResultSetId(0x4en),
      encodeResultSet({
        bytes: bytes('01 01000000'),
        rowCount: 1,
        last: true,
        closed: true,
        empty: false,
      }),
    ],
  });
  expect(hexOf(packet)).toBe(hexOf(SELECT_ONE));
});

test('a result-set reply is read back', () => {
  const reply = decodeReply(SELECT_ONE);
  expect(reply).toMatchObject({
    sessionId: 0x1234n,
    packetCount: 2,
    kind: 'reply',
    functionCode: FunctionCode.SELECT,
  });
  expect(decodeResultSetMetadata(requirePart(reply, PartKind.RESULTSETMETADATA))).toEqual([ONE]);
  expect(decodeResultSet(requirePart(reply, PartKind.RESULTSET))).toMatchObject({
    rowCount: 1,
    last: true,
    closed: true,
    empty: false,
  });
});

test('an error reply has the bytes node-hdb was seen to accept', () => {
  const error = {
    code: 257,
    position: 0,
    level: 'error',
    sqlState: 'HY000',
    text: ERROR_TEXT,
  } as const;
  const packet = encodeReply({
    sessionId: 0x1234n,
    packetCount: 3,
    kind: 'error',
    functionCode: FunctionCode.NIL,
    parts: [encodeErrors([error])],
  });
  expect(hexOf(packet)).toBe(hexOf(ERROR_257));
  const reply = decodeReply(ERROR_257);
  expect(reply.kind).toBe('error');
  expect(decodeErrors(requirePart(reply, PartKind.ERROR))).toEqual([error]);
});

test('a request has message type, commit flag and command options where HANA looks for them', () => {
  const request: RequestMessage = {
    sessionId: -1n,
    packetCount: 7,
    messageType: MessageType.EXECUTEDIRECT,
    commitImmediate: true,
    commandOptions: 8,
    parts: [encodeCommand('SELECT')],
  };
  const packet = encodeRequest(request);
  expect(hexOf(packet)).toBe(
    hexOf(
      bytes(`
        ffffffffffffffff 07000000 30000000 e0ff0100 0100 00 00 00000000 00000000
        | 30000000 00000000 0100 0100 01 02 01 08 0000000000000000
        | 03 00 0100 00000000 06000000 e0ff0100  53454c454354 0000`),
    ),
  );
  expect(decodeRequest(packet)).toEqual(request);
});

test('more items than an i16 holds go into the big argument count', () => {
  const message: ReplyMessage = {
    sessionId: 1n,
    packetCount: 0,
    kind: 'reply',
    functionCode: FunctionCode.FETCH,
    parts: [makePart(PartKind.RESULTSET, 40_000, new Uint8Array(3))],
  };
  const packet = encodeReply(message);
  expect(hexOf(packet.subarray(56, 64))).toBe(hexOf(bytes('05 00 ffff 409c0000')));
  expect(decodeReply(packet).parts[0]?.argumentCount).toBe(40_000);
});

test('a last part without its padding is still read', () => {
  const packet = encodeRequest({
    sessionId: 0n,
    packetCount: 0,
    messageType: MessageType.PREPARE,
    commitImmediate: false,
    commandOptions: 0,
    parts: [encodeCommand('ABC')],
  });
  const cut = packet.slice(0, -5);
  new DataView(cut.buffer).setUint32(12, cut.length - 32, true);
  new DataView(cut.buffer).setInt32(32, cut.length - 32, true);
  expect(Buffer.from(decodeRequest(cut).parts[0]?.data ?? []).toString()).toBe('ABC');
});

test.each<[string, number, string, RegExp]>([
  ['compressed packet', 22, '02', /options 2; compression was not agreed, at offset 22/],
  ['wrong var part length', 12, 'ff000000', /expected 255 bytes after the header, got 120/],
  ['two segments', 20, '0200', /expected 1 segment, got 2, at offset 20/],
  ['segment longer than the packet', 32, 'ffffff7f', /expected a segment of 120 bytes/],
  ['negative part count', 40, 'ffff', /expected a part count, got -1/],
  ['more parts than bytes', 40, 'ff7f', /expected 1 byte for kind of part 4, 0 left/],
  ['unknown segment kind', 44, '09', /expected a reply \(2\) or error \(5\) segment, got 9/],
  [
    'part longer than the packet',
    64,
    'ffffff7f',
    /expected 2147483647 bytes for RESULTSETMETADATA/,
  ],
  ['negative part length', 64, 'ffffffff', /expected -1 bytes for RESULTSETMETADATA data/],
  ['negative argument count', 58, 'feff', /RESULTSETMETADATA: expected an argument count, got -2/],
])('a reply with a %s is refused with the place', (_, offset, hex, text) => {
  const packet = Uint8Array.from(SELECT_ONE);
  packet.set(bytes(hex), offset);
  expect(() => decodeReply(packet)).toThrow(text);
  expect(() => decodeReply(packet)).toThrow(
    expect.objectContaining({ name: 'HanaFlightError', code: 'malformed-packet' }),
  );
});

test('a missing part is named together with what came', () => {
  expect(() => requirePart(decodeReply(ERROR_257), PartKind.RESULTSET)).toThrow(
    'segment: expected a RESULTSET part, got ERROR',
  );
});

test('codes have names and unknown ones have none', () => {
  expect(codeName(PartKind, 48)).toBe('RESULTSETMETADATA');
  expect(codeName(MessageType, 71)).toBe('FETCHNEXT');
  expect(codeName(MessageType, 99)).toBeUndefined();
});

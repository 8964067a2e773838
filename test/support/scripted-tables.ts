import { FunctionCode } from '../../src/driver/wire/function-code.ts';
import type { Part } from '../../src/driver/wire/message.ts';
import { MessageType } from '../../src/driver/wire/message-type.ts';
import type { ColumnMetadata } from '../../src/driver/wire/metadata.ts';
import { encodeParameterMetadata } from '../../src/driver/wire/parts/parameter-metadata.ts';
import { encodeReadLobReply } from '../../src/driver/wire/parts/read-lob-reply.ts';
import { encodeResultSet } from '../../src/driver/wire/parts/result-set.ts';
import { encodeResultSetId } from '../../src/driver/wire/parts/result-set-id.ts';
import { encodeResultSetMetadata } from '../../src/driver/wire/parts/result-set-metadata.ts';
import { encodeStatementId } from '../../src/driver/wire/parts/statement-id.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import type { Script, ScriptedWire } from './scripted-hana.ts';

export const intColumn = (name: string): ColumnMetadata => ({
  typeCode: TypeCode.INT,
  nullable: true,
  length: 10,
  scale: 0,
  schemaName: 'SALES',
  tableName: 'NUMBERS',
  columnName: name,
  displayName: name,
});

/** Rows of one INTEGER column: 01 and 32 bits each. */
export function intRows(from: number, count: number): Buffer {
  const bytes = Buffer.alloc(5 * count);
  for (let row = 0; row < count; row++) {
    bytes.writeUInt8(1, 5 * row);
    bytes.writeInt32LE(from + row, 5 * row + 1);
  }
  return bytes;
}

/** The INTEGERs of such rows. */
export function readInts(packet: Uint8Array): number[] {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  return Array.from({ length: packet.length / 5 }, (_, row) => view.getInt32(5 * row + 1, true));
}

export function rowsPart(from: number, count: number, last: 'more' | 'last' | 'closed'): Part {
  return encodeResultSet({
    bytes: intRows(from, count),
    rowCount: count,
    last: last !== 'more',
    closed: last === 'closed',
    empty: count === 0,
  });
}

export interface NumbersOptions {
  readonly packets: number;
  readonly rowsPerPacket: number;
  /** Whether the last packet closes the cursor. */
  readonly closes?: boolean;
}

/**
 * Answers every statement with the numbers from 0 on, `packets` packets of them, the first together with
 * the execution; every LOB with 16 bytes; everything else with an empty reply.
 */
export function numbers(options: NumbersOptions): Script {
  const { packets, rowsPerPacket, closes = true } = options;
  let sent = 0;
  const nextRows = (): Part => {
    const from = sent * rowsPerPacket;
    sent++;
    return rowsPart(from, rowsPerPacket, sent < packets ? 'more' : closes ? 'closed' : 'last');
  };
  const columns = encodeResultSetMetadata([intColumn('N')]);
  const answers = new Map<number, (wire: ScriptedWire) => void>([
    [
      MessageType.PREPARE,
      (wire) =>
        wire.reply(FunctionCode.SELECT, [
          encodeStatementId(3n),
          columns,
          encodeParameterMetadata([]),
        ]),
    ],
    [MessageType.FETCHNEXT, (wire) => wire.reply(FunctionCode.FETCH, [nextRows()])],
    [
      MessageType.READLOB,
      (wire) =>
        wire.reply(FunctionCode.READLOB, [
          encodeReadLobReply({
            locator: Buffer.alloc(8, 9),
            data: Buffer.alloc(16, 7),
            last: true,
          }),
        ]),
    ],
  ]);
  for (const type of [MessageType.EXECUTEDIRECT, MessageType.EXECUTE]) {
    answers.set(type, (wire) => {
      sent = 0;
      wire.reply(FunctionCode.SELECT, [columns, encodeResultSetId(7n), nextRows()]);
    });
  }
  return (request, wire) => {
    const answer = answers.get(request.messageType);
    if (answer === undefined) wire.reply(FunctionCode.NIL);
    else answer(wire);
  };
}

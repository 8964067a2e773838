import { codeName } from '../driver/wire/code-name.ts';
import { FunctionCode } from '../driver/wire/function-code.ts';
import { decodeReply, decodeRequest, type Part } from '../driver/wire/message.ts';
import { MessageType } from '../driver/wire/message-type.ts';
import { PartAttribute, PartKind } from '../driver/wire/part-kind.ts';
import { describePart } from './trace-parts.ts';

/** Prints the packets of one session, part by part. */
export interface SessionTrace {
  request(packet: Uint8Array): void;
  reply(packet: Uint8Array): void;
  note(text: string): void;
}

/** Bytes shown of a part or packet that is not decoded. */
const PREVIEW_BYTES = 48;

/**
 * A trace that gives `write` one line per packet and per part. Ids this project does not know stand
 * between `??`. Passwords and logon proofs are not shown; other SQL text and data are.
 */
export function openSessionTrace(
  connectionId: number,
  write: (line: string) => void,
): SessionTrace {
  const print = (arrow: string, text: string) => write(`#${connectionId} ${arrow} ${text}`);
  const printParts = (arrow: string, parts: readonly Part[]) => {
    for (const part of parts) print(arrow, `  ${describeHeader(part)}${describeContent(part)}`);
  };
  const printPacket = (arrow: string, packet: Uint8Array, decode: () => void) => {
    try {
      decode();
    } catch (error) {
      print(arrow, `?? ${String(error)}: ${hex(packet)} ??`);
    }
  };
  return {
    request: (packet) =>
      printPacket('->', packet, () => {
        const request = decodeRequest(packet);
        const options = request.commandOptions.toString(16).padStart(2, '0');
        const commit = request.commitImmediate ? ', autocommit' : '';
        const name = nameOrUnknown(MessageType, request.messageType);
        print(
          '->',
          `${name} ${request.packetCount}${commit}, options 0x${options}, ${packet.length} bytes`,
        );
        printParts('->', request.parts);
      }),
    reply: (packet) =>
      printPacket('<-', packet, () => {
        const reply = decodeReply(packet);
        const name =
          reply.kind === 'error' ? 'ERROR' : nameOrUnknown(FunctionCode, reply.functionCode);
        print(
          '<-',
          `${name} ${reply.packetCount}, session ${reply.sessionId}, ${packet.length} bytes`,
        );
        printParts('<-', reply.parts);
      }),
    note: (text) => print('--', text),
  };
}

function describeHeader(part: Part): string {
  const attributes = Object.entries(PartAttribute)
    .filter(([, bit]) => (part.attributes & bit) !== 0)
    .map(([name]) => ` ${name}`);
  const name = nameOrUnknown(PartKind, part.kind);
  return `${name} x${part.argumentCount}${attributes.join('')}, ${part.data.length} bytes`;
}

function describeContent(part: Part): string {
  if (part.data.length === 0) return '';
  try {
    return `: ${describePart(part) ?? hex(part.data)}`;
  } catch (error) {
    return `: ?? ${String(error)}: ${hex(part.data)} ??`;
  }
}

function nameOrUnknown(table: Readonly<Record<string, number>>, code: number): string {
  return codeName(table, code) ?? `?? ${code} ??`;
}

function hex(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, PREVIEW_BYTES)).toString('hex');
  return bytes.length > PREVIEW_BYTES ? `${shown}…` : shown;
}

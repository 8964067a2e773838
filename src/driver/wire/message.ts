import { HanaFlightError } from '../../core/errors.ts';
import type { BlockMemory } from './block-memory.ts';
import { PartKind } from './part-kind.ts';
import { WireReader } from './reader.ts';
import { WireWriter } from './writer.ts';

/** One part of a message. */
export interface Part {
  /** A value of PartKind, or a code this project does not know. */
  readonly kind: number;
  /** Bits of PartAttribute. */
  readonly attributes: number;
  /** Number of items; what an item is depends on the kind. */
  readonly argumentCount: number;
  readonly data: Uint8Array;
}

interface Message {
  readonly sessionId: bigint;
  readonly packetCount: number;
  readonly parts: readonly Part[];
}

/** What a client sends. */
export interface RequestMessage extends Message {
  /** A value of MessageType, or a code this project does not know. */
  readonly messageType: number;
  /** Autocommit for this request. */
  readonly commitImmediate: boolean;
  /** Bits of CommandOption. */
  readonly commandOptions: number;
}

/** What a server answers. */
export interface ReplyMessage extends Message {
  readonly kind: 'reply' | 'error';
  /** A value of FunctionCode; 0 in an error. */
  readonly functionCode: number;
}

/** Bits of a request's command options. */
export const CommandOption = {
  SELFETCHOFF: 0x01,
  SCROLLABLE_CURSOR_ON: 0x02,
  NO_RESULTSET_CLOSE_NEEDED: 0x04,
  HOLD_CURSORS_OVER_COMMIT: 0x08,
  EXECUTE_LOCALLY: 0x10,
  HOLD_CURSORS_OVER_ROLLBACK: 0x40,
} as const;

/*
 * Message header                          Segment header
 *  0  i64  session id                      0  i32  length, this header and padding included
 *  8  i32  packet count                    4  i32  offset of the segment, 0
 * 12  u32  length of what follows          8  i16  number of parts
 * 16  u32  capacity of the var part       10  i16  segment number, from 1
 * 20  i16  number of segments             12  i8   kind: 1 request, 2 reply, 5 error
 * 22  u8   options: 0 plain, 2 LZ4        13  i8   request: message type
 * 23  1    filler                         14  i8   request: commit immediately
 * 24  u32  uncompressed length, 0 plain   15  u8   request: command options
 * 28  4    filler                         14  i16  reply: function code
 *                                         16  8    filler
 * Part header
 *  0  i8   kind           2  i16  argument count, -1: see next       8  i32  length without padding
 *  1  u8   attributes     4  i32  argument count when it is large   12  i32  space left, informational
 */

export const MESSAGE_HEADER_BYTES = 32;
export const VAR_PART_LENGTH_OFFSET = 12;
const SEGMENT_HEADER_BYTES = 24;
const PART_HEADER_BYTES = 16;
/** What HANA's clients announce: 128 KiB without the message header. Nobody enforces it on replies. */
const VAR_PART_CAPACITY = 131_040;
const MAX_SMALL_COUNT = 32_767;

const SegmentKind = { REQUEST: 1, REPLY: 2, ERROR: 5 } as const;

/** A part with no attributes set unless given. */
export function makePart(
  kind: PartKind,
  argumentCount: number,
  data: Uint8Array,
  attributes = 0,
): Part {
  return { kind, attributes, argumentCount, data };
}

/** The first part of a kind. Clients send parts in different orders, so parts are found, not counted. */
export function findPart(message: { readonly parts: readonly Part[] }, kind: PartKind) {
  return message.parts.find((part) => part.kind === kind);
}

/** Like {@link findPart}; throws `malformed-packet` when there is none. */
export function requirePart(message: { readonly parts: readonly Part[] }, kind: PartKind): Part {
  const part = findPart(message, kind);
  if (part !== undefined) return part;
  throw new HanaFlightError(
    'malformed-packet',
    `segment: expected a ${partName(kind)} part, got ${
      message.parts.map((other) => partName(other.kind)).join(', ') || 'no part'
    }`,
  );
}

/** By code: each reader of a part asks for it. */
const PART_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(PartKind).map(([name, code]) => [code, name]),
);

/** The name of a part kind, e.g. `RESULTSET`; `kind 99` for an unknown one. */
export function partName(kind: number): string {
  return PART_NAMES.get(kind) ?? `kind ${kind}`;
}

/** A cursor over the data of a part, whose errors name the part. */
export function readerOf(part: Part): WireReader {
  return new WireReader(part.data, `${partName(part.kind)} part`);
}

/** Decodes a whole packet from a client; throws `malformed-packet`. Parts are views of `packet`. */
export function decodeRequest(packet: Uint8Array): RequestMessage {
  const reader = new WireReader(packet, 'request');
  const header = readMessageHeader(reader);
  const segment = readSegmentHeader(reader);
  if (segment.kind !== SegmentKind.REQUEST) {
    throw reader.malformed(`expected a request segment (1), got kind ${segment.kind}`, 44);
  }
  const messageType = reader.readI8('message type');
  const commitImmediate = reader.readI8('commit flag') !== 0;
  const commandOptions = reader.readU8('command options');
  reader.skip(8, 'segment header filler');
  const parts = readParts(reader, segment.partCount);
  return { ...header, messageType, commitImmediate, commandOptions, parts };
}

/** Decodes a whole packet from a server; throws `malformed-packet`. Parts are views of `packet`. */
export function decodeReply(packet: Uint8Array): ReplyMessage {
  const reader = new WireReader(packet, 'reply');
  const header = readMessageHeader(reader);
  const segment = readSegmentHeader(reader);
  if (segment.kind !== SegmentKind.REPLY && segment.kind !== SegmentKind.ERROR) {
    throw reader.malformed(`expected a reply (2) or error (5) segment, got ${segment.kind}`, 44);
  }
  reader.skip(1, 'segment header filler');
  const functionCode = reader.readI16('function code');
  reader.skip(8, 'segment header filler');
  const parts = readParts(reader, segment.partCount);
  const kind = segment.kind === SegmentKind.ERROR ? 'error' : 'reply';
  return { ...header, kind, functionCode, parts };
}

/** One packet with one segment. */
export function encodeRequest(message: RequestMessage): Uint8Array {
  return encodeMessage(message, (writer) => {
    writer.writeU8(SegmentKind.REQUEST).writeU8(message.messageType);
    writer.writeU8(message.commitImmediate ? 1 : 0).writeU8(message.commandOptions);
  });
}

/**
 * One packet with one segment: clients read no second one.
 * @param memory Where the packet lies, which is the caller's to give back; absent: memory of its own.
 */
export function encodeReply(message: ReplyMessage, memory?: BlockMemory): Uint8Array {
  const writeSegmentKind = (writer: WireWriter): void => {
    writer.writeU8(message.kind === 'error' ? SegmentKind.ERROR : SegmentKind.REPLY);
    writer.writeU8(0).writeI16(message.functionCode);
  };
  return encodeMessage(message, writeSegmentKind, memory);
}

function readMessageHeader(reader: WireReader) {
  const sessionId = reader.readI64('session id');
  const packetCount = reader.readI32('packet count');
  const varPartLength = reader.readU32('var part length');
  reader.skip(4, 'var part capacity');
  const segmentCount = reader.readI16('segment count');
  const packetOptions = reader.readU8('packet options');
  reader.skip(9, 'message header filler');
  if (packetOptions !== 0) {
    throw reader.malformed(
      `expected a plain packet (options 0), got options ${packetOptions}; compression was not agreed`,
      22,
    );
  }
  if (varPartLength !== reader.remaining) {
    throw reader.malformed(
      `expected ${varPartLength} bytes after the header, got ${reader.remaining}`,
      VAR_PART_LENGTH_OFFSET,
    );
  }
  if (segmentCount !== 1) {
    throw reader.malformed(`expected 1 segment, got ${segmentCount}`, 20);
  }
  return { sessionId, packetCount };
}

function readSegmentHeader(reader: WireReader) {
  const start = reader.offset;
  const length = reader.readI32('segment length');
  reader.skip(4, 'segment offset');
  const partCount = reader.readI16('part count');
  reader.skip(2, 'segment number');
  const kind = reader.readI8('segment kind');
  if (length < SEGMENT_HEADER_BYTES || length > reader.remaining + 13) {
    throw reader.malformed(
      `expected a segment of ${reader.remaining + 13} bytes, got ${length}`,
      start,
    );
  }
  if (partCount < 0) throw reader.malformed(`expected a part count, got ${partCount}`, start + 8);
  return { partCount, kind };
}

function readParts(reader: WireReader, count: number): readonly Part[] {
  const parts: Part[] = [];
  for (let index = 0; index < count; index++) {
    const start = reader.offset;
    const kind = reader.readI8(`kind of part ${index + 1}`);
    const name = partName(kind);
    const attributes = reader.readU8(`${name} attributes`);
    const smallCount = reader.readI16(`${name} argument count`);
    const bigCount = reader.readI32(`${name} big argument count`);
    const length = reader.readI32(`${name} length`);
    reader.skip(4, `${name} space left`);
    const argumentCount = smallCount === -1 ? bigCount : smallCount;
    if (argumentCount < 0) {
      throw reader.malformed(
        `${name}: expected an argument count, got ${argumentCount}`,
        start + 2,
      );
    }
    const data = reader.readBytes(length, `${name} data`);
    reader.skipPadding(paddingOf(length));
    parts.push({ kind, attributes, argumentCount, data });
  }
  return parts;
}

function encodeMessage(
  message: Message,
  writeSegmentKind: (writer: WireWriter) => void,
  memory?: BlockMemory,
): Uint8Array {
  const partBytes = message.parts.reduce((sum, part) => sum + paddedSize(part), 0);
  const varPartLength = SEGMENT_HEADER_BYTES + partBytes;
  const length = MESSAGE_HEADER_BYTES + varPartLength;
  const writer = new WireWriter(memory === undefined ? length : Buffer.from(memory.take(length)));
  writer.writeI64(message.sessionId).writeI32(message.packetCount).writeU32(varPartLength);
  writer.writeU32(Math.max(VAR_PART_CAPACITY, varPartLength)).writeI16(1).writeZeros(10);
  writer.writeI32(varPartLength).writeI32(0).writeI16(message.parts.length).writeI16(1);
  writeSegmentKind(writer);
  writer.writeZeros(8);
  let spaceLeft = Math.max(VAR_PART_CAPACITY, varPartLength);
  for (const part of message.parts) {
    writePart(writer, part, spaceLeft);
    spaceLeft -= paddedSize(part);
  }
  return writer.finish();
}

/** Pads the last part as well and counts that: hdbconnect reads the padding of most last parts. */
function writePart(writer: WireWriter, part: Part, spaceLeft: number): void {
  writePartHeader(writer, part, spaceLeft);
  writer.writeBytes(part.data).writeZeros(paddingOf(part.data.length));
}

/** What comes before the data of a part. */
export function writePartHeader(writer: WireWriter, part: Part, spaceLeft: number): void {
  const large = part.argumentCount > MAX_SMALL_COUNT;
  writer.writeU8(part.kind).writeU8(part.attributes);
  writer.writeI16(large ? -1 : part.argumentCount).writeI32(large ? part.argumentCount : 0);
  writer.writeI32(part.data.length).writeI32(spaceLeft);
}

/** Bytes that a part takes: header, data, padding. */
export function paddedSize(part: Part): number {
  return PART_HEADER_BYTES + part.data.length + paddingOf(part.data.length);
}

/** Zeros behind the data of a part. */
export function paddingOf(length: number): number {
  return (8 - (length % 8)) % 8;
}

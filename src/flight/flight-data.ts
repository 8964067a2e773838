import type { Pieces } from '../arrow/pieces.ts';
import { HanaFlightError } from '../core/errors.ts';

/**
 * FlightData on the wire, written and read by hand: it is the one message that carries the data, and a
 * general protobuf library would copy its body in each direction.
 *
 * Fields of `proto/Flight.proto`: flight_descriptor 1, data_header 2, app_metadata 3, data_body 1000.
 */
const DESCRIPTOR_FIELD = 1;
const HEADER_FIELD = 2;
const APP_METADATA_FIELD = 3;
const BODY_FIELD = 1000;

/** Protobuf wire types, https://protobuf.dev/programming-guides/encoding/ */
const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Longest varint that protobuf allows: 64 bits, seven a byte. */
const MAX_VARINT_BYTES = 10;

/** A FlightData message, each part a view of the bytes it was read from. */
export interface FlightData {
  /** A serialized FlightDescriptor. */
  readonly descriptor: Uint8Array;
  /** The flatbuffer Message of Arrow IPC. */
  readonly header: Uint8Array;
  readonly appMetadata: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * One FlightData. The body is not copied: its pieces follow the one that holds everything else, and must
 * not change until the message is sent.
 */
export function frameFlightData(header: Uint8Array, body?: Pieces): Pieces {
  // Room for the key and the length of both fields, however long.
  const head = Buffer.allocUnsafe(header.length + 4 * MAX_VARINT_BYTES);
  let end = writeKey(head, 0, HEADER_FIELD, header.length);
  head.set(header, end);
  end += header.length;
  if (body !== undefined) end = writeKey(head, end, BODY_FIELD, body.byteLength);
  return {
    pieces: [head.subarray(0, end), ...(body?.pieces ?? [])],
    byteLength: end + (body?.byteLength ?? 0),
  };
}

/** One FlightData in one Buffer, its body copied. */
export function encodeFlightData(header: Uint8Array, body?: Pieces): Buffer {
  return Buffer.concat(frameFlightData(header, body).pieces);
}

/**
 * Reads a FlightData; unknown fields are skipped, of a repeated one the last counts.
 * @throws HanaFlightError `invalid-argument` when the bytes end early or are not protobuf.
 */
export function decodeFlightData(bytes: Uint8Array): FlightData {
  const none = bytes.subarray(0, 0);
  const fields = new Map<number, Uint8Array>();
  let offset = 0;
  while (offset < bytes.length) {
    const key = readVarint(bytes, offset);
    const field = Math.floor(key.value / 8);
    const wireType = key.value % 8;
    const value = readValue(bytes, key.end, wireType);
    if (wireType === WIRE.bytes) fields.set(field, bytes.subarray(value.start, value.end));
    offset = value.end;
  }
  return {
    descriptor: fields.get(DESCRIPTOR_FIELD) ?? none,
    header: fields.get(HEADER_FIELD) ?? none,
    appMetadata: fields.get(APP_METADATA_FIELD) ?? none,
    body: fields.get(BODY_FIELD) ?? none,
  };
}

function writeKey(target: Buffer, offset: number, field: number, length: number): number {
  return writeVarint(target, writeVarint(target, offset, field * 8 + WIRE.bytes), length);
}

function writeVarint(target: Buffer, offset: number, value: number): number {
  let at = offset;
  let rest = value;
  while (rest >= 0x80) {
    target[at++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  target[at++] = rest;
  return at;
}

/** Values above 2^53 lose low bits; as lengths they are past the end of any message anyway. */
function readVarint(bytes: Uint8Array, offset: number): { value: number; end: number } {
  let value = 0;
  let scale = 1;
  for (let at = offset; at < offset + MAX_VARINT_BYTES; at++) {
    const byte = bytes[at];
    if (byte === undefined) break;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at + 1 };
    scale *= 128;
  }
  throw malformed(`no varint at byte ${offset} of ${bytes.length}`);
}

function readValue(
  bytes: Uint8Array,
  offset: number,
  wireType: number,
): { start: number; end: number } {
  const value = locateValue(bytes, offset, wireType);
  if (value.end > bytes.length) {
    throw malformed(
      `field at byte ${offset} needs ${value.end - value.start} bytes, ${bytes.length - value.start} left`,
    );
  }
  return value;
}

function locateValue(
  bytes: Uint8Array,
  offset: number,
  wireType: number,
): { start: number; end: number } {
  switch (wireType) {
    case WIRE.varint:
      return { start: offset, end: readVarint(bytes, offset).end };
    case WIRE.fixed64:
      return { start: offset, end: offset + 8 };
    case WIRE.fixed32:
      return { start: offset, end: offset + 4 };
    case WIRE.bytes: {
      const length = readVarint(bytes, offset);
      return { start: length.end, end: length.end + length.value };
    }
    default:
      throw malformed(`expected a wire type 0, 1, 2 or 5 before byte ${offset}, got ${wireType}`);
  }
}

function malformed(what: string): HanaFlightError {
  return new HanaFlightError('invalid-argument', `FlightData: ${what}`);
}

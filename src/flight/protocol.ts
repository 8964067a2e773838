import { fileURLToPath } from 'node:url';
import {
  loadSync,
  type MessageTypeDefinition,
  type PackageDefinition,
  type ServiceDefinition,
} from '@grpc/proto-loader';
import { HanaFlightError } from '../core/errors.ts';

/** Everything that `proto/` defines. */
export const protocol: PackageDefinition = loadSync(['Flight.proto', 'FlightSql.proto'], {
  includeDirs: [fileURLToPath(new URL('../../proto/', import.meta.url))],
  // Field names as the specification spells them; reflection shows them too.
  keepCase: true,
  // 64-bit numbers as decimal text: a JavaScript number would round those above 2^53.
  longs: String,
  defaults: true,
  oneofs: true,
});

/**
 * What gRPC reflection shows: all of `proto/`. Each of the hundred messages brings the descriptors of all
 * files, and reflection would decode them once a message: one is enough, and lets a server start sooner.
 */
export const reflected: PackageDefinition = Object.fromEntries(
  Object.entries(protocol).filter(([name]) => name === 'arrow.flight.protocol.FlightInfo'),
);

/** The ten RPCs. */
export const flightService: ServiceDefinition = findService('arrow.flight.protocol.FlightService');

/** One message type in both directions. */
export interface MessageCodec<T> {
  /** Full name, e.g. `arrow.flight.protocol.FlightInfo`. */
  readonly name: string;
  /** Absent fields are left out, as proto3 does with default values. */
  encode(message: Partial<T>): Buffer;
  /** @throws HanaFlightError `invalid-argument` when the bytes are not this message. */
  decode(bytes: Uint8Array): T;
}

export interface FlightDescriptor {
  readonly type: number;
  readonly cmd: Uint8Array;
  readonly path: readonly string[];
}

/** Values of FlightDescriptor.type. */
export const DESCRIPTOR_TYPE = { unknown: 0, path: 1, cmd: 2 } as const;

export interface Ticket {
  readonly ticket: Uint8Array;
}

/** google.protobuf.Timestamp: since 1970 in UTC. */
export interface Timestamp {
  /** Decimal text when decoded. */
  readonly seconds: number | string;
  readonly nanos: number;
}

export interface FlightEndpointMessage {
  readonly ticket: Ticket | null;
  readonly location: readonly { readonly uri: string }[];
  readonly expiration_time: Timestamp | null;
  readonly app_metadata: Uint8Array;
}

export interface FlightInfo {
  readonly schema: Uint8Array;
  readonly flight_descriptor: Partial<FlightDescriptor> | null;
  readonly endpoint: readonly Partial<FlightEndpointMessage>[];
  /** Decimal text when decoded. */
  readonly total_records: number | string;
  readonly total_bytes: number | string;
  readonly ordered: boolean;
  readonly app_metadata: Uint8Array;
}

export interface PollInfo {
  readonly info: Partial<FlightInfo> | null;
  readonly flight_descriptor: Partial<FlightDescriptor> | null;
  readonly progress?: number;
  readonly expiration_time: Timestamp | null;
}

export interface SchemaResult {
  readonly schema: Uint8Array;
}

export interface Action {
  readonly type: string;
  readonly body: Uint8Array;
}

export interface ActionResult {
  readonly body: Uint8Array;
}

export interface ActionType {
  readonly type: string;
  readonly description: string;
}

interface PutResult {
  readonly app_metadata: Uint8Array;
}

export interface Handshake {
  readonly payload: Uint8Array;
}

export const FLIGHT = {
  descriptor: messageCodec<FlightDescriptor>('arrow.flight.protocol.FlightDescriptor'),
  info: messageCodec<FlightInfo>('arrow.flight.protocol.FlightInfo'),
  endpoint: messageCodec<FlightEndpointMessage>('arrow.flight.protocol.FlightEndpoint'),
  pollInfo: messageCodec<PollInfo>('arrow.flight.protocol.PollInfo'),
  ticket: messageCodec<Ticket>('arrow.flight.protocol.Ticket'),
  schemaResult: messageCodec<SchemaResult>('arrow.flight.protocol.SchemaResult'),
  action: messageCodec<Action>('arrow.flight.protocol.Action'),
  result: messageCodec<ActionResult>('arrow.flight.protocol.Result'),
  putResult: messageCodec<PutResult>('arrow.flight.protocol.PutResult'),
  actionType: messageCodec<ActionType>('arrow.flight.protocol.ActionType'),
  handshakeRequest: messageCodec<Handshake>('arrow.flight.protocol.HandshakeRequest'),
  handshakeResponse: messageCodec<Handshake>('arrow.flight.protocol.HandshakeResponse'),
} as const;

interface Any {
  readonly type_url: string;
  readonly value: Uint8Array;
}

/** A message taken out of `google.protobuf.Any`: its full type name and its bytes. */
export interface PackedMessage {
  readonly typeName: string;
  readonly value: Uint8Array;
}

const anyCodec = messageCodec<Any>('google.protobuf.Any');
const TYPE_URL_PREFIX = 'type.googleapis.com/';

/** Packs a message into `google.protobuf.Any`, as Flight SQL wants commands, tickets and action bodies. */
export function packAny<T>(codec: MessageCodec<T>, message: Partial<T>): Buffer {
  return anyCodec.encode({
    type_url: TYPE_URL_PREFIX + codec.name,
    value: codec.encode(message),
  });
}

/** As {@link unpackAny}; undefined for bytes that are not a packed message. */
export function findAny(bytes: Uint8Array): PackedMessage | undefined {
  try {
    return unpackAny(bytes, '');
  } catch {
    return undefined;
  }
}

/**
 * Unpacks `google.protobuf.Any`. Only what follows the last slash of the type URL counts, as
 * protobuf says.
 * @throws HanaFlightError `invalid-argument`; `where` names the bytes in its text.
 */
export function unpackAny(bytes: Uint8Array, where: string): PackedMessage {
  if (bytes.length === 0) {
    throw new HanaFlightError(
      'invalid-argument',
      `${where}: expected a Flight SQL message packed in google.protobuf.Any, got no bytes`,
    );
  }
  const any = decodeAny(bytes, where);
  const typeName = any.type_url.slice(any.type_url.lastIndexOf('/') + 1);
  if (typeName === '') {
    throw new HanaFlightError(
      'invalid-argument',
      `${where}: expected a Flight SQL message packed in google.protobuf.Any, got ${bytes.length} bytes without a type URL`,
    );
  }
  return { typeName, value: any.value };
}

/**
 * The codec of a message type of `proto/`.
 * @throws Error when the type does not exist: a mistake in this code base.
 */
export function messageCodec<T>(name: string): MessageCodec<T> {
  const type = findMessage(name);
  return {
    name,
    encode: (message) => type.serialize(message),
    decode(bytes) {
      const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      try {
        // The protobuf edge: proto-loader made this object from the message type of that name.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        return type.deserialize(buffer) as T;
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new HanaFlightError(
          'invalid-argument',
          `${name}: ${bytes.length} bytes are not a valid message: ${reason}`,
          { cause },
        );
      }
    },
  };
}

function decodeAny(bytes: Uint8Array, where: string): Any {
  try {
    return anyCodec.decode(bytes);
  } catch (cause) {
    throw new HanaFlightError(
      'invalid-argument',
      `${where}: expected a Flight SQL message packed in google.protobuf.Any, got ${bytes.length} other bytes`,
      { cause },
    );
  }
}

function findMessage(name: string): MessageTypeDefinition<object, object> {
  const definition = protocol[name];
  if (definition === undefined || !('serialize' in definition)) {
    throw new Error(`proto/ defines no message ${name}`);
  }
  // A service is a record of methods by name; none of ours has a method called serialize.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return definition as MessageTypeDefinition<object, object>;
}

function findService(name: string): ServiceDefinition {
  const definition = protocol[name];
  if (definition === undefined || 'format' in definition) {
    throw new Error(`proto/ defines no service ${name}`);
  }
  return definition;
}

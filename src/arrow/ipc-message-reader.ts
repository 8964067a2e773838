import { Message } from 'apache-arrow/fb/message';
import { MessageHeader } from 'apache-arrow/fb/message-header';
import { MetadataVersion } from 'apache-arrow/fb/metadata-version';
import { HanaFlightError } from '../core/errors.ts';
import { BoundedBuffer } from './bounded-buffer.ts';

/** Version 4 differs in unions only, which are refused. */
const VERSIONS: ReadonlySet<MetadataVersion> = new Set([MetadataVersion.V4, MetadataVersion.V5]);

/** A flatbuffer Message that a client sent. */
export interface IncomingMessage {
  readonly type: MessageHeader;
  /**
   * Places `table` on the message's header.
   * @throws HanaFlightError `invalid-argument` when the header is of another type than `expected`.
   */
  tableOf<Table extends object>(expected: MessageHeader, table: Table): Table;
}

/**
 * Reads FlightData.data_header: a Message without the eight bytes that precede it in a stream.
 * @throws HanaFlightError `invalid-argument` for bytes that are not a message of version 4 or 5 of
 * Arrow's metadata.
 */
export function readMessage(header: Uint8Array): IncomingMessage {
  const message = Message.getRootAsMessage(new BoundedBuffer(header));
  const version = message.version();
  if (!VERSIONS.has(version)) {
    throw unexpected('Arrow metadata of version 4 or 5', `version ${version + 1}`);
  }
  const type = message.headerType();
  return {
    type,
    tableOf: (expected, table) => {
      if (type !== expected) throw unexpected(nameOf(expected), nameOf(type));
      if (message.header(table) === null) throw unexpected(nameOf(expected), 'an empty message');
      return table;
    },
  };
}

function nameOf(type: MessageHeader): string {
  const name: unknown = MessageHeader[type];
  return typeof name === 'string' ? `a message of type ${name}` : `message type ${type}`;
}

function unexpected(expected: string, got: string): HanaFlightError {
  return new HanaFlightError(
    'invalid-argument',
    `FlightData.data_header: expected ${expected}, got ${got}`,
  );
}

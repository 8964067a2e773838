import type { ClientReadableStream, ServiceError } from '@grpc/grpc-js';
import { type RecordBatch, RecordBatchReader, type Schema } from 'apache-arrow';
import { Message } from 'apache-arrow/fb/message';
import { MessageHeader } from 'apache-arrow/fb/message-header';
import { RecordBatch as RecordBatchHeader } from 'apache-arrow/fb/record-batch';
import { ByteBuffer } from 'flatbuffers';
import { END_OF_STREAM, encapsulateMessage, MESSAGE_PREFIX_BYTES } from '../arrow/ipc-message.ts';
import { HanaFlightError } from '../core/errors.ts';
import { decodeFlightData } from './flight-data.ts';
import { errorOfStatus } from './status.ts';

/** One message of an Arrow IPC stream. */
export interface IpcMessage {
  readonly kind: 'schema' | 'record-batch';
  /** The flatbuffer Message, without the length prefix of the stream format. */
  readonly header: Uint8Array;
  /** The padded buffers; empty for a schema. */
  readonly body: Uint8Array;
  /** Rows of the batch; 0 for a schema. */
  readonly rowCount: number;
}

/**
 * The messages of a DoGet, started by `open` when the loop begins. Leaving the loop cancels the call.
 * @throws HanaFlightError with the server's code, text and HANA detail.
 */
export async function* readIpcMessages(
  open: () => ClientReadableStream<Buffer>,
): AsyncGenerator<IpcMessage, void, undefined> {
  const call = open();
  let ended = false;
  try {
    for await (const bytes of call) {
      const data = decodeFlightData(bytes);
      // A message without a header carries application metadata only.
      if (data.header.length > 0) yield describeMessage(data.header, data.body);
    }
    ended = true;
  } catch (error) {
    throw isServiceError(error) ? errorOfStatus(error) : HanaFlightError.from(error);
  } finally {
    if (!ended) call.cancel();
  }
}

/** The Arrow IPC stream format: each message with its prefix, then the end mark. */
export async function* ipcStream(
  messages: AsyncIterable<IpcMessage>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const message of messages) {
    yield encapsulateMessage(message.header);
    if (message.body.length > 0) yield message.body;
  }
  yield END_OF_STREAM;
}

/** The record batches as apache-arrow objects. Leaving the loop ends `messages`. */
export async function* recordBatches(
  messages: AsyncIterable<IpcMessage>,
): AsyncGenerator<RecordBatch, void, undefined> {
  const source = messages[Symbol.asyncIterator]();
  try {
    yield* await RecordBatchReader.from(ipcStream({ [Symbol.asyncIterator]: () => source }));
  } finally {
    // The reader leaves its source open. Not awaited: a server that has fallen silent must not hold
    // whoever has stopped reading.
    source.return?.().catch(() => undefined);
  }
}

/** Reads an encapsulated IPC Schema message, as FlightInfo carries it. */
export function readSchema(bytes: Uint8Array): Schema {
  try {
    return RecordBatchReader.from(bytes).open().schema;
  } catch (cause) {
    throw new HanaFlightError(
      'internal',
      `FlightInfo.schema: ${bytes.length} bytes are not an Arrow schema`,
      { cause },
    );
  }
}

/** The schema message of a stream out of the encapsulated form that FlightInfo carries. */
export function schemaMessage(encapsulated: Uint8Array): IpcMessage {
  return {
    kind: 'schema',
    header: encapsulated.subarray(MESSAGE_PREFIX_BYTES),
    body: NO_BYTES,
    rowCount: 0,
  };
}

const NO_BYTES = new Uint8Array(0);

function describeMessage(header: Uint8Array, body: Uint8Array): IpcMessage {
  const message = Message.getRootAsMessage(new ByteBuffer(header));
  const type = message.headerType();
  if (type === MessageHeader.Schema) return { kind: 'schema', header, body, rowCount: 0 };
  const batch: unknown = message.header(new RecordBatchHeader());
  if (type !== MessageHeader.RecordBatch || !(batch instanceof RecordBatchHeader)) {
    throw new HanaFlightError(
      'internal',
      `FlightData: expected a schema or a record batch, got IPC message type ${type}`,
    );
  }
  return { kind: 'record-batch', header, body, rowCount: Number(batch.length()) };
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'details' in error && 'metadata' in error;
}

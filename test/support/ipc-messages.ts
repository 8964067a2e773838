import { Message } from 'apache-arrow/fb/message';
import { ByteBuffer } from 'flatbuffers';
import type { ArrowBatch } from '../../src/arrow/batch.ts';
import { BatchReader } from '../../src/arrow/batch-reader.ts';
import { encodeBatch } from '../../src/arrow/ipc-batch.ts';

/** A message as FlightData carries it. */
export interface IpcMessage {
  readonly header: Uint8Array;
  readonly body: Uint8Array;
}

const PREFIX_BYTES = 8;

/** The messages of an Arrow IPC stream, the schema first; views, nothing is copied. */
export function ipcMessages(stream: Uint8Array): readonly IpcMessage[] {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const messages: IpcMessage[] = [];
  let at = 0;
  while (at + PREFIX_BYTES <= stream.length) {
    const length = view.getInt32(at + 4, true);
    if (length === 0) break;
    const header = stream.subarray(at + PREFIX_BYTES, at + PREFIX_BYTES + length);
    const bodyAt = at + PREFIX_BYTES + length;
    const message = Message.getRootAsMessage(new ByteBuffer(header));
    at = bodyAt + Number(message.bodyLength());
    messages.push({ header, body: stream.subarray(bodyAt, at) });
  }
  return messages;
}

/** Reads a whole stream: the reader, and its batches without those of dictionaries. */
export function readStream(stream: Uint8Array): { reader: BatchReader; batches: ArrowBatch[] } {
  const [schema, ...rest] = ipcMessages(stream);
  if (schema === undefined) throw new Error('expected a stream with a schema');
  const reader = new BatchReader(schema.header);
  const batches = rest.flatMap(({ header, body }) => reader.read(header, body) ?? []);
  return { reader, batches };
}

/** A batch as a FlightData message. */
export function messageOf(batch: ArrowBatch): IpcMessage {
  const { header, body } = encodeBatch(batch);
  const bytes = new Uint8Array(body.byteLength);
  body.writeTo(bytes, 0);
  return { header, body: bytes };
}

import {
  type DataType,
  Field,
  makeData,
  makeVector,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { Message } from 'apache-arrow/fb/message';
import { ByteBuffer } from 'flatbuffers';
import type { Rows } from '../../../src/cli/output/format.ts';
import type { IpcMessage } from '../../../src/flight/client.ts';

export interface SampleColumn {
  readonly name: string;
  readonly vector: Vector;
}

/** A column whose values apache-arrow can build from JavaScript values. */
export function column(name: string, type: DataType, values: readonly unknown[]): SampleColumn {
  return { name, vector: vectorFromArray(values, type) };
}

/** A column over raw buffer values, for types whose JavaScript values would lose digits. */
export function rawColumn(name: string, type: DataType, values: ArrayBufferView): SampleColumn {
  return { name, vector: makeVector(makeData({ type, data: values } as never)) };
}

/** A result of `batches` equal record batches, as a server would send it. */
export function sampleRows(columns: readonly SampleColumn[], batches = 1): Rows {
  const schema = new Schema(columns.map(({ name, vector }) => new Field(name, vector.type, true)));
  return { schema, messages: sampleMessages(schema, columns, batches) };
}

export function sampleBatch(columns: readonly SampleColumn[]): RecordBatch {
  const schema = new Schema(columns.map(({ name, vector }) => new Field(name, vector.type, true)));
  const children = columns.map(({ vector }) => vector.data[0] as never);
  const length = columns[0]?.vector.length ?? 0;
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }),
  );
}

async function* sampleMessages(
  schema: Schema,
  columns: readonly SampleColumn[],
  batches: number,
): AsyncGenerator<IpcMessage> {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  const batch = sampleBatch(columns);
  for (let index = 0; index < batches; index++) writer.write(batch);
  writer.finish();
  yield* splitStream(writer.toUint8Array(true), batch.numRows);
}

function* splitStream(stream: Uint8Array, rowCount: number): Generator<IpcMessage> {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  for (let at = 0; at + 8 <= stream.length; ) {
    const headerBytes = view.getUint32(at + 4, true);
    if (headerBytes === 0) return;
    const header = stream.subarray(at + 8, at + 8 + headerBytes);
    const bodyBytes = Number(Message.getRootAsMessage(new ByteBuffer(header)).bodyLength());
    const bodyAt = at + 8 + headerBytes;
    const body = stream.subarray(bodyAt, bodyAt + bodyBytes);
    yield at === 0
      ? { kind: 'schema', header, body, rowCount: 0 }
      : { kind: 'record-batch', header, body, rowCount };
    at = bodyAt + bodyBytes;
  }
}

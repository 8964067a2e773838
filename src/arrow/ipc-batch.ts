import { Buffer as BufferStruct } from 'apache-arrow/fb/buffer';
import { FieldNode } from 'apache-arrow/fb/field-node';
import { Message } from 'apache-arrow/fb/message';
import { MessageHeader } from 'apache-arrow/fb/message-header';
import { MetadataVersion } from 'apache-arrow/fb/metadata-version';
import { RecordBatch } from 'apache-arrow/fb/record-batch';
import { Builder, type Offset } from 'flatbuffers';
import type { ArrowBatch } from './batch.ts';
import { paddedLength } from './ipc-message.ts';

/** Flatbuffer bytes of a message without nodes and buffers, of a node, of a buffer: the structs of Message.fbs. */
const FIXED_BYTES = 128;
const STRUCT_BYTES = 16;

/** A record batch ready to be framed. */
export interface EncodedBatch {
  /** The flatbuffer Message, as FlightData.data_header carries it. */
  readonly header: Uint8Array;
  readonly body: BatchBody;
}

/** The buffers of a batch, one after the other, each padded to 8 bytes. Made without a copy. */
export class BatchBody {
  /** The buffers themselves and the padding between them: put together they are the body. */
  readonly pieces: readonly Uint8Array[];
  /** Length with all padding. */
  readonly byteLength: number;

  constructor(buffers: readonly Uint8Array[]) {
    this.pieces = buffers.flatMap((buffer) => {
      const padding = paddedLength(buffer.length) - buffer.length;
      if (buffer.length === 0) return [];
      return padding === 0 ? [buffer] : [buffer, PADDING.subarray(0, padding)];
    });
    this.byteLength = buffers.reduce((sum, buffer) => sum + paddedLength(buffer.length), 0);
  }

  /** Fills `target` from `offset` on with `byteLength` bytes. */
  writeTo(target: Uint8Array, offset: number): void {
    let at = offset;
    for (const piece of this.pieces) {
      target.set(piece, at);
      at += piece.length;
    }
  }
}

/** Zeros, as many as a buffer may lack. */
const PADDING = new Uint8Array(paddedLength(1));

/** The header and the body layout of a batch. Copies no data. */
export function encodeBatch(batch: ArrowBatch): EncodedBatch {
  const body = new BatchBody(batch.buffers);
  const structs = batch.nodes.length + batch.buffers.length;
  const builder = new Builder(FIXED_BYTES + structs * STRUCT_BYTES);
  const nodes = writeNodes(builder, batch);
  const buffers = writeBuffers(builder, batch);
  RecordBatch.startRecordBatch(builder);
  RecordBatch.addLength(builder, BigInt(batch.rowCount));
  RecordBatch.addNodes(builder, nodes);
  RecordBatch.addBuffers(builder, buffers);
  const header = RecordBatch.endRecordBatch(builder);
  const message = Message.createMessage(
    builder,
    MetadataVersion.V5,
    MessageHeader.RecordBatch,
    header,
    BigInt(body.byteLength),
    0,
  );
  Message.finishMessageBuffer(builder, message);
  return { header: builder.asUint8Array(), body };
}

/** Flatbuffer vectors are written from their end. */
function writeNodes(builder: Builder, batch: ArrowBatch): Offset {
  RecordBatch.startNodesVector(builder, batch.nodes.length);
  for (const node of batch.nodes.toReversed()) {
    FieldNode.createFieldNode(builder, BigInt(node.length), BigInt(node.nullCount));
  }
  return builder.endVector();
}

function writeBuffers(builder: Builder, batch: ArrowBatch): Offset {
  RecordBatch.startBuffersVector(builder, batch.buffers.length);
  let end = batch.buffers.reduce((sum, buffer) => sum + paddedLength(buffer.length), 0);
  for (const buffer of batch.buffers.toReversed()) {
    end -= paddedLength(buffer.length);
    BufferStruct.createBuffer(builder, BigInt(end), BigInt(buffer.length));
  }
  return builder.endVector();
}

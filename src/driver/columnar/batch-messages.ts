import type { ArrowBatch } from '../../arrow/batch.ts';
import { type BodyCompression, encodeMessage } from '../../arrow/body-compression.ts';
import type { EncodedBatch } from '../../arrow/ipc-batch.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import { THREAD_BLOCKS } from '../wire/block-memory.ts';
import { type BatchOptions, type ResultBatches, readBatches } from './batch-stream.ts';
import { ReusedMemory } from './column-memory.ts';
import type { PacketCursor } from './packet-cursor.ts';

/** How a cursor becomes a stream of messages. */
export interface MessageOptions extends BatchOptions {
  /** Absent: bodies go as they are. */
  readonly compression?: BodyCompression | undefined;
}

export interface ResultMessages {
  readonly schema: ArrowSchema;
  /**
   * As `batches` of ResultBatches; none without rows. The body of each is one piece, whose memory is used
   * again after `onSent`.
   */
  readonly messages: AsyncGenerator<EncodedBatch, void, undefined>;
}

/**
 * Reads an open result set as messages of Arrow IPC; see {@link readBatches}. Columns are collected in
 * memory that is used again for the next batch, and copied once, into a body that is one piece: fresh
 * memory for all columns of each batch costs more than the copy.
 */
export function readMessages(cursor: PacketCursor, options: MessageOptions): ResultMessages {
  const memory = new ReusedMemory(THREAD_BLOCKS);
  const { schema, batches } = readBatches(cursor, { ...options, memory });
  return { schema, messages: encodeAll(batches, memory, options.compression) };
}

async function* encodeAll(
  batches: ResultBatches['batches'],
  memory: ReusedMemory,
  compression: BodyCompression | undefined,
): AsyncGenerator<EncodedBatch, void, undefined> {
  try {
    for await (const batch of batches) {
      const message = batch.rowCount > 0 ? await encodeInOnePiece(batch, compression) : undefined;
      // Before its reader, who may be slow, gets the message: other results can use it meanwhile.
      memory.reclaim();
      if (message !== undefined) yield message;
    }
  } finally {
    memory.reclaim();
  }
}

async function encodeInOnePiece(
  batch: ArrowBatch,
  compression: BodyCompression | undefined,
): Promise<EncodedBatch> {
  const { rowCount, header, body } = await encodeMessage(batch, compression);
  const block = THREAD_BLOCKS.take(body.byteLength);
  const piece = new Uint8Array(block, 0, body.byteLength);
  body.writeTo(piece, 0);
  return {
    rowCount,
    header,
    body: { pieces: [piece], byteLength: piece.length },
    onSent: () => THREAD_BLOCKS.give(block),
  };
}

import { type BodyCompression, encodeMessage } from '../../arrow/body-compression.ts';
import type { EncodedBatch } from '../../arrow/ipc-batch.ts';
import type { Pieces } from '../../arrow/pieces.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import { type BatchOptions, type ResultBatches, readBatches } from './batch-stream.ts';
import { THREAD_BODIES } from './body-memory.ts';
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
  const memory = new ReusedMemory();
  const { schema, batches } = readBatches(cursor, { ...options, memory });
  return { schema, messages: encodeAll(batches, memory, options.compression) };
}

async function* encodeAll(
  batches: ResultBatches['batches'],
  memory: ReusedMemory,
  compression: BodyCompression | undefined,
): AsyncGenerator<EncodedBatch, void, undefined> {
  for await (const batch of batches) {
    if (batch.rowCount === 0) continue;
    const { rowCount, header, body } = await encodeMessage(batch, compression);
    const copied = THREAD_BODIES.take(body.byteLength);
    copyPieces(body, new Uint8Array(copied));
    memory.reclaim(batch.buffers);
    const piece = new Uint8Array(copied, 0, body.byteLength);
    yield {
      rowCount,
      header,
      body: { pieces: [piece], byteLength: piece.length },
      onSent: () => THREAD_BODIES.give(copied),
    };
  }
}

function copyPieces({ pieces }: Pieces, target: Uint8Array): void {
  let at = 0;
  for (const piece of pieces) {
    target.set(piece, at);
    at += piece.length;
  }
}

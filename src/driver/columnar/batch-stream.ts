import type { ArrowBatch } from '../../arrow/batch.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import { fillLobs } from './lob-filling.ts';
import { type LobReaderOptions, readLobToEnd } from './lob-reader.ts';
import type { PacketCursor } from './packet-cursor.ts';
import {
  DEFAULT_DECODER_OPTIONS,
  type DecodedBatch,
  type DecoderOptions,
  ResultDecoder,
} from './result-decoder.ts';

/** How a cursor becomes a stream of batches. */
export interface BatchOptions extends DecoderOptions {
  /** Bytes that one LOB may have; a larger one ends the stream with `resource-exhausted`. */
  readonly maxLobBytes: number;
  /** Told of the size of each packet before it is decoded. */
  readonly onPacket?: ((bytes: number) => void) | undefined;
}

export const DEFAULT_BATCH_OPTIONS: BatchOptions = {
  ...DEFAULT_DECODER_OPTIONS,
  /** More would make a message that few clients accept, and a LOB is held in memory whole. */
  maxLobBytes: 4 * 1024 * 1024,
};

export interface ResultBatches {
  readonly schema: ArrowSchema;
  /**
   * May be iterated once. Once begun it closes the cursor however it ends, `return()` included; who never
   * begins closes the cursor himself.
   */
  readonly batches: AsyncGenerator<ArrowBatch, void, undefined>;
}

/**
 * Reads an open result set as Arrow. Throws `unimplemented` at once, with the cursor left open, when a
 * column has no Arrow type; `batches` rejects with what the cursor or the decoder reports, so a failed
 * result never looks like a short one.
 */
export function readBatches(cursor: PacketCursor, options: BatchOptions): ResultBatches {
  const decoder = new ResultDecoder(cursor.columns, options);
  return { schema: decoder.schema, batches: decodePackets(cursor, decoder, options) };
}

async function* decodePackets(
  cursor: PacketCursor,
  decoder: ResultDecoder,
  { maxLobBytes, onPacket }: BatchOptions,
): AsyncGenerator<ArrowBatch, void, undefined> {
  const lobOptions: LobReaderOptions = {
    readLob: (locator, offset, length) => cursor.readLob(locator, offset, length),
    maxLobBytes,
  };
  try {
    for await (const packet of cursor.packets()) {
      onPacket?.(packet.byteLength);
      for (const decoded of decoder.decode(packet)) yield await complete(decoded, lobOptions);
      cursor.release(packet);
    }
    const rest = decoder.finish();
    if (rest !== undefined) yield await complete(rest, lobOptions);
  } finally {
    await cursor.close();
  }
}

/** Reads the pending LOBs one after the other: a HANA session answers one request at a time. */
async function complete(decoded: DecodedBatch, options: LobReaderOptions): Promise<ArrowBatch> {
  const contents: Uint8Array[] = [];
  for (const lob of decoded.pendingLobs) contents.push(await readLobToEnd(lob, options));
  return fillLobs(decoded, contents);
}

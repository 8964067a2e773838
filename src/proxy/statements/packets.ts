import type { ArrowBatch } from '../../arrow/batch.ts';
import { type EncodedRows, MAX_PARAMETER_ROWS } from '../../driver/hana-connection.ts';
import type { ParameterEncoder } from '../../driver/parameters/parameter-encoder.ts';
import { RowMemory } from '../../driver/parameters/row-memory.ts';
import { THREAD_BLOCKS } from '../../driver/wire/block-memory.ts';

/** Rows of one EXECUTE, and where they stand. */
export interface Packet {
  readonly rows: EncodedRows;
  /** From 1. */
  readonly firstRow: number;
}

/**
 * Bytes of parameters in one EXECUTE. Larger ones bring nothing: HANA inserts by the packet, and until
 * it has answered the next one is encoded.
 */
export const PACKET_BYTES = 4 * 1024 * 1024;

/** Room that the first packet of a statement begins with; the others begin with as much as the one before had. */
const FIRST_ROOM_BYTES = 64 * 1024;

/**
 * The rows of all batches in packets as full as may be: clients send batches of all sizes, and each
 * EXECUTE costs a round trip. Each lies in a block of its own, for the statement that executes it.
 * @throws HanaFlightError what the encoder throws.
 */
export async function* packetsOf(
  encoder: ParameterEncoder,
  batches: AsyncIterable<ArrowBatch> | Iterable<ArrowBatch>,
): AsyncGenerator<Packet, void, undefined> {
  let joint = new JointPacket(1, FIRST_ROOM_BYTES);
  for await (const batch of batches) {
    let at = 0;
    while (at < batch.rowCount) {
      at += joint.add(encoder, batch, at);
      if (at === batch.rowCount && !joint.full) break;
      yield joint.packet();
      joint = joint.next();
    }
  }
  if (!joint.empty) yield joint.packet();
}

/** Rows of one batch or several that become one packet. */
class JointPacket {
  readonly #firstRow: number;
  readonly #memory: RowMemory;
  #rowCount = 0;
  #openLobs: EncodedRows['openLobs'] = [];

  constructor(firstRow: number, roomBytes: number) {
    this.#firstRow = firstRow;
    this.#memory = new RowMemory(THREAD_BLOCKS, roomBytes);
  }

  get empty(): boolean {
    return this.#rowCount === 0;
  }

  /**
   * Nothing may follow a row whose LOBs are open, as those belong to the last row of a packet. And what is
   * more than half full is sent, so that a long row finds room in the next one.
   */
  get full(): boolean {
    const { maxRows, maxBytes } = this.#room;
    return this.#openLobs.length > 0 || maxRows === 0 || maxBytes < PACKET_BYTES / 2;
  }

  /** @returns how many rows were added. */
  add(encoder: ParameterEncoder, batch: ArrowBatch, fromRow: number): number {
    const firstRow = this.#firstRow + this.#rowCount;
    const limits = { ...this.#room, firstRow, memory: this.#memory };
    const { rowCount, openLobs } = encoder.encode(batch, fromRow, limits);
    this.#rowCount += rowCount;
    this.#openLobs = openLobs;
    return rowCount;
  }

  packet(): Packet {
    const { bytes, length, block } = this.#memory;
    const rows = {
      rowCount: this.#rowCount,
      bytes: bytes.subarray(0, length),
      openLobs: this.#openLobs,
      block,
    };
    return { rows, firstRow: this.#firstRow };
  }

  /** The packet of the rows that follow. */
  next(): JointPacket {
    return new JointPacket(this.#firstRow + this.#rowCount, this.#memory.length);
  }

  get #room(): { readonly maxRows: number; readonly maxBytes: number } {
    return {
      maxRows: MAX_PARAMETER_ROWS - this.#rowCount,
      maxBytes: PACKET_BYTES - this.#memory.length,
    };
  }
}

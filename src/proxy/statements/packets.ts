import type { ArrowBatch } from '../../arrow/batch.ts';
import { type EncodedRows, MAX_PARAMETER_ROWS } from '../../driver/hana-connection.ts';
import type { ParameterEncoder } from '../../driver/parameters/parameter-encoder.ts';

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

/**
 * The rows of all batches in packets as full as may be: clients send batches of all sizes, and each
 * EXECUTE costs a round trip.
 * @throws HanaFlightError what the encoder throws.
 */
export async function* packetsOf(
  encoder: ParameterEncoder,
  batches: AsyncIterable<ArrowBatch> | Iterable<ArrowBatch>,
): AsyncGenerator<Packet, void, undefined> {
  let joint = new JointPacket(1);
  for await (const batch of batches) {
    let at = 0;
    while (at < batch.rowCount) {
      const rows = encoder.encode(batch, at, { ...joint.room, firstRow: joint.nextRow });
      joint.add(rows);
      at += rows.rowCount;
      if (at === batch.rowCount && !joint.full) break;
      yield joint.packet();
      joint = new JointPacket(joint.nextRow);
    }
  }
  if (!joint.empty) yield joint.packet();
}

/** Encoded rows that become one packet. */
class JointPacket {
  readonly #firstRow: number;
  readonly #pieces: EncodedRows[] = [];
  #rowCount = 0;
  #byteCount = 0;

  constructor(firstRow: number) {
    this.#firstRow = firstRow;
  }

  get empty(): boolean {
    return this.#rowCount === 0;
  }

  /** Number of the row that comes next. */
  get nextRow(): number {
    return this.#firstRow + this.#rowCount;
  }

  get room(): { readonly maxRows: number; readonly maxBytes: number } {
    return {
      maxRows: MAX_PARAMETER_ROWS - this.#rowCount,
      maxBytes: PACKET_BYTES - this.#byteCount,
    };
  }

  /**
   * Nothing may follow a row whose LOBs are open, as those belong to the last row of a packet. And what is
   * more than half full is sent, so that a long row finds room in the next one.
   */
  get full(): boolean {
    const open = this.#pieces.at(-1)?.openLobs ?? [];
    const { maxRows, maxBytes } = this.room;
    return open.length > 0 || maxRows === 0 || maxBytes < PACKET_BYTES / 2;
  }

  add(rows: EncodedRows): void {
    this.#pieces.push(rows);
    this.#rowCount += rows.rowCount;
    this.#byteCount += rows.bytes.length;
  }

  packet(): Packet {
    const [only] = this.#pieces;
    const rows = only !== undefined && this.#pieces.length === 1 ? only : this.#joined();
    return { rows, firstRow: this.#firstRow };
  }

  #joined(): EncodedRows {
    return {
      rowCount: this.#rowCount,
      bytes: Buffer.concat(this.#pieces.map(({ bytes }) => bytes)),
      openLobs: this.#pieces.at(-1)?.openLobs ?? [],
    };
  }
}

import type { EncodedRows, RowSource } from '../engine.ts';

/** Rows as they were encoded, with the places where they may be cut. */
interface RecordedPacket {
  readonly bytes: Uint8Array;
  /** Offset behind each row. */
  readonly rowEnds: Uint32Array;
}

/** Encoded rows that say where each of them ends. */
export interface MeasuredRows extends EncodedRows {
  readonly rowEnds: Uint32Array;
}

/** A source whose rows may be recorded. */
export interface MeasuredSource extends RowSource {
  next(maxRows: number, targetBytes: number): Promise<MeasuredRows>;
}

/**
 * Results that were read to the end, as bytes: the next time they come from memory. DuckDB and the row
 * encoder take more time than a fast reader does; what is to be measured is the reader. Only results of
 * the latest commit are kept, those used last, up to so many bytes.
 */
export class ReplayStore {
  readonly #capacityBytes: number;
  /** In the order of their last use. */
  readonly #results = new Map<string, readonly RecordedPacket[]>();
  #stamp = 0n;
  #heldBytes = 0;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  get enabled(): boolean {
    return this.#capacityBytes > 0;
  }

  /** The rows of the query that `key` tells apart, as of the commit `stamp`, if they were recorded. */
  find(key: string, stamp: bigint): RowSource | undefined {
    this.#keepOnly(stamp);
    const packets = this.#results.get(key);
    if (packets === undefined) return undefined;
    this.#results.delete(key);
    this.#results.set(key, packets);
    return new ReplayedRows(packets);
  }

  /** The same rows; they are kept once the last of them has been read, if there is room. */
  record(key: string, stamp: bigint, source: MeasuredSource): RowSource {
    const packets: RecordedPacket[] = [];
    let byteCount = 0;
    return {
      next: async (maxRows, targetBytes) => {
        const rows = await source.next(maxRows, targetBytes);
        byteCount += rows.bytes.byteLength + rows.rowEnds.byteLength;
        if (byteCount > this.#capacityBytes) packets.length = 0;
        else packets.push(compact(rows));
        if (rows.last && byteCount <= this.#capacityBytes) this.#keep(key, stamp, packets);
        return rows;
      },
      close: () => source.close(),
    };
  }

  #keep(key: string, stamp: bigint, packets: readonly RecordedPacket[]): void {
    if (stamp < this.#stamp) return;
    this.#keepOnly(stamp);
    this.#drop(key);
    this.#results.set(key, packets);
    this.#heldBytes += sum(packets);
    for (const oldest of this.#results.keys()) {
      if (this.#heldBytes <= this.#capacityBytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#heldBytes -= sum(this.#results.get(key) ?? []);
    this.#results.delete(key);
  }

  #keepOnly(stamp: bigint): void {
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#results.clear();
    this.#heldBytes = 0;
  }
}

const sum = (packets: readonly RecordedPacket[]): number =>
  packets.reduce((total, { bytes, rowEnds }) => total + bytes.byteLength + rowEnds.byteLength, 0);

/** Without the room that the cursor has left behind the rows. */
const compact = ({ bytes, rowEnds }: RecordedPacket): RecordedPacket => ({
  bytes: Uint8Array.from(bytes),
  rowEnds,
});

/** Cuts recorded rows exactly as a cursor would: at the row that reaches one of the two limits. */
class ReplayedRows implements RowSource {
  readonly #packets: readonly RecordedPacket[];
  #packet = 0;
  #row = 0;

  constructor(packets: readonly RecordedPacket[]) {
    // The last packet may have no rows.
    this.#packets = packets.filter(({ rowEnds }) => rowEnds.length > 0);
  }

  next(maxRows: number, targetBytes: number): Promise<EncodedRows> {
    const pieces: Uint8Array[] = [];
    let rowCount = 0;
    let byteCount = 0;
    while (rowCount < maxRows && byteCount < targetBytes) {
      const packet = this.#packets[this.#packet];
      if (packet === undefined) break;
      const { bytes, rowEnds } = packet;
      const first = this.#row;
      const start = startOf(rowEnds, first);
      const most = Math.min(rowEnds.length, first + maxRows - rowCount);
      const behind = rowAt(rowEnds, { first, most, offset: start + targetBytes - byteCount });
      const end = startOf(rowEnds, behind);
      pieces.push(bytes.subarray(start, end));
      rowCount += behind - first;
      byteCount += end - start;
      this.#row = behind < rowEnds.length ? behind : 0;
      if (behind === rowEnds.length) this.#packet++;
    }
    const [only] = pieces;
    const bytes = pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
    return Promise.resolve({ bytes, rowCount, last: this.#packet === this.#packets.length });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const startOf = (rowEnds: Uint32Array, row: number): number =>
  row === 0 ? 0 : (rowEnds[row - 1] ?? 0);

interface RowRange {
  readonly first: number;
  readonly most: number;
  readonly offset: number;
}

/** The first row that starts at the offset or behind it; `most` when none before does. */
function rowAt(rowEnds: Uint32Array, { first, most, offset }: RowRange): number {
  // The usual fetch takes all.
  if (startOf(rowEnds, most - 1) < offset) return most;
  let row = first;
  while (row < most && startOf(rowEnds, row) < offset) row++;
  return row;
}

import type { ColumnMetadata } from '../wire/metadata.ts';
import { LOB_HEADER_BYTES } from './lob-descriptor.ts';
import { MAX_WAITING_PACKETS } from './packet-cursor.ts';
import { mappingOf } from './type-mapping.ts';
import { wireWidth } from './wire-layout.ts';

/*
 * What the stream of one result holds in memory at most:
 *
 *   2 packets: the one that is being decoded, and the next, on its way or waiting
 *   4 batches: the columns of the one that is being built, what compression or repaired text makes of it,
 *     and two messages, of which HTTP/2 sends one
 *
 * LOBs that are read beyond their first chunks come on top; --max-lob-bytes limits each.
 */
const PACKETS = MAX_WAITING_PACKETS + 1;
const BATCHES = 4;

/** Column buffers and Arrow's own structures beside the bytes of the rows, as a factor. */
const ARROW_OVERHEAD = 2;

/** What is taken for the length of a value whose type only limits it, unless the limit is lower. */
const TYPICAL_LENGTH = 32;
/** The same for what comes of a LOB within a row. */
const TYPICAL_LOB_BYTES = 1024;
const VECTOR_DIMENSION_BYTES = 4;

/** Bytes of a row on the wire, as far as the columns tell. Throws `unimplemented` for an unknown type. */
export function expectedRowBytes(columns: readonly ColumnMetadata[]): number {
  return columns.reduce((sum, column) => sum + expectedValueBytes(column), 0);
}

/** What the stream of a large result is expected to hold in memory, before anything of it has come. */
export function expectedStreamBytes(sizes: {
  readonly rowBytes: number;
  readonly fetchRows: number;
  readonly batchBytes: number;
}): number {
  return PACKETS * sizes.fetchRows * sizes.rowBytes + BATCHES * sizes.batchBytes;
}

/**
 * Follows the packets of one stream, and tells what it may hold in memory each time that grows. The first
 * tells nothing: it comes with the answer to EXECUTE, and HANA decides how many rows it has, not FETCHSIZE.
 */
export class StreamMemory {
  readonly #batchBytes: number;
  readonly #tell: (bytes: number) => void;
  #largest = 0;
  #total = 0;
  #told = 0;
  #packets = 0;

  constructor(batchBytes: number, tell: (bytes: number) => void) {
    this.#batchBytes = batchBytes;
    this.#tell = tell;
  }

  /** A packet has come; of a result that is smaller than a batch no batch is larger. */
  add(packetBytes: number): void {
    this.#largest = Math.max(this.#largest, packetBytes);
    this.#total += packetBytes;
    const batch = Math.min(this.#batchBytes, this.#total * ARROW_OVERHEAD);
    const bytes = PACKETS * this.#largest + BATCHES * batch;
    if (++this.#packets === 1 || bytes <= this.#told) return;
    this.#told = bytes;
    this.#tell(bytes);
  }
}

function expectedValueBytes({ typeCode, length }: ColumnMetadata): number {
  const { codec } = mappingOf(typeCode);
  const width = wireWidth(codec);
  if (width !== undefined) return width;
  if (codec === 'lob') return LOB_HEADER_BYTES + TYPICAL_LOB_BYTES;
  if (codec === 'vector') return VECTOR_DIMENSION_BYTES * Math.max(length, 0);
  return 1 + Math.min(length > 0 ? length : TYPICAL_LENGTH, TYPICAL_LENGTH);
}

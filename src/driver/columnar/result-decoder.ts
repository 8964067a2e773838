import type { ArrowBatch, ArrowNode } from '../../arrow/batch.ts';
import type { ArrowSchema } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';
import type { ColumnMetadata } from '../wire/metadata.ts';
import type { Column, ColumnLob } from './column.ts';
import { makeColumn } from './column-factory.ts';
import { type ColumnMemory, FRESH_MEMORY } from './column-memory.ts';
import { type ColumnPlace, columnPlaceOf } from './column-place.ts';
import { type LobUnit, lobUnitOf } from './lob-descriptor.ts';
import { resultSchema } from './result-schema.ts';
import { RowScanner } from './row-scanner.ts';
import {
  type CodecKind,
  DEFAULT_TYPE_OPTIONS,
  mappingOf,
  type TypeOptions,
} from './type-mapping.ts';

/** How result bytes become batches. */
export interface DecoderOptions {
  readonly types: TypeOptions;
  /** Rows of a batch at most. */
  readonly maxRows: number;
  /** The same for the first batch, which also ends with its packet: a client soon has something to show. */
  readonly firstRows: number;
  /** Arrow bytes of a batch at most, unless a single row is larger. */
  readonly targetBytes: number;
  /** The version HANA agreed to: below 4 an ALPHANUM is a plain string. */
  readonly dataFormatVersion: number;
  /** What batches are made in; absent: fresh memory for each. */
  readonly memory?: ColumnMemory | undefined;
}

export const DEFAULT_DECODER_OPTIONS: DecoderOptions = {
  types: DEFAULT_TYPE_OPTIONS,
  /** The most that clients with 16-bit batch indexes take, and enough to hide a batch's own cost. */
  maxRows: 65_536,
  /** Decoded in a millisecond or less; a batch of this size is no burden to clients yet. */
  firstRows: 4096,
  /** Half of gRPC's usual 4 MiB limit on a message, so that framing and one long row still fit. */
  targetBytes: 2 * 1024 * 1024,
  dataFormatVersion: 8,
};

/** A LOB of a batch whose rest is still with HANA. */
export interface PendingLob extends ColumnLob {
  readonly place: ColumnPlace;
  readonly unit: LobUnit;
  readonly isText: boolean;
  /** Index in the batch's buffers of the column's offsets; its values come next. */
  readonly offsetsBuffer: number;
}

/** A batch, complete but for its pending LOBs: those rows hold an empty value until `fillLobs`. */
export interface DecodedBatch {
  readonly batch: ArrowBatch;
  readonly pendingLobs: readonly PendingLob[];
}

interface PlannedColumn {
  readonly column: Column;
  readonly codec: CodecKind;
  readonly place: ColumnPlace;
  readonly typeCode: number;
  readonly isText: boolean;
}

/** Batches of one result differ a little in rows and in bytes a row; this much saves most from growing again. */
const HEADROOM = 1.0625;

/** ALPHANUM has its extra byte from this data format version on. */
const ALPHANUM_WIDTH_BYTE_VERSION = 4;

/**
 * Turns the RESULTSET parts of one result set into Arrow batches. Made once per result set; keeps no
 * reference to a packet after its last batch was taken. After an error it is of no further use.
 */
export class ResultDecoder {
  readonly schema: ArrowSchema;
  readonly #options: DecoderOptions;
  readonly #columns: readonly PlannedColumn[];
  readonly #scanner: RowScanner;
  #batchRows = 0;
  #batchBytes = 0;
  #resultRows = 0;
  #isFirstBatch = true;

  /** Throws `unimplemented` for a column that has no Arrow type; see {@link resultSchema}. */
  constructor(columns: readonly ColumnMetadata[], options: DecoderOptions) {
    if (columns.length === 0) {
      throw new HanaFlightError('internal', 'result decoder: expected columns, got none');
    }
    this.schema = resultSchema(columns, options.types);
    this.#options = options;
    this.#columns = columns.map((column, index) => this.#plan(column, index));
    const bits = this.#columns.reduce((sum, { column }) => sum + column.bitsPerRow + 1, 0);
    this.#scanner = new RowScanner(this.#columns, bits / 8);
  }

  /** Rows decoded so far. */
  get rowCount(): number {
    return this.#resultRows;
  }

  /**
   * Decodes the data of one RESULTSET part, whole rows back to back, and yields each batch as it fills;
   * rows that do not fill one wait for the next packet, unless no batch was before them. Run it to its end
   * before the next packet. Throws `malformed-packet` and `unrepresentable-value`, naming row and column.
   */
  *decode(bytes: Uint8Array): Generator<DecodedBatch, void, undefined> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const packet = { bytes, view };
    const scanner = this.#scanner;
    let at = 0;
    while (at < bytes.length) {
      const scanned = scanner.scan(packet, at, {
        rows: this.#maxRows - this.#batchRows,
        bytes: this.#options.targetBytes - this.#batchBytes,
        acceptFirst: this.#batchRows === 0,
        firstRow: this.#resultRows,
      });
      const { positions, lengths, stride } = scanner.places;
      const { rowCount } = scanned;
      const chunk = { packet, positions, lengths, stride, rowCount, firstRow: this.#resultRows };
      for (const { column } of this.#columns) column.append(chunk);
      at = scanned.next;
      this.#batchRows += rowCount;
      this.#batchBytes += scanned.bytes;
      this.#resultRows += rowCount;
      if (scanned.full || this.#batchRows >= this.#maxRows) {
        yield this.#take(bytes.length - at);
      }
    }
    if (this.#isFirstBatch && this.#batchRows > 0) yield this.#take();
  }

  /** The rows that have not filled a batch; undefined when there are none. */
  finish(): DecodedBatch | undefined {
    return this.#batchRows === 0 ? undefined : this.#take();
  }

  get #maxRows(): number {
    const { maxRows, firstRows } = this.#options;
    return this.#isFirstBatch ? Math.min(firstRows, maxRows) : maxRows;
  }

  #plan(column: ColumnMetadata, index: number): PlannedColumn {
    const { types, dataFormatVersion, memory = FRESH_MEMORY } = this.#options;
    const { codec: mapped } = mappingOf(column.typeCode);
    const isPlain = mapped === 'alphanum' && dataFormatVersion < ALPHANUM_WIDTH_BYTE_VERSION;
    const codec = isPlain ? 'text' : mapped;
    const arrow = this.schema.fields[index]?.type ?? { kind: 'null' };
    const place = columnPlaceOf(column, index);
    return {
      column: makeColumn({ place, codec, arrow, options: types, memory }),
      codec,
      place,
      typeCode: column.typeCode,
      isText: arrow.kind === 'utf8',
    };
  }

  /** @param waitingBytes of rows that have come already. */
  #take(waitingBytes = 0): DecodedBatch {
    const rowCount = this.#batchRows;
    const nextRows = this.#expectedRows(waitingBytes);
    const nodes: ArrowNode[] = [];
    const buffers: Uint8Array[] = [];
    const pendingLobs: PendingLob[] = [];
    for (const { column, place, typeCode, isText } of this.#columns) {
      const output = column.take(nextRows);
      const offsetsBuffer = buffers.length + 1;
      const unit = lobUnitOf(typeCode);
      for (const lob of output.lobs) {
        pendingLobs.push({ ...lob, place, unit, isText, offsetsBuffer });
      }
      nodes.push(...output.nodes);
      buffers.push(...output.buffers);
    }
    this.#isFirstBatch = false;
    this.#batchRows = 0;
    this.#batchBytes = 0;
    return { batch: { rowCount, nodes, buffers }, pendingLobs };
  }

  /**
   * Rows that columns should have room for next: as many as in this batch. Only the first is shorter than
   * those after it: if more of its packet is left than it took, the next is expected to become full.
   */
  #expectedRows(waitingBytes: number): number {
    const { maxRows, targetBytes } = this.#options;
    const rows = this.#batchRows;
    const isShort = this.#isFirstBatch && waitingBytes > this.#batchBytes;
    const factor = isShort ? targetBytes / this.#batchBytes : 1;
    return Math.min(Math.ceil(rows * factor * HEADROOM), maxRows);
  }
}

/** Prepares the decoder of one result set; see {@link ResultDecoder}. */
export function compileDecoder(
  columns: readonly ColumnMetadata[],
  options: Partial<DecoderOptions> = {},
): ResultDecoder {
  return new ResultDecoder(columns, { ...DEFAULT_DECODER_OPTIONS, ...options });
}

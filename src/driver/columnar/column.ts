import type { ArrowNode } from '../../arrow/batch.ts';
import type { LobDescriptor } from './lob-descriptor.ts';
import type { Packet } from './value-places.ts';

/** Rows whose values the scanner has placed: what every column reader goes down. */
export interface RowChunk {
  readonly packet: Packet;
  readonly positions: Int32Array;
  readonly lengths: Int32Array;
  /** Distance from one column to the next in `positions` and `lengths`. */
  readonly stride: number;
  readonly rowCount: number;
  /** Number of the chunk's first row in the whole result set, from 0. */
  readonly firstRow: number;
}

/** A LOB of a finished batch whose rest still lies with HANA. */
export interface ColumnLob extends LobDescriptor {
  /** Row in the batch, from 0. */
  readonly row: number;
  /** Row in the whole result set, from 0. */
  readonly resultRow: number;
  /** What came with the row. */
  readonly firstChunk: Uint8Array;
}

/** One column of a finished batch: its nodes and buffers in Arrow IPC order. */
export interface ColumnOutput {
  readonly nodes: readonly ArrowNode[];
  readonly buffers: readonly Uint8Array[];
  readonly lobs: readonly ColumnLob[];
}

/** Collects one column of a batch. */
export interface Column {
  /** Arrow bits that every row takes, its variable-length part and validity left out. */
  readonly bitsPerRow: number;
  append(chunk: RowChunk): void;
  /** Hands over the rows appended since the last call, and expects about `nextRows` more. */
  take(nextRows: number): ColumnOutput;
}

export const NO_LOBS: readonly ColumnLob[] = [];

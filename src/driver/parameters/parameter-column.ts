import type { OpenLob } from '../hana-connection.ts';

/** Rows of a PARAMETERS part that are being written, column by column. */
export interface RowTarget {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Where each row begins. */
  readonly starts: Int32Array;
  /** Where the next byte of each row goes; whoever writes moves it on. */
  readonly positions: Int32Array;
}

/** One column of a batch, on its way into a part. Rows count from 0 within the batch. */
export interface ParameterColumn {
  /** Bytes that every row takes; undefined when {@link addSizes} tells them. */
  readonly rowBytes: number | undefined;
  /** Adds the bytes of each row from `from` on to `sizes`, LOB bytes included. */
  addSizes(from: number, sizes: Int32Array): void;
  /** Writes the rows from `from` on, as many as the target has positions. */
  write(from: number, target: RowTarget): void;
  /** Present for LOBs: their bytes stand behind all values of their row. */
  readonly lob?: LobBytes;
}

/** The part of a LOB column that is written after the values of all columns. */
export interface LobBytes {
  /** Bytes of the LOB of a row. */
  length(row: number): number;
  /** Writes all bytes of the rows from `from` on. */
  write(from: number, target: RowTarget): void;
  /**
   * Writes as many bytes of the LOB of the only row of the target as there is room for.
   * @returns what is left; undefined when the LOB is complete.
   */
  begin(row: number, target: RowTarget, room: number): OpenLob | undefined;
}

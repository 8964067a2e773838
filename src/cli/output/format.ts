import type { Schema } from 'apache-arrow';
import type { IpcMessage } from '../../flight/client.ts';

/** A result on its way to a file or a terminal. */
export interface Rows {
  readonly schema: Schema;
  /** The schema message, then record batches. May be left early, which cancels the query. */
  readonly messages: AsyncIterable<IpcMessage>;
}

export interface FormatOptions {
  /** Most rows of a table. */
  readonly tableRows: number;
  /** Columns of the terminal that a table must fit; undefined: as wide as it is. */
  readonly width: number | undefined;
  /** Takes what is worth telling but is no part of the output. */
  readonly note: (text: string) => void;
}

/** One way to write a result. */
export interface Format {
  /** True for what a terminal cannot show. */
  readonly binary: boolean;
  /** The output piece by piece; never holds the whole result. */
  write(rows: Rows, options: FormatOptions): AsyncIterable<string | Uint8Array>;
}

import type { Readable, Writable } from 'node:stream';

/** A stream that may be a terminal. */
export interface TerminalStream extends Writable {
  readonly isTTY?: boolean;
  /** Characters that fit in a line of the terminal. */
  readonly columns?: number;
}

/** The streams that a command talks through. */
export interface Terminal {
  readonly stdin: Readable;
  /** Results and banners. */
  readonly stdout: TerminalStream;
  /** Everything else. */
  readonly stderr: TerminalStream;
}

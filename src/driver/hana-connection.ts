import type { ColumnMetadata, ParameterMetadata } from './wire/metadata.ts';

/**
 * One logged-on HANA session. Requests run one at a time in the order they are made. Every method
 * rejects with HanaFlightError; after one of code `unavailable` or `malformed-packet` the connection is
 * closed and `usable` is false.
 */
export interface HanaConnection {
  /** HANA's id of the session, as CURRENT_CONNECTION shows it. */
  readonly connectionId: number;
  readonly usable: boolean;
  /**
   * True when the session is as it was after the logon and may go to another task of the same user:
   * usable, nothing in flight, no open cursor or statement, and nothing executed that may have changed
   * it, such as SET, CONNECT, DDL (temporary tables) or a procedure.
   */
  readonly reusable: boolean;
  /** Compiles a statement; executes nothing. */
  prepare(sql: string): Promise<HanaStatement>;
  /** Executes SQL text without parameters. */
  execute(sql: string): Promise<HanaOutcome>;
  /** One cheap round trip. False when the session is gone. */
  validate(): Promise<boolean>;
  /** Says goodbye to HANA and closes the socket. Never rejects. */
  close(): Promise<void>;
  /** Closes the socket at once; what is in flight rejects with `cause`. HANA then ends the statement. */
  destroy(cause: Error): void;
}

export interface HanaStatement {
  /** A value of FunctionCode. */
  readonly functionCode: number;
  /** Columns of the result; empty when the statement returns none. */
  readonly columns: readonly ColumnMetadata[];
  readonly parameters: readonly ParameterMetadata[];
  /** Executes without parameters. */
  execute(): Promise<HanaOutcome>;
  drop(): Promise<void>;
}

export type HanaOutcome =
  | { readonly kind: 'rows'; readonly cursor: HanaCursor }
  | { readonly kind: 'count'; readonly affectedRows: number };

/** An open result set. */
export interface HanaCursor {
  readonly columns: readonly ColumnMetadata[];
  /**
   * The data of each RESULTSET part in order, each in an ArrayBuffer of its own. The next fetch is on
   * its way while a packet is being used; at most two packets wait undelivered, then fetching pauses.
   * Ends normally only after HANA's last packet; any failure rejects. May be iterated once.
   */
  packets(): AsyncIterable<Uint8Array>;
  /** Reads a part of a LOB: `offset` and `length` in HANA's units (bytes; UTF-16 units for NCLOB), offset from 1. */
  readLob(locator: Uint8Array, offset: number, length: number): Promise<LobChunk>;
  close(): Promise<void>;
}

export interface LobChunk {
  readonly data: Uint8Array;
  readonly last: boolean;
}

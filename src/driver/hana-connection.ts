import type { HanaFlightError } from '../core/errors.ts';
import type { MessageOptions, ResultMessages } from './columnar/batch-messages.ts';
import type { BatchOptions, ResultBatches } from './columnar/batch-stream.ts';
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
  /** Resolves when the connection is gone, for whatever reason, with that. */
  readonly lost: Promise<HanaFlightError>;
  /**
   * True when the session is as it was after the logon, but for its schema, and may go to another task of
   * the same user: usable, nothing in flight, no open cursor, statement or transaction, not altered.
   */
  readonly reusable: boolean;
  /**
   * True once a statement was sent that may have changed the session, such as SET, CREATE LOCAL TEMPORARY
   * TABLE or a procedure; see `dialect/session-effect.ts`. Never false again.
   */
  readonly altered: boolean;
  /** True when nothing is left of any transaction, and none would begin with the next statement. */
  readonly transactionOver: boolean;
  /** True while HANA owes an answer that somebody waits for. */
  readonly busy: boolean;
  /** Resolves when the requests made so far have been answered, well or not. Never rejects. */
  settled(): Promise<void>;
  /**
   * True: every statement is a transaction of its own. False: those from now on are one, until
   * {@link commit} or {@link rollback}; nothing is sent for the change itself.
   */
  autoCommit: boolean;
  /**
   * Set when HANA ended the open transaction by a rollback that nobody asked for (deadlock, cancel), or
   * when it has a row whose LOBs could not be written to their ends: what HANA said then. Cleared by
   * {@link commit} and {@link rollback}.
   */
  readonly rolledBackBy: HanaFlightError | undefined;
  /**
   * Ends the transaction. Open result sets outlive it.
   * @throws HanaFlightError `aborted` when {@link rolledBackBy} is set; all of it is rolled back then.
   */
  commit(): Promise<void>;
  /** Ends the transaction, and its open result sets. */
  rollback(): Promise<void>;
  /**
   * Begins a transaction whose statements all see one snapshot, and fixes it. Ends with {@link endSnapshot}.
   * @returns its stamp: connections with equal stamps see the same data.
   */
  beginSnapshot(): Promise<string>;
  /** Rolls the transaction of {@link beginSnapshot} back; the connection is in autocommit mode as before. */
  endSnapshot(): Promise<void>;
  /** The schema that unqualified names refer to; HANA is asked only when it is not known. */
  currentSchema(): Promise<string>;
  /**
   * Makes `schema` the current one; undefined: that of the logon. Sends nothing when it is already; does
   * not alter the session. Once the session is {@link altered}, a statement of the client may have chosen
   * another schema: undefined leaves that alone then.
   * @throws HanaFlightError `not-found` when there is no such schema; the current one stays.
   */
  setCurrentSchema(schema: string | undefined): Promise<void>;
  /** Compiles a statement; executes nothing. */
  prepare(sql: string): Promise<HanaStatement>;
  /**
   * Executes SQL text without parameters.
   * @param ahead how the rows will be read, if there are any: as messages, with these options. Then they may
   * be fetched before somebody asks for them.
   */
  execute(sql: string, ahead?: MessageOptions): Promise<HanaOutcome>;
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
  /** Executes without parameters, or once with one row of them. */
  execute(row?: EncodedRows): Promise<HanaOutcome>;
  /**
   * Executes once a row; for DML. A failure names the row in its text and in `hana.row`; the other rows may
   * have been executed, and are kept in autocommit mode. Rows that come while others are under way are
   * executed at once behind them, and not at all when those fail: they reject with the same failure.
   * @param firstRow number of the first of `rows`; the first row of all is 1.
   * @returns rows affected.
   */
  executeRows(rows: EncodedRows, firstRow: number): Promise<number>;
  /**
   * HANA forgets the statement soon; nobody waits for that, and it cannot fail: with the connection all
   * statements are gone. Once is enough, more do nothing.
   */
  drop(): void;
}

/** Most rows of one {@link HanaStatement.executeRows}: node-hdb writes their number into 16 bits. */
export const MAX_PARAMETER_ROWS = 32_767;

/** Rows of parameter values as the PARAMETERS part wants them. */
export interface EncodedRows {
  /** 1 to {@link MAX_PARAMETER_ROWS}. */
  readonly rowCount: number;
  /** The values of all rows, LOB bytes included as far as they fit. */
  readonly bytes: Uint8Array;
  /** LOBs of the last row whose bytes did not fit the packet, in the order of their parameters. */
  readonly openLobs: readonly OpenLob[];
  /**
   * The memory in which `bytes` are and nothing else, if it is to be used again: {@link
   * HanaStatement.executeRows} takes it, and gives it back to the blocks of the thread when HANA has answered.
   */
  readonly block?: ArrayBuffer;
}

/** The rest of a LOB value: sent with WRITELOB once HANA has given it a locator. */
export interface OpenLob {
  readonly rest: Uint8Array;
  /** It is CESU-8, which is not cut within a character. */
  readonly text: boolean;
}

export type HanaOutcome<C extends HanaCursor = HanaCursor> =
  | { readonly kind: 'rows'; readonly cursor: C }
  | { readonly kind: 'count'; readonly affectedRows: number };

/** An open result set. It is read once, as batches or as messages. */
export interface HanaCursor {
  readonly columns: readonly ColumnMetadata[];
  /** @throws HanaFlightError `unimplemented` at once when a column has no Arrow type. */
  batches(options: BatchOptions): ResultBatches;
  /** The batches as the messages that hold them. @throws as {@link batches}. */
  messages(options: MessageOptions): ResultMessages;
  close(): Promise<void>;
}

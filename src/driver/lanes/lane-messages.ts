import type { ArrowBatch } from '../../arrow/batch.ts';
import type { EncodedBatch } from '../../arrow/ipc-batch.ts';
import type { HanaCredentials } from '../../core/hana-credentials.ts';
import type { MessageOptions } from '../columnar/batch-messages.ts';
import type { EncodedRows, HanaStatement } from '../hana-connection.ts';
import type { HanaEndpoint } from '../hana-endpoint.ts';
import type { ConnectOptions } from '../session/connect.ts';
import type { MetadataText } from '../wire/parts/result-set-columns.ts';
import type { PlainError } from './plain-error.ts';

/*
 * What the main thread and the thread of a lane say to each other. All of it is plain data. Each channel
 * keeps the order, and both sides rely on it.
 */

/** What can be asked of a connection in a lane; each call has one answer. */
export interface LaneMethods {
  /** Makes the connection; answers with HANA's id of the session. */
  connect(
    endpoint: HanaEndpoint,
    credentials: HanaCredentials,
    options: Omit<ConnectOptions, 'signal'>,
  ): number;
  currentSchema(): string;
  setCurrentSchema(schema: string | undefined): void;
  commit(): void;
  rollback(): void;
  beginSnapshot(): string;
  endSnapshot(): void;
  validate(): boolean;
  settled(): void;
  close(): void;
  prepare(sql: string): PreparedAnswer;
  /** @param ahead Reads the rows at once, as messages. */
  execute(sql: string, ahead: ReadAhead | undefined): OutcomeAnswer;
  executeStatement(statement: number, row: EncodedRows | undefined): OutcomeAnswer;
  executeRows(statement: number, rows: EncodedRows, firstRow: number): number;
  closeCursor(cursor: number): void;
}

/** Undefined: there are none. */
export type ColumnsText = MetadataText | undefined;

export type LaneMethod = keyof LaneMethods;

/** Numbers of statements and cursors are those of the lane. */
export interface PreparedAnswer extends Pick<HanaStatement, 'functionCode' | 'parameters'> {
  readonly statement: number;
  readonly columns: ColumnsText;
}

export type OutcomeAnswer =
  | { readonly kind: 'rows'; readonly cursor: number; readonly columns: ColumnsText }
  | { readonly kind: 'count'; readonly affectedRows: number };

/** What a connection is like. */
export interface ConnectionState {
  readonly usable: boolean;
  readonly altered: boolean;
  readonly transactionOver: boolean;
  readonly rolledBackBy: PlainError | undefined;
}

/** In what form a lane hands over the rows of a cursor. */
export type RowForm = 'batches' | 'messages';

/** {@link MessageOptions} without what cannot go to another thread. */
export type ReadOptions = Omit<MessageOptions, 'onPacket' | 'memory'>;

/** How a result set is read; at most `credit` batches or messages may be on their way or in use. */
export interface ReadAhead {
  readonly form: RowForm;
  readonly credit: number;
  readonly options: ReadOptions;
}

/** From the main thread; `connection` is a number that it gives, and uses once. */
export type LaneOrder =
  | {
      readonly kind: 'call';
      readonly call: number;
      readonly connection: number;
      readonly method: LaneMethod;
      readonly parameters: readonly unknown[];
    }
  /** Nobody waits for the connection any more that is being made. */
  | { readonly kind: 'abandon'; readonly connection: number; readonly reason: PlainError }
  | { readonly kind: 'auto-commit'; readonly connection: number; readonly on: boolean }
  | { readonly kind: 'destroy'; readonly connection: number; readonly reason: PlainError }
  | { readonly kind: 'drop-statement'; readonly connection: number; readonly statement: number }
  /** Read a cursor. */
  | ({ readonly kind: 'read'; readonly connection: number; readonly cursor: number } & ReadAhead)
  /** One of them is not in use any more. */
  | {
      readonly kind: 'credit';
      readonly connection: number;
      readonly cursor: number;
      /** The memory of its body, to be used again. */
      readonly body?: ArrayBuffer;
    }
  /** Closes all connections at once, and ends the lane. */
  | { readonly kind: 'end' };

/** To the main thread. */
export type LaneReport =
  | {
      readonly kind: 'answer';
      readonly connection: number;
      readonly call: number;
      readonly value: unknown;
    }
  | {
      readonly kind: 'failure';
      readonly connection: number;
      readonly call: number;
      readonly failure: PlainError;
    }
  /** Comes before the answer to the call that changed it. */
  | { readonly kind: 'state'; readonly connection: number; readonly state: ConnectionState }
  /** The block of rows that HANA has, to be used again; transferred. */
  | { readonly kind: 'block'; readonly connection: number; readonly block: ArrayBuffer }
  | {
      readonly kind: 'batch';
      readonly connection: number;
      readonly cursor: number;
      readonly packets: PacketSizes;
      readonly batch: ArrowBatch;
    }
  | {
      readonly kind: 'message';
      readonly connection: number;
      readonly cursor: number;
      readonly packets: PacketSizes;
      readonly message: Pick<EncodedBatch, 'rowCount' | 'header'>;
      /** Transferred; the message has its first `bodyBytes`. */
      readonly body: ArrayBuffer;
      readonly bodyBytes: number;
    }
  /** The connection is gone; nothing more comes of it. */
  | { readonly kind: 'lost'; readonly connection: number; readonly failure: PlainError }
  /** The cursor was read to its end, or `failure` is why not; it is closed. */
  | {
      readonly kind: 'end';
      readonly connection: number;
      readonly cursor: number;
      readonly failure: PlainError | undefined;
    };

/** Bytes of the packets that came since the batch before. */
export type PacketSizes = readonly number[];

/** Posts an order to a lane; what is to be transferred comes beside. */
export type SendOrder = (order: LaneOrder, transfer?: readonly ArrayBuffer[]) => void;

/** Posts a report to the main thread; what is to be transferred comes beside. */
export type SendReport = (report: LaneReport, transfer?: readonly ArrayBuffer[]) => void;

import { HanaFlightError } from '../../core/errors.ts';
import {
  type MessageOptions,
  type ResultMessages,
  readMessages,
} from '../columnar/batch-messages.ts';
import { type BatchOptions, type ResultBatches, readBatches } from '../columnar/batch-stream.ts';
import {
  type LobChunk,
  MAX_WAITING_PACKETS,
  type PacketCursor,
} from '../columnar/packet-cursor.ts';
import type { HanaCursor } from '../hana-connection.ts';
import { THREAD_BLOCKS } from '../wire/block-memory.ts';
import type { ColumnMetadata } from '../wire/metadata.ts';

/** One packet of rows. */
export interface ResultPacket {
  /** Empty when the part has no rows. */
  readonly bytes: Uint8Array;
  /** HANA has no more rows. */
  readonly last: boolean;
  /** HANA has closed the cursor already. */
  readonly closed: boolean;
}

export interface CursorParts {
  readonly columns: readonly ColumnMetadata[];
  /** Rows that came with the reply to EXECUTE. */
  readonly first: ResultPacket | undefined;
  readonly fetch: () => Promise<ResultPacket>;
  readonly readLob: PacketCursor['readLob'];
  readonly closeResultSet: () => Promise<void>;
  /** Called once HANA no longer keeps the cursor. */
  readonly onClosed: () => void;
}

/** Decoded in less time than it takes to send a request. */
const SMALL_PACKET_BYTES = 16 * 1024;

/**
 * Reads a result set one fetch ahead of its reader: a fetch leaves as soon as there is room for what it
 * brings, and before the reader decodes the packet that came before it, unless that is small.
 */
export class ResultSetCursor implements HanaCursor, PacketCursor {
  readonly #parts: CursorParts;
  readonly #waiting: Uint8Array[] = [];
  /** The fetch on its way; never rejects. */
  #fetching: Promise<void> | undefined;
  #failure: HanaFlightError | undefined;
  #last = false;
  #closedByHana = false;
  #iterated = false;
  #closing: Promise<void> | undefined;

  constructor(parts: CursorParts) {
    this.#parts = parts;
    if (parts.first !== undefined) this.#take(parts.first);
  }

  get columns(): readonly ColumnMetadata[] {
    return this.#parts.columns;
  }

  batches(options: BatchOptions): ResultBatches {
    return readBatches(this, options);
  }

  messages(options: MessageOptions): ResultMessages {
    return readMessages(this, options);
  }

  packets(): AsyncIterable<Uint8Array> {
    if (this.#iterated) throw new HanaFlightError('internal', 'a result set can be read only once');
    this.#iterated = true;
    return this.#read();
  }

  release({ buffer }: Uint8Array): void {
    THREAD_BLOCKS.give(buffer);
  }

  async readLob(locator: Uint8Array, offset: number, length: number): Promise<LobChunk> {
    return this.#parts.readLob(locator, offset, length);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async *#read(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for (;;) {
        const packet = await this.#next();
        if (packet === undefined) return;
        yield packet;
      }
    } finally {
      // Whoever stops reading has no use for a failure to close; the session still counts the cursor as
      // open then, and is not used again.
      await this.close().catch(() => {});
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    while (this.#waiting.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#closing !== undefined) {
        throw new HanaFlightError('cancelled', 'the result set was closed before its last packet');
      }
      if (this.#last) return undefined;
      this.#fetchAhead();
      await this.#fetching;
    }
    const packet = this.#waiting.shift();
    // The few rows that come with EXECUTE are to be shown first: to send a request takes longer than they do.
    if (packet === undefined || packet.byteLength > SMALL_PACKET_BYTES) this.#fetchAhead();
    else setImmediate(() => this.#fetchAhead());
    return packet;
  }

  #fetchAhead(): void {
    const idle = this.#fetching === undefined && this.#closing === undefined;
    if (!idle || this.#last || this.#failure !== undefined) return;
    if (this.#waiting.length >= MAX_WAITING_PACKETS) return;
    this.#fetching = this.#fetch();
  }

  async #fetch(): Promise<void> {
    try {
      const packet = await this.#parts.fetch();
      this.#fetching = undefined;
      this.#take(packet);
      this.#fetchAhead();
    } catch (cause) {
      this.#fetching = undefined;
      this.#failure = HanaFlightError.from(cause);
    }
  }

  #take(part: ResultPacket): void {
    this.#last = part.last;
    if (part.bytes.length > 0 && this.#closing === undefined) this.#waiting.push(part.bytes);
    if (part.closed) {
      this.#closedByHana = true;
      this.#parts.onClosed();
    }
  }

  async #close(): Promise<void> {
    this.#waiting.length = 0;
    // HANA answers in order anyway, and the fetch on its way may bring word that the cursor is closed.
    await this.#fetching;
    if (this.#closedByHana) return;
    await this.#parts.closeResultSet();
    this.#parts.onClosed();
  }
}

import type { DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import type { SandboxError } from '../engine.ts';
import { hanaErrorOf } from './duckdb-errors.ts';
import { hanaError } from './errors.ts';
import type { MeasuredRows, MeasuredSource } from './replay.ts';
import type { ColumnEncoder } from './row-encoder/column-encoder.ts';
import { type EncodedChunk, RowEncoder } from './row-encoder/row-encoder.ts';

/** Encoded rows of a chunk that have not been asked for yet. */
interface Pending extends EncodedChunk {
  nextRow: number;
}

/** What whoever opens a cursor does for it. */
export interface CursorEvents {
  /** DuckDB gives no more rows: fails when that is not the end of the result. */
  readonly onExhausted: () => Promise<void>;
  /** Called once: after the last row, a failure, or `close`. */
  readonly onEnd: () => Promise<void>;
  /** Called after `onEnd` when rows could not be had. */
  readonly onFailure: (failure: SandboxError) => Promise<void>;
}

/**
 * An open result: takes chunk after chunk from DuckDB as rows are asked for. At most one encoded chunk
 * waits here, unless the connection was needed for something else in the middle (see {@link buffer}).
 */
export class QueryCursor implements MeasuredSource {
  readonly #result: DuckDBResult;
  readonly #encoder: RowEncoder;
  readonly #events: CursorEvents;
  readonly #buffered: DuckDBDataChunk[] = [];
  #pending: Pending | undefined;
  #exhausted = false;
  #ended = false;
  #cancelled = false;
  #bufferFailure: unknown;
  /** Bytes of the packet before: the next one will be about as long. */
  #lastLength = 0;
  /** Ends of the rows of the packet under way. */
  #rowEnds = new Uint32Array(1024);
  #inFlight: Promise<unknown> = Promise.resolve();

  constructor(result: DuckDBResult, encoders: readonly ColumnEncoder[], events: CursorEvents) {
    this.#result = result;
    this.#encoder = new RowEncoder(encoders);
    this.#events = events;
  }

  async next(maxRows: number, targetBytes: number): Promise<MeasuredRows> {
    const taking = this.#take(maxRows, targetBytes);
    this.#inFlight = taking.catch(() => undefined);
    try {
      return await taking;
    } catch (error) {
      const failure = this.#cancelled ? cancelledError() : hanaErrorOf(error, undefined);
      await this.#end();
      if (this.#bufferFailure === undefined) await this.#events.onFailure(failure);
      throw failure;
    }
  }

  /** Waits for rows being fetched: what they are read from must not go before. */
  async close(): Promise<void> {
    await this.#inFlight;
    await this.#end();
  }

  async #end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#exhausted = true;
    this.#pending = undefined;
    this.#buffered.length = 0;
    await this.#events.onEnd();
  }

  /** Makes the next call fail with error 139. */
  cancel(): void {
    this.#cancelled = true;
  }

  /**
   * Reads the rest into memory, because the connection is needed: a DuckDB connection has one result
   * open at a time. A failure on the way is returned, and thrown again to whoever asks for the rows.
   */
  async buffer(): Promise<unknown> {
    try {
      while (!this.#exhausted) {
        const chunk = await this.#fetch();
        if (chunk === undefined) this.#exhausted = true;
        else this.#buffered.push(chunk);
      }
    } catch (error) {
      this.#exhausted = true;
      this.#bufferFailure = error;
    }
    return this.#bufferFailure;
  }

  async #take(maxRows: number, targetBytes: number): Promise<MeasuredRows> {
    let packet: Buffer = Buffer.allocUnsafeSlow(this.#lastLength + MIN_PACKET_ROOM);
    let rowCount = 0;
    let byteCount = 0;
    while (rowCount < maxRows && byteCount < targetBytes && (await this.#hasRows())) {
      const pending = this.#pending;
      if (pending === undefined) break;
      const from = pending.nextRow;
      const start = from === 0 ? 0 : (pending.rowEnds[from - 1] ?? 0);
      let end = start;
      while (
        pending.nextRow < pending.rowEnds.length &&
        rowCount < maxRows &&
        byteCount + end - start < targetBytes
      ) {
        end = pending.rowEnds[pending.nextRow] ?? end;
        pending.nextRow++;
        this.#noteRowEnd(rowCount++, byteCount + end - start);
      }
      packet = withRoom(packet, byteCount, end - start);
      pending.bytes.copy(packet, byteCount, start, end);
      byteCount += end - start;
    }
    const last = !(await this.#hasRows());
    this.#lastLength = byteCount;
    if (last) await this.#end();
    return {
      bytes: packet.subarray(0, byteCount),
      rowCount,
      last,
      rowEnds: this.#rowEnds.slice(0, rowCount),
    };
  }

  #noteRowEnd(row: number, end: number): void {
    if (row === this.#rowEnds.length) {
      const longer = new Uint32Array(2 * row);
      longer.set(this.#rowEnds);
      this.#rowEnds = longer;
    }
    this.#rowEnds[row] = end;
  }

  /** Makes sure that `#pending` has an undelivered row, if there is one at all. */
  async #hasRows(): Promise<boolean> {
    if (this.#cancelled) throw cancelledError();
    if (this.#pending !== undefined && this.#pending.nextRow < this.#pending.rowEnds.length) {
      return true;
    }
    this.#pending = undefined;
    const chunk = this.#buffered.shift() ?? (this.#exhausted ? undefined : await this.#fetch());
    if (chunk === undefined) {
      this.#exhausted = true;
      if (this.#bufferFailure !== undefined) throw hanaErrorOf(this.#bufferFailure, undefined);
      return false;
    }
    this.#pending = { ...this.#encoder.encode(chunk), nextRow: 0 };
    return true;
  }

  async #fetch(): Promise<DuckDBDataChunk | undefined> {
    const chunk = await this.#result.fetchChunk();
    if (chunk !== null && chunk.rowCount > 0) return chunk;
    await this.#events.onExhausted();
    return undefined;
  }
}

/** Room for what a packet has more than the one before. */
const MIN_PACKET_ROOM = 64 * 1024;

/** The packet, or a larger copy of it, with room for `more` bytes behind the first `used`. */
function withRoom(packet: Buffer, used: number, more: number): Buffer {
  if (used + more <= packet.length) return packet;
  const larger = Buffer.allocUnsafeSlow(2 * (used + more));
  packet.copy(larger, 0, 0, used);
  return larger;
}

const cancelledError = (): SandboxError =>
  hanaError('cancelled', 'current operation cancelled by request and transaction rolled back');

import { CommandOption } from '../driver/wire/message.ts';
import type { ResultSetPacket } from '../driver/wire/parts/result-set.ts';
import { type RowSource, SandboxError } from './engine.ts';
import type { ArmedFault, Corruption } from './faults.ts';
import type { LobStore } from './lobs.ts';
import { protocolError } from './reply.ts';

const CANCELLED = 139;

/** HANA's error for work that somebody asked to end. */
export function cancelled(): SandboxError {
  return new SandboxError(
    CANCELLED,
    'current operation cancelled by request and transaction rolled back',
  );
}

/** True for {@link cancelled} and for the engine's own error 139. */
export function isCancelled(thrown: unknown): boolean {
  return thrown instanceof SandboxError && thrown.code === CANCELLED;
}

/** What a cursor is opened with. */
export interface CursorSource {
  readonly rows: RowSource;
  readonly statementId: string;
  readonly text: string;
  /** Bits of CommandOption of the request that opened it. */
  readonly commandOptions: number;
  readonly fault: ArmedFault | undefined;
  /** Called once, when the cursor is closed. */
  readonly release: () => Promise<void>;
}

/** One fetch's worth of rows. */
export interface FetchedPacket {
  readonly packet: ResultSetPacket;
  readonly corruption: Corruption | undefined;
}

/** An open result set. */
export class Cursor {
  readonly id: bigint;
  readonly statementId: string;
  readonly text: string;
  readonly startedAt = new Date();
  readonly #source: CursorSource;
  readonly #lobs: LobStore;
  #sentRows = 0;
  #exhausted = false;
  #cancelled = false;

  constructor(id: bigint, source: CursorSource, lobs: LobStore) {
    this.id = id;
    this.statementId = source.statementId;
    this.text = source.text;
    this.#source = source;
    this.#lobs = lobs;
  }

  get sentRows(): number {
    return this.#sentRows;
  }

  /** No row will come: all are out, though their LOBs may still be read, or the cursor is cancelled. */
  get over(): boolean {
    return this.#exhausted || this.#cancelled;
  }

  /** The next fetch fails with error 139. */
  cancel(): void {
    this.#cancelled = !this.#exhausted;
  }

  survives(end: 'commit' | 'rollback'): boolean {
    const bit =
      end === 'commit'
        ? CommandOption.HOLD_CURSORS_OVER_COMMIT
        : CommandOption.HOLD_CURSORS_OVER_ROLLBACK;
    return (this.#source.commandOptions & bit) !== 0;
  }

  /** Up to `maxRows` rows, ended early once `targetBytes` is passed. */
  async fetch(maxRows: number, targetBytes: number): Promise<FetchedPacket> {
    if (this.#cancelled) throw cancelled();
    if (this.#exhausted) return { packet: this.#lastPacket(), corruption: undefined };
    const { fault, rows } = this.#source;
    const corruption = fault?.strike(this.#sentRows);
    const harmless = fault?.rowsBefore(this.#sentRows) ?? 0;
    this.#lobs.attributeTo(this.id);
    const block = await rows.next(
      harmless > 0 ? Math.min(maxRows, harmless) : maxRows,
      targetBytes,
    );
    if (this.#cancelled) throw cancelled();
    this.#sentRows += block.rowCount;
    this.#exhausted = block.last;
    const closed = block.last && !this.#lobs.hasLobsOf(this.id);
    const empty = block.last && this.#sentRows === 0;
    const { bytes, rowCount, last } = block;
    return { packet: { bytes, rowCount, last, closed, empty }, corruption };
  }

  async close(): Promise<void> {
    this.#lobs.release(this.id);
    await this.#source.rows.close();
    await this.#source.release();
  }

  #lastPacket(): ResultSetPacket {
    return { bytes: new Uint8Array(), rowCount: 0, last: true, closed: false, empty: false };
  }
}

/** The open result sets of one session. */
export class CursorTable {
  readonly #cursors = new Map<bigint, Cursor>();
  readonly #lobs: LobStore;
  #lastId = 0n;

  constructor(lobs: LobStore) {
    this.#lobs = lobs;
  }

  /**
   * The id of the result set that the next statement may open. What the engine registers from now on
   * belongs to it: an engine may read a row ahead of the first fetch.
   */
  reserveId(): bigint {
    const id = ++this.#lastId;
    this.#lobs.attributeTo(id);
    return id;
  }

  open(id: bigint, source: CursorSource): Cursor {
    const cursor = new Cursor(id, source, this.#lobs);
    this.#cursors.set(cursor.id, cursor);
    return cursor;
  }

  /** Throws HANA's error 1033 for a result set that is not open. */
  require(id: bigint): Cursor {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) throw protocolError(`no open result set ${id}`);
    return cursor;
  }

  all(): readonly Cursor[] {
    return [...this.#cursors.values()];
  }

  /** Closing what is closed already does nothing. */
  async close(id: bigint): Promise<void> {
    const cursor = this.#cursors.get(id);
    if (cursor === undefined) return;
    this.#cursors.delete(id);
    await cursor.close();
  }

  /** Closes the cursors that were not opened to outlive the transaction. */
  async endTransaction(end: 'commit' | 'rollback'): Promise<void> {
    for (const cursor of this.all()) if (!cursor.survives(end)) await this.close(cursor.id);
  }

  async closeAll(): Promise<void> {
    for (const cursor of this.all()) await this.close(cursor.id);
  }
}

import { LENGTH_NULL, LENGTH_U16, LENGTH_U32 } from '../values/length-indicator.ts';
import { LobOption } from '../wire/lob-option.ts';
import { type ColumnPlace, malformedValue } from './column-place.ts';
import {
  LOB_BYTE_LENGTH_OFFSET,
  LOB_CHUNK_LENGTH_OFFSET,
  LOB_HEADER_BYTES,
  LOB_NULL_BYTES,
  LOB_OPTIONS_OFFSET,
  readLength,
} from './lob-descriptor.ts';

/** In `positions`: the value is NULL. */
export const NULL_POSITION = -1;

/** The bytes of a RESULTSET part, and a view of the same bytes. */
export interface Packet {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Values placed per scan: their positions and lengths (64 KiB each) stay in the processor's cache. */
const SCAN_VALUES = 16_384;
/** More rows than this gain nothing. */
const MAX_SCAN_ROWS = 1024;
/** Fewer would make the column readers' calls dearer than their work, in tables of 1000 columns. */
const MIN_SCAN_ROWS = 32;

/**
 * Where the values of some rows lie in a packet. The usual values are placed by the code that
 * `scan-code.ts` makes; here is what is rarer, and every error. A slot is `column * stride + row`.
 */
export class ValuePlaces {
  /** Rows that there is room for; also the distance from column to column in `positions`. */
  readonly stride: number;
  /** Offset of each value in the packet, or {@link NULL_POSITION} where a flag or an indicator says NULL. */
  readonly positions: Int32Array;
  /** Bytes of each variable-length value, 0 for NULL; of a LOB, the bytes of its first chunk. */
  readonly lengths: Int32Array;
  /** Number of the first row in the whole result set, from 0: errors tell it. */
  firstRow = 0;
  readonly #columns: readonly ColumnPlace[];

  constructor(columns: readonly ColumnPlace[]) {
    this.#columns = columns;
    const rows = Math.floor(SCAN_VALUES / columns.length);
    this.stride = Math.min(Math.max(rows, MIN_SCAN_ROWS), MAX_SCAN_ROWS);
    this.positions = new Int32Array(columns.length * this.stride);
    this.lengths = new Int32Array(columns.length * this.stride);
  }

  /** A flag that is not 1; returns the offset behind it. */
  placeFlag({ bytes }: Packet, at: number, slot: number): number {
    if (bytes[at] !== 0) {
      throw this.#malformed(slot, at, `expected a flag of 0 or 1, got ${byteName(bytes[at])}`);
    }
    this.positions[slot] = NULL_POSITION;
    return at + 1;
  }

  /** A length indicator that is not itself the length; returns the offset behind the value. */
  placeLong({ bytes, view }: Packet, at: number, slot: number): number {
    const indicator = bytes[at];
    this.lengths[slot] = 0;
    if (indicator === LENGTH_NULL) {
      this.positions[slot] = NULL_POSITION;
      return at + 1;
    }
    const isU16 = indicator === LENGTH_U16;
    const start = at + (isU16 ? 3 : 5);
    if ((!isU16 && indicator !== LENGTH_U32) || start > bytes.length) {
      throw this.#malformed(slot, at, `expected a length indicator, got ${byteName(indicator)}`);
    }
    const length = isU16 ? view.getUint16(at + 1, true) : view.getUint32(at + 1, true);
    const left = bytes.length - start;
    if (length > left) {
      const problem = `expected ${length} bytes, got ${left} to the end of the part`;
      throw this.#malformed(slot, at, problem);
    }
    this.positions[slot] = start;
    this.lengths[slot] = length;
    return start + length;
  }

  /** A LOB descriptor and its first chunk; returns the offset behind them. */
  placeLob({ bytes, view }: Packet, at: number, slot: number): number {
    this.lengths[slot] = 0;
    const options = bytes[at + LOB_OPTIONS_OFFSET] ?? LobOption.NULL;
    if ((options & LobOption.NULL) !== 0) {
      this.positions[slot] = NULL_POSITION;
      return at + LOB_NULL_BYTES;
    }
    const start = at + LOB_HEADER_BYTES;
    const left = bytes.length - start;
    if (left < 0) {
      throw this.#malformed(slot, at, `expected a LOB descriptor, got ${bytes.length - at} bytes`);
    }
    const chunk = view.getInt32(at + LOB_CHUNK_LENGTH_OFFSET, true);
    if (chunk < 0 || chunk > left) {
      throw this.#malformed(slot, at, `expected a chunk of 0 to ${left} bytes, got ${chunk}`);
    }
    this.positions[slot] = at;
    this.lengths[slot] = chunk;
    return start + chunk;
  }

  /** What a LOB that was placed adds to a batch once it is read. */
  lobBytes({ view }: Packet, slot: number): number {
    const at = this.positions[slot] ?? NULL_POSITION;
    return at === NULL_POSITION ? 0 : Math.max(0, readLength(view, at + LOB_BYTE_LENGTH_OFFSET));
  }

  /** @throws HanaFlightError for a value that would end at `at`, behind the end of the part. */
  failBeyond(slot: number, at: number, end: number): never {
    const problem = `expected this value to end here, got the end of the part at ${end}`;
    throw this.#malformed(slot, at, problem);
  }

  #malformed(slot: number, offset: number, problem: string) {
    const column = Math.floor(slot / this.stride);
    const row = this.firstRow + (slot - column * this.stride);
    const place = this.#columns[column] ?? { index: column, name: '', sqlType: '' };
    return malformedValue(place, { row, offset }, problem);
  }
}

function byteName(byte: number | undefined): string {
  return byte === undefined ? 'the end of the part' : `0x${byte.toString(16).padStart(2, '0')}`;
}

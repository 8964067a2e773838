import {
  LENGTH_NULL,
  LENGTH_U16,
  LENGTH_U32,
  MAX_SHORT_LENGTH,
} from '../values/length-indicator.ts';
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
import type { CodecKind } from './type-mapping.ts';

/** In `positions`: the value is NULL. */
export const NULL_POSITION = -1;

/** The bytes of a RESULTSET part, and a view of the same bytes. */
export interface Packet {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export interface ScannedColumn {
  readonly place: ColumnPlace;
  readonly codec: CodecKind;
}

export interface ScanBudget {
  readonly rows: number;
  /** Arrow bytes that may still be used. */
  readonly bytes: number;
  /** Place the first row even if it alone is over `bytes`: an empty batch takes a row of any size. */
  readonly acceptFirst: boolean;
  /** Number of the first row in the whole result set, from 0. */
  readonly firstRow: number;
}

/** How a value is delimited on the wire. */
const Layout = {
  /** A byte 1 and `width` bytes, or a byte 0 for NULL. */
  FLAGGED: 0,
  /** `width` bytes; NULL is one of the values. */
  PLAIN: 1,
  /** A length indicator and that many bytes. */
  VARIABLE: 2,
  /** As VARIABLE, but the Arrow size of a row does not depend on the length. */
  VECTOR: 3,
  LOB: 4,
} as const;

const WIRE_LAYOUT: Readonly<Record<CodecKind, { layout: number; width: number }>> = {
  tinyint: { layout: Layout.FLAGGED, width: 1 },
  smallint: { layout: Layout.FLAGGED, width: 2 },
  int: { layout: Layout.FLAGGED, width: 4 },
  bigint: { layout: Layout.FLAGGED, width: 8 },
  real: { layout: Layout.PLAIN, width: 4 },
  double: { layout: Layout.PLAIN, width: 8 },
  boolean: { layout: Layout.PLAIN, width: 1 },
  decimal: { layout: Layout.PLAIN, width: 16 },
  fixed8: { layout: Layout.FLAGGED, width: 8 },
  fixed12: { layout: Layout.FLAGGED, width: 12 },
  fixed16: { layout: Layout.FLAGGED, width: 16 },
  daydate: { layout: Layout.PLAIN, width: 4 },
  secondtime: { layout: Layout.PLAIN, width: 4 },
  seconddate: { layout: Layout.PLAIN, width: 8 },
  longdate: { layout: Layout.PLAIN, width: 8 },
  'legacy-date': { layout: Layout.PLAIN, width: 4 },
  'legacy-time': { layout: Layout.PLAIN, width: 4 },
  'legacy-timestamp': { layout: Layout.PLAIN, width: 8 },
  text: { layout: Layout.VARIABLE, width: 0 },
  alphanum: { layout: Layout.VARIABLE, width: 0 },
  binary: { layout: Layout.VARIABLE, width: 0 },
  vector: { layout: Layout.VECTOR, width: 0 },
  lob: { layout: Layout.LOB, width: 0 },
};

/** Bytes of a value on the wire; undefined where each value has a length of its own. */
export function wireWidth(codec: CodecKind): number | undefined {
  const { layout, width } = WIRE_LAYOUT[codec];
  if (layout === Layout.FLAGGED) return 1 + width;
  return layout === Layout.PLAIN ? width : undefined;
}

/** Values placed per scan: their positions and lengths (64 KiB each) stay in the processor's cache. */
const SCAN_VALUES = 16_384;
/** More rows than this gain nothing. */
const MAX_SCAN_ROWS = 1024;
/** Fewer would make the column readers' calls dearer than their work, in tables of 1000 columns. */
const MIN_SCAN_ROWS = 32;

/**
 * The first of the decoder's two steps. HANA's rows have no index: where a value lies follows from the
 * bytes before it. The scanner walks over the rows, notes where each value is, and checks that all of
 * it is there; the column readers then go down one column each, in loops that need no checks.
 *
 * Why two steps: measured on Node 20 with 6 mixed columns of 57 bytes a row on one core, a prototype of
 * this form made 13.1 M rows/s, code generated for the row at run time 10.5 M; the scan alone ran at 40 M
 * rows/s. So nothing is compiled from what a peer sends, and one place holds the bounds checks.
 */
export class RowScanner {
  /** Rows that one scan places at most; also the distance from column to column in `positions`. */
  readonly stride: number;
  /**
   * Offset of each value in the packet, or {@link NULL_POSITION} where a flag or an indicator says NULL.
   * The value of `row` in column `c` is at `c * stride + row`.
   */
  readonly positions: Int32Array;
  /** Bytes of each variable-length value, 0 for NULL; of a LOB, the bytes of its first chunk. */
  readonly lengths: Int32Array;
  readonly #columns: readonly ColumnPlace[];
  readonly #layouts: Uint8Array;
  readonly #widths: Int32Array;
  readonly #fixedRowBytes: number;
  #next = 0;
  #bytes = 0;
  #full = false;
  #rowBytes = 0;
  #firstRow = 0;

  /** @param fixedRowBytes Arrow bytes of a row without its variable-length values. */
  constructor(columns: readonly ScannedColumn[], fixedRowBytes: number) {
    this.#columns = columns.map(({ place }) => place);
    this.#layouts = Uint8Array.from(columns, ({ codec }) => WIRE_LAYOUT[codec].layout);
    this.#widths = Int32Array.from(columns, ({ codec }) => WIRE_LAYOUT[codec].width);
    this.#fixedRowBytes = fixedRowBytes;
    const rows = Math.floor(SCAN_VALUES / columns.length);
    this.stride = Math.min(Math.max(rows, MIN_SCAN_ROWS), MAX_SCAN_ROWS);
    this.positions = new Int32Array(columns.length * this.stride);
    this.lengths = new Int32Array(columns.length * this.stride);
  }

  /** Offset of the first row that the last scan did not place. */
  get next(): number {
    return this.#next;
  }

  /** Bytes that the rows of the last scan take in Arrow form, without their validity bits. */
  get bytes(): number {
    return this.#bytes;
  }

  /** True when the last scan ended at a row that its budget of bytes had no room for. */
  get full(): boolean {
    return this.#full;
  }

  /**
   * Places rows from `start` on, until the packet, the scanner's room or the budget ends. Returns the
   * number of rows placed; throws `malformed-packet` for a value that is not as the protocol says or
   * not wholly in the packet.
   */
  scan(packet: Packet, start: number, budget: ScanBudget): number {
    const end = packet.bytes.length;
    const maxRows = Math.min(budget.rows, this.stride);
    this.#firstRow = budget.firstRow;
    this.#full = false;
    let used = 0;
    let at = start;
    let row = 0;
    while (row < maxRows && at < end) {
      const next = this.#placeRow(packet, at, row);
      const withRow = used + this.#rowBytes;
      if (withRow > budget.bytes && !(row === 0 && budget.acceptFirst)) {
        this.#full = true;
        break;
      }
      used = withRow;
      at = next;
      row++;
    }
    this.#next = at;
    this.#bytes = used;
    return row;
  }

  /** Places the values of one row; returns the offset behind it. */
  #placeRow(packet: Packet, start: number, row: number): number {
    const { positions, lengths, stride } = this;
    const { bytes } = packet;
    const layouts = this.#layouts;
    const widths = this.#widths;
    const columns = layouts.length;
    const end = bytes.length;
    let at = start;
    let rowBytes = this.#fixedRowBytes;
    for (let column = 0, slot = row; column < columns; column++, slot += stride) {
      const layout = layouts[column];
      if (layout === Layout.FLAGGED) {
        const present = bytes[at] === 1;
        positions[slot] = present ? at + 1 : this.#absent(bytes, at, slot);
        at += present ? 1 + (widths[column] ?? 0) : 1;
      } else if (layout === Layout.PLAIN) {
        positions[slot] = at;
        at += widths[column] ?? 0;
      } else if (layout === Layout.LOB) {
        at = this.#placeLob(packet, at, slot);
        if (positions[slot] !== NULL_POSITION) rowBytes += declaredBytes(packet, positions[slot]);
      } else {
        at = this.#placeVariable(packet, at, slot);
        if (layout === Layout.VARIABLE) rowBytes += lengths[slot] ?? 0;
      }
      if (at > end)
        throw this.#malformed(
          slot,
          at,
          `expected this value to end here, got the end of the part at ${end}`,
        );
    }
    this.#rowBytes = rowBytes;
    return at;
  }

  #absent(bytes: Uint8Array, at: number, slot: number): number {
    if (bytes[at] === 0) return NULL_POSITION;
    throw this.#malformed(slot, at, `expected a flag of 0 or 1, got ${byteName(bytes[at])}`);
  }

  #placeVariable(packet: Packet, at: number, slot: number): number {
    const indicator = packet.bytes[at] ?? LENGTH_NULL;
    if (indicator > MAX_SHORT_LENGTH) return this.#placeLong(packet, at, slot);
    this.positions[slot] = at + 1;
    this.lengths[slot] = indicator;
    return at + 1 + indicator;
  }

  #placeLong({ bytes, view }: Packet, at: number, slot: number): number {
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
    if (length > bytes.length - start) {
      const left = bytes.length - start;
      throw this.#malformed(
        slot,
        at,
        `expected ${length} bytes, got ${left} to the end of the part`,
      );
    }
    this.positions[slot] = start;
    this.lengths[slot] = length;
    return start + length;
  }

  #placeLob({ bytes, view }: Packet, at: number, slot: number): number {
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

  #malformed(slot: number, offset: number, problem: string) {
    const column = Math.floor(slot / this.stride);
    const row = this.#firstRow + (slot - column * this.stride);
    const place = this.#columns[column] ?? { index: column, name: '', sqlType: '' };
    return malformedValue(place, { row, offset }, problem);
  }
}

/** What a LOB adds to a batch once it is read. */
function declaredBytes({ view }: Packet, at: number | undefined): number {
  return at === undefined ? 0 : Math.max(0, readLength(view, at + LOB_BYTE_LENGTH_OFFSET));
}

function byteName(byte: number | undefined): string {
  return byte === undefined ? 'the end of the part' : `0x${byte.toString(16).padStart(2, '0')}`;
}

import type { ColumnPlace } from './column-place.ts';
import { compileScan, type Scan } from './scan-code.ts';
import type { CodecKind } from './type-mapping.ts';
import { type Packet, ValuePlaces } from './value-places.ts';
import { WIRE_LAYOUT } from './wire-layout.ts';

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

/** What a scan did. */
export interface ScannedRows {
  readonly rowCount: number;
  /** Offset of the first row that was not placed. */
  readonly next: number;
  /** Bytes that the rows take in Arrow form, without their validity bits. */
  readonly bytes: number;
  /** True when the scan ended at a row that its budget of bytes had no room for. */
  readonly full: boolean;
}

/**
 * The first of the decoder's two steps. HANA's rows have no index: where a value lies follows from the
 * bytes before it. The scanner walks over the rows, notes where each value is, and checks that all of
 * it is there; the column readers then go down one column each, in loops that need no checks.
 *
 * Why two steps: on Node 20 with 6 mixed columns, code generated for the whole row, which also reads the
 * values, was slower than this by a fifth. Code generated for the scan alone is worth it, and keeps the
 * bounds checks in one place.
 */
export class RowScanner {
  /** Where the rows of the last scan lie. */
  readonly places: ValuePlaces;
  readonly #scan: Scan;
  readonly #fixedRowBytes: number;

  /** @param fixedRowBytes Arrow bytes of a row without its variable-length values. */
  constructor(columns: readonly ScannedColumn[], fixedRowBytes: number) {
    this.places = new ValuePlaces(columns.map(({ place }) => place));
    this.#scan = compileScan(columns.map(({ codec }) => WIRE_LAYOUT[codec]));
    this.#fixedRowBytes = fixedRowBytes;
  }

  /**
   * Places rows from `start` on, until the packet, the scanner's room or the budget ends. Throws
   * `malformed-packet` for a value that is not as the protocol says or not wholly in the packet.
   */
  scan(packet: Packet, start: number, budget: ScanBudget): ScannedRows {
    this.places.firstRow = budget.firstRow;
    const walk = {
      at: start,
      maxRows: Math.min(budget.rows, this.places.stride),
      maxBytes: budget.bytes,
      acceptFirst: budget.acceptFirst,
      fixedRowBytes: this.#fixedRowBytes,
      bytes: 0,
      full: false,
      rowBytes: 0,
    };
    const rowCount = this.#scan(packet, this.places, walk);
    return { rowCount, next: walk.at, bytes: walk.bytes, full: walk.full };
  }
}

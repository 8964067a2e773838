import { HanaFlightError } from '../core/errors.ts';
import { concatenateArrays } from './array-concatenation.ts';
import { NULL_ROW, takeRows } from './array-selection.ts';
import { isValid } from './bitmap.ts';
import type { DictionaryReference } from './incoming-field.ts';
import { dataViewOf, type PlainArray } from './plain-array.ts';

/** The values that indices of one dictionary id point to, grown by deltas. */
export class Dictionary {
  #parts: readonly PlainArray[] = [];

  /** A delta appends, anything else takes the place of what was. */
  add(part: PlainArray, isDelta: boolean, place: string): void {
    const parts = isDelta ? [...this.#parts, part] : [part];
    this.#parts = parts.length > MAX_PARTS ? [concatenateArrays(parts, place)] : parts;
  }

  /** The dictionary as one array; undefined when nothing was sent for it. */
  values(place: string): PlainArray | undefined {
    if (this.#parts.length > 1) this.#parts = [concatenateArrays(this.#parts, place)];
    return this.#parts[0];
  }
}

/** Many deltas before their first use are joined now and then, so that they do not pile up. */
const MAX_PARTS = 64;

/** Indices of a column as they came, with its NULLs. */
export interface IndexSource {
  readonly length: number;
  readonly validity: Uint8Array;
  readonly indices: Uint8Array;
  readonly reference: DictionaryReference;
  readonly place: string;
}

/**
 * The values that the indices point to.
 * @throws HanaFlightError `invalid-argument` for an index outside the dictionary.
 */
export function decodeIndices(source: IndexSource, dictionary: PlainArray | undefined): PlainArray {
  const rows = readIndices(source, dictionary?.length ?? 0);
  return takeRows(dictionary ?? NO_VALUES, rows, source.place);
}

const NO_BYTES = new Uint8Array(0);
const NO_VALUES: PlainArray = {
  length: 0,
  nullCount: 0,
  validity: NO_BYTES,
  values: { kind: 'variable', offsets: new Int32Array(1), data: NO_BYTES },
};

function readIndices(source: IndexSource, size: number): Int32Array {
  const { length, validity, indices, reference, place } = source;
  const view = dataViewOf(indices);
  const read = (reference.signed ? SIGNED_READERS : UNSIGNED_READERS)[reference.indexBytes];
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const index = isValid(validity, row) ? read(view, row) : NULL_ROW;
    if (index >= size || (index < 0 && isValid(validity, row))) {
      throw new HanaFlightError(
        'invalid-argument',
        `${place}, row ${row + 1} of the batch: expected an index into ${size} values of dictionary ${reference.id}, got ${index}`,
      );
    }
    rows[row] = index;
  }
  return rows;
}

const SIGNED_READERS: Readonly<Record<DictionaryReference['indexBytes'], IndexReader>> = {
  1: (view, row) => view.getInt8(row),
  2: (view, row) => view.getInt16(row * 2, true),
  4: (view, row) => view.getInt32(row * 4, true),
  8: (view, row) => Number(view.getBigInt64(row * 8, true)),
};
const UNSIGNED_READERS: Readonly<Record<DictionaryReference['indexBytes'], IndexReader>> = {
  1: (view, row) => view.getUint8(row),
  2: (view, row) => view.getUint16(row * 2, true),
  4: (view, row) => view.getUint32(row * 4, true),
  8: (view, row) => Number(view.getBigUint64(row * 8, true)),
};

type IndexReader = (view: DataView, row: number) => number;

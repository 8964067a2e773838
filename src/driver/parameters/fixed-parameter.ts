import { isValid } from '../../arrow/bitmap.ts';
import type { Binding } from './conversion.ts';
import type { ParameterColumn, RowTarget } from './parameter-column.ts';
import type { ParameterTarget } from './parameter-target.ts';

/** Writes the value of a row, which is not NULL, at `at`: just its data, all of its width. */
export type FixedPut = (view: DataView, at: number, row: number) => void;

/**
 * Puts the values of as many rows from `from` on as there is room for into `words`, one behind the other, each
 * as the 32-bit words of its data. What stands there for a NULL does not matter.
 * @returns false when a row, be it a NULL with anything below it, needs a {@link FixedPut}: all rows get one then.
 */
export type FixedConvert = (from: number, words: Int32Array) => boolean;

const WORD_BYTES = 4;

/** Words of the rows in hand, of any column: they are written before another column is converted. */
let scratch = new Int32Array(0);

function scratchOf(length: number): Int32Array {
  if (scratch.length < length) scratch = new Int32Array(length);
  return scratch.subarray(0, length);
}

/** A parameter whose values have one width: type byte and data; a NULL is a type byte alone. */
export class FixedParameter implements ParameterColumn {
  readonly rowBytes: number | undefined;
  readonly #target: ParameterTarget;
  readonly #width: number;
  readonly #put: FixedPut;
  readonly #convert: FixedConvert | undefined;
  readonly #validity: Uint8Array;

  /**
   * @param width Bytes that `put` writes.
   * @param convert The same for many values at once; the width is a multiple of four bytes then.
   */
  constructor({ source, target }: Binding, width: number, put: FixedPut, convert?: FixedConvert) {
    this.#target = target;
    this.#width = width;
    this.#put = put;
    this.#convert = convert;
    this.#validity = source.validity;
    this.rowBytes = source.validity.length === 0 ? 1 + width : undefined;
  }

  addSizes(from: number, sizes: Int32Array): void {
    const validity = this.#validity;
    for (let index = 0; index < sizes.length; index++) {
      sizes[index] = (sizes[index] ?? 0) + (isValid(validity, from + index) ? 1 + this.#width : 1);
    }
  }

  write(from: number, rows: RowTarget): void {
    const convert = this.#convert;
    if (convert !== undefined) {
      const words = scratchOf((rows.positions.length * this.#width) / WORD_BYTES);
      if (convert(from, words)) {
        this.#writeWords(from, words, rows);
        return;
      }
    }
    this.#putRows(from, rows);
  }

  #putRows(from: number, { view, positions }: RowTarget): void {
    const { typeCode, nullCode } = this.#target;
    const put = this.#put;
    const step = 1 + this.#width;
    const validity = this.#validity;
    for (let index = 0; index < positions.length; index++) {
      const at = positions[index] ?? 0;
      if (isValid(validity, from + index)) {
        view.setUint8(at, typeCode);
        put(view, at + 1, from + index);
        positions[index] = at + step;
      } else {
        view.setUint8(at, nullCode);
        positions[index] = at + 1;
      }
    }
  }

  #writeWords(from: number, words: Int32Array, { view, positions }: RowTarget): void {
    const { typeCode, nullCode } = this.#target;
    const wordCount = this.#width / WORD_BYTES;
    const validity = this.#validity;
    for (let index = 0; index < positions.length; index++) {
      let at = positions[index] ?? 0;
      if (isValid(validity, from + index)) {
        view.setUint8(at++, typeCode);
        const end = (index + 1) * wordCount;
        for (let word = index * wordCount; word < end; word++, at += WORD_BYTES) {
          view.setInt32(at, words[word] ?? 0, true);
        }
      } else {
        view.setUint8(at++, nullCode);
      }
      positions[index] = at;
    }
  }
}

/** A column of Arrow's null type. */
export class NullParameter implements ParameterColumn {
  readonly rowBytes = 1;
  readonly #nullCode: number;

  constructor({ nullCode }: ParameterTarget) {
    this.#nullCode = nullCode;
  }

  addSizes(_from: number, sizes: Int32Array): void {
    for (let index = 0; index < sizes.length; index++) sizes[index] = (sizes[index] ?? 0) + 1;
  }

  write(_from: number, { bytes, positions }: RowTarget): void {
    for (let index = 0; index < positions.length; index++) {
      const at = positions[index] ?? 0;
      bytes[at] = this.#nullCode;
      positions[index] = at + 1;
    }
  }
}

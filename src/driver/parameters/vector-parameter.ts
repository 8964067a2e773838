import { isValid } from '../../arrow/bitmap.ts';
import { lengthIndicatorSize, writeLengthIndicator } from '../values/length-indicator.ts';
import { type NumberReader, numberReader } from './number-source.ts';
import type { ParameterColumn, RowTarget } from './parameter-column.ts';
import type { RowPlace } from './parameter-place.ts';
import type { ParameterTarget } from './parameter-target.ts';
import type { SourceColumn } from './source-column.ts';

const FLOAT_BYTES = 4;
/** A vector begins with its dimension as an i32. */
const DIMENSION_BYTES = 4;

/** A REAL_VECTOR: type byte, length indicator, dimension, floats. */
export class VectorParameter implements ParameterColumn {
  readonly rowBytes = undefined;
  readonly #source: SourceColumn;
  readonly #items: SourceColumn;
  readonly #read: NumberReader;
  readonly #target: ParameterTarget;
  readonly #place: RowPlace;

  /** @param source A list of floats. */
  constructor(source: SourceColumn, target: ParameterTarget, place: RowPlace) {
    this.#source = source;
    this.#items = source.items ?? source;
    this.#read = numberReader(this.#items);
    this.#target = target;
    this.#place = place;
  }

  addSizes(from: number, sizes: Int32Array): void {
    for (let index = 0; index < sizes.length; index++) {
      const row = from + index;
      let size = 1;
      if (isValid(this.#source.validity, row)) {
        const length = DIMENSION_BYTES + (this.#start(row + 1) - this.#start(row)) * FLOAT_BYTES;
        size += length + lengthIndicatorSize(length);
      }
      sizes[index] = (sizes[index] ?? 0) + size;
    }
  }

  write(from: number, { bytes, view, positions }: RowTarget): void {
    const { typeCode, nullCode } = this.#target;
    for (let index = 0; index < positions.length; index++) {
      const row = from + index;
      let at = positions[index] ?? 0;
      if (isValid(this.#source.validity, row)) {
        const start = this.#start(row);
        const dimension = this.#start(row + 1) - start;
        bytes[at++] = typeCode;
        at = writeLengthIndicator(bytes, at, DIMENSION_BYTES + dimension * FLOAT_BYTES);
        view.setInt32(at, dimension, true);
        at += DIMENSION_BYTES;
        for (let item = start; item < start + dimension; item++, at += FLOAT_BYTES) {
          view.setFloat32(at, this.#float(row, item), true);
        }
      } else {
        bytes[at++] = nullCode;
      }
      positions[index] = at;
    }
  }

  /** First item of a row. */
  #start(row: number): number {
    const { type, offsets } = this.#source;
    return type.kind === 'fixed-size-list' ? row * type.size : (offsets[row] ?? 0);
  }

  #float(row: number, item: number): number {
    const value = isValid(this.#items.validity, item) ? this.#read(item) : undefined;
    if (value !== undefined && Number.isFinite(Math.fround(value))) return value;
    throw this.#place.unfit(row, `a list with ${value ?? 'NULL'}`, 'finite numbers');
  }
}

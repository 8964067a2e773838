import { isValid } from '../../arrow/bitmap.ts';
import {
  lengthIndicatorSize,
  MAX_SHORT_LENGTH,
  writeLengthIndicator,
} from '../values/length-indicator.ts';
import type { ParameterColumn, RowTarget } from './parameter-column.ts';
import type { ParameterTarget } from './parameter-target.ts';

/** Values of any length, one behind the other. */
export interface VariableValues {
  readonly validity: Uint8Array;
  /** One more than there are rows. */
  readonly offsets: Int32Array;
  readonly data: Uint8Array;
}

/** Up to here a loop is faster than a call that copies. */
const LOOP_BYTES = 40;

/** A parameter of text or bytes: type byte, length indicator, data. */
export class VariableParameter implements ParameterColumn {
  readonly rowBytes = undefined;
  readonly #target: ParameterTarget;
  readonly #values: VariableValues;

  constructor(values: VariableValues, target: ParameterTarget) {
    this.#values = values;
    this.#target = target;
  }

  addSizes(from: number, sizes: Int32Array): void {
    const { validity, offsets } = this.#values;
    for (let index = 0; index < sizes.length; index++) {
      const row = from + index;
      let size = 1;
      if (isValid(validity, row)) {
        const length = (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
        size += length + lengthIndicatorSize(length);
      }
      sizes[index] = (sizes[index] ?? 0) + size;
    }
  }

  write(from: number, { bytes, positions }: RowTarget): void {
    const { validity, offsets, data } = this.#values;
    const { typeCode, nullCode } = this.#target;
    for (let index = 0; index < positions.length; index++) {
      const row = from + index;
      let at = positions[index] ?? 0;
      if (isValid(validity, row)) {
        const start = offsets[row] ?? 0;
        const end = offsets[row + 1] ?? 0;
        const length = end - start;
        bytes[at++] = typeCode;
        if (length <= MAX_SHORT_LENGTH) bytes[at++] = length;
        else at = writeLengthIndicator(bytes, at, length);
        if (length <= LOOP_BYTES) {
          for (let byte = start; byte < end; byte++) bytes[at++] = data[byte] ?? 0;
        } else {
          bytes.set(data.subarray(start, end), at);
          at += length;
        }
      } else {
        bytes[at++] = nullCode;
      }
      positions[index] = at;
    }
  }
}

import { isValid } from '../../arrow/bitmap.ts';
import type { ParameterColumn, RowTarget } from './parameter-column.ts';
import type { ParameterTarget } from './parameter-target.ts';
import type { SourceColumn } from './source-column.ts';

/** Writes the value of a row, which is not NULL, at `at`: just its data, all of its width. */
export type FixedPut = (view: DataView, at: number, row: number) => void;

/** A parameter whose values have one width: type byte and data; a NULL is a type byte alone. */
export class FixedParameter implements ParameterColumn {
  readonly rowBytes: number | undefined;
  readonly #target: ParameterTarget;
  readonly #width: number;
  readonly #put: FixedPut;
  readonly #validity: Uint8Array;

  /** @param width Bytes that `put` writes. */
  constructor(source: SourceColumn, target: ParameterTarget, width: number, put: FixedPut) {
    this.#target = target;
    this.#width = width;
    this.#put = put;
    this.#validity = source.validity;
    this.rowBytes = source.validity.length === 0 ? 1 + width : undefined;
  }

  addSizes(from: number, sizes: Int32Array): void {
    const validity = this.#validity;
    for (let index = 0; index < sizes.length; index++) {
      sizes[index] = (sizes[index] ?? 0) + (isValid(validity, from + index) ? 1 + this.#width : 1);
    }
  }

  write(from: number, { view, positions }: RowTarget): void {
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

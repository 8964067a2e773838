import { isValid } from '../../arrow/bitmap.ts';
import type { OpenLob } from '../hana-connection.ts';
import { cesu8Cut } from '../values/cesu8-cut.ts';
import { LobOption } from '../wire/lob-option.ts';
import type { LobBytes, ParameterColumn, RowTarget } from './parameter-column.ts';
import type { ParameterTarget } from './parameter-target.ts';
import type { VariableValues } from './variable-parameter.ts';

/*
 * The value of a LOB: u8 type code, u8 LobOption bits, i32 length, i32 position; its bytes follow the
 * values of the row. Drivers count the position differently; this is node-hdb's: from 1 within the row.
 */
const HEADER_BYTES = 10;
const OPTIONS_AT = 1;
const LENGTH_AT = 2;
const POSITION_AT = 6;

/** A parameter of a LOB type. */
export class LobParameter implements ParameterColumn {
  readonly rowBytes = undefined;
  readonly lob: LobData;
  readonly #target: ParameterTarget;
  readonly #validity: Uint8Array;

  /** @param text The data is CESU-8, which is not cut within a character. */
  constructor(values: VariableValues, target: ParameterTarget, text: boolean) {
    this.lob = new LobData(values, text);
    this.#target = target;
    this.#validity = values.validity;
  }

  addSizes(from: number, sizes: Int32Array): void {
    for (let index = 0; index < sizes.length; index++) {
      const row = from + index;
      const size = isValid(this.#validity, row) ? HEADER_BYTES + this.lob.length(row) : 1;
      sizes[index] = (sizes[index] ?? 0) + size;
    }
  }

  write(from: number, { bytes, positions }: RowTarget): void {
    this.lob.expectHeaders(positions);
    for (let index = 0; index < positions.length; index++) {
      const at = positions[index] ?? 0;
      const valid = isValid(this.#validity, from + index);
      bytes[at] = valid ? this.#target.typeCode : this.#target.nullCode;
      positions[index] = at + (valid ? HEADER_BYTES : 1);
    }
  }
}

/** The bytes of a LOB column, behind the values of their rows. */
class LobData implements LobBytes {
  readonly #values: VariableValues;
  readonly #text: boolean;
  /** Where the headers of the rows in hand stand. */
  #headers = new Int32Array(0);

  constructor(values: VariableValues, text: boolean) {
    this.#values = values;
    this.#text = text;
  }

  expectHeaders(positions: Int32Array): void {
    this.#headers = positions.slice();
  }

  length(row: number): number {
    const { validity, offsets } = this.#values;
    return isValid(validity, row) ? (offsets[row + 1] ?? 0) - (offsets[row] ?? 0) : 0;
  }

  write(from: number, target: RowTarget): void {
    for (let index = 0; index < target.positions.length; index++) {
      if (!isValid(this.#values.validity, from + index)) continue;
      this.#put(target, index, { data: this.#valueAt(from + index), complete: true });
    }
  }

  begin(row: number, target: RowTarget, room: number): OpenLob | undefined {
    if (!isValid(this.#values.validity, row)) return undefined;
    const value = this.#valueAt(row);
    const cut = this.#text ? cesu8Cut(value, room) : Math.max(0, Math.min(room, value.length));
    this.#put(target, 0, { data: value.subarray(0, cut), complete: cut === value.length });
    return cut === value.length ? undefined : { rest: value.subarray(cut), text: this.#text };
  }

  #put(
    { bytes, view, starts, positions }: RowTarget,
    index: number,
    { data, complete }: { readonly data: Uint8Array; readonly complete: boolean },
  ): void {
    const header = this.#headers[index] ?? 0;
    const at = positions[index] ?? 0;
    const included = data.length > 0 || complete ? LobOption.DATA_INCLUDED : 0;
    view.setUint8(header + OPTIONS_AT, included | (complete ? LobOption.LAST_DATA : 0));
    view.setInt32(header + LENGTH_AT, data.length, true);
    view.setInt32(header + POSITION_AT, at - (starts[index] ?? 0) + 1, true);
    bytes.set(data, at);
    positions[index] = at + data.length;
  }

  #valueAt(row: number): Uint8Array {
    const { offsets, data } = this.#values;
    return data.subarray(offsets[row], offsets[row + 1]);
  }
}

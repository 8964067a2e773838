import {
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampValue,
  DuckDBTimeValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import duckdb, { type Vector } from '@duckdb/node-bindings';
import { HANA_TYPES, type HanaType } from '../types/hana-type.ts';
import { CHUNK_ROWS, type ColumnSink, RowValidity } from './column-sink.ts';

type Width = 1 | 2 | 4 | 8 | 16;

/** Bytes a value takes in a DuckDB vector, by the storage of its HANA type. */
const WIDTHS: Readonly<Record<string, Width>> = {
  UTINYINT: 1,
  BOOLEAN: 1,
  SMALLINT: 2,
  INTEGER: 4,
  FLOAT: 4,
  DATE: 4,
  BIGINT: 8,
  DOUBLE: 8,
  TIME: 8,
  TIMESTAMP: 8,
  TIMESTAMP_S: 8,
};

/** Digits up to which DuckDB keeps a decimal in so many bytes. */
const DECIMAL_WIDTHS: readonly (readonly [digits: number, width: Width])[] = [
  [4, 2],
  [9, 4],
  [18, 8],
  [38, 16],
];

/** Undefined for types that are not of one length. */
export function fixedWidth(type: HanaType): Width | undefined {
  const { storage } = HANA_TYPES[type.name];
  if (!storage.startsWith('DECIMAL')) return WIDTHS[storage];
  const digits = type.scale === undefined ? 38 : type.length;
  return DECIMAL_WIDTHS.find(([most]) => digits <= most)?.[1];
}

/** A column of values of one length. */
export class FixedSink implements ColumnSink {
  readonly type: HanaType;
  readonly width: Width;
  /** The values back to back, for those who know the layout: numbers as the machine keeps them. */
  readonly view: DataView;
  /** The same as 32-bit words. */
  readonly words: Int32Array;
  readonly #nullable: boolean;
  readonly #validity = new RowValidity();
  readonly #buffer: ArrayBuffer;

  constructor(type: HanaType, width: Width, nullable: boolean) {
    this.type = type;
    this.width = width;
    this.#nullable = nullable;
    this.#buffer = new ArrayBuffer(CHUNK_ROWS * width);
    this.view = new DataView(this.#buffer);
    this.words = new Int32Array(this.#buffer);
  }

  putNull(row: number): boolean {
    if (this.#nullable) this.#validity.setNull(row);
    return this.#nullable;
  }

  put(row: number, value: DuckDBValue): void {
    const at = row * this.width;
    const number = plainNumber(value);
    if (typeof number === 'bigint') this.#putBigInt(at, number);
    else if (this.type.name === 'REAL') this.view.setFloat32(at, number, true);
    else if (this.type.name === 'DOUBLE') this.view.setFloat64(at, number, true);
    else if (this.width === 1) this.view.setUint8(at, number);
    else if (this.width === 2) this.view.setInt16(at, number, true);
    else this.view.setInt32(at, number, true);
  }

  /** Puts a whole number of 64 bits that is known to fit. */
  putHalves(row: number, low: number, high: number): void {
    const { words, width } = this;
    if (width === 8) {
      words[2 * row] = low;
      words[2 * row + 1] = high;
    } else if (width === 16) {
      words[4 * row] = low;
      words[4 * row + 1] = high;
      words.fill(high >> 31, 4 * row + 2, 4 * row + 4);
    } else if (width === 4) words[row] = low;
    else this.view.setInt16(row * width, low, true);
  }

  moveTo(vector: Vector, rowCount: number): void {
    duckdb.copy_data_to_vector(vector, 0, this.#buffer, 0, rowCount * this.width);
    this.#validity.moveTo(vector, rowCount);
  }

  clear(): void {
    this.#validity.clear();
  }

  #putBigInt(at: number, value: bigint): void {
    if (this.width === 2) this.view.setInt16(at, Number(value), true);
    else if (this.width === 4) this.view.setInt32(at, Number(value), true);
    else {
      this.view.setBigInt64(at, BigInt.asIntN(64, value), true);
      if (this.width === 16) this.view.setBigInt64(at + 8, value >> 64n, true);
    }
  }
}

/** The number that DuckDB keeps for a value. */
function plainNumber(value: DuckDBValue): number | bigint {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof DuckDBDecimalValue) return value.value;
  if (value instanceof DuckDBDateValue) return value.days;
  if (value instanceof DuckDBTimeValue || value instanceof DuckDBTimestampValue)
    return value.micros;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds;
  throw new TypeError(`expected a value of one length, got ${typeof value}`);
}

import type { ColumnEncoder, FixedValue } from './column-encoder.ts';
import { flagged, withNullValue } from './column-encoder.ts';

/** Values that HANA writes as DuckDB keeps them: little endian, `bytes` wide. */
const copied = (bytes: number): FixedValue => ({
  sourceBytes: bytes,
  wireBytes: bytes,
  put(vector, row, target, at) {
    for (let index = 0; index < bytes; index++) {
      target.bytes[at + index] = vector.bytes[row * bytes + index] ?? 0;
    }
  },
});

const WORD: FixedValue = {
  sourceBytes: 4,
  wireBytes: 4,
  put(vector, row, target, at) {
    target.view.setUint32(at, vector.view.getUint32(row * 4, true), true);
  },
};

/** Eight bytes as they are. */
export const DOUBLE_WORD: FixedValue = {
  sourceBytes: 8,
  wireBytes: 8,
  put(vector, row, target, at) {
    target.view.setUint32(at, vector.view.getUint32(row * 8, true), true);
    target.view.setUint32(at + 4, vector.view.getUint32(row * 8 + 4, true), true);
  },
};

/** TINYINT, SMALLINT, INTEGER, BIGINT of 1, 2, 4 or 8 bytes. */
export function integerEncoder(column: number, bytes: 1 | 2 | 4 | 8): ColumnEncoder {
  if (bytes === 4) return flagged(column, WORD);
  return flagged(column, bytes === 8 ? DOUBLE_WORD : copied(bytes));
}

/** REAL: NULL is all ones. */
export function realEncoder(column: number): ColumnEncoder {
  return withNullValue(column, WORD, (target, at) => target.bytes.fill(0xff, at, at + 4));
}

/** DOUBLE: NULL is all ones. */
export function doubleEncoder(column: number): ColumnEncoder {
  return withNullValue(column, DOUBLE_WORD, (target, at) => target.bytes.fill(0xff, at, at + 8));
}

/** BOOLEAN: 0 false, 1 NULL, 2 true. */
export function booleanEncoder(column: number): ColumnEncoder {
  const value: FixedValue = {
    sourceBytes: 1,
    wireBytes: 1,
    put(vector, row, target, at) {
      target.bytes[at] = vector.bytes[row] === 0 ? 0 : 2;
    },
  };
  return withNullValue(column, value, (target, at) => {
    target.bytes[at] = 1;
  });
}

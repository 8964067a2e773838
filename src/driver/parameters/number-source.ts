import { aligned } from '../../arrow/alignment.ts';
import type { ArrowType } from '../../arrow/types.ts';
import { type SourceColumn, wordsOf } from './source-column.ts';

export const TWO_TO_32 = 0x1_0000_0000;

/** The value of a row. Integers beyond 2^53 come as the nearest float64. */
export type NumberReader = (row: number) => number;

/** Reads bool (0 and 1), integers and floats. */
export function numberReader(source: SourceColumn): NumberReader {
  const { type, values } = source;
  if (type.kind === 'bool') return (row) => ((values[row >>> 3] ?? 0) >>> (row & 7)) & 1;
  if (is64Bit(type)) return wideReader(values, type.kind !== 'int' || type.signed);
  const numbers = numbersOf(type, values);
  return (row) => numbers[row] ?? 0;
}

/** Integers and counts of time units in 64 bits. */
function is64Bit(type: ArrowType): boolean {
  if (type.kind === 'int') return type.bits === 64;
  return type.kind === 'time64' || type.kind === 'timestamp';
}

function wideReader(values: Uint8Array, signed: boolean): NumberReader {
  const words = wordsOf(values);
  return signed
    ? (row) => (words[row * 2 + 1] ?? 0) * TWO_TO_32 + ((words[row * 2] ?? 0) >>> 0)
    : (row) => ((words[row * 2 + 1] ?? 0) >>> 0) * TWO_TO_32 + ((words[row * 2] ?? 0) >>> 0);
}

/** Few kinds of array, so that their readers stay fast; floats may be many and are not copied. */
function numbersOf(type: ArrowType, values: Uint8Array): Int32Array | Float32Array | Float64Array {
  const { buffer, byteOffset, byteLength } = aligned(values);
  if (type.kind === 'float') {
    return type.bits === 64
      ? new Float64Array(buffer, byteOffset, byteLength >>> 3)
      : new Float32Array(buffer, byteOffset, byteLength >>> 2);
  }
  if (type.kind === 'int' && type.bits === 8) {
    const bytes = type.signed ? new Int8Array(buffer, byteOffset, byteLength) : values;
    return Int32Array.from(bytes);
  }
  if (type.kind === 'int' && type.bits === 16) {
    const count = byteLength >>> 1;
    return type.signed
      ? Int32Array.from(new Int16Array(buffer, byteOffset, count))
      : Int32Array.from(new Uint16Array(buffer, byteOffset, count));
  }
  if (type.kind === 'int' && !type.signed) {
    return Float64Array.from(new Uint32Array(buffer, byteOffset, byteLength >>> 2));
  }
  return new Int32Array(buffer, byteOffset, byteLength >>> 2);
}

import { HanaFlightError } from '../../core/errors.ts';
import { TypeCode } from '../wire/type-code.ts';
import { finiteDoubles, finiteFloats, sameWords } from './column-words.ts';
import type { Binding, Conversion } from './conversion.ts';
import { type FixedConvert, FixedParameter, type FixedPut } from './fixed-parameter.ts';
import { type NumberReader, numberReader, TWO_TO_32 } from './number-source.ts';
import { type SourceColumn, wordsOf } from './source-column.ts';

/** An integer type of HANA up to 32 bits. */
interface IntegerForm {
  readonly bytes: 1 | 2 | 4;
  readonly least: number;
  readonly most: number;
}

const INTEGER_FORMS: ReadonlyMap<number, IntegerForm> = new Map([
  [TypeCode.TINYINT, { bytes: 1, least: 0, most: 255 }],
  [TypeCode.SMALLINT, { bytes: 2, least: -(2 ** 15), most: 2 ** 15 - 1 }],
  [TypeCode.INT, { bytes: 4, least: -(2 ** 31), most: 2 ** 31 - 1 }],
]);

const TWO_TO_63 = 2 ** 63;
export const BIGINT_RANGE = '-9223372036854775808 to 9223372036854775807';
const BOOLEAN_TRUE = 2;

/** bool, integers and whole floats to TINYINT, SMALLINT and INTEGER. */
export const toInteger: Conversion = (binding) => {
  const { source, target } = binding;
  const { bytes, least, most } = integerForm(target.typeCode);
  const read = numberReader(source);
  const checked = (row: number): number => {
    const value = read(row);
    if (value >= least && value <= most && value === Math.trunc(value)) return value;
    throw binding.place.unfit(row, exactText(binding, row, value), `${least} to ${most}`);
  };
  const convert = bytes === 4 ? integerWords(source) : undefined;
  return new FixedParameter(binding, bytes, integerPut(bytes, checked), convert);
};

/** All values of a signed type of 32 bits are INTEGERs. */
function integerWords({ type, values }: SourceColumn): FixedConvert | undefined {
  const same = type.kind === 'int' && type.bits === 32 && type.signed;
  return same ? sameWords(wordsOf(values), 1) : undefined;
}

/** Puts whole numbers that are known to fit. */
export function integerPut(bytes: IntegerForm['bytes'], read: NumberReader): FixedPut {
  if (bytes === 1) return (view, at, row) => view.setUint8(at, read(row));
  if (bytes === 2) return (view, at, row) => view.setInt16(at, read(row), true);
  return (view, at, row) => view.setInt32(at, read(row), true);
}

export function integerForm(typeCode: number): IntegerForm {
  const form = INTEGER_FORMS.get(typeCode);
  if (form === undefined) {
    throw new HanaFlightError('internal', `expected an integer type of HANA, got code ${typeCode}`);
  }
  return form;
}

/** bool, integers and whole floats to BIGINT. Values of 64 bits are copied as two halves. */
export const toBigint: Conversion = (binding) => {
  const { source, place } = binding;
  if (source.type.kind === 'int' && source.type.bits === 64) {
    const { signed } = source.type;
    const convert = signed ? sameWords(wordsOf(source.values), 2) : undefined;
    return new FixedParameter(binding, 8, wordsPut(binding, signed), convert);
  }
  const read = numberReader(source);
  return new FixedParameter(binding, 8, (view, at, row) => {
    const value = read(row);
    if (!(value >= -TWO_TO_63 && value < TWO_TO_63) || value !== Math.trunc(value)) {
      throw place.unfit(row, value, `whole numbers from ${BIGINT_RANGE}`);
    }
    putInt64(view, at, value);
  });
};

function wordsPut(binding: Binding, signed: boolean): FixedPut {
  const words = wordsOf(binding.source.values);
  return (view, at, row) => {
    const high = words[row * 2 + 1] ?? 0;
    if (high < 0 && !signed) {
      throw binding.place.unfit(row, exactText(binding, row, Number.NaN), BIGINT_RANGE);
    }
    view.setInt32(at, words[row * 2] ?? 0, true);
    view.setInt32(at + 4, high, true);
  };
}

/** Writes a whole number below 2^63 as 64 bits. `setInt32` takes the lower 32 bits of any number. */
export function putInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, value, true);
  view.setInt32(at + 4, Math.floor(value / TWO_TO_32), true);
}

/** Integers and floats to REAL and DOUBLE, rounded to the nearest value that there is. */
export const toApproximate: Conversion = (binding) =>
  approximateParameter(binding, numberReader(binding.source));

/** HANA has neither infinity nor NaN; its NULL is a NaN. */
export function approximateParameter(binding: Binding, read: NumberReader): FixedParameter {
  const { source, target, place } = binding;
  const { type } = source;
  const sameBits = (bits: 32 | 64) => type.kind === 'float' && type.bits === bits;
  if (target.typeCode === TypeCode.REAL) {
    const put: FixedPut = (view, at, row) => {
      const value = read(row);
      if (!Number.isFinite(Math.fround(value))) {
        throw place.unfit(row, value, 'finite numbers up to 3.4e38');
      }
      view.setFloat32(at, value, true);
    };
    return new FixedParameter(binding, 4, put, sameBits(32) ? finiteFloats(source) : undefined);
  }
  const put: FixedPut = (view, at, row) => {
    const value = read(row);
    if (!Number.isFinite(value)) throw place.unfit(row, value, 'finite numbers');
    view.setFloat64(at, value, true);
  };
  return new FixedParameter(binding, 8, put, sameBits(64) ? finiteDoubles(source) : undefined);
}

/** bool, and numbers 0 and 1, to BOOLEAN. */
export const toBoolean: Conversion = (binding) => {
  const { source, place } = binding;
  const read = numberReader(source);
  return new FixedParameter(binding, 1, (view, at, row) => {
    const value = read(row);
    if (value !== 0 && value !== 1) {
      throw place.unfit(row, exactText(binding, row, value), 'true, false, 0 and 1');
    }
    view.setUint8(at, value * BOOLEAN_TRUE);
  });
};

/** The number as its sender wrote it, where a float64 cannot hold it. */
function exactText({ source }: Binding, row: number, value: number): string {
  const { type, values } = source;
  if (type.kind !== 'int' || type.bits !== 64) return String(value);
  const words = wordsOf(values);
  const unsigned = (BigInt(words[row * 2 + 1] ?? 0) << 32n) | BigInt((words[row * 2] ?? 0) >>> 0);
  return String(type.signed ? BigInt.asIntN(64, unsigned) : BigInt.asUintN(64, unsigned));
}

import { HanaFlightError } from '../../core/errors.ts';
import { isFloatingDecimal } from '../columnar/type-mapping.ts';
import {
  DECIMAL_BYTES,
  DECIMAL_EXPONENT_BIAS,
  type Decimal,
  formatDecimal,
  rescale,
  writeDecimal,
} from '../values/decimal.ts';
import { TypeCode } from '../wire/type-code.ts';
import { fixedIntegers, smallDecimals } from './column-words.ts';
import type { Binding, Conversion } from './conversion.ts';
import { decimalRange, exactInRange, powerOfTen, smallInRange } from './decimal-range.ts';
import { exactSource } from './exact-source.ts';
import { FixedParameter, type FixedPut } from './fixed-parameter.ts';
import {
  approximateParameter,
  BIGINT_RANGE,
  integerForm,
  integerPut,
  putInt64,
} from './number-conversions.ts';

/** An integer of HANA's own for decimals. */
interface FixedForm {
  readonly bytes: 8 | 12 | 16;
  /** Digits that fit whatever they are. */
  readonly digits: number;
}

const FIXED_FORMS: ReadonlyMap<number, FixedForm> = new Map([
  [TypeCode.FIXED8, { bytes: 8, digits: 18 }],
  [TypeCode.FIXED12, { bytes: 12, digits: 28 }],
  [TypeCode.FIXED16, { bytes: 16, digits: 38 }],
]);

/** Integers, decimals and floats to FIXED8, FIXED12 and FIXED16: the integer at the parameter's scale. */
export const toFixed: Conversion = (binding) => {
  const { source, target, parameter } = binding;
  const form = FIXED_FORMS.get(target.typeCode);
  if (form === undefined) {
    const message = `expected a fixed decimal of HANA, got code ${target.typeCode}`;
    throw new HanaFlightError('internal', message);
  }
  const { bytes, digits } = form;
  const scale = isFloatingDecimal(parameter) ? 0 : parameter.scale;
  const range = decimalRange(parameter.length, scale, digits);
  const numbers = exactSource(source);
  const small = smallInRange(numbers, range);
  const put: FixedPut = (view, at, row) => {
    const value = small(row);
    if (Number.isNaN(value)) {
      putFixed(view, at, bytes, exactInRange(binding, numbers, row, range));
      return;
    }
    putInt64(view, at, value);
    const sign = value < 0 ? -1 : 0;
    for (let byte = 8; byte < bytes; byte += 4) view.setInt32(at + byte, sign, true);
  };
  return new FixedParameter(binding, bytes, put, fixedIntegers(source, range, bytes));
};

/** Two's complement; the value is known to fit. */
function putFixed(view: DataView, at: number, bytes: FixedForm['bytes'], value: bigint): void {
  view.setBigInt64(at, BigInt.asIntN(64, value), true);
  for (let byte = 8; byte < bytes; byte += 4) {
    view.setInt32(at + byte, Number(BigInt.asIntN(32, value >> BigInt(byte * 8))), true);
  }
}

/**
 * Integers, decimals and floats to DECIMAL: mantissa and exponent. With a fixed scale the value must
 * fit it; without one its own digits are kept.
 */
export const toDecimal: Conversion = (binding) => {
  const { source, parameter } = binding;
  const numbers = exactSource(source);
  if (isFloatingDecimal(parameter)) {
    const { scale, small } = numbers;
    return new FixedParameter(binding, DECIMAL_BYTES, (view, at, row) => {
      const value = small(row);
      if (!Number.isNaN(value)) putSmallDecimal(view, at, value, -scale);
      else putDecimal(binding, view, at, { row, value: numbers.exact(row), text: numbers.text });
    });
  }
  const range = decimalRange(parameter.length, parameter.scale);
  const exponent = -range.scale;
  const small = smallInRange(numbers, range);
  const put: FixedPut = (view, at, row) => {
    const value = small(row);
    if (!Number.isNaN(value)) {
      putSmallDecimal(view, at, value, exponent);
      return;
    }
    const unscaled = exactInRange(binding, numbers, row, range);
    putDecimal(binding, view, at, { row, value: { unscaled, exponent }, text: numbers.text });
  };
  return new FixedParameter(binding, DECIMAL_BYTES, put, smallDecimals(source, range));
};

/** A mantissa within 2^53: bits 113 to 126 are the exponent, bit 127 the sign. */
function putSmallDecimal(view: DataView, at: number, value: number, exponent: number): void {
  putInt64(view, at, Math.abs(value));
  view.setInt32(at + 8, 0, true);
  view.setInt16(at + 12, 0, true);
  const sign = value < 0 ? 0x8000 : 0;
  view.setUint16(at + 14, ((exponent + DECIMAL_EXPONENT_BIAS) << 1) | sign, true);
}

/** Any mantissa that there is room for. */
function putDecimal(
  { place }: Binding,
  view: DataView,
  at: number,
  { row, value, text }: { row: number; value: Decimal | undefined; text: (row: number) => string },
): void {
  const expected = 'finite numbers of up to 34 digits';
  if (value === undefined) throw place.unfit(row, text(row), expected);
  try {
    writeDecimal(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at, value);
  } catch (cause) {
    throw place.unfit(row, text(row), expected, cause);
  }
}

/** Decimals without a fraction to TINYINT, SMALLINT and INTEGER. */
export const decimalToInteger: Conversion = (binding) => {
  const { source, target, place } = binding;
  const { bytes, least, most } = integerForm(target.typeCode);
  const numbers = exactSource(source);
  const small = smallInRange(numbers, decimalRange(0, 0));
  const checked = (row: number): number => {
    const near = small(row);
    const value = Number.isNaN(near) ? Number(wholeNumber(numbers.exact(row))) : near;
    if (value >= least && value <= most) return value;
    throw place.unfit(row, numbers.text(row), `whole numbers from ${least} to ${most}`);
  };
  return new FixedParameter(binding, bytes, integerPut(bytes, checked));
};

/** Decimals without a fraction to BIGINT. */
export const decimalToBigint: Conversion = (binding) => {
  const { source, place } = binding;
  const numbers = exactSource(source);
  const small = smallInRange(numbers, decimalRange(0, 0));
  return new FixedParameter(binding, 8, (view, at, row) => {
    const near = small(row);
    if (!Number.isNaN(near)) {
      putInt64(view, at, near);
      return;
    }
    const value = wholeNumber(numbers.exact(row));
    if (value === undefined || BigInt.asIntN(64, value) !== value) {
      throw place.unfit(row, numbers.text(row), `whole numbers from ${BIGINT_RANGE}`);
    }
    view.setBigInt64(at, value, true);
  });
};

function wholeNumber(value: Decimal | undefined): bigint | undefined {
  return value === undefined ? undefined : rescale(value, 0);
}

/** Powers of ten up to here are exact, so that one division rounds correctly. */
const MAX_EXACT_POWER = 22;

/** Decimals to REAL and DOUBLE, rounded to the nearest value that there is. */
export const decimalToApproximate: Conversion = (binding) => {
  const numbers = exactSource(binding.source);
  const { scale, small } = numbers;
  const divisor = powerOfTen(scale);
  const exactDivision = scale >= 0 && scale <= MAX_EXACT_POWER;
  return approximateParameter(binding, (row) => {
    const value = exactDivision ? small(row) : Number.NaN;
    if (!Number.isNaN(value)) return value / divisor;
    const exact = numbers.exact(row);
    return exact === undefined ? Number.NaN : Number(formatDecimal(exact));
  });
};

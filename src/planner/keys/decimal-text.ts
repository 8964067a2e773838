/** A decimal number: `digits` divided by ten to the power of `scale`. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** More digits than any DECIMAL of HANA has cannot stand in a literal. */
const MAX_DIGITS = 38;

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,5}))?$/;

/** Exact text without exponent and needless zeros; undefined when it is no number, or too long a one. */
export function plainDecimal(text: string): string | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text.trim()) ?? [];
  if (whole === '' && fraction === '') return undefined;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  const significant = String(digits).replace(/0+$/, '').length;
  if (significant > MAX_DIGITS || Math.abs(scale) > 2 * MAX_DIGITS) return undefined;
  const decimal =
    scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
  const plain = decimalText({
    ...decimal,
    digits: sign === '-' ? -decimal.digits : decimal.digits,
  });
  return plain.replace(/[-.]/g, '').length > MAX_DIGITS + 1 ? undefined : plain;
}

export function compareDecimals(left: string, right: string): number {
  const scale = Math.max(scaleOf(left), scaleOf(right));
  const difference = decimalNumber(left, scale) - decimalNumber(right, scale);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** A plain decimal as an integer of units of ten to the power of minus `scale`; finer digits are cut off. */
export function decimalNumber(plain: string, scale: number): bigint {
  const [whole = '', fraction = ''] = plain.split('.');
  return BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
}

/** The reverse of {@link decimalNumber}. */
export function decimalText({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  return sign + (fraction === '' ? whole : `${whole}.${fraction}`);
}

function scaleOf(plain: string): number {
  return plain.split('.')[1]?.length ?? 0;
}

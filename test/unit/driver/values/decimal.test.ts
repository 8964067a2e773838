import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatDecimal,
  parseDecimal,
  readDecimal,
  readFixed,
  rescale,
  writeDecimal,
  writeFixed,
} from '../../../../src/driver/values/decimal.ts';

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('DECIMAL, 16 bytes', () => {
  it.each([
    ['1.5', '0f000000000000000000000000003e30'],
    ['-1.5', '0f000000000000000000000000003eb0'],
    ['0', '00000000000000000000000000004030'],
    ['1e400', '01000000000000000000000000006033'],
    ['0.9999999999999999999999999999999999', 'ffffffff638e8d37c087adbe09edfd2f'],
    ['10384593717069655257060992658440191', 'ffffffffffffffffffffffffffff4130'],
  ])('writes %s', (text, golden) => {
    const bytes = new Uint8Array(16).fill(0xaa);
    writeDecimal(bytes, 0, parseDecimal(text));
    expect(hexOf(bytes)).toBe(golden);
  });

  it('writes NULL as 15 zeros and 70, the form that every driver knows', () => {
    const bytes = new Uint8Array(18).fill(0xaa);
    writeDecimal(bytes, 1, null);
    expect(hexOf(bytes)).toBe(`aa${'00'.repeat(15)}70aa`);
    expect(readDecimal(bytes, 1)).toBeNull();
  });

  it('drops trailing zeros of a mantissa that is too wide', () => {
    const bytes = new Uint8Array(16);
    writeDecimal(bytes, 0, { unscaled: 10n ** 38n, exponent: -2 });
    expect(formatDecimal(readDecimal(bytes, 0) ?? { unscaled: 0n, exponent: 0 })).toBe(
      `1${'0'.repeat(36)}`,
    );
  });

  it.each([
    [{ unscaled: 10n ** 35n + 1n, exponent: 0 }],
    [{ unscaled: 1n, exponent: -6177 }],
    [{ unscaled: 1n, exponent: 10_208 }],
  ])('refuses what does not fit: %o', (value) => {
    expect(() => writeDecimal(new Uint8Array(16), 0, value)).toThrow(
      expect.objectContaining({ code: 'unrepresentable-value' }),
    );
  });

  it('reads what it wrote', () => {
    const decimals = fc.record({
      unscaled: fc.bigInt({ min: -(2n ** 113n - 1n), max: 2n ** 113n - 1n }),
      exponent: fc.integer({ min: -6176, max: 4000 }),
    });
    fc.assert(
      fc.property(decimals, (value) => {
        const bytes = new Uint8Array(16);
        writeDecimal(bytes, 0, value);
        expect(readDecimal(bytes, 0)).toEqual(value);
      }),
    );
  });
});

describe('decimal text', () => {
  it.each([
    ['1.50', '1.5'],
    ['-0.07', '-0.07'],
    ['+1200', '1200'],
    ['1e3', '1000'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['0.000', '0'],
    ['1.5e200', '1.5E+200'],
    ['-1e-200', '-1E-200'],
    ['123456789012345678901234567890.12345678', '123456789012345678901234567890.12345678'],
  ])('reads %s and writes %s', (text, canonical) => {
    expect(formatDecimal(parseDecimal(text))).toBe(canonical);
  });

  it.each(['', '.', '-', '1,5', 'abc', '1e', '0x10'])("refuses '%s'", (text) => {
    expect(() => parseDecimal(text)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('rescales only when no digit is lost', () => {
    expect(rescale(parseDecimal('1.5'), 2)).toBe(150n);
    expect(rescale(parseDecimal('1.50'), 1)).toBe(15n);
    expect(rescale(parseDecimal('1.55'), 1)).toBeUndefined();
    expect(rescale(parseDecimal('1e2'), -2)).toBe(1n);
  });
});

describe('FIXED8, FIXED12, FIXED16', () => {
  it.each([
    [8, -12_345n, 'c7cfffffffffffff'],
    [12, 10n ** 28n - 1n, 'ffffff0f6102253e5ece4f20'],
    [16, -(10n ** 38n - 1n), '01000000c0dd75f6853b79a557b3c4b4'],
  ] as const)('writes %i bytes and reads them', (width, value, golden) => {
    const bytes = new Uint8Array(width);
    writeFixed(bytes, 0, width, value);
    expect(hexOf(bytes)).toBe(golden);
    expect(readFixed(bytes, 0, width)).toBe(value);
  });

  it('refuses an integer that is too wide', () => {
    expect(() => writeFixed(new Uint8Array(8), 0, 8, 2n ** 63n)).toThrow(
      expect.objectContaining({ code: 'unrepresentable-value' }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import {
  lengthIndicatorSize,
  readLengthIndicator,
  writeLengthIndicator,
} from '../../../../src/driver/values/length-indicator.ts';
import { hex } from '../../../support/columns.ts';

describe('length indicator', () => {
  it.each([
    [0, '00'],
    [245, 'f5'],
    [246, 'f6f600'],
    [32_767, 'f6ff7f'],
    [32_768, 'f700800000'],
    [0xffff_ffff, 'f7ffffffff'],
    [undefined, 'ff'],
  ])('writes %s as %s and reads it', (length, golden) => {
    const target = new Uint8Array(5);
    const end = writeLengthIndicator(target, 0, length);
    expect(Buffer.from(target.subarray(0, end)).toString('hex')).toBe(golden);
    if (length !== undefined) expect(lengthIndicatorSize(length)).toBe(end);
    expect(readLengthIndicator(hex(golden), 0)).toEqual({ length, next: end });
  });

  it('reads a u16 above 32767, which node-hdb would take for negative', () => {
    expect(readLengthIndicator(hex('f6ffff'), 0)).toEqual({ length: 65_535, next: 3 });
  });

  it.each(['', 'f6', 'f6ff', 'f7ffffff', 'f8', 'fe'])('refuses %s', (bytes) => {
    expect(() => readLengthIndicator(hex(bytes), 0)).toThrow(
      expect.objectContaining({ code: 'malformed-packet' }),
    );
  });

  it.each([-1, 1.5, 2 ** 32])('refuses to write %d', (length) => {
    expect(() => writeLengthIndicator(new Uint8Array(5), 0, length)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });
});

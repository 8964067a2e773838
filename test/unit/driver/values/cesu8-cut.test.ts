import { assert, nat, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { cesu8ToString, stringToCesu8 } from '../../../../src/driver/values/cesu8.ts';
import { cesu8Cut } from '../../../../src/driver/values/cesu8-cut.ts';

test('Text cut anywhere is whole characters on both sides, and hardly shorter than asked for.', () => {
  const texts = string({ unit: 'grapheme', maxLength: 40 });
  assert(
    property(texts, nat(200), (text, at) => {
      const bytes = stringToCesu8(text);
      const cut = cesu8Cut(bytes, at);
      expect(cut).toBeGreaterThan(Math.min(at, bytes.length) - 6);
      expect(cut).toBeLessThanOrEqual(at);
      const parts = [bytes.subarray(0, cut), bytes.subarray(cut)].map((part) =>
        cesu8ToString(part),
      );
      expect(parts.join('')).toBe(text);
    }),
  );
});

test('A clef of two surrogates (ED A0 B4 ED B4 9E) is cut at neither of its bytes.', () => {
  const clef = stringToCesu8('a\u{1d11e}b');
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((at) => cesu8Cut(clef, at))).toEqual([
    0, 1, 1, 1, 1, 1, 1, 7, 8,
  ]);
});

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { validUtf8 } from '../../src/driver/columnar/utf8-values.ts';
import { cesu8ToUtf8 } from '../../src/driver/values/cesu8.ts';

/** U+1F600 and U+10000 as HANA writes them, halves of them, Hangul of the same first byte, and what is no text. */
const PIECES = [
  [0x61],
  [0xc3, 0xbc],
  [0xed, 0x95, 0x9c],
  [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80],
  [0xed, 0xa0, 0xbd],
  [0xed, 0xb8, 0x80],
  [0xf0, 0x9f, 0x98, 0x80],
  [0xed],
  [0xff],
];

const value = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...PIECES.slice(0, 5)) },
      { weight: 1, arbitrary: fc.constantFrom(...PIECES) },
    ),
    { maxLength: 6 },
  )
  .map((pieces) => Buffer.from(pieces.flat()));

test('A column of texts becomes what its values become one by one, wherever characters are cut.', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 12 }), (texts) => {
      const offsets = new Int32Array(texts.length + 3);
      texts.forEach((text, row) => {
        offsets[row + 1] = (offsets[row] ?? 0) + text.length;
      });
      const valid = validUtf8(Buffer.concat(texts), offsets, texts.length);
      const found = texts.map((_, row) =>
        Buffer.from(valid.subarray(offsets[row], offsets[row + 1])).toString('hex'),
      );
      expect(found).toEqual(texts.map((text) => Buffer.from(cesu8ToUtf8(text)).toString('hex')));
    }),
    { numRuns: 5000 },
  );
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cesu8ToString,
  cesu8ToUtf8,
  stringToCesu8,
  utf8ToCesu8,
  utf16Length,
} from '../../../../src/driver/values/cesu8.ts';
import { hex } from '../../../support/columns.ts';

const CASES = [
  { note: 'ASCII', text: 'abc', cesu8: '616263' },
  { note: 'two and three bytes', text: 'é€', cesu8: 'c3a9 e282ac' },
  { note: 'U+1F600', text: '\u{1f600}', cesu8: 'eda0bd edb880' },
  { note: 'U+10000, the first pair', text: '\u{10000}', cesu8: 'eda080 edb080' },
  { note: 'U+10FFFF, the last pair', text: '\u{10ffff}', cesu8: 'edafbf edbfbf' },
  { note: 'mixed', text: 'a\u{1f600}é', cesu8: '61 eda0bd edb880 c3a9' },
  { note: 'nothing', text: '', cesu8: '' },
];

describe('cesu8', () => {
  it.each(CASES)('converts $note both ways', ({ text, cesu8 }) => {
    expect(Buffer.from(stringToCesu8(text)).toString('hex')).toBe(cesu8.replaceAll(' ', ''));
    expect(cesu8ToString(hex(cesu8))).toBe(text);
    expect(utf16Length(hex(cesu8))).toBe(text.length);
  });

  it('hands valid UTF-8 through without a copy', () => {
    const utf8 = Buffer.from('é€abc');
    expect(cesu8ToUtf8(utf8)).toBe(utf8);
    expect(utf8ToCesu8(utf8)).toBe(utf8);
  });

  it.each([
    ['a lone high surrogate', '61 eda0bd 62', 'a\ufffdb'],
    ['a lone low surrogate', 'edb880', '\ufffd'],
    ['surrogates in the wrong order', 'edb880 eda0bd', '\ufffd\ufffd'],
    ['a high surrogate before a pair', 'eda0bd eda0bd edb880', '\ufffd\u{1f600}'],
    ['a cut pair', 'eda0bd edb8', '\ufffd\ufffd\ufffd'],
    ['overlong slash', 'c0af', '\ufffd\ufffd'],
    ['overlong three bytes', 'e08080', '\ufffd\ufffd\ufffd'],
    ['above U+10FFFF', 'f4908080', '\ufffd\ufffd\ufffd\ufffd'],
  ])('repairs %s', (_, bytes, text) => {
    expect(Buffer.from(cesu8ToUtf8(hex(bytes)))).toEqual(Buffer.from(text));
    expect(cesu8ToString(hex(bytes))).toBe(text);
  });

  it('makes valid UTF-8 of any bytes, and finds every string again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
        expect(() => decoder.decode(cesu8ToUtf8(bytes))).not.toThrow();
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(cesu8ToString(stringToCesu8(text))).toBe(text);
      }),
    );
  });
});

// CESU-8 for the tests, told apart from the project's own decoder so that one cannot hide the other's
// mistakes. It is UTF-8 but for characters outside the Basic Multilingual Plane, which are written as
// two surrogates of three bytes each.

const SURROGATE_PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;
/** The same pair as bytes, each byte a character of Latin-1. */
const ENCODED_PAIR =
  /\u00ed([\u00a0-\u00af])([\u0080-\u00bf])\u00ed([\u00b0-\u00bf])([\u0080-\u00bf])/g;

export function encodeCesu8(text: string): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const pair of text.matchAll(SURROGATE_PAIR)) {
    pieces.push(Buffer.from(text.slice(from, pair.index)));
    pieces.push(surrogate(pair[0].charCodeAt(0)), surrogate(pair[0].charCodeAt(1)));
    from = pair.index + 2;
  }
  return Buffer.concat([...pieces, Buffer.from(text.slice(from))]);
}

function surrogate(unit: number): Buffer {
  return Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
}

export function decodeCesu8(bytes: Buffer): string {
  const utf8 = bytes.toString('latin1').replace(ENCODED_PAIR, (_, ...bits: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = bits.slice(0, 4).map((byte) => byte.charCodeAt(0) & 0x3f);
    // a and c carry the four low bits of the nibble that says which half the surrogate is.
    const point = 0x10000 + (((a & 0x0f) << 16) | (b << 10) | ((c & 0x0f) << 6) | d);
    return Buffer.from(String.fromCodePoint(point)).toString('latin1');
  });
  return Buffer.from(utf8, 'latin1').toString('utf8');
}

import { isUtf8 } from 'node:buffer';

/**
 * HANA's text is CESU-8: UTF-8, except that a character beyond U+FFFF is written as its two UTF-16
 * surrogates of three bytes each (ED A0..AF xx, ED B0..BF xx). Such bytes are not UTF-8, so a text that
 * is valid UTF-8 needs no conversion, and that is found out at memory speed.
 */

const REPLACEMENT_CHARACTER = 0xfffd;

/**
 * CESU-8 to UTF-8. Returns `bytes` itself when it is valid UTF-8 already. A lone surrogate and a byte
 * that belongs to no character become U+FFFD each; four-byte UTF-8 passes through.
 */
export function cesu8ToUtf8(bytes: Uint8Array): Uint8Array {
  if (isUtf8(bytes)) return bytes;
  const target = new Uint8Array(bytes.length * MAX_GROWTH);
  return target.slice(0, repairCesu8(bytes, target));
}

/** CESU-8 to a string; the same repairs as {@link cesu8ToUtf8}. */
export function cesu8ToString(bytes: Uint8Array): string {
  const utf8 = cesu8ToUtf8(bytes);
  return Buffer.from(utf8.buffer, utf8.byteOffset, utf8.byteLength).toString('utf8');
}

/** UTF-8 to CESU-8. Returns `utf8` itself when it has no character beyond U+FFFF. */
export function utf8ToCesu8(utf8: Uint8Array): Uint8Array {
  let supplementary = 0;
  for (const byte of utf8) if (byte >= 0xf0) supplementary++;
  if (supplementary === 0) return utf8;
  const target = new Uint8Array(utf8.length + 2 * supplementary);
  let at = 0;
  for (let from = 0; from < utf8.length; ) {
    const byte = byteAt(utf8, from);
    if (byte < 0xf0) {
      target[at++] = byte;
      from++;
      continue;
    }
    const pair = supplementaryAt(utf8, from) - 0x1_0000;
    at = writeThreeBytes(target, at, 0xd800 | (pair >>> 10));
    at = writeThreeBytes(target, at, 0xdc00 | (pair & 0x3ff));
    from += 4;
  }
  return target.subarray(0, at);
}

/** A string to CESU-8; a lone surrogate of the string becomes U+FFFD. */
export function stringToCesu8(text: string): Uint8Array {
  return utf8ToCesu8(Buffer.from(text, 'utf8'));
}

/** UTF-16 code units of a CESU-8 text: what HANA counts in an NCLOB. */
export function utf16Length(cesu8: Uint8Array): number {
  let units = 0;
  for (const byte of cesu8) {
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

/** Bytes that {@link repairCesu8} writes at most per byte read: a stray byte becomes the three of U+FFFD. */
export const MAX_GROWTH = 3;

/**
 * Writes `source` to the start of `target` as valid UTF-8 and returns the number of bytes written.
 * `target` needs {@link MAX_GROWTH} times the length of `source`.
 */
export function repairCesu8(source: Uint8Array, target: Uint8Array): number {
  let at = 0;
  for (let from = 0; from < source.length; ) {
    const byte = byteAt(source, from);
    if (byte < 0x80) {
      target[at++] = byte;
      from++;
      continue;
    }
    const length = sequenceLength(source, from);
    const surrogate = length === 3 ? surrogateAt(source, from) : 0;
    const low = isHighSurrogate(surrogate) ? lowSurrogateAt(source, from + 3) : 0;
    if (low !== 0) {
      at = writeFourBytes(target, at, 0x1_0000 + ((surrogate & 0x3ff) << 10) + (low & 0x3ff));
      from += 6;
    } else if (length === 0 || surrogate !== 0) {
      at = writeThreeBytes(target, at, REPLACEMENT_CHARACTER);
      from += Math.max(length, 1);
    } else {
      for (let index = 0; index < length; index++) target[at++] = byteAt(source, from++);
    }
  }
  return at;
}

/** First byte of every surrogate, and of some characters of Hangul. */
const SURROGATE_LEAD = 0xed;
const SURROGATE_BYTES = 3;

/** Where a high surrogate is followed by a low one: each pair is one character. In ascending order. */
export function surrogatePairs(cesu8: Uint8Array): readonly number[] {
  const bytes = Buffer.from(cesu8.buffer, cesu8.byteOffset, cesu8.byteLength);
  const pairs: number[] = [];
  let at = bytes.indexOf(SURROGATE_LEAD);
  while (at >= 0) {
    const isPair =
      isHighSurrogate(surrogateIn(bytes, at)) && lowSurrogateAt(bytes, at + SURROGATE_BYTES) !== 0;
    if (isPair) pairs.push(at);
    at = bytes.indexOf(SURROGATE_LEAD, at + (isPair ? 2 * SURROGATE_BYTES : 1));
  }
  return pairs;
}

/** Writes the character of a pair as UTF-8; returns where it ends. */
export function writePair(
  source: Uint8Array,
  pair: number,
  { target, at }: { readonly target: Uint8Array; readonly at: number },
): number {
  const high = surrogateAt(source, pair) & 0x3ff;
  const low = surrogateAt(source, pair + SURROGATE_BYTES) & 0x3ff;
  return writeFourBytes(target, at, 0x1_0000 + (high << 10) + low);
}

/** The surrogate at `from`, or 0 when no whole one is there. */
function surrogateIn(source: Uint8Array, from: number): number {
  return sequenceLength(source, from) === SURROGATE_BYTES ? surrogateAt(source, from) : 0;
}

/** Length of the well-formed sequence at `from`, surrogates included; 0 when there is none. */
function sequenceLength(source: Uint8Array, from: number): number {
  const lead = byteAt(source, from);
  const second = byteAt(source, from + 1);
  if (lead >= 0xc2 && lead <= 0xdf) return isContinuation(second) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const long = lead > 0xe0 || second >= 0xa0;
    return long && isContinuation(second) && isContinuation(byteAt(source, from + 2)) ? 3 : 0;
  }
  if (lead < 0xf0 || lead > 0xf4 || !isContinuation(second)) return 0;
  const inRange = (lead > 0xf0 || second >= 0x90) && (lead < 0xf4 || second < 0x90);
  const rest = isContinuation(byteAt(source, from + 2)) && isContinuation(byteAt(source, from + 3));
  return inRange && rest ? 4 : 0;
}

/** The surrogate in the three-byte sequence at `from`, or 0 when it is another character. */
function surrogateAt(source: Uint8Array, from: number): number {
  const second = byteAt(source, from + 1);
  if (byteAt(source, from) !== 0xed || second < 0xa0) return 0;
  return 0xd000 | ((second & 0x3f) << 6) | (byteAt(source, from + 2) & 0x3f);
}

function lowSurrogateAt(source: Uint8Array, from: number): number {
  const surrogate = surrogateIn(source, from);
  return surrogate >= 0xdc00 ? surrogate : 0;
}

function isHighSurrogate(surrogate: number): boolean {
  return surrogate >= 0xd800 && surrogate < 0xdc00;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** 0 beyond the end, which continues no sequence. */
function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function supplementaryAt(utf8: Uint8Array, at: number): number {
  return (
    ((byteAt(utf8, at) & 0x07) << 18) |
    ((byteAt(utf8, at + 1) & 0x3f) << 12) |
    ((byteAt(utf8, at + 2) & 0x3f) << 6) |
    (byteAt(utf8, at + 3) & 0x3f)
  );
}

function writeThreeBytes(target: Uint8Array, at: number, code: number): number {
  target[at] = 0xe0 | (code >>> 12);
  target[at + 1] = 0x80 | ((code >>> 6) & 0x3f);
  target[at + 2] = 0x80 | (code & 0x3f);
  return at + 3;
}

function writeFourBytes(target: Uint8Array, at: number, code: number): number {
  target[at] = 0xf0 | (code >>> 18);
  target[at + 1] = 0x80 | ((code >>> 12) & 0x3f);
  target[at + 2] = 0x80 | ((code >>> 6) & 0x3f);
  target[at + 3] = 0x80 | (code & 0x3f);
  return at + 4;
}

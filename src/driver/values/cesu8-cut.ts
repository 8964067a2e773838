const SURROGATE_BYTES = 3;

/**
 * The last place at or before `at` where CESU-8 text may be cut: no half character, no half surrogate
 * pair. Bytes that are no text move it by five at most.
 */
export function cesu8Cut(text: Uint8Array, at: number): number {
  if (at >= text.length) return text.length;
  let cut = Math.max(0, at);
  const earliest = Math.max(0, cut - 2);
  while (cut > earliest && isContinuation(text[cut])) cut--;
  return cut >= SURROGATE_BYTES && isLowSurrogate(text, cut) ? cut - SURROGATE_BYTES : cut;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** ED B0 to BF begins the second half of a character beyond U+FFFF. */
function isLowSurrogate(text: Uint8Array, at: number): boolean {
  return text[at] === 0xed && (text[at + 1] ?? 0) >= 0xb0;
}

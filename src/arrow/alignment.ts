/** What Arrow promises for every buffer, and what typed arrays of the widest values need. */
const ALIGNMENT = 8;

/** The bytes themselves, or a copy of them, so that typed arrays of any width can lie over them. */
export function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % ALIGNMENT === 0 ? bytes : new Uint8Array(bytes);
}

/**
 * The bytes for typed arrays, moved within memory that only their owner has: fresh memory for each body of
 * megabytes costs more than moving it. Bytes with nothing before them stay where they are.
 * @param bytes A view of `memory`. What stands up to seven bytes before them is overwritten.
 */
export function movedToAlignment(bytes: Uint8Array, memory: Uint8Array): Uint8Array {
  const start = bytes.byteOffset - memory.byteOffset;
  const shift = bytes.byteOffset % ALIGNMENT;
  if (shift === 0 || shift > start) return bytes;
  const end = start + bytes.length;
  memory.copyWithin(start - shift, start, end);
  return memory.subarray(start - shift, end - shift);
}

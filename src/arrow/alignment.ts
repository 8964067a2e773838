/** What Arrow promises for every buffer, and what typed arrays of the widest values need. */
const ALIGNMENT = 8;

/** The bytes themselves, or a copy of them, so that typed arrays of any width can lie over them. */
export function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % ALIGNMENT === 0 ? bytes : new Uint8Array(bytes);
}

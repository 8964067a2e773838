/** Bytes that lie in several places: put together, in this order, they are what is meant. */
export interface Pieces {
  readonly pieces: readonly Uint8Array[];
  /** Length of all pieces together. */
  readonly byteLength: number;
}

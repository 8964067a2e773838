/** Length and null count of one array, in the depth-first order of Arrow IPC field nodes. */
export interface ArrowNode {
  readonly length: number;
  readonly nullCount: number;
}

/**
 * One record batch as Arrow IPC wants it, not yet framed: field nodes and buffers in IPC order.
 * Each buffer holds just its bytes, without padding. Plain data and typed arrays only, so a batch can
 * be transferred between threads.
 */
export interface ArrowBatch {
  readonly rowCount: number;
  readonly nodes: readonly ArrowNode[];
  readonly buffers: readonly Uint8Array[];
}

import { aligned } from '../../arrow/alignment.ts';
import type { ArrowBatch } from '../../arrow/batch.ts';
import type { ArrowSchema, ArrowType } from '../../arrow/types.ts';
import { HanaFlightError } from '../../core/errors.ts';

/** One column of a batch in a plain layout. */
export interface SourceColumn {
  readonly type: ArrowType;
  readonly length: number;
  /** Bit `row % 8` of byte `row / 8` is set for a value; empty when no row is NULL. */
  readonly validity: Uint8Array;
  /** Bits of bool, offsets of a list, data of text and bytes, else the values. */
  readonly values: Uint8Array;
  /** Of text, bytes and lists: one more than there are rows; the first need not be 0. */
  readonly offsets: Int32Array;
  /** The items of a list. */
  readonly items: SourceColumn | undefined;
}

/** The columns of a batch, in the order of its fields. Copies only buffers that lie badly. */
export function sourceColumns(schema: ArrowSchema, batch: ArrowBatch): readonly SourceColumn[] {
  const cursor = new ArrayCursor(batch);
  return schema.fields.map(({ type }) => readArray(type, cursor));
}

/** 32-bit words over a buffer. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const { buffer, byteOffset, byteLength } = aligned(bytes);
  return new Int32Array(buffer, byteOffset, byteLength >>> 2);
}

const NO_BYTES = new Uint8Array(0);
const NO_OFFSETS = new Int32Array(1);

function readArray(type: ArrowType, cursor: ArrayCursor): SourceColumn {
  const { length, nullCount } = cursor.takeNode();
  const plain = {
    type,
    length,
    validity: NO_BYTES,
    values: NO_BYTES,
    offsets: NO_OFFSETS,
    items: undefined,
  };
  if (type.kind === 'null') return plain;
  const bitmap = cursor.takeBuffer();
  const base = { ...plain, validity: nullCount === 0 ? NO_BYTES : bitmap };
  if (type.kind === 'fixed-size-list') return { ...base, items: readArray(type.item.type, cursor) };
  if (type.kind === 'list') {
    const offsets = wordsOf(cursor.takeBuffer());
    return { ...base, offsets, items: readArray(type.item.type, cursor) };
  }
  if (type.kind === 'utf8' || type.kind === 'binary') {
    const offsets = wordsOf(cursor.takeBuffer());
    return { ...base, offsets, values: cursor.takeBuffer() };
  }
  return { ...base, values: cursor.takeBuffer() };
}

class ArrayCursor {
  readonly #batch: ArrowBatch;
  #nodes = 0;
  #buffers = 0;

  constructor(batch: ArrowBatch) {
    this.#batch = batch;
  }

  takeNode() {
    const node = this.#batch.nodes[this.#nodes++];
    if (node === undefined) throw mismatch('field node', this.#nodes);
    return node;
  }

  takeBuffer(): Uint8Array {
    const buffer = this.#batch.buffers[this.#buffers++];
    if (buffer === undefined) throw mismatch('buffer', this.#buffers);
    return buffer;
  }
}

function mismatch(what: string, number: number): HanaFlightError {
  return new HanaFlightError(
    'invalid-argument',
    `record batch: expected ${what} ${number} of the schema of its stream, got none`,
  );
}

import { Buffer as BufferStruct } from 'apache-arrow/fb/buffer';
import { FieldNode } from 'apache-arrow/fb/field-node';
import type { RecordBatch } from 'apache-arrow/fb/record-batch';
import { HanaFlightError } from '../core/errors.ts';
import { aligned } from './alignment.ts';

/** Rows are counted, and values found, by offsets of 32 bits. */
const MAX_ROWS = 2 ** 31 - 1;
const MAX_BODY_BYTES = 2 ** 31 - 1;

/** Length and null count of an array as its sender claims them. */
export interface IncomingNode {
  readonly length: number;
  readonly nullCount: number;
}

/**
 * The arrays of one record batch, taken one after the other in the order of its fields. Nothing that
 * the header says is believed before it was compared with the body.
 */
export class BodyReader {
  readonly rowCount: number;
  readonly #batch: RecordBatch;
  readonly #body: Uint8Array;
  #nodes = 0;
  #buffers = 0;
  #variadicCounts = 0;

  /**
   * @throws HanaFlightError `unimplemented` for a compressed body, `resource-exhausted` for one beyond
   * 2 GiB, `invalid-argument` for a bad row count.
   */
  constructor(batch: RecordBatch, body: Uint8Array) {
    if (batch.compression() !== null) {
      throw new HanaFlightError(
        'unimplemented',
        'record batch: compressed bodies are not offered; send the buffers as they are',
      );
    }
    if (body.length > MAX_BODY_BYTES) {
      throw new HanaFlightError(
        'resource-exhausted',
        `record batch: expected up to ${MAX_BODY_BYTES} bytes, got ${body.length}`,
      );
    }
    this.#batch = batch;
    this.#body = aligned(body);
    this.rowCount = countOf(batch.length(), MAX_ROWS, 'record batch: a row count');
  }

  /** The next field node, which must have `length` rows. */
  takeNode(place: string, length: number | undefined): IncomingNode {
    const index = this.#nodes++;
    const node =
      index < this.#batch.nodesLength() ? this.#batch.nodes(index, new FieldNode()) : null;
    if (node === null) throw invalid(place, 'a field node', `only ${index}`);
    const rows = countOf(node.length(), MAX_ROWS, `${place}: a length`);
    if (length !== undefined && rows !== length) {
      throw invalid(place, `${length} rows`, `${rows}`);
    }
    return { length: rows, nullCount: countOf(node.nullCount(), rows, `${place}: a null count`) };
  }

  /** The next buffer, beginning at a multiple of 8 bytes. */
  takeBuffer(place: string): Uint8Array {
    const index = this.#buffers++;
    const buffer =
      index < this.#batch.buffersLength() ? this.#batch.buffers(index, new BufferStruct()) : null;
    if (buffer === null) throw invalid(place, 'one more buffer', `only ${index}`);
    const total = this.#body.length;
    const length = countOf(buffer.length(), total, `${place}: a buffer length`);
    if (length === 0) return NO_BYTES;
    const offset = countOf(buffer.offset(), total - length, `${place}: a buffer offset`);
    return aligned(this.#body.subarray(offset, offset + length));
  }

  /** How many data buffers the next view column has. */
  takeVariadicCount(place: string): number {
    const index = this.#variadicCounts++;
    const count =
      index < this.#batch.variadicBufferCountsLength()
        ? this.#batch.variadicBufferCounts(index)
        : null;
    if (count === null) throw invalid(place, 'a count of data buffers', 'none');
    return countOf(count, this.#batch.buffersLength(), `${place}: a count of data buffers`);
  }

  /** @throws HanaFlightError `invalid-argument` when something was not taken: then it was taken wrongly. */
  finish(): void {
    const nodes = this.#batch.nodesLength();
    const buffers = this.#batch.buffersLength();
    if (nodes === this.#nodes && buffers === this.#buffers) return;
    throw invalid(
      'record batch',
      `${this.#nodes} field nodes and ${this.#buffers} buffers, as the schema says`,
      `${nodes} and ${buffers}`,
    );
  }
}

const NO_BYTES = new Uint8Array(0);

function countOf(value: bigint, most: number, what: string): number {
  if (value >= 0n && value <= BigInt(most)) return Number(value);
  throw new HanaFlightError(
    'invalid-argument',
    `${what} from 0 to ${most} was expected, got ${value}`,
  );
}

function invalid(place: string, expected: string, got: string): HanaFlightError {
  return new HanaFlightError('invalid-argument', `${place}: expected ${expected}, got ${got}`);
}

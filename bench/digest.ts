import { createHash, type Hash } from 'node:crypto';
import {
  type Data,
  DataType,
  type RecordBatch,
  RecordBatchReader,
  TimeUnit,
  type TypeMap,
} from 'apache-arrow';
import type { ArrowBatch } from '../src/arrow/batch.ts';
import { encodeBatch } from '../src/arrow/ipc-batch.ts';
import { END_OF_STREAM, encapsulateMessage } from '../src/arrow/ipc-message.ts';
import { encodeSchemaMessage } from '../src/arrow/ipc-schema.ts';
import type { ArrowSchema } from '../src/arrow/types.ts';
import type { TableDigest } from './peers/reader.ts';

/** Hexadecimal digits of each part of a digest. */
const DIGITS = 16;

/**
 * Condenses the columns of a table as `bench/peers/python/digests.py` describes it: the programs of every
 * language that read a table get the same.
 */
export function digestOf(batches: Iterable<RecordBatch>): TableDigest {
  const columns = new Map<string, ColumnDigest>();
  for (const batch of batches) {
    for (const [index, { name }] of batch.schema.fields.entries()) {
      const digest = columns.get(name) ?? new ColumnDigest();
      columns.set(name, digest);
      const data = batch.data.children[index];
      if (data !== undefined) digest.add(data);
    }
  }
  return Object.fromEntries([...columns].map(([name, digest]) => [name, digest.text()]));
}

/** The digest of batches of hana-flight, through Arrow's own reader. */
export function digestOfBatches(schema: ArrowSchema, batches: Iterable<ArrowBatch>): TableDigest {
  return digestOf(
    RecordBatchReader.from<TypeMap>(Buffer.concat([...ipcStreamOf(schema, batches)])),
  );
}

/** Batches in Arrow's stream format, piece by piece. */
export function* ipcStreamOf(
  schema: ArrowSchema,
  batches: Iterable<ArrowBatch>,
): Generator<Uint8Array> {
  yield encodeSchemaMessage(schema);
  for (const batch of batches) {
    const { header, body } = encodeBatch(batch);
    yield encapsulateMessage(header);
    const bytes = new Uint8Array(body.byteLength);
    body.writeTo(bytes, 0);
    yield bytes;
  }
  yield END_OF_STREAM;
}

class ColumnDigest {
  readonly #validity: Hash = createHash('sha256');
  readonly #lengths: Hash = createHash('sha256');
  readonly #values: Hash = createHash('sha256');

  add(data: Data): void {
    const rows = Array.from({ length: data.length }, (_, row) => row);
    this.#validity.update(Uint8Array.from(rows, (row) => (data.getValid(row) ? 1 : 0)));
    const present = rows.filter((row) => data.getValid(row));
    const { type } = data;
    if (DataType.isUtf8(type) || DataType.isBinary(type)) this.#addVariable(data, present);
    else this.#values.update(canonicalValues(data, present));
  }

  text(): string {
    return [this.#validity, this.#lengths, this.#values]
      .map((hash) => hash.digest('hex').slice(0, DIGITS))
      .join('-');
  }

  #addVariable({ valueOffsets, values }: Data, present: readonly number[]): void {
    const offsets = valueOffsets as Int32Array;
    const bytes = values as Uint8Array;
    const spans = present.map((row) => [offsets[row] ?? 0, offsets[row + 1] ?? 0] as const);
    this.#lengths.update(Uint32Array.from(spans, ([start, end]) => end - start));
    for (const [start, end] of spans) this.#values.update(bytes.subarray(start, end));
  }
}

const MICROSECONDS_PER_SECOND = 1_000_000n;

/** The values of rows that are there, as little-endian numbers of one width. */
function canonicalValues(data: Data, present: readonly number[]): Uint8Array {
  const { type } = data;
  if (DataType.isDecimal(type)) {
    const words = data.values as Uint32Array;
    return bytesOf(
      Uint32Array.from(
        present.flatMap((row) => [0, 1, 2, 3].map((word) => words[row * 4 + word] ?? 0)),
      ),
    );
  }
  if (DataType.isFloat(type)) {
    const numbers = data.values as Float32Array | Float64Array;
    return bytesOf(Float64Array.from(present, (row) => numbers[row] ?? 0));
  }
  if (DataType.isBool(type)) {
    const bits = data.values as Uint8Array;
    const bit = (at: number) => ((bits[at >> 3] ?? 0) >> (at & 7)) & 1;
    return bytesOf(BigInt64Array.from(present, (row) => BigInt(bit(row + data.offset))));
  }
  const integers = data.values as Int32Array | BigInt64Array;
  const inSeconds = DataType.isTimestamp(type) && type.unit === TimeUnit.SECOND;
  const scale = inSeconds ? MICROSECONDS_PER_SECOND : 1n;
  return bytesOf(BigInt64Array.from(present, (row) => BigInt(integers[row] ?? 0) * scale));
}

function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

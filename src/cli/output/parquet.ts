import { ReadableStream } from 'node:stream/web';
import type * as ParquetModule from 'parquet-wasm';
import { HanaFlightError } from '../../core/errors.ts';
import { type IpcMessage, ipcStream } from '../../flight/client.ts';
import type { Format } from './format.ts';

type ParquetWasm = typeof ParquetModule;

/** Rows that are held before they are compressed and written. */
const ROW_GROUP_ROWS = 131_072;

/** Parquet, compressed with Snappy, which every reader knows. */
export const parquet: Format = {
  binary: true,
  async *write({ messages }) {
    // Loaded on demand: the WebAssembly module takes longer to start than most queries.
    const wasm = await import('parquet-wasm');
    const properties = new wasm.WriterPropertiesBuilder()
      .setCompression(wasm.Compression.SNAPPY)
      .setMaxRowGroupSize(ROW_GROUP_ROWS)
      .setCreatedBy('hana-flight')
      .build();
    const source = messages[Symbol.asyncIterator]();
    try {
      const schema = await nextMessage(source);
      const first = await nextMessage(source);
      if (schema === undefined) throw new HanaFlightError('internal', 'the result has no schema');
      if (first === undefined) {
        const empty = wasm.Table.fromIPCStream(await ipcBytes([schema]));
        yield wasm.writeParquet(empty, properties);
        return;
      }
      // parquet-wasm takes a failing stream for one that ends: what failed is kept, and thrown here.
      const failures: unknown[] = [];
      const batches = ReadableStream.from(
        keepFailure(wasmBatches(wasm, { schema, first, rest: source }), failures),
      );
      for await (const piece of await wasm.transformParquetStream(batches, properties)) {
        if (failures.length > 0) break;
        yield piece;
      }
      if (failures.length > 0) throw failures[0];
    } finally {
      await source.return?.();
    }
  },
};

async function nextMessage(source: AsyncIterator<IpcMessage>): Promise<IpcMessage | undefined> {
  const next = await source.next();
  return next.done === true ? undefined : next.value;
}

interface Batches {
  readonly schema: IpcMessage;
  readonly first: IpcMessage;
  readonly rest: AsyncIterator<IpcMessage>;
}

/** Each batch crosses into the memory of the WebAssembly module as an IPC stream of its own. */
async function* wasmBatches(
  wasm: ParquetWasm,
  { schema, first, rest }: Batches,
): AsyncGenerator<ParquetModule.RecordBatch> {
  let batch: IpcMessage | undefined = first;
  while (batch !== undefined) {
    yield* wasm.Table.fromIPCStream(await ipcBytes([schema, batch])).recordBatches();
    batch = await nextMessage(rest);
  }
}

/** Passes items on until one fails; the failure goes into `failures`, and the iteration ends. */
async function* keepFailure<T>(items: AsyncIterable<T>, failures: unknown[]): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (failure) {
    failures.push(failure);
  }
}

async function ipcBytes(messages: readonly IpcMessage[]): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of ipcStream(inTurn(messages))) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function* inTurn(messages: readonly IpcMessage[]): AsyncGenerator<IpcMessage> {
  yield* messages;
}

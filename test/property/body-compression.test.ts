import { decompress } from '@bokuweb/zstd-wasm';
import { CompressionType, compressionRegistry, tableFromIPC } from 'apache-arrow';
import * as fc from 'fast-check';
import { decompressFrameSync } from 'lz4-napi';
import { beforeAll, expect, it } from 'vitest';
import type { ArrowBatch } from '../../src/arrow/batch.ts';
import {
  BODY_COMPRESSIONS,
  type BodyCompression,
  encodeCompressedBatch,
} from '../../src/arrow/body-compression.ts';
import { binaryColumn, int32Column, makeBatch, utf8Column } from '../../src/arrow/columns.ts';
import { type EncodedBatch, encodeBatch } from '../../src/arrow/ipc-batch.ts';
import { END_OF_STREAM, encapsulateMessage } from '../../src/arrow/ipc-message.ts';
import { encodeSchemaMessage } from '../../src/arrow/ipc-schema.ts';
import type { ArrowSchema } from '../../src/arrow/types.ts';

// apache-arrow reads where the buffers are and how long they were, but brings no library to decompress.
beforeAll(async () => {
  // Loads the library, which must not be initialized twice.
  await encodeCompressedBatch(makeBatch(0, []), 'zstd');
  compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes) });
  compressionRegistry.set(CompressionType.LZ4_FRAME, {
    decode: (bytes) => decompressFrameSync(Buffer.from(bytes)),
  });
});

const schema: ArrowSchema = {
  fields: [
    { name: 'I', type: { kind: 'int', bits: 32, signed: true }, nullable: true },
    { name: 'T', type: { kind: 'utf8' }, nullable: true },
    { name: 'B', type: { kind: 'binary' }, nullable: true },
  ],
};

/** Rows that compress well, and bytes that do not at all. */
const row = fc.record({
  number: fc.option(fc.integer({ min: -3, max: 3 })),
  text: fc.option(fc.constantFrom('', 'Berlin', 'Palermo '.repeat(20))),
  bytes: fc.option(fc.uint8Array({ maxLength: 200 })),
});

const batches = fc
  .array(row, { maxLength: 300 })
  .map((rows) =>
    makeBatch(rows.length, [
      int32Column(rows.map(({ number }) => number)),
      utf8Column(rows.map(({ text }) => text)),
      binaryColumn(rows.map(({ bytes }) => bytes)),
    ]),
  );

function read({ header, body }: EncodedBatch) {
  const stream = [encodeSchemaMessage(schema), encapsulateMessage(header), ...body.pieces];
  return tableFromIPC(Buffer.concat([...stream, END_OF_STREAM]));
}

it.each(BODY_COMPRESSIONS)('%s gives a reader the batch that there was', async (compression) => {
  await fc.assert(
    fc.asyncProperty(batches, async (batch) => {
      const compressed = await encodeCompressedBatch(batch, compression);
      expect(read(compressed).toArray()).toEqual(read(encodeBatch(batch)).toArray());
      expect(compressed.body.byteLength % 8).toBe(0);
    }),
  );
});

/** Bytes of the body of one binary column. */
async function bodyBytes(values: readonly Uint8Array[], compression: BodyCompression) {
  const batch: ArrowBatch = makeBatch(values.length, [binaryColumn(values)]);
  return (await encodeCompressedBatch(batch, compression)).body.byteLength;
}

it.each(BODY_COMPRESSIONS)('%s makes zeros shorter and noise only 8 bytes longer', async (name) => {
  const noise = Uint8Array.from({ length: 10_000 }, (_, at) => Math.imul(at, 2_654_435_761) >>> 24);
  // Offsets: their length, -1, and 2 x 4 bytes.
  const offsets = 8 + 8;
  expect(await bodyBytes([new Uint8Array(10_000)], name)).toBeLessThan(offsets + 200);
  expect(await bodyBytes([noise], name)).toBeLessThanOrEqual(offsets + 8 + noise.length);
});

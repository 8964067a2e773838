import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ArrowBatch } from '../../../src/arrow/batch.ts';
import { binaryColumn, int32Column, makeBatch } from '../../../src/arrow/columns.ts';
import type { ArrowSchema } from '../../../src/arrow/types.ts';
import { MAX_PARAMETER_ROWS } from '../../../src/driver/hana-connection.ts';
import { parameterEncoder } from '../../../src/driver/parameters/parameter-encoder.ts';
import type { ParameterMetadata } from '../../../src/driver/wire/metadata.ts';
import { PartKind } from '../../../src/driver/wire/part-kind.ts';
import { decodeParameters } from '../../../src/driver/wire/parts/parameters.ts';
import { TypeCode } from '../../../src/driver/wire/type-code.ts';
import { PACKET_BYTES, type Packet, packetsOf } from '../../../src/proxy/statements/packets.ts';

function input(typeCode: TypeCode, length: number): ParameterMetadata {
  return { typeCode, nullable: true, mode: 'in', length, scale: 0, name: undefined };
}

const SCHEMA: ArrowSchema = {
  fields: [
    { name: 'N', type: { kind: 'int', bits: 32, signed: true }, nullable: true },
    { name: 'B', type: { kind: 'binary' }, nullable: true },
  ],
};
const SMALL = [input(TypeCode.INT, 10), input(TypeCode.VARBINARY, 5000)];
const LOB = [input(TypeCode.INT, 10), input(TypeCode.BLOB, -1)];

/** A batch of rows numbered from `from`, each with as many bytes as its length says. */
function batchOf(from: number, lengths: readonly number[]): ArrowBatch {
  return makeBatch(lengths.length, [
    int32Column(lengths.map((_, at) => from + at)),
    binaryColumn(lengths.map((length) => new Uint8Array(length))),
  ]);
}

/** Batches whose rows are numbered from 1 over all of them. */
function batchesOf(batches: readonly (readonly number[])[]): ArrowBatch[] {
  let from = 1;
  return batches.map((lengths) => {
    const batch = batchOf(from, lengths);
    from += lengths.length;
    return batch;
  });
}

async function packets(
  batches: readonly (readonly number[])[],
  parameters = SMALL,
): Promise<Packet[]> {
  const all: Packet[] = [];
  const encoder = parameterEncoder(parameters, SCHEMA);
  for await (const packet of packetsOf(encoder, batchesOf(batches))) all.push(packet);
  return all;
}

/** First row and number of rows of each packet. */
async function layout(batches: readonly (readonly number[])[], parameters = SMALL) {
  return (await packets(batches, parameters)).map(({ firstRow, rows }) => [
    firstRow,
    rows.rowCount,
  ]);
}

const empty = (count: number): number[] => Array.from({ length: count }, () => 0);

test('Small batches become one packet.', async () => {
  expect(await layout([empty(1), empty(2), empty(1)])).toEqual([[1, 4]]);
});

test('No rows make no packet.', async () => {
  expect(await layout([])).toEqual([]);
  expect(await layout([[], []])).toEqual([]);
});

test('Packets are filled with as many rows as HANA takes, across batches.', async () => {
  expect(await layout([empty(40_000), empty(40_000)])).toEqual([
    [1, MAX_PARAMETER_ROWS],
    [MAX_PARAMETER_ROWS + 1, MAX_PARAMETER_ROWS],
    [2 * MAX_PARAMETER_ROWS + 1, 80_000 - 2 * MAX_PARAMETER_ROWS],
  ]);
});

test('A packet holds no more bytes than it should; one that is more than half full is sent.', async () => {
  const rows = Array.from({ length: 2000 }, () => 5000);
  const sizes = (await packets([rows, rows])).map(({ rows: { bytes } }) => bytes.length);
  expect(sizes.length).toBeGreaterThan(4);
  for (const size of sizes) expect(size).toBeLessThanOrEqual(PACKET_BYTES);
});

test('Nothing follows a row whose LOBs are open.', async () => {
  const huge = PACKET_BYTES + 100;
  const made = await packets([[1, huge], [2], [huge]], LOB);
  expect(made.map(({ firstRow, rows }) => [firstRow, rows.rowCount])).toEqual([
    [1, 1],
    [2, 1],
    [3, 2],
  ]);
  expect(made.map(({ rows }) => rows.openLobs.length)).toEqual([0, 1, 1]);
});

test('Whatever the batches are, every row is there once, in order.', async () => {
  const anyBatches = fc.array(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 40 }));
  await fc.assert(
    fc.asyncProperty(anyBatches, async (batches) => {
      const read = (await packets(batches)).flatMap(({ rows, firstRow }) => {
        const { rowCount: argumentCount, bytes: data } = rows;
        const part = { kind: PartKind.PARAMETERS, attributes: 0, argumentCount, data };
        return decodeParameters(part, SMALL).map(([number], at) => [number, firstRow + at]);
      });
      const count = batches.flat().length;
      expect(read).toEqual(Array.from({ length: count }, (_, at) => [at + 1, at + 1]));
    }),
  );
});

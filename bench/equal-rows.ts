import { deepStrictEqual, strictEqual } from 'node:assert';
import type { ArrowBatch } from '../src/arrow/batch.ts';
import type { HdbRow } from './node-hdb.ts';

/**
 * Fails unless both sides hold the same values in the same rows, all of them: a benchmark of something
 * that is wrong is worth nothing.
 */
export async function assertEqualRows(
  objects: AsyncIterable<readonly HdbRow[]>,
  batches: AsyncIterable<ArrowBatch>,
  rowCount: number,
): Promise<void> {
  const rows = flatten(objects);
  let compared = 0;
  for await (const batch of batches) {
    for (const row of narrowRows(batch)) {
      const { value } = await rows.next();
      deepStrictEqual(row, value === undefined ? value : comparable(value), `row ${compared}`);
      compared++;
    }
  }
  strictEqual((await rows.next()).done, true, 'node-hdb has more rows');
  strictEqual(compared, rowCount, 'rows compared');
}

async function* flatten(
  chunks: AsyncIterable<readonly HdbRow[]>,
): AsyncGenerator<HdbRow, undefined> {
  for await (const chunk of chunks) yield* chunk;
  return undefined;
}

/** node-hdb writes a timestamp with nine decimals; the batches have six of them. */
function comparable(row: HdbRow): HdbRow {
  const postedAt = row['POSTED_AT'];
  return { ...row, POSTED_AT: typeof postedAt === 'string' ? postedAt.slice(0, 26) : null };
}

/** The rows of a batch of the workload `narrow`, in the form that node-hdb gives them. */
function* narrowRows({ buffers, rowCount }: ArrowBatch): Generator<HdbRow> {
  const [idBits, ids, quantityBits, quantities, weightBits, weights] = buffers;
  const [customerBits, ends, names, timeBits, times, amountBits, amounts] = buffers.slice(6);
  const id = new BigInt64Array(bytesOf(ids));
  const quantity = new Int32Array(bytesOf(quantities));
  const weight = new Float64Array(bytesOf(weights));
  const end = new Int32Array(bytesOf(ends));
  const name = Buffer.from(bytesOf(names));
  const time = new BigInt64Array(bytesOf(times));
  const amount = new BigInt64Array(bytesOf(amounts));
  for (let row = 0; row < rowCount; row++) {
    const one = <T>(bits: Uint8Array | undefined, value: T) => (isSet(bits, row) ? value : null);
    yield {
      ID: one(idBits, Number(id[row])),
      QUANTITY: one(quantityBits, quantity[row] ?? 0),
      WEIGHT: one(weightBits, weight[row] ?? 0),
      CUSTOMER: one(customerBits, name.toString('utf8', end[row], end[row + 1])),
      POSTED_AT: one(timeBits, timestampText(time[row] ?? 0n)),
      AMOUNT: one(amountBits, decimalText(amount[2 * row] ?? 0n)),
    };
  }
}

/** A copy that starts at the beginning of its buffer, as typed arrays of wider elements need. */
function bytesOf(buffer: Uint8Array | undefined): ArrayBuffer {
  return Uint8Array.from(buffer ?? []).buffer;
}

function isSet(bits: Uint8Array | undefined, row: number): boolean {
  return (
    bits === undefined || bits.length === 0 || ((bits[row >> 3] ?? 0) & (1 << (row & 7))) !== 0
  );
}

function timestampText(micros: bigint): string {
  const text = new Date(Number(micros / 1000n)).toISOString().slice(0, 23).replace('T', ' ');
  return text + String(micros % 1000n).padStart(3, '0');
}

/** Two decimals; the amounts of the workload are far below 2^53. */
function decimalText(hundredths: bigint): string {
  const digits = String(hundredths < 0n ? -hundredths : hundredths).padStart(3, '0');
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

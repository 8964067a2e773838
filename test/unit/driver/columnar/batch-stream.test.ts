import { describe, expect, it } from 'vitest';
import type { ArrowBatch } from '../../../../src/arrow/batch.ts';
import {
  type BatchOptions,
  DEFAULT_BATCH_OPTIONS,
  readBatches,
} from '../../../../src/driver/columnar/batch-stream.ts';
import type { LobChunk, PacketCursor } from '../../../../src/driver/columnar/packet-cursor.ts';
import { stringToCesu8 } from '../../../../src/driver/values/cesu8.ts';
import type { ColumnMetadata } from '../../../../src/driver/wire/metadata.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { readColumns } from '../../../support/arrow-values.ts';
import { column, hex } from '../../../support/columns.ts';
import { failureOf } from '../../../support/failure.ts';

/** A cursor over given packets whose LOBs lie in memory; it notes what is asked of it. */
class MemoryCursor implements PacketCursor {
  readonly columns: readonly ColumnMetadata[];
  readonly reads: { readonly offset: number; readonly length: number }[] = [];
  closed = 0;
  readonly #parts: readonly Uint8Array[];
  readonly #failure: Error | undefined;
  readonly #lobs: ReadonlyMap<string, (offset: number, length: number) => LobChunk>;

  constructor(script: {
    readonly columns: readonly ColumnMetadata[];
    readonly packets: readonly string[];
    readonly failure?: Error;
    readonly lobs?: Record<string, (offset: number, length: number) => LobChunk>;
  }) {
    this.columns = script.columns;
    this.#parts = script.packets.map(hex);
    this.#failure = script.failure;
    this.#lobs = new Map(Object.entries(script.lobs ?? {}));
  }

  async *packets(): AsyncGenerator<Uint8Array> {
    for (const packet of this.#parts) yield packet;
    if (this.#failure !== undefined) throw this.#failure;
  }

  release(packet: Uint8Array): void {
    packet.fill(0xaa);
  }

  async readLob(locator: Uint8Array, offset: number, length: number): Promise<LobChunk> {
    this.reads.push({ offset, length });
    const read = this.#lobs.get(Buffer.from(locator).toString('hex'));
    if (read === undefined) throw new Error('no such LOB');
    return read(offset, length);
  }

  async close(): Promise<void> {
    this.closed++;
  }
}

/** Serves bytes; `offset` counts from 1. */
const byteLob =
  (bytes: Uint8Array, step = bytes.length) =>
  (offset: number, length: number) => {
    const end = Math.min(offset - 1 + Math.min(length, step), bytes.length);
    return { data: bytes.slice(offset - 1, end), last: end === bytes.length };
  };

/** Serves UTF-16 units as CESU-8, each unit on its own: a chunk may end inside a surrogate pair. */
const unitLob = (text: string, step: number) => (offset: number, length: number) => {
  const end = Math.min(offset - 1 + Math.min(length, step), text.length);
  const units = splitUnits(text, offset - 1, end);
  return { data: Uint8Array.from(units.flat()), last: end === text.length };
};

function splitUnits(text: string, from: number, to: number): number[][] {
  return Array.from({ length: to - from }, (_, index) => {
    const unit = text.charCodeAt(from + index);
    if (unit < 0x80) return [unit];
    return [0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)];
  });
}

const LOCATOR = '1122334455667788';
const u64 = (value: number) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer).toString('hex');
const u32 = (value: number) => u64(value).slice(0, 8);

/** A LOB with data still at HANA: options 2 (data included), a first chunk of `chunk`. */
function lobRow(characters: number, bytes: number, chunk: Uint8Array): string {
  const data = Buffer.from(chunk).toString('hex');
  return `00 02 0000 ${u64(characters)} ${u64(bytes)} ${LOCATOR} ${u32(chunk.length)} ${data}`;
}

const NULL_LOB = '00 01';
const NCLOB = column(TypeCode.NCLOB, { displayName: 'NOTE', length: -1 });
const BLOB = column(TypeCode.BLOB, { displayName: 'PICTURE', length: -1 });
const INT = column(TypeCode.INT, { displayName: 'N' });

async function readAll(cursor: MemoryCursor, options: Partial<BatchOptions> = {}) {
  const { schema, batches } = readBatches(cursor, { ...DEFAULT_BATCH_OPTIONS, ...options });
  const all: ArrowBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return readColumns(schema, all).columns;
}

describe('readBatches', () => {
  it('reads all packets and closes the cursor', async () => {
    const cursor = new MemoryCursor({
      columns: [INT],
      packets: ['01 01000000', '00', '01 03000000'],
    });
    await expect(readAll(cursor, { maxRows: 2 })).resolves.toEqual([[1, null, 3]]);
    expect(cursor.closed).toBe(1);
  });

  it('gives a schema and no batch for an empty result', async () => {
    const cursor = new MemoryCursor({ columns: [INT], packets: [''] });
    await expect(readAll(cursor)).resolves.toEqual([[]]);
    expect(cursor.closed).toBe(1);
  });

  it('closes the cursor when the reader stops early', async () => {
    const cursor = new MemoryCursor({ columns: [INT], packets: ['01 01000000', '01 02000000'] });
    const { batches } = readBatches(cursor, { ...DEFAULT_BATCH_OPTIONS, maxRows: 1 });
    await batches.next();
    await batches.return();
    expect(cursor.closed).toBe(1);
  });

  it('ends with the failure of the cursor, never as a short result', async () => {
    const failure = new Error('connection lost');
    const cursor = new MemoryCursor({ columns: [INT], packets: ['01 01000000'], failure });
    await expect(readAll(cursor)).rejects.toBe(failure);
    expect(cursor.closed).toBe(1);
  });

  it('ends with the failure of the decoder and closes the cursor', async () => {
    const cursor = new MemoryCursor({ columns: [INT], packets: ['01 0100'] });
    await expect(readAll(cursor)).rejects.toMatchObject({ code: 'malformed-packet' });
    expect(cursor.closed).toBe(1);
  });

  it('refuses at once a column without an Arrow type', () => {
    const cursor = new MemoryCursor({ columns: [column(99)], packets: [] });
    expect(() => readBatches(cursor, DEFAULT_BATCH_OPTIONS)).toThrow(/type code 99/);
  });
});

describe('LOBs', () => {
  it('are read from behind their first chunk to the end, among rows that are whole', async () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
    const cursor = new MemoryCursor({
      columns: [INT, BLOB],
      packets: [
        `01 01000000 ${NULL_LOB}
         01 02000000 ${lobRow(0, 1000, bytes.subarray(0, 10))}
         01 03000000 00 06 0000 ${u64(0)} ${u64(2)} ${LOCATOR} ${u32(2)} abcd
         01 04000000 ${lobRow(0, 1000, new Uint8Array(0))}`,
      ],
      lobs: { [LOCATOR]: byteLob(bytes, 400) },
    });
    const whole = Buffer.from(bytes).toString('hex');
    await expect(readAll(cursor)).resolves.toEqual([
      [1, 2, 3, 4],
      [null, whole, 'abcd', whole],
    ]);
    expect(cursor.reads).toEqual([
      { offset: 11, length: 990 },
      { offset: 411, length: 590 },
      { offset: 811, length: 190 },
      { offset: 1, length: 1000 },
      { offset: 401, length: 600 },
      { offset: 801, length: 200 },
    ]);
  });

  it('of characters are counted in UTF-16 units, whose surrogates may be apart', async () => {
    const text = `a${'\u{1f600}'.repeat(7)}\u{2014}z`;
    for (let step = 1; step <= text.length; step++) {
      const cursor = new MemoryCursor({
        columns: [NCLOB, NCLOB],
        packets: [
          lobRow(text.length, 99, stringToCesu8('a')) + lobRow(text.length, 99, new Uint8Array(0)),
        ],
        lobs: { [LOCATOR]: unitLob(text, step) },
      });
      await expect(readAll(cursor)).resolves.toEqual([[text], [text]]);
    }
  });

  it('are asked for in pieces of at most 204,800 units', async () => {
    const bytes = new Uint8Array(500_000).fill(7);
    const cursor = new MemoryCursor({
      columns: [BLOB],
      packets: [lobRow(0, bytes.length, new Uint8Array(0))],
      lobs: { [LOCATOR]: byteLob(bytes) },
    });
    await expect(readAll(cursor)).resolves.toEqual([[Buffer.from(bytes).toString('hex')]]);
    expect(cursor.reads.map(({ length }) => length)).toEqual([204_800, 204_800, 90_400]);
  });

  it('over the limit end the stream and name row, column, size, limit and setting', async () => {
    const cursor = new MemoryCursor({
      columns: [INT, BLOB],
      packets: [`01 01000000 ${NULL_LOB} 01 02000000 ${lobRow(0, 5000, new Uint8Array(3))}`],
    });
    await expect(readAll(cursor, { maxLobBytes: 4096 })).rejects.toMatchObject({
      code: 'resource-exhausted',
      message:
        'row 2, column 2 "PICTURE" (BLOB): a LOB of at least 5000 bytes is over the limit of 4096 set by --max-lob-bytes',
    });
    expect(cursor.reads).toEqual([]);
    expect(cursor.closed).toBe(1);
  });

  it('over the limit in bytes only are found out while reading', async () => {
    const text = '\u{2014}'.repeat(100);
    const cursor = new MemoryCursor({
      columns: [NCLOB],
      packets: [lobRow(100, 100, new Uint8Array(0))],
      lobs: { [LOCATOR]: unitLob(text, 40) },
    });
    await expect(readAll(cursor, { maxLobBytes: 150 })).rejects.toMatchObject({
      code: 'resource-exhausted',
    });
    expect(cursor.reads).toHaveLength(2);
  });

  it.each([
    ['shorter', byteLob(new Uint8Array(50)), /expected 60 bytes, got 50/],
    ['longer', () => ({ data: new Uint8Array(70), last: true }), /expected 60 bytes, got 70/],
    ['endless', () => ({ data: new Uint8Array(0), last: false }), /expected 60 bytes, got 0/],
  ])('%s than announced are malformed', async (_, lob, message) => {
    const cursor = new MemoryCursor({
      columns: [BLOB],
      packets: [lobRow(0, 60, new Uint8Array(0))],
      lobs: { [LOCATOR]: lob },
    });
    const failure = await failureOf(readAll(cursor));
    expect(failure.code).toBe('malformed-packet');
    expect(failure.message).toMatch(message);
  });

  it('cut batches by their announced size', async () => {
    const bytes = new Uint8Array(3000);
    const cursor = new MemoryCursor({
      columns: [BLOB],
      packets: [lobRow(0, 3000, new Uint8Array(0)).repeat(3)],
      lobs: { [LOCATOR]: byteLob(bytes) },
    });
    const { batches } = readBatches(cursor, { ...DEFAULT_BATCH_OPTIONS, targetBytes: 7000 });
    const sizes: number[] = [];
    for await (const { rowCount } of batches) sizes.push(rowCount);
    expect(sizes).toEqual([2, 1]);
  });
});

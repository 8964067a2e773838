import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBatch } from '../../src/arrow/ipc-batch.ts';
import { readMessages } from '../../src/driver/columnar/batch-messages.ts';
import { DEFAULT_BATCH_OPTIONS, readBatches } from '../../src/driver/columnar/batch-stream.ts';
import type { PacketCursor } from '../../src/driver/columnar/packet-cursor.ts';
import type { ColumnMetadata } from '../../src/driver/wire/metadata.ts';
import { packetOf, type RandomTable, randomTables } from '../support/random-rows.ts';

/** Packets that lie in memory; LOBs come whole with their rows. */
function cursorOver(
  columns: readonly ColumnMetadata[],
  packets: readonly Uint8Array[],
): PacketCursor {
  return {
    columns,
    async *packets() {
      for (const packet of packets) yield packet.slice();
    },
    release: (packet) => void packet.fill(0xaa),
    readLob: () => Promise.reject(new Error('no LOB has a rest')),
    close: async () => {},
  };
}

function packetsOf({ rows }: RandomTable, rowsPerPacket: number): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let row = 0; row < rows.length; row += rowsPerPacket) {
    packets.push(packetOf(rows.slice(row, row + rowsPerPacket)));
  }
  return packets;
}

const hex = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString('hex');

describe('messages, whose memory is used again,', () => {
  it('hold byte for byte what batches in fresh memory hold, NULLs and padding included', async () => {
    const cuts = fc.record({
      maxRows: fc.integer({ min: 1, max: 40 }),
      targetBytes: fc.constantFrom(300, 3000, 1_000_000),
    });
    const property = fc.asyncProperty(
      randomTables(60),
      cuts,
      fc.integer({ min: 1, max: 40 }),
      // Messages that wait for HTTP/2 before their memory is given back.
      fc.integer({ min: 0, max: 3 }),
      async (table, cut, rowsPerPacket, waiting) => {
        const options = { ...DEFAULT_BATCH_OPTIONS, ...cut };
        const packets = packetsOf(table, rowsPerPacket);
        const cursor = () => cursorOver(table.columns, packets);
        const expected: string[] = [];
        for await (const batch of readBatches(cursor(), options).batches) {
          const { header, body } = encodeBatch(batch);
          expected.push(hex([header, ...body.pieces]));
        }
        const found: string[] = [];
        const sending: (() => void)[] = [];
        for await (const message of readMessages(cursor(), options).messages) {
          sending.push(() => {
            found.push(hex([message.header, ...message.body.pieces]));
            message.onSent?.();
          });
          if (sending.length > waiting) sending.shift()?.();
        }
        for (const send of sending) send();
        expect(found).toEqual(expected);
      },
    );
    await fc.assert(property, { numRuns: 200, endOnFailure: true });
  });
});

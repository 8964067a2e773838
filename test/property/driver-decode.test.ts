import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HanaFlightError } from '../../src/core/errors.ts';
import { compileDecoder, type DecoderOptions } from '../../src/driver/columnar/result-decoder.ts';
import type { ColumnMetadata } from '../../src/driver/wire/metadata.ts';
import { readColumns } from '../support/arrow-values.ts';
import { expectedColumns, packetOf, randomTables } from '../support/random-rows.ts';

function decode(
  columns: readonly ColumnMetadata[],
  packets: readonly Uint8Array[],
  options: Partial<DecoderOptions> = {},
) {
  const decoder = compileDecoder(columns, options);
  const batches = packets.flatMap((packet) => [...decoder.decode(packet)]);
  const rest = decoder.finish();
  const all = (rest === undefined ? batches : [...batches, rest]).map(({ batch }) => batch);
  return { batches: all, columns: readColumns(decoder.schema, all).columns };
}

/** Null when the bytes were refused as they should be; anything but a HanaFlightError fails the test. */
function decodeOrRefuse(columns: readonly ColumnMetadata[], packet: Uint8Array) {
  try {
    return decode(columns, [packet]);
  } catch (error) {
    if (!(error instanceof HanaFlightError)) throw error;
    expect(['malformed-packet', 'unrepresentable-value']).toContain(error.code);
    expect(error.message).toMatch(/row \d+, column \d+/);
    return null;
  }
}

const cuts = fc.record({
  maxRows: fc.integer({ min: 1, max: 40 }),
  targetBytes: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.constant(1_000_000)),
});

describe('the decoder', () => {
  it('finds every value of any table, however packets and batches are cut', () => {
    const packetRows = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(randomTables(40), cuts, packetRows, (table, options, rowsPerPacket) => {
        const packets: Uint8Array[] = [];
        for (let row = 0; row < table.rows.length; row += rowsPerPacket) {
          packets.push(packetOf(table.rows.slice(row, row + rowsPerPacket)));
        }
        const { batches, columns } = decode(table.columns, packets, options);
        expect(columns).toEqual(expectedColumns(table));
        expect(batches.every(({ rowCount }) => rowCount >= 1 && rowCount <= options.maxRows)).toBe(
          true,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a packet cut anywhere but between two rows', () => {
    fc.assert(
      fc.property(randomTables(3), (table) => {
        const packet = packetOf(table.rows);
        const borders = new Map<number, number>([[0, 0]]);
        for (let row = 1; row <= table.rows.length; row++) {
          borders.set(packetOf(table.rows.slice(0, row)).length, row);
        }
        for (let length = 0; length < packet.length; length++) {
          const decoded = decodeOrRefuse(table.columns, packet.slice(0, length));
          const rows = borders.get(length);
          const expected =
            rows === undefined
              ? null
              : expectedColumns({ ...table, rows: table.rows.slice(0, rows) });
          expect(decoded?.columns ?? null).toEqual(expected);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('answers flipped bits with an error that names the place or with a batch that can be read', () => {
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 7 })), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(randomTables(8), flips, (table, places) => {
        const packet = packetOf(table.rows);
        for (const [place, bit] of places) {
          const at = packet.length === 0 ? 0 : place % packet.length;
          packet[at] = (packet[at] ?? 0) ^ (1 << bit);
        }
        expect(() => decodeOrRefuse(table.columns, packet)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });

  it('answers arbitrary bytes in the same way', () => {
    fc.assert(
      fc.property(randomTables(0), fc.uint8Array({ maxLength: 200 }), ({ columns }, bytes) => {
        expect(() => decodeOrRefuse(columns, bytes)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});

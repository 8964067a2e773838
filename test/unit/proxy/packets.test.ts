import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MAX_PARAMETER_ROWS, type OpenLob } from '../../../src/driver/hana-connection.ts';
import { joinPackets, PACKET_BYTES, type Packet } from '../../../src/proxy/statements/packets.ts';

interface Given {
  readonly rowCount: number;
  readonly bytes: Uint8Array;
  readonly openLobs?: readonly OpenLob[];
}

/** Packets that follow each other from row 1 on. */
function following(given: readonly Given[]): readonly Packet[] {
  let firstRow = 1;
  return given.map(({ rowCount, bytes, openLobs = [] }) => {
    const packet = { rows: { rowCount, bytes, openLobs }, firstRow };
    firstRow += rowCount;
    return packet;
  });
}

async function* stream(packets: readonly Packet[]): AsyncGenerator<Packet> {
  yield* packets;
}

const join = (given: readonly Given[]) => Array.fromAsync(joinPackets(stream(following(given))));
const bytes = (...values: number[]) => Uint8Array.from(values);

test('small packets become one that begins at the first row', async () => {
  const joined = await join([
    { rowCount: 1, bytes: bytes(1) },
    { rowCount: 2, bytes: bytes(2, 3) },
    { rowCount: 1, bytes: bytes(4) },
  ]);
  expect(joined).toEqual([
    { rows: { rowCount: 4, bytes: Buffer.from([1, 2, 3, 4]), openLobs: [] }, firstRow: 1 },
  ]);
});

test('none gives none', async () => {
  expect(await join([])).toEqual([]);
});

test('more rows than HANA takes at once go into another packet', async () => {
  const joined = await join([
    { rowCount: MAX_PARAMETER_ROWS - 1, bytes: bytes(1) },
    { rowCount: 1, bytes: bytes(2) },
    { rowCount: 1, bytes: bytes(3) },
  ]);
  expect(joined.map(({ rows, firstRow }) => [firstRow, rows.rowCount])).toEqual([
    [1, MAX_PARAMETER_ROWS],
    [MAX_PARAMETER_ROWS + 1, 1],
  ]);
});

test('a packet that is large already is handed on as it is', async () => {
  const large = { rowCount: 1, bytes: new Uint8Array(PACKET_BYTES + 1) };
  const joined = await join([large, large, { rowCount: 1, bytes: bytes(1) }]);
  expect(joined.map(({ rows }) => rows.bytes.length)).toEqual([
    PACKET_BYTES + 1,
    PACKET_BYTES + 1,
    1,
  ]);
  expect(joined[0]?.rows.bytes).toBe(large.bytes);
});

test('nothing follows a row whose LOBs are open', async () => {
  const openLobs = [{ rest: bytes(9), text: false }];
  const joined = await join([
    { rowCount: 1, bytes: bytes(1) },
    { rowCount: 1, bytes: bytes(2), openLobs },
    { rowCount: 1, bytes: bytes(3) },
  ]);
  expect(joined.map(({ rows }) => [rows.rowCount, rows.openLobs])).toEqual([
    [2, openLobs],
    [1, []],
  ]);
});

test('whatever the packets are, bytes, rows and their numbers stay as they were', async () => {
  const anyPacket = fc.record({
    rowCount: fc.integer({ min: 1, max: MAX_PARAMETER_ROWS }),
    bytes: fc.uint8Array({ maxLength: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyPacket), async (given) => {
      const joined = await join(given);
      expect(Buffer.concat(joined.map(({ rows }) => rows.bytes))).toEqual(
        Buffer.concat(given.map((packet) => packet.bytes)),
      );
      let next = 1;
      for (const { rows, firstRow } of joined) {
        expect(firstRow).toBe(next);
        expect(rows.rowCount).toBeLessThanOrEqual(MAX_PARAMETER_ROWS);
        next += rows.rowCount;
      }
      expect(next - 1).toBe(given.reduce((sum, { rowCount }) => sum + rowCount, 0));
    }),
  );
});

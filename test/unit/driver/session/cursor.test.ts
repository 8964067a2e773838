import { describe, expect, test } from 'vitest';
import { MessageType } from '../../../../src/driver/wire/message-type.ts';
import { failureOf } from '../../../support/failure.ts';
import {
  logOnTo,
  logOnToScript,
  openCursor,
  scriptedHana,
  until,
} from '../../../support/hana-under-test.ts';
import type { Script } from '../../../support/scripted-hana.ts';
import { numbers, readInts } from '../../../support/scripted-tables.ts';

async function collect(packets: AsyncIterable<Uint8Array>): Promise<number[]> {
  const values: number[] = [];
  for await (const packet of packets) values.push(...readInts(packet));
  return values;
}

const countOf = (requests: readonly number[], type: number): number =>
  requests.filter((request) => request === type).length;

/** As `script`, but the n-th fetch is answered by `fault`. */
function failingFetch(script: Script, nth: number, fault: Script): Script {
  let fetches = 0;
  return (request, wire) => {
    const strikes = request.messageType === MessageType.FETCHNEXT && ++fetches === nth;
    return strikes ? fault(request, wire) : script(request, wire);
  };
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('a result set', () => {
  test('is read whole, the rows of the execution first', async () => {
    const connection = await logOnToScript(numbers({ packets: 5, rowsPerPacket: 100 }));
    const cursor = await openCursor(connection);
    expect(await collect(cursor.packets())).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(connection.reusable).toBe(true);
  });

  test('of no rows ends at once', async () => {
    const connection = await logOnToScript(numbers({ packets: 1, rowsPerPacket: 0 }));
    expect(await collect((await openCursor(connection)).packets())).toEqual([]);
  });

  test('has packets that stay as they are while others are read', async () => {
    const connection = await logOnToScript(numbers({ packets: 3, rowsPerPacket: 10 }));
    const packets: Uint8Array[] = [];
    for await (const packet of (await openCursor(connection)).packets()) packets.push(packet);
    expect(packets.flatMap(readInts)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  test('is closed at HANA when HANA has not closed it', async () => {
    const hana = await scriptedHana(numbers({ packets: 2, rowsPerPacket: 1, closes: false }));
    const connection = await logOnTo(hana.port);
    await collect((await openCursor(connection)).packets());
    expect(countOf(hana.requests, MessageType.CLOSERESULTSET)).toBe(1);
    expect(connection.reusable).toBe(true);
  });

  test('is not closed again when HANA has closed it', async () => {
    const hana = await scriptedHana(numbers({ packets: 2, rowsPerPacket: 1 }));
    const cursor = await openCursor(await logOnTo(hana.port));
    await collect(cursor.packets());
    await cursor.close();
    expect(countOf(hana.requests, MessageType.CLOSERESULTSET)).toBe(0);
  });

  test('can be read only once', async () => {
    const cursor = await openCursor(await logOnToScript(numbers({ packets: 1, rowsPerPacket: 1 })));
    cursor.packets();
    expect(() => cursor.packets()).toThrow('only once');
  });
});

describe('fetching', () => {
  test('asks for as many rows as it was told', async () => {
    const sizes: number[] = [];
    const script = numbers({ packets: 3, rowsPerPacket: 1 });
    const connection = await logOnToScript(
      (request, wire) => {
        const size = request.parts.find(({ kind }) => kind === 45);
        if (size !== undefined) sizes.push(Buffer.from(size.data).readInt32LE());
        return script(request, wire);
      },
      { fetchRows: 500 },
    );
    await collect((await openCursor(connection)).packets());
    expect(sizes).toEqual([500, 500]);
  });

  test('never asks for more rows than HANA gives', async () => {
    const sizes = new Set<number>();
    const script = numbers({ packets: 2, rowsPerPacket: 1 });
    const connection = await logOnToScript(
      (request, wire) => {
        const size = request.parts.find(({ kind }) => kind === 45);
        if (size !== undefined) sizes.add(Buffer.from(size.data).readInt32LE());
        return script(request, wire);
      },
      { fetchRows: 1_000_000 },
    );
    await collect((await openCursor(connection)).packets());
    expect([...sizes]).toEqual([32_767]);
  });

  test('starts when reading starts, and then leaves before the packet in hand is used', async () => {
    const hana = await scriptedHana(numbers({ packets: 10, rowsPerPacket: 1 }));
    const cursor = await openCursor(await logOnTo(hana.port));
    await pause();
    expect(countOf(hana.requests, MessageType.FETCHNEXT)).toBe(0);
    const packets = cursor.packets()[Symbol.asyncIterator]();
    await packets.next();
    await until(() => countOf(hana.requests, MessageType.FETCHNEXT) > 0);
    expect(countOf(hana.requests, MessageType.FETCHNEXT)).toBeGreaterThan(0);
  });

  test('stops when a packet waits for a reader who takes no more', async () => {
    const hana = await scriptedHana(numbers({ packets: 100, rowsPerPacket: 1 }));
    const packets = (await openCursor(await logOnTo(hana.port))).packets()[Symbol.asyncIterator]();
    await packets.next();
    await until(() => countOf(hana.requests, MessageType.FETCHNEXT) === 1);
    await pause();
    expect(countOf(hana.requests, MessageType.FETCHNEXT)).toBe(1);
    await packets.next();
    await until(() => countOf(hana.requests, MessageType.FETCHNEXT) === 2);
    await pause();
    expect(countOf(hana.requests, MessageType.FETCHNEXT)).toBe(2);
  });
});

describe('reading that stops early', () => {
  test('closes the result set and leaves the connection to others', async () => {
    const hana = await scriptedHana(numbers({ packets: 100, rowsPerPacket: 1 }));
    const connection = await logOnTo(hana.port);
    for await (const packet of (await openCursor(connection)).packets()) {
      expect(readInts(packet)).toEqual([0]);
      break;
    }
    expect(countOf(hana.requests, MessageType.CLOSERESULTSET)).toBe(1);
    expect(connection.reusable).toBe(true);
    expect(await connection.validate()).toBe(true);
  });

  test('closes it before the first packet was taken as well', async () => {
    const hana = await scriptedHana(numbers({ packets: 100, rowsPerPacket: 1 }));
    const connection = await logOnTo(hana.port);
    await (await openCursor(connection)).close();
    expect(countOf(hana.requests, MessageType.CLOSERESULTSET)).toBe(1);
    expect(connection.reusable).toBe(true);
  });

  test('by close() is no end to somebody who still reads', async () => {
    const cursor = await openCursor(await logOnToScript(numbers({ packets: 9, rowsPerPacket: 1 })));
    const packets = cursor.packets()[Symbol.asyncIterator]();
    await packets.next();
    await cursor.close();
    expect((await failureOf(Promise.resolve(packets.next()))).code).toBe('cancelled');
  });
});

describe('a failure in the middle', () => {
  const options = { packets: 9, rowsPerPacket: 1 };

  test.each<[string, Script, string]>([
    ['an error of HANA', (_request, wire) => wire.error(4, 'out of memory'), 'resource-exhausted'],
    [
      'the end of the server',
      (_request, wire) => void wire.socket.resetAndDestroy(),
      'unavailable',
    ],
    ['a close of the socket', (_request, wire) => void wire.socket.end(), 'unavailable'],
    ['garbage', (_request, wire) => void wire.socket.write(Buffer.alloc(64)), 'malformed-packet'],
    ['a fetch without rows', (_request, wire) => wire.reply(10), 'malformed-packet'],
  ])('%s rejects the reading and never ends it', async (_name, fault, code) => {
    const connection = await logOnToScript(failingFetch(numbers(options), 3, fault));
    const cursor = await openCursor(connection);
    const seen: number[] = [];
    const reading = (async () => {
      for await (const packet of cursor.packets()) seen.push(...readInts(packet));
    })();
    expect((await failureOf(reading)).code).toBe(code);
    expect(seen).toEqual([0, 1, 2]);
  });

  test('destroy rejects the reading with its cause', async () => {
    const connection = await logOnToScript(failingFetch(numbers(options), 2, () => {}));
    const cursor = await openCursor(connection);
    const reading = collect(cursor.packets());
    setTimeout(() => connection.destroy(new Error('enough')), 20);
    expect((await failureOf(reading)).message).toBe('enough');
  });
});

describe('a LOB', () => {
  test('is read in the middle of a result set', async () => {
    const connection = await logOnToScript(numbers({ packets: 6, rowsPerPacket: 1 }));
    const cursor = await openCursor(connection);
    const values: number[] = [];
    for await (const packet of cursor.packets()) {
      const chunk = await cursor.readLob(Buffer.alloc(8, 9), 1, 16);
      expect(Buffer.from(chunk.data)).toEqual(Buffer.alloc(16, 7));
      expect(chunk.last).toBe(true);
      values.push(...readInts(packet));
    }
    expect(values).toEqual([0, 1, 2, 3, 4, 5]);
  });

  test('is asked for by locator, offset and length', async () => {
    const script = numbers({ packets: 2, rowsPerPacket: 1 });
    const asked: Buffer[] = [];
    const connection = await logOnToScript((request, wire) => {
      const part = request.parts.find(({ kind }) => kind === 17);
      if (part !== undefined) asked.push(Buffer.from(part.data));
      return script(request, wire);
    });
    const cursor = await openCursor(connection);
    await cursor.readLob(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), 204_801, 1000);
    // Locator, offset from 1, length, filler.
    expect(asked[0]?.toString('hex')).toBe(
      '0102030405060708 0120030000000000 e8030000 00000000'.replaceAll(' ', ''),
    );
    await cursor.close();
  });
});

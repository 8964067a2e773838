import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cesu8ToString, stringToCesu8 } from '../../../src/driver/values/cesu8.ts';
import { LobStore } from '../../../src/sandbox/lobs.ts';

const read = (store: LobStore, locator: Uint8Array, offset: number, length: number) =>
  store.read({ locator, offset: BigInt(offset), length });

test('a BLOB is read by bytes, and its last piece says so', () => {
  const store = new LobStore();
  const locator = store.register(Uint8Array.of(1, 2, 3, 4, 5), 'blob');
  expect(read(store, locator, 1, 3)).toEqual({
    locator,
    data: Uint8Array.of(1, 2, 3),
    last: false,
  });
  expect(read(store, locator, 4, 100)).toEqual({ locator, data: Uint8Array.of(4, 5), last: true });
  expect(read(store, locator, 9, 1)).toMatchObject({ data: new Uint8Array(), last: true });
});

test('a CLOB is read by bytes as well', () => {
  const store = new LobStore();
  const locator = store.register(stringToCesu8('äbc'), 'clob');
  expect(Buffer.from(read(store, locator, 1, 2).data).toString('hex')).toBe('c3a4');
});

test('an NCLOB is read by UTF-16 units: a piece can be half a supplementary character', () => {
  const store = new LobStore();
  const locator = store.register(stringToCesu8('a😀b'), 'nclob');
  expect(Buffer.from(read(store, locator, 1, 2).data).toString('hex')).toBe('61eda0bd');
  expect(Buffer.from(read(store, locator, 3, 1).data).toString('hex')).toBe('edb880');
  expect(read(store, locator, 4, 1)).toMatchObject({ data: Uint8Array.of(0x62), last: true });
});

test('an NCLOB read in pieces of any sizes, forwards or again, is the whole text', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.integer({ min: 1, max: 40 }),
      (text, size) => {
        const store = new LobStore();
        const locator = store.register(stringToCesu8(text), 'nclob');
        for (let round = 0; round < 2; round++) {
          const pieces: Uint8Array[] = [];
          for (let at = 0; at < Math.max(text.length, 1); at += size) {
            const piece = read(store, locator, at + 1, size);
            expect(piece.last).toBe(at + size >= text.length);
            pieces.push(piece.data);
          }
          expect(cesu8ToString(Buffer.concat(pieces))).toBe(text);
        }
      },
    ),
  );
});

test.each([
  ['an unknown locator', Buffer.alloc(8, 9), 1n, 10],
  ['an offset of 0', undefined, 0n, 10],
  ['a negative length', undefined, 1n, -1],
  ['an offset beyond any file', undefined, 2n ** 62n, 1],
])('%s is error 1033', (_, other, offset, length) => {
  const store = new LobStore();
  const locator = other ?? store.register(Uint8Array.of(1), 'blob');
  expect(() => store.read({ locator, offset, length })).toThrow(
    expect.objectContaining({ name: 'SandboxError', code: 1033 }),
  );
});

test('a LOB stays while its result set is open and is still readable just after', () => {
  const store = new LobStore();
  store.attributeTo(1n);
  const locator = store.register(Uint8Array.of(1, 2), 'blob');
  expect([store.hasLobsOf(1n), store.hasLobsOf(2n)]).toEqual([true, false]);
  store.release(1n);
  expect(read(store, locator, 1, 1).data).toEqual(Uint8Array.of(1));
});

test('LOBs nobody needs any more are dropped, oldest first, beyond 64 MiB', () => {
  const store = new LobStore();
  const big = new Uint8Array(30 * 1024 * 1024);
  const locators = [1n, 2n, 3n, 4n].map((resultSet) => {
    store.attributeTo(resultSet);
    return store.register(big, 'blob');
  });
  for (const resultSet of [1n, 2n, 3n]) store.release(resultSet);
  const [first = big, second = big, , open = big] = locators;
  expect(() => read(store, first, 1, 1)).toThrow('invalid lob locator id');
  expect(read(store, second, 1, 1).data.length).toBe(1);
  expect(read(store, open, 1, 1).data.length).toBe(1);
});

import { expect, test } from 'vitest';
import { movedToAlignment } from '../../../src/arrow/alignment.ts';

test.each([0, 1, 5, 7, 8])(
  'bytes at an offset of %i are where typed arrays can lie over them',
  (at) => {
    const memory = Uint8Array.from({ length: 64 }, (_, index) => index);
    const body = memory.subarray(8 + at, 48);
    const expected = body.slice();
    const moved = movedToAlignment(body, memory);
    expect(moved.byteOffset % 8).toBe(0);
    expect(moved.buffer).toBe(memory.buffer);
    expect(moved).toEqual(expected);
  },
);

test('bytes without room before them stay where they are', () => {
  const memory = new Uint8Array(64).subarray(3, 40);
  const body = memory.subarray(1);
  expect(movedToAlignment(body, memory)).toBe(body);
});

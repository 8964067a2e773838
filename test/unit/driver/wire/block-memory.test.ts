import { expect, test } from 'vitest';
import { BlockMemory } from '../../../../src/driver/wire/block-memory.ts';

const MIB = 1024 * 1024;

test('a block that came back is taken for bytes of about its size', () => {
  const memory = new BlockMemory();
  const first = memory.take(2 * MIB);
  memory.give(first);
  expect(memory.take(2 * MIB - 5000)).toBe(first);
});

test('a block that is out is not given twice', () => {
  const memory = new BlockMemory();
  const first = memory.take(MIB);
  memory.give(first);
  expect([memory.take(MIB) === first, memory.take(MIB) === first]).toEqual([true, false]);
});

test('a new block has the bytes that were asked for, and an eighth more at most', () => {
  const memory = new BlockMemory();
  for (let bytes = 1; bytes < 64 * MIB; bytes = Math.ceil(bytes * 1.07)) {
    const { byteLength } = memory.take(bytes);
    expect(byteLength).toBeGreaterThanOrEqual(bytes);
    expect(byteLength).toBeLessThanOrEqual(Math.ceil(bytes * 1.125));
  }
});

test('a larger block serves for fewer bytes when there is none of their size', () => {
  const memory = new BlockMemory();
  const [small, large] = [memory.take(1.25 * MIB), memory.take(1.75 * MIB)];
  memory.give(large);
  memory.give(small);
  expect(memory.take(1.25 * MIB)).toBe(small);
  expect(memory.take(1.25 * MIB)).toBe(large);
});

test.each([
  ['more bytes', MIB, 2 * MIB],
  ['far fewer bytes', 2 * MIB, 100_000],
  ['so few that they get a block of their own', 4096, 1000],
])('%s are another block', (_, given, taken) => {
  const memory = new BlockMemory();
  const first = memory.take(given);
  memory.give(first);
  expect(memory.take(taken)).not.toBe(first);
});

test('memory of somebody else is not kept', () => {
  const memory = new BlockMemory();
  const foreign = new ArrayBuffer(MIB + 8);
  memory.give(foreign);
  memory.give(new SharedArrayBuffer(MIB));
  expect(memory.take(MIB + 8)).not.toBe(foreign);
  expect(memory.take(MIB)).toBeInstanceOf(ArrayBuffer);
});

test('no more than 32 MiB wait', () => {
  const memory = new BlockMemory();
  const blocks = Array.from({ length: 20 }, () => memory.take(4 * MIB));
  for (const block of blocks) memory.give(block);
  const again = Array.from({ length: 20 }, () => memory.take(4 * MIB));
  expect(again.filter((block) => blocks.includes(block))).toHaveLength(8);
});

test('blocks of a size that nobody takes any more make room for those that are in use', () => {
  const memory = new BlockMemory();
  const old = [memory.take(16 * MIB), memory.take(16 * MIB)];
  for (const block of old) memory.give(block);
  const blocks = Array.from({ length: 8 }, () => memory.take(2 * MIB));
  for (const block of blocks) memory.give(block);
  const again = Array.from({ length: 8 }, () => memory.take(2 * MIB));
  expect(again.filter((block) => blocks.includes(block))).toHaveLength(8);
  // Only as many as had to.
  expect(old).toContain(memory.take(16 * MIB));
  expect(old).not.toContain(memory.take(16 * MIB));
});

test('a block that alone is more than may wait is not kept, and displaces nothing', () => {
  const memory = new BlockMemory();
  const [small, huge] = [memory.take(MIB), memory.take(64 * MIB)];
  memory.give(small);
  memory.give(huge);
  expect(memory.take(64 * MIB)).not.toBe(huge);
  expect(memory.take(MIB)).toBe(small);
});

test('a size that was not used for long makes room for a new block', () => {
  const memory = new BlockMemory();
  const old = memory.take(8 * MIB);
  memory.give(old);
  for (let use = 0; use < 300; use++) memory.give(memory.take(MIB));
  memory.take(1.5 * MIB);
  expect(memory.take(8 * MIB)).not.toBe(old);
});

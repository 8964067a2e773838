import { expect, test } from 'vitest';
import { RowMemory } from '../../../../src/driver/parameters/row-memory.ts';
import { BlockMemory } from '../../../../src/driver/wire/block-memory.ts';

const BLOCK = 8192;

test('what was written stays when the memory grows', () => {
  const memory = new RowMemory(new BlockMemory(), BLOCK);
  memory.reserve(BLOCK);
  memory.bytes.fill(7);
  memory.reserve(1);
  memory.view.setUint8(BLOCK, 9);
  expect(memory.length).toBe(BLOCK + 1);
  expect(memory.bytes.subarray(0, BLOCK).every((byte) => byte === 7)).toBe(true);
  expect(memory.bytes[BLOCK]).toBe(9);
  expect(memory.bytes.buffer).toBe(memory.block);
});

test('a block that was outgrown is used again', () => {
  const blocks = new BlockMemory();
  const memory = new RowMemory(blocks, BLOCK);
  const { block } = memory;
  memory.reserve(BLOCK + 1);
  expect(blocks.take(BLOCK)).toBe(block);
});

test('what was cut off is reserved again', () => {
  const memory = new RowMemory();
  memory.reserve(10);
  memory.cutTo(4);
  memory.reserve(6);
  expect(memory.length).toBe(10);
  expect(memory.bytes).toHaveLength(10);
});

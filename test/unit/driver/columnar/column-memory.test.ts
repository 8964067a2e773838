import { beforeEach, expect, test } from 'vitest';
import { ReusedMemory } from '../../../../src/driver/columnar/column-memory.ts';
import { BlockMemory } from '../../../../src/driver/wire/block-memory.ts';

/** Notes the sizes of the blocks that are taken. */
class NotingBlocks extends BlockMemory {
  readonly taken: number[] = [];
  readonly given: ArrayBufferLike[] = [];

  override take(byteLength: number): ArrayBuffer {
    this.taken.push(byteLength);
    return super.take(byteLength);
  }

  override give(block: ArrayBufferLike): void {
    this.given.push(block);
    super.give(block);
  }
}

let blocks: NotingBlocks;
let memory: ReusedMemory;

beforeEach(() => {
  blocks = new NotingBlocks();
  memory = new ReusedMemory(blocks);
});

/** The sizes of the blocks that a batch of so many columns takes. */
function blocksOfBatch(columns: number): readonly number[] {
  blocks.taken.length = 0;
  for (let column = 0; column < columns; column++) memory.bytes(20_000);
  memory.reclaim();
  return [...blocks.taken];
}

test('short arrays share a block, do not overlap, and can be overlaid with 64-bit values', () => {
  const arrays = [memory.words(3), memory.bytes(5), memory.words(1), memory.bytes(8)];
  expect(new Set(arrays.map(({ buffer }) => buffer)).size).toBe(1);
  arrays.forEach((array, index) => array.fill(index + 1));
  arrays.forEach((array, index) => {
    expect(array.byteOffset % 8).toBe(0);
    expect(array.every((value) => value === index + 1)).toBe(true);
  });
});

test('memory is zero also when it was used before', () => {
  memory.words(1000).fill(-1);
  memory.bytes(1000).fill(0xff);
  memory.reclaim();
  expect(memory.words(1000).every((value) => value === 0)).toBe(true);
  expect(memory.bytes(1000).every((value) => value === 0)).toBe(true);
});

test('all that a batch took comes back, also what was outgrown or replaced', () => {
  const first = [memory.bytes(100_000), memory.bytes(200_000), memory.words(400_000)];
  memory.reclaim();
  expect(new Set(blocks.given)).toEqual(new Set(first.map(({ buffer }) => buffer)));
  memory.reclaim();
  expect(blocks.given).toHaveLength(new Set(blocks.given).size);
});

test('a short batch lies in a small block, and one after a longer one in a large block', () => {
  const [small, large] = [64 * 1024, 2.25 * 1024 * 1024];
  expect(blocksOfBatch(3)).toEqual([small]);
  expect(blocksOfBatch(100)).toEqual([small, large]);
  expect(blocksOfBatch(100)).toEqual([large]);
  expect(blocksOfBatch(3)).toEqual([large]);
  expect(blocksOfBatch(3)).toEqual([small]);
});

test('an array that is larger than any shared block has one of its own', () => {
  expect(memory.bytes(5_000_000).length).toBe(5_000_000);
  expect(blocks.taken).toEqual([5_000_000]);
});

import { expect, test } from 'vitest';
import { BodyMemory } from '../../../../src/driver/columnar/body-memory.ts';

const MIB = 1024 * 1024;

test('memory that came back is used for a body of about its size', () => {
  const memory = new BodyMemory();
  const first = memory.take(2 * MIB);
  memory.give(first);
  expect(memory.take(2 * MIB - 5000)).toBe(first);
});

test('memory that is out is not given twice', () => {
  const memory = new BodyMemory();
  const first = memory.take(MIB);
  memory.give(first);
  expect([memory.take(MIB) === first, memory.take(MIB) === first]).toEqual([true, false]);
});

test.each([
  ['a larger body', MIB, 2 * MIB],
  ['a body far smaller', 2 * MIB, 100_000],
  ['a body so small that it gets its own', 64 * 1024, 1000],
])('%s gets other memory', (_, given, taken) => {
  const memory = new BodyMemory();
  const first = memory.take(given);
  memory.give(first);
  const second = memory.take(taken);
  expect(second).not.toBe(first);
  expect(second.byteLength).toBeGreaterThanOrEqual(taken);
});

test('no more than 32 MiB wait', () => {
  const memory = new BodyMemory();
  const bodies = Array.from({ length: 20 }, () => memory.take(4 * MIB));
  for (const body of bodies) memory.give(body);
  const again = Array.from({ length: 20 }, () => memory.take(4 * MIB));
  expect(again.filter((body) => bodies.includes(body))).toHaveLength(8);
});

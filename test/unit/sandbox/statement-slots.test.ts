import { expect, test } from 'vitest';
import { StatementSlots } from '../../../src/sandbox/statement-slots.ts';

test('slots go round in the order of the requests; who leaves the queue gets none', async () => {
  const slots = new StatementSlots(1);
  expect(await slots.request().granted).toBe(true);
  const [first, second, third] = [slots.request(), slots.request(), slots.request()];
  second.abandon();
  expect(await second.granted).toBe(false);
  slots.release();
  expect(await first.granted).toBe(true);
  first.abandon();
  slots.release();
  expect(await third.granted).toBe(true);
  slots.release();
  expect(await slots.request().granted).toBe(true);
});

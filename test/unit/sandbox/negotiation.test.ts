import { expect, test } from 'vitest';
import { intOption, type OptionValue } from '../../../src/driver/wire/parts/options.ts';
import {
  answerConnectOptions,
  negotiateDataFormatVersion,
} from '../../../src/sandbox/negotiation.ts';

const asking = (entries: Readonly<Record<number, number>>) =>
  new Map<number, OptionValue>(
    Object.entries(entries).map(([id, value]) => [Number(id), { type: 'int', value }]),
  );

test.each([
  ['nothing', {}, 1],
  ['1, as node-hdb does by itself', { 12: 1, 23: 1 }, 1],
  ['the broken 2', { 23: 2 }, 1],
  ['the broken 3', { 23: 3 }, 1],
  ['4 in option 12 alone', { 12: 4 }, 4],
  ['8 in option 23', { 23: 8 }, 8],
  ['different versions: option 23 holds', { 12: 1, 23: 6 }, 6],
  ['9', { 23: 9 }, 9],
  ['more than there is', { 23: 99 }, 9],
  ['nonsense', { 23: -5 }, 1],
])('a client that asks for %s', (_, asked, version) => {
  expect(negotiateDataFormatVersion(asking(asked))).toBe(version);
});

test('the answer refuses compression and promises pings only to who asks', () => {
  const system = { systemId: 'HXE', databaseName: 'HXE', version: '2.00.076.00.1705400033' };
  const plain = answerConnectOptions(asking({ 23: 8, 49: 0x700 }), 77, system);
  expect([...plain.keys()].toSorted((a, b) => a - b)).toEqual([1, 11, 12, 23, 44, 45, 49, 53]);
  expect([1, 12, 23, 49, 53].map((id) => intOption(plain, id))).toEqual([77, 8, 8, 0, 0]);
  const pinging = answerConnectOptions(asking({ 53: 0x0200_0007 }), 77, system);
  expect(intOption(pinging, 53)).toBe(0x0200_0000);
});

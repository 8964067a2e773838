import { expect, test } from 'vitest';
import {
  DETERMINISTIC_FUNCTIONS,
  isAggregate,
  VOLATILE_FUNCTIONS,
} from '../../../../src/planner/sql/function-table.ts';

const deterministic = DETERMINISTIC_FUNCTIONS.flatMap(({ names }) => names.split(/\s+/));
const volatile = VOLATILE_FUNCTIONS.flatMap(({ names }) => names);

test('no function stands in the table twice', () => {
  const all = [...deterministic, ...volatile];
  expect(all.toSorted()).toEqual([...new Set(all)].toSorted());
});

test('names are written as HANA folds them', () => {
  expect([...deterministic, ...volatile].filter((name) => !/^[A-Z_0-9]+$/.test(name))).toEqual([]);
});

test('an aggregate is no function of one row', () => {
  expect(deterministic.filter(isAggregate)).toEqual([]);
});

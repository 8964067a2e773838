import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bound, compareBounds, type Key, readBound } from '../../src/planner/keys/key.ts';
import { keyTypeOf } from '../../src/planner/keys/key-types.ts';
import type { Range } from '../../src/planner/predicates.ts';
import { rangesOf } from '../../src/planner/shares.ts';

/** The ranges by their definition, without SQL: that the SQL does the same is shown against a database. */

const TYPES = {
  BIGINT: fc.bigInt({ min: -3n, max: 3n }).map(String),
  DECIMAL: fc.integer({ min: -30, max: 30 }).map((tenths) => String(tenths / 10)),
  NVARCHAR: fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 2 }),
} as const;

const typeNames = Object.keys(TYPES) as readonly (keyof typeof TYPES)[];

function keyOf(names: readonly string[]): Key {
  return names.flatMap((name, place) => {
    const type = { name, length: 10, scale: undefined };
    const keyType = keyTypeOf(type);
    const column = `C${place}`;
    return keyType === undefined ? [] : [{ name: column, column, sql: column, type, keyType }];
  });
}

type KeyValue = readonly (string | undefined)[];

const keyCase = fc
  .array(fc.constantFrom(...typeNames), { minLength: 1, maxLength: 3 })
  .chain((names) =>
    fc.record({
      key: fc.constant(keyOf(names)),
      bounds: fc.array(fc.tuple(...names.map((name) => TYPES[name])), {
        minLength: 1,
        maxLength: 9,
      }),
      value: fc.tuple(...names.map((name) => fc.option(TYPES[name], { nil: undefined }))),
    }),
  );

/** NULL, the smallest value, is below each bound. */
function isBelow(key: Key, value: KeyValue, bound: Bound): boolean {
  for (const [place, { keyType }] of key.entries()) {
    const cell = value[place];
    if (cell === undefined) return true;
    const order = keyType.compare(keyType.bound(cell) ?? '', bound[place] ?? '');
    if (order !== 0) return order < 0;
  }
  return false;
}

function holds(key: Key, value: KeyValue, { from, to, nulls }: Range): boolean {
  if (key.length === 1 && value[0] === undefined) return nulls;
  return (
    (from === undefined || !isBelow(key, value, from)) &&
    (to === undefined || isBelow(key, value, to))
  );
}

describe('ranges between ascending bounds', () => {
  test('hold every key once', () => {
    fc.assert(
      fc.property(keyCase, fc.boolean(), fc.boolean(), (drawn, descending, nullsFirst) => {
        const { key, value } = drawn;
        const ascending = drawn.bounds
          .map((texts) => readBound(key, texts) ?? [])
          .toSorted((left, right) => compareBounds(key, left, right));
        const bounds = ascending.filter(
          (bound, place) =>
            place === 0 || compareBounds(key, ascending[place - 1] ?? [], bound) < 0,
        );
        const ranges = rangesOf(bounds, { descending, nullsFirst });
        expect(ranges).toHaveLength(bounds.length + 1);
        expect(ranges.filter((range) => holds(key, value, range))).toHaveLength(1);
      }),
      { numRuns: 1000 },
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cut, equalDepth } from '../../../src/planner/equal-depth.ts';

const even = (count: number): readonly Cut<number>[] =>
  Array.from({ length: count }, (_, place) => ({ bound: place + 1, rows: 10 }));

describe('cuts of equal depth', () => {
  test('divide even rows evenly', () => {
    expect(equalDepth(10, even(7), 4)).toEqual({ bounds: [2, 4, 6], rows: [20, 20, 20, 20] });
  });

  test('leave a value that is often there alone', () => {
    const cuts = [
      { bound: 1, rows: 10 },
      { bound: 2, rows: 900 },
      { bound: 3, rows: 10 },
      { bound: 4, rows: 70 },
    ];
    expect(equalDepth(10, cuts, 3)).toEqual({ bounds: [2, 3], rows: [20, 900, 80] });
  });

  test('are all that there are when more are wanted', () => {
    expect(equalDepth(10, even(2), 64)).toEqual({ bounds: [1, 2], rows: [10, 10, 10] });
    expect(equalDepth(10, [], 8)).toEqual({ bounds: [], rows: [10] });
  });

  test('are as many as wanted, ascending, and lose no row', () => {
    const cut = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(cut, fc.array(cut), fc.integer({ min: 1, max: 70 }), (before, rows, wanted) => {
        const cuts = rows.map((count, place) => ({ bound: place, rows: count }));
        const { bounds, rows: depths } = equalDepth(before, cuts, wanted);
        expect(bounds).toHaveLength(Math.min(wanted - 1, cuts.length));
        expect(bounds).toEqual([...new Set(bounds)].toSorted((left, right) => left - right));
        const total = rows.reduce((sum, count) => sum + count, before);
        expect(depths.reduce((sum, count) => sum + count, 0)).toBe(total);
      }),
    );
  });
});

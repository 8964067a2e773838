import { describe, expect, test } from 'vitest';
import { readBuckets } from '../../../../src/driver/catalog/histograms.ts';

const content = (buckets: unknown): string => JSON.stringify({ content: { buckets } });

describe('the content of data statistics', () => {
  test('is read with numbers and text as bounds', () => {
    const json = content([
      { lower: '1', upper: '9', count: 9, 'distinct count': 9 },
      { lower: 10, upper: 20, count: '11' },
    ]);
    expect(readBuckets(json)).toEqual([
      { upper: '9', rows: 9 },
      { upper: '20', rows: 11 },
    ]);
  });

  test.each([
    ['no JSON', '{"content":'],
    ['JSON of another shape', '{"histogram": []}'],
    ['buckets that are no list', content({})],
    ['a bucket without its bound', content([{ upper: '1', count: 1 }, { count: 1 }])],
    ['a bucket without a count', content([{ upper: '1' }])],
    ['a bucket that is no object', content([null])],
    ['nothing', ''],
  ])('that is %s is no histogram', (_, json) => {
    expect(readBuckets(json)).toEqual([]);
  });
});

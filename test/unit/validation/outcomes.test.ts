import { expect, test } from 'vitest';
import { judge, type Outcome } from '../../validation/outcomes.ts';

const outcome = (name: string, changes: Partial<Outcome> = {}): Outcome => ({
  test: name,
  outcome: 'passed',
  reason: '',
  standsIn: false,
  ...changes,
});

test('counts what passed, what stood in, what failed, and skips by their reason', () => {
  const verdict = judge(
    [
      outcome('a'),
      outcome('b', { standsIn: true }),
      outcome('c', { outcome: 'failed', reason: 'error' }),
      outcome('d', { outcome: 'skipped', reason: 'not implemented' }),
      outcome('e', { outcome: 'skipped', reason: 'not implemented' }),
    ],
    { c: 'the driver does it' },
  );
  expect(verdict).toEqual({
    passed: 2,
    standingIn: 1,
    failed: 1,
    skipped: new Map([['not implemented', 2]]),
    surprises: [],
  });
});

test('a failure that nobody knows is a surprise, with its error', () => {
  const failed = outcome('a', { outcome: 'failed', reason: 'first line\nsecond line' });
  expect(judge([failed], {}).surprises).toEqual(['failed: a\n    first line\n    second line']);
});

test('a known failure that passes, is skipped or does not run any more is a surprise', () => {
  const outcomes = [outcome('passes'), outcome('skipped', { outcome: 'skipped' })];
  const known = { passes: '', skipped: '', gone: '' };
  expect(judge(outcomes, known).surprises).toEqual(
    ['passes', 'skipped', 'gone'].map(
      (name) => `listed among the known failures, but did not fail: ${name}`,
    ),
  );
});

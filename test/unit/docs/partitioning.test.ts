import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { CONSISTENCY_LEVELS, STRATEGIES } from '../../../src/planner/plan.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../../docs/partitioning.md'), 'utf8');

/** The first cells of the table below a heading. */
function firstCells(heading: string): string[] {
  const [, section = ''] = page.split(`## ${heading}\n`);
  const [text = ''] = section.split('\n## ');
  return [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, cell = '']) => cell);
}

test('the page tells of every strategy and every level of consistency', () => {
  expect(firstCells('How')).toEqual([...STRATEGIES]);
  expect(firstCells('What the endpoints show together')).toEqual([...CONSISTENCY_LEVELS]);
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { PEERS } from '../../../bench/peers/peers.ts';
import { STAGES } from '../../../bench/stages/stages.ts';
import { WORKLOADS } from '../../../bench/workloads/workloads.ts';

const page = readFileSync(new URL('../../../docs/performance.md', import.meta.url), 'utf8');

/** First cells of the rows of a section's table, without code marks. */
function firstCells(section: string): readonly string[] {
  const [, text = ''] = page.split(`\n## ${section}\n`);
  const [own = ''] = text.split('\n## ');
  const rows = own.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((line) => line.split('|')[1]?.trim().replaceAll('`', '') ?? '');
}

describe('docs/performance.md', () => {
  test.each([
    { section: 'Stages', names: STAGES.map(({ name }) => name) },
    { section: 'Workloads', names: WORKLOADS.map(({ name }) => name.toLowerCase()) },
    { section: 'Peers', names: PEERS.map(({ name }) => name) },
  ])('names what the bench has, in its order: $section', ({ section, names }) => {
    expect(firstCells(section)).toEqual(names);
  });
});

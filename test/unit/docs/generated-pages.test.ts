import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { PAGES } from '../../../scripts/pages/pages.ts';

test.each(PAGES)('$path is what `npm run generate` makes', (page) => {
  const written = readFileSync(resolve(import.meta.dirname, '../../..', page.path), 'utf8');
  expect(written).toBe(page.render());
});

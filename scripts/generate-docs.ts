import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PAGES } from './pages/pages.ts';

for (const page of PAGES) {
  writeFileSync(resolve(import.meta.dirname, '..', page.path), page.render());
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name));

const folderOf = (path: string) => relative(join(root, 'src'), path).split('/')[0] ?? '';

function importsOf(path: string): string[] {
  const specifiers = readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g);
  return [...specifiers].map((match) => match[1] ?? '');
}

function arrowsBetweenFolders(): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>();
  for (const source of sources) {
    const from = folderOf(source);
    const targets = arrows.get(from) ?? new Set<string>();
    for (const specifier of importsOf(source)) {
      if (!specifier.startsWith('.')) continue;
      const to = folderOf(resolve(dirname(source), specifier));
      if (to !== from) targets.add(to);
    }
    arrows.set(from, targets);
  }
  return arrows;
}

function importTable(): string {
  const rows = [...arrowsBetweenFolders()]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([from, targets]) => {
      const names = [...targets].toSorted().map((name) => `\`${name}\``);
      return `| \`${from}\` | ${names.join(', ') || 'nothing'} |`;
    });
  return ['| folder | imports |', '| --- | --- |', ...rows].join('\n');
}

test('the import table of ARCHITECTURE.md is what the code does', () => {
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const table = /<!-- imports:begin -->\n([\s\S]*?)\n?<!-- imports:end -->/.exec(page)?.[1];
  expect(table?.trim()).toBe(importTable());
});

test.each([
  ['@grpc/', ['flight']],
  ['hdb', ['driver/session']],
  ['@duckdb/', ['sandbox']],
])('only the folder that owns it imports %s', (name, owners) => {
  const importers = sources.filter((source) =>
    importsOf(source).some(
      (specifier) =>
        specifier === name || specifier.startsWith(name.endsWith('/') ? name : `${name}/`),
    ),
  );
  const strangers = importers
    .map((source) => relative(join(root, 'src'), source))
    .filter((source) => !owners.some((owner) => source.startsWith(`${owner}/`)));
  expect(importers.length).toBeGreaterThan(0);
  expect(strangers).toEqual([]);
});

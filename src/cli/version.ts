import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Manifest = z.object({
  version: z.string(),
  dependencies: z.object({ 'apache-arrow': z.string() }),
});

/** Versions as package.json states them. */
export interface Versions {
  readonly server: string;
  readonly arrow: string;
}

/** Reads package.json, which lies two folders up from the source as from the built file. */
export function packageVersions(): Versions {
  const json = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version, dependencies } = Manifest.parse(JSON.parse(json));
  return { server: version, arrow: dependencies['apache-arrow'] };
}

import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

const VERSION = '2.30.27';

/**
 * Fetches SAP's own Python client into the cache, because the caller asked for it: it comes under SAP's
 * licence, so it is no dependency of anything here.
 * @returns the folder of the package, or undefined, having said why.
 */
export function fetchHdbcli(interpreter: string): string | undefined {
  const cache = env['TOOLCHAIN_CACHE'] ?? join(homedir(), '.cache', 'hana-flight-tests');
  const folder = join(cache, `hdbcli-${VERSION}`);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${process.pid}`;
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const args = [...pip, '--target', unfinished, `hdbcli==${VERSION}`];
  const { status, stderr } = spawnSync(interpreter, args, { encoding: 'utf8' });
  if (status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    process.stderr.write(`SKIPPED hdbcli: pip could not install it\n${stderr}\n`);
    return undefined;
  }
  renameSync(unfinished, folder);
  return folder;
}

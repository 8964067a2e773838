import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The suite of adbc-drivers is written for it. */
const MINIMUM = [3, 13] as const;
const CANDIDATES = ['python3.14', 'python3.13', 'python3', 'python'];
const REQUIREMENTS = fileURLToPath(new URL('./requirements.txt', import.meta.url));
/** Written last, so that an install that was broken off is done again. */
const COMPLETE = 'complete';
/** Prints what a project depends on, as `pip` wants it. */
const PRINT_DEPENDENCIES =
  'import sys, tomllib; print("\\n".join(tomllib.load(open(sys.argv[1], "rb"))["project"]["dependencies"]))';

/**
 * Makes a virtual environment with what a checkout depends on and the ADBC driver, once; the checkout
 * itself is only read. It lies where the clients' toolchains lie: in `TOOLCHAIN_CACHE`, or
 * `~/.cache/hana-flight-tests`.
 * @param named a Python interpreter; without it those on the PATH are tried.
 * @returns its interpreter.
 */
export function pythonFor(checkout: string, named: string | undefined): string {
  const project = join(checkout, 'pyproject.toml');
  const python = findPython(named === undefined ? CANDIDATES : [named]);
  const digest = createHash('sha256').update(python);
  for (const file of [project, REQUIREMENTS]) digest.update(readFileSync(file));
  const folder = join(cacheFolder(), `validation-${digest.digest('hex').slice(0, 16)}`);
  const interpreter = join(folder, 'venv/bin/python');
  if (existsSync(join(folder, COMPLETE))) return interpreter;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  output(python, ['-m', 'venv', join(folder, 'venv')]);
  const dependencies = join(folder, 'dependencies.txt');
  writeFileSync(dependencies, output(python, ['-c', PRINT_DEPENDENCIES, project]));
  const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  output(interpreter, [...install, '--requirement', dependencies, '--requirement', REQUIREMENTS]);
  writeFileSync(join(folder, COMPLETE), '');
  return interpreter;
}

function findPython(candidates: readonly string[]): string {
  for (const command of candidates) {
    const print = 'import sys; print(sys.version_info[0], sys.version_info[1], sys.executable)';
    const { status, stdout } = spawnSync(command, ['-c', print], { encoding: 'utf8' });
    if (status !== 0) continue;
    const [major, minor, ...path] = stdout.trim().split(' ');
    if (Number(major) === MINIMUM[0] && Number(minor) >= MINIMUM[1]) return path.join(' ');
  }
  throw new Error(
    `expected Python ${MINIMUM.join('.')} or newer, found none: ${candidates.join(', ')}; name one with --python`,
  );
}

function cacheFolder(): string {
  return env['TOOLCHAIN_CACHE'] ?? join(homedir(), '.cache', 'hana-flight-tests');
}

/** Standard output of a command that must succeed. */
function output(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(
    `${command} ${args.join(' ')} ended with ${status ?? error?.message}\n${stdout}${stderr}`,
  );
}

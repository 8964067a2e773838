import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The languages whose HANA and Flight clients are tried. */
export type ToolchainName = 'python' | 'go' | 'rust';

/** Makes the clients of one language ready to run, outside the source tree. */
interface Toolchain {
  /** What must be on the PATH. */
  readonly command: string;
  /** Files under `test/clients` that name every version; a change of one starts a new cache folder. */
  readonly pins: readonly string[];
  /** Installs or builds into `folder`, which exists; leaves there what {@link executable} names. */
  install(command: string, folder: string): Promise<void>;
  /** Path inside the cache folder of the program that the suite runs. */
  readonly executable: string;
  /** Sources are compiled each time (quick when nothing changed); otherwise one install is kept. */
  readonly rebuilds: boolean;
}

export type Provision =
  | { readonly state: 'ready'; readonly executable: string }
  | { readonly state: 'missing'; readonly reason: string };

const CLIENTS = fileURLToPath(new URL('../clients/', import.meta.url));
/** Written last, so that an install that was broken off is done again. */
const COMPLETE = 'complete';
/** How much of a failed installer's output is shown. */
const OUTPUT_TAIL_CHARACTERS = 4_000;

const TOOLCHAINS: Readonly<Record<ToolchainName, Toolchain>> = {
  python: {
    command: 'python3',
    pins: ['python/requirements.txt'],
    executable: 'venv/bin/python',
    rebuilds: false,
    async install(command, folder) {
      const venv = join(folder, 'venv');
      await run(command, ['-m', 'venv', '--clear', venv], CLIENTS);
      const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
      const pins = join(CLIENTS, 'python/requirements.txt');
      await run(join(venv, 'bin/python'), [...pip, '--requirement', pins], CLIENTS);
    },
  },
  go: {
    command: 'go',
    pins: ['go/go.mod', 'go/go.sum'],
    executable: 'go-hdb-client',
    rebuilds: true,
    async install(command, folder) {
      const args = ['build', '-mod=readonly', '-o', join(folder, 'go-hdb-client'), '.'];
      await run(command, args, join(CLIENTS, 'go'));
    },
  },
  rust: {
    command: 'cargo',
    pins: ['rust/Cargo.toml', 'rust/Cargo.lock'],
    executable: 'debug/hdbconnect-client',
    rebuilds: true,
    async install(command, folder) {
      const args = ['build', '--quiet', '--locked', '--target-dir', folder];
      await run(command, args, join(CLIENTS, 'rust'));
    },
  },
};

/**
 * Finds a toolchain and makes its clients ready; the first time this downloads and compiles. What is
 * made lies in `TOOLCHAIN_CACHE`, or `~/.cache/hana-flight-tests`.
 * @returns `missing` when the suite is to be skipped
 * @throws Error when the toolchain is required by `REQUIRE_TOOLCHAINS`: a list of names
 * that must be there, or `1` for every one that is on the PATH
 */
export async function provide(name: ToolchainName): Promise<Provision> {
  const toolchain = TOOLCHAINS[name];
  const command = await findOnPath(toolchain.command);
  if (command === undefined) {
    return missing(
      name,
      `${toolchain.command} is not on the PATH`,
      requirementOf(name) === 'named',
    );
  }
  const folder = join(cacheFolder(), `${name}-${await digestOf(toolchain.pins)}`);
  try {
    await installOnce(toolchain, command, folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return missing(name, `could not be installed: ${reason}`, requirementOf(name) !== 'none');
  }
  return { state: 'ready', executable: join(folder, toolchain.executable) };
}

async function installOnce(toolchain: Toolchain, command: string, folder: string): Promise<void> {
  const marker = join(folder, COMPLETE);
  if (!toolchain.rebuilds && (await exists(marker))) return;
  if (!toolchain.rebuilds) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await toolchain.install(command, folder);
  await writeFile(marker, '');
}

function missing(name: ToolchainName, reason: string, required: boolean): Provision {
  if (required) throw new Error(`toolchain ${name} is required, but ${reason}`);
  return { state: 'missing', reason };
}

function requirementOf(name: ToolchainName): 'none' | 'if-present' | 'named' {
  const wanted = (env['REQUIRE_TOOLCHAINS'] ?? '').split(',').map((word) => word.trim());
  if (wanted.includes(name)) return 'named';
  return wanted.includes('1') ? 'if-present' : 'none';
}

function cacheFolder(): string {
  return env['TOOLCHAIN_CACHE'] ?? join(homedir(), '.cache', 'hana-flight-tests');
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(await readFile(join(CLIENTS, file)));
  return hash.digest('hex').slice(0, 16);
}

async function findOnPath(command: string): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, command);
    if (await exists(path, constants.X_OK)) return path;
  }
  return undefined;
}

async function exists(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** Runs an installer to its end; its output is part of the error when it fails. */
function run(command: string, args: readonly string[], folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      const tail = Buffer.concat(output).toString('utf8').slice(-OUTPUT_TAIL_CHARACTERS);
      reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}\n${tail}`));
    });
  });
}

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';
import { provide } from '../../test/support/toolchain.ts';

/** A program that is ready to run, or the reason why there is none. */
export type Provision =
  | { readonly state: 'ready'; readonly executable: string }
  | { readonly state: 'missing'; readonly reason: string };

const PEERS = fileURLToPath(new URL('.', import.meta.url));
const HDBCLI_VERSION = '2.30.27';

/** Python with pyarrow and ADBC: the environment of the client tests. */
export async function providePython(): Promise<Provision> {
  const provision = await provide('python');
  return provision.state === 'ready'
    ? provision
    : { state: 'missing', reason: `python: ${provision.reason}` };
}

/** @throws Error when there is no Python: the bench's own Flight clients are written in it. */
export async function requirePython(): Promise<string> {
  const provision = await providePython();
  if (provision.state === 'ready') return provision.executable;
  throw new Error(provision.reason);
}

/**
 * Fetches SAP's own Python client into the cache: it comes under SAP's licence, so it is no dependency of
 * anything here, and is fetched only for a run that asks for peers.
 * @returns the folder of the package as `executable`.
 */
export function provideHdbcli(interpreter: string): Provision {
  const folder = join(cacheFolder(), `hdbcli-${HDBCLI_VERSION}`);
  if (existsSync(folder)) return { state: 'ready', executable: folder };
  const unfinished = `${folder}.${process.pid}`;
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const failure = run(interpreter, [...pip, '--target', unfinished, `hdbcli==${HDBCLI_VERSION}`]);
  if (failure !== undefined) {
    rmSync(unfinished, { recursive: true, force: true });
    return { state: 'missing', reason: `pip could not install hdbcli: ${failure}` };
  }
  renameSync(unfinished, folder);
  return { state: 'ready', executable: folder };
}

/** Compiles `bench/peers/rust` as a release; quick when nothing changed. */
export function provideRust(): Provision {
  const target = join(cacheFolder(), 'peer-rust');
  process.stderr.write('compiling the peer in Rust: minutes, the first time …\n');
  const args = ['build', '--release', '--quiet', '--locked', '--target-dir', target];
  const failure = run('cargo', args, join(PEERS, 'rust'));
  if (failure !== undefined) return { state: 'missing', reason: `cargo build: ${failure}` };
  return { state: 'ready', executable: join(target, 'release', 'hana-reader') };
}

/** Compiles `bench/peers/go`; quick when nothing changed. */
export function provideGo(): Provision {
  const executable = join(cacheFolder(), 'peer-go', 'hana-reader');
  mkdirSync(join(executable, '..'), { recursive: true });
  const args = ['build', '-mod=readonly', '-o', executable, '.'];
  const failure = run('go', args, join(PEERS, 'go'));
  if (failure !== undefined) return { state: 'missing', reason: `go build: ${failure}` };
  return { state: 'ready', executable };
}

/** The folder that `test/support/toolchain.ts` keeps its own things in. */
function cacheFolder(): string {
  const folder = env['TOOLCHAIN_CACHE'] ?? join(homedir(), '.cache', 'hana-flight-tests');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** @returns why it failed; undefined when it did not. */
function run(command: string, args: readonly string[], folder?: string): string | undefined {
  const { error, status, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.trim();
}

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';

/** The languages whose HANA and Flight clients are tried. */
export type ToolchainName = 'python' | 'go' | 'rust' | 'java' | 'node';

/** Makes the clients of one language ready to run, outside the source tree. */
interface Toolchain {
  /** What must be on the PATH. */
  readonly commands: readonly string[];
  /** Files under `test/clients` that name every version; a change of one starts a new cache folder. */
  readonly pins: readonly string[];
  /** Installs packages into `folder`, which is empty; what is there is kept for the next runs. */
  install?(folder: string): Promise<void>;
  /** Makes programs of the sources, each time: quick when nothing changed. */
  build?(folder: string): Promise<void>;
  /** Path inside the cache folder of the program that suites run unless they name another. */
  readonly executable: string;
}

export type Provision =
  | { readonly state: 'ready'; readonly executable: string; readonly folder: string }
  | { readonly state: 'missing'; readonly reason: string };

const CLIENTS = fileURLToPath(new URL('../clients/', import.meta.url));
/** Written last, so that an install that was broken off is done again. */
const COMPLETE = 'complete';
/** How much of a failed installer's output is shown. */
const OUTPUT_TAIL_CHARACTERS = 4_000;

const ARROW_GO = 'github.com/apache/arrow-go/v18';
const MAVEN_COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

const TOOLCHAINS: Readonly<Record<ToolchainName, Toolchain>> = {
  python: {
    commands: ['python3'],
    pins: ['python/requirements.txt'],
    executable: 'venv/bin/python',
    async install(folder) {
      const venv = join(folder, 'venv');
      await run('python3', ['-m', 'venv', '--clear', venv], CLIENTS);
      const pip = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
      const pins = join(CLIENTS, 'python/requirements.txt');
      await run(join(venv, 'bin/python'), [...pip, '--requirement', pins], CLIENTS);
    },
  },
  go: {
    commands: ['go'],
    pins: ['go/go.mod', 'go/go.sum'],
    executable: 'hdb-client',
    async build(folder) {
      const module = join(CLIENTS, 'go');
      const build = ['build', '-mod=readonly', '-o'];
      await run('go', [...build, `${folder}/`, './hdb-client', './flight-client'], module);
      // An internal package: it can be built in its own module only, which lies in Go's cache.
      const list = ['list', '-mod=readonly', '-m', '-f', '{{.Dir}}', ARROW_GO];
      const arrow = (await run('go', list, module)).trim();
      const client = 'arrow-flight-integration-client';
      const source = `./arrow/internal/flight_integration/cmd/${client}`;
      await run('go', [...build, join(folder, client), source], arrow);
    },
  },
  rust: {
    commands: ['cargo'],
    pins: ['rust/Cargo.lock'],
    executable: 'debug/hdb-client',
    async build(folder) {
      const build = ['build', '--quiet', '--locked', '--target-dir', folder];
      const workspace = join(CLIENTS, 'rust');
      await run('cargo', [...build, '--workspace'], workspace);
      const commandLine = ['--package', 'arrow-flight', '--bin', 'flight_sql_client'];
      await run('cargo', [...build, ...commandLine], workspace);
    },
  },
  java: {
    commands: ['java', 'javac', 'mvn'],
    pins: ['java/pom.xml'],
    executable: 'jdbc-client',
    async install(folder) {
      const pom = ['--file', join(CLIENTS, 'java/pom.xml')];
      const quietly = ['--quiet', '--batch-mode'];
      const lib = join(folder, 'lib');
      await run('mvn', [...quietly, ...pom, MAVEN_COPY, `-DoutputDirectory=${lib}`], folder);
    },
    async build(folder) {
      const jars = (await readdir(join(folder, 'lib'))).map((jar) => join(folder, 'lib', jar));
      const flight = jars.filter((jar) => !isJdbcDriver(jar));
      const ours = await compileJava(join(CLIENTS, 'java/src'), join(folder, 'classes'), flight);
      await launcher(folder, 'jdbc-client', [ours, ...jars.filter(isJdbcDriver)], 'clients.Jdbc');
      await launcher(folder, 'scenario-client', [ours, ...flight], 'clients.Scenarios');
      await buildArrowJava(folder, flight);
    },
  },
  node: {
    commands: ['node', 'npm'],
    pins: ['node/package-lock.json'],
    executable: 'node-client',
    async install(folder) {
      const packages = ['package.json', 'package-lock.json'];
      for (const file of packages) await copyFile(join(CLIENTS, 'node', file), join(folder, file));
      const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
      await run('npm', ['ci', ...quietly], folder);
    },
    async build(folder) {
      // Packages are looked for beside the file that names them.
      for (const file of ['client.mjs', 'table.mjs']) {
        await copyFile(join(CLIENTS, 'node', file), join(folder, file));
      }
      await script(folder, 'node-client', `exec node "${join(folder, 'client.mjs')}" "$@"`);
    },
  },
};

/**
 * Arrow's integration client for Java is in no registry: it is compiled when `ARROW_JAVA_CHECKOUT` names a
 * checkout of apache/arrow-java at the version of the pom.
 */
async function buildArrowJava(folder: string, jars: readonly string[]): Promise<void> {
  const checkout = env['ARROW_JAVA_CHECKOUT'];
  await rm(join(folder, ARROW_JAVA_CLIENT), { force: true });
  if (checkout === undefined) return;
  const sources = join(checkout, 'flight/flight-integration-tests/src/main/java');
  const classes = await compileJava(sources, join(folder, 'integration-classes'), jars);
  const main = 'org.apache.arrow.flight.integration.tests.IntegrationTestClient';
  await launcher(folder, ARROW_JAVA_CLIENT, [classes, ...jars], main);
}

/** Program in the folder of the toolchain `java`, if there is one. */
export const ARROW_JAVA_CLIENT = 'arrow-java-integration-client';

/** It brings its own Arrow, under other names. */
function isJdbcDriver(jar: string): boolean {
  return jar.includes('flight-sql-jdbc-driver');
}

/** @returns the folder of the classes. */
async function compileJava(
  sources: string,
  classes: string,
  jars: readonly string[],
): Promise<string> {
  await rm(classes, { recursive: true, force: true });
  const files = await readdir(sources, { recursive: true });
  const java = files.filter((file) => file.endsWith('.java')).map((file) => join(sources, file));
  const options = [
    '-nowarn',
    '-encoding',
    'UTF-8',
    '-d',
    classes,
    '-classpath',
    jars.join(delimiter),
  ];
  await run('javac', [...options, ...java], sources);
  return classes;
}

/** Writes a program that runs a Java class. */
function launcher(
  folder: string,
  name: string,
  classPath: readonly string[],
  main: string,
): Promise<void> {
  // Arrow's buffers are written past Java's module borders.
  const opens = '--add-opens=java.base/java.nio=ALL-UNNAMED';
  const command = `exec java ${opens} -cp "${classPath.join(delimiter)}" ${main} "$@"`;
  return script(folder, name, command);
}

async function script(folder: string, name: string, command: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${command}\n`, { mode: 0o755 });
}

/**
 * Finds a toolchain and makes its clients ready; the first time this downloads and compiles. What is
 * made lies in `TOOLCHAIN_CACHE`, or `~/.cache/hana-flight-tests`.
 * @returns `missing` when the suite is to be skipped
 * @throws Error when the toolchain is required by `REQUIRE_TOOLCHAINS`: a list of names
 * that must be there, or `1` for every one that is on the PATH
 */
export function provide(name: ToolchainName): Promise<Provision> {
  const provision = provisions.get(name) ?? provideOnce(name);
  provisions.set(name, provision);
  return provision;
}

const provisions = new Map<ToolchainName, Promise<Provision>>();

async function provideOnce(name: ToolchainName): Promise<Provision> {
  const toolchain = TOOLCHAINS[name];
  for (const command of toolchain.commands) {
    if (await isOnPath(command)) continue;
    return missing(name, `${command} is not on the PATH`, requirementOf(name) === 'named');
  }
  const folder = join(cacheFolder(), `${name}-${await digestOf(toolchain.pins)}`);
  try {
    await installOnce(toolchain, folder);
    await toolchain.build?.(folder);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return missing(name, `could not be installed: ${reason}`, requirementOf(name) !== 'none');
  }
  return { state: 'ready', executable: join(folder, toolchain.executable), folder };
}

async function installOnce(toolchain: Toolchain, folder: string): Promise<void> {
  const marker = join(folder, COMPLETE);
  if (await exists(marker)) return;
  if (toolchain.install !== undefined) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await toolchain.install?.(folder);
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

async function isOnPath(command: string): Promise<boolean> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    if (await exists(join(folder, command), constants.X_OK)) return true;
  }
  return false;
}

async function exists(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/**
 * Runs an installer to its end; all its output is part of the error when it fails.
 * @returns what it wrote to standard output.
 */
function run(command: string, args: readonly string[], folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const printed: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => {
      output.push(chunk);
      printed.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(Buffer.concat(printed).toString('utf8'));
      const tail = Buffer.concat(output).toString('utf8').slice(-OUTPUT_TAIL_CHARACTERS);
      reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}\n${tail}`));
    });
  });
}

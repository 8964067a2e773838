// Makes a checkout runnable with nothing but Node and npm: installs the packages of the lock file and
// compiles src/ to dist/, each only when something changed. Runs before `npm start` and `npm test`,
// so it may import nothing that an install brings.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const MINIMUM_NODE = [20, 19];

requireNode();
once('node_modules/.hana-flight-installed', ['package-lock.json'], () =>
  run('installing packages', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']),
);
once('dist/.hana-flight-built', ['tsconfig.json', 'tsconfig.build.json', 'src'], () => {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  run('compiling', process.execPath, [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
  ]);
});
linkCommand();

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  fail(`expected Node ${MINIMUM_NODE.join('.')} or newer, this is ${process.versions.node}`);
}

/** Runs `work` unless the marker file says that it was done for just these inputs. */
function once(marker, inputs, work) {
  const path = join(root, marker);
  const digest = digestOf(inputs);
  if (existsSync(path) && readFileSync(path, 'utf8') === digest) return;
  work();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, digest);
}

function digestOf(inputs) {
  const hash = createHash('sha256').update(process.version);
  for (const file of inputs.flatMap(filesUnder))
    hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesUnder(path) {
  if (!existsSync(join(root, path))) fail(`expected ${path} in ${root}`);
  const entries = readdirSync(join(root, dirname(path)), { withFileTypes: true });
  if (entries.some((entry) => entry.isFile() && join(dirname(path), entry.name) === join(path)))
    return [path];
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}

function run(what, command, args) {
  process.stderr.write(`hana-flight: ${what} …\n`);
  const done = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 'inherit'],
    shell: process.platform === 'win32' && command === 'npm',
  });
  if (done.status !== 0)
    fail(`${what}: ${command} ${args.join(' ')} ended with ${done.status ?? done.error}`);
}

/** Lets `npx hana-flight` inside the checkout find the command without asking a registry. */
function linkCommand() {
  const main = join(root, 'dist/cli/main.js');
  if (!existsSync(main)) return;
  chmodSync(main, 0o755);
  const bin = join(root, 'node_modules/.bin');
  mkdirSync(bin, { recursive: true });
  if (process.platform === 'win32') {
    writeFileSync(join(bin, 'hana-flight.cmd'), '@node "%~dp0\\..\\..\\dist\\cli\\main.js" %*\r\n');
    return;
  }
  const link = join(bin, 'hana-flight');
  rmSync(link, { force: true });
  symlinkSync(join('..', '..', 'dist', 'cli', 'main.js'), link);
}

function fail(message) {
  process.stderr.write(`hana-flight: ${message}\n`);
  process.exit(1);
}

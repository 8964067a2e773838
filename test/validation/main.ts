import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { env } from 'node:process';
import { parseArgs } from 'node:util';
import { HanaFlightProcess } from '../clients/hana-flight-process.ts';
import { FOREIGN_SUITES, type ForeignSuite } from './foreign-suites.ts';
import { judge, type Outcome, type Verdict } from './outcomes.ts';
import { pythonFor } from './python-environment.ts';

const USAGE = `usage: npm run test:validation -- --checkout DIR [--arrow-adbc DIR] [--python PATH]

Runs the test suites of others against a server with a sandbox. Fails on a failure that is not known,
and on a known one that passes.

  --checkout DIR     a checkout of adbc-drivers/validation
  --arrow-adbc DIR   a checkout of apache/arrow-adbc
  --python PATH      Python 3.13 or newer, when none is on the PATH
`;

const { values } = parseArgs({
  options: {
    checkout: { type: 'string' },
    'arrow-adbc': { type: 'string' },
    python: { type: 'string' },
  },
});

if (values.checkout === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  const python = pythonFor(resolve(values.checkout), values.python);
  const checkouts: Readonly<Record<string, string | undefined>> = values;
  for (const suite of FOREIGN_SUITES) {
    const checkout = checkouts[suite.option];
    if (checkout === undefined) {
      write(`\n${suite.title}: SKIPPED, no --${suite.option}`);
      continue;
    }
    const verdict = judge(await run(suite, resolve(checkout), python), suite.knownFailures);
    report(suite, verdict);
    if (verdict.surprises.length > 0) process.exitCode = 1;
  }
}

/** Runs a suite against a server of its own. */
async function run(suite: ForeignSuite, checkout: string, python: string): Promise<Outcome[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hana-flight-validation-'));
  const outcomes = join(folder, 'outcomes.jsonl');
  const listen = ['--listen', '127.0.0.1:0', '--sandbox-rows', '1000'];
  const server = await HanaFlightProcess.start('serve', ...listen);
  try {
    const plugins = ['-p', 'no:cacheprovider', '-p', 'outcomes', '--quiet', '--tb=short'];
    spawnSync(python, ['-B', '-m', 'pytest', ...plugins, ...suite.pytest], {
      cwd: suite.folder(checkout),
      env: { ...env, ...suite.environment(checkout, server.flight), OUTCOMES: outcomes },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const lines = readFileSync(outcomes, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Outcome);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function report({ title, knownFailures }: ForeignSuite, verdict: Verdict): void {
  const skipped = [...verdict.skipped.values()].reduce((sum, count) => sum + count, 0);
  write(
    `\n${title}: ${verdict.passed} passed, ${verdict.failed} failed, ${skipped} skipped; ` +
      `${verdict.standingIn} of those that passed with a type of HANA that stands in`,
  );
  for (const [reason, count] of verdict.skipped) write(`  skipped ${count}: ${reason}`);
  for (const [test, reason] of Object.entries(knownFailures)) write(`  known ${test}: ${reason}`);
  for (const surprise of verdict.surprises) write(`  ${surprise}`);
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}

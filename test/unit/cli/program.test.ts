import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { EXIT_CODES, exitCodeOf, InterruptedError } from '../../../src/cli/exit-codes.ts';
import { UsageError } from '../../../src/config/usage-error.ts';
import { ERROR_CODES, HanaFlightError } from '../../../src/core/errors.ts';
import { run } from './memory-terminal.ts';

test('--version prints the version of the package', async () => {
  const manifest: unknown = JSON.parse(
    readFileSync(resolve(import.meta.dirname, '../../../package.json'), 'utf8'),
  );
  const { exitCode, stdout } = await run(['--version']);
  expect(manifest).toMatchObject({ version: stdout.trim() });
  expect(exitCode).toBe(0);
});

test('--help lists the commands and every exit code', async () => {
  const { exitCode, stdout } = await run(['--help']);
  expect(exitCode).toBe(0);
  for (const command of ['serve', 'sandbox', 'query', 'explain', 'check'])
    expect(stdout).toContain(`  ${command} `);
  for (const { code, meaning } of Object.values(EXIT_CODES)) {
    expect(stdout).toContain(`${String(code).padEnd(5)}${meaning}`);
  }
});

test('the help of a command shows its settings with their defaults', async () => {
  const { stdout } = await run(['serve', '--help'], { terminalWidth: 300 });
  expect(stdout).toContain('--listen <HOST:PORT>');
  expect(stdout).toContain('(default: 127.0.0.1:32010)');
  expect(stdout).not.toContain('--format');
});

test.each([
  [[], 'Usage: hana-flight'],
  [['sreve'], "unknown command 'sreve'\n(Did you mean serve?)"],
  [['serve', '--listn', 'x'], "unknown option '--listn'\n(Did you mean --listen?)"],
  [['query'], "missing required argument 'SQL'"],
  [['query', 'SELECT', '1'], 'too many arguments'],
  [['query', 'X', '--format'], "option '--format <"],
  [['serve', '--secret', 'x'], "unknown option '--secret'"],
  [['serve', '--listen', '32010'], '--listen: expected HOST:PORT'],
  [['sandbox', '--sandbox-rows', '-1'], '--sandbox-rows: expected a whole number'],
  [['query', 'X', '--format', 'xml'], '--format: expected one of table, csv, json, arrow, parquet'],
])('the mistake in %j is told, with exit code 2', async (args, text) => {
  const { exitCode, stdout, stderr } = await run(args);
  expect(stderr).toContain(text);
  expect(stdout).toBe('');
  expect(exitCode).toBe(2);
});

test.each(Object.keys(ERROR_CODES))('a failure of code %s never ends with exit code 0', (code) => {
  const known = Object.values(EXIT_CODES).map((row): number => row.code);
  expect(known.slice(1)).toContain(exitCodeOf(new HanaFlightError(code as never, 'x')));
});

test.each([
  [new UsageError('x'), 2],
  [new HanaFlightError('invalid-argument', 'x'), 5],
  [new InterruptedError(undefined), 130],
  [new TypeError('x'), 1],
])('%s', (failure, code) => {
  expect(exitCodeOf(failure)).toBe(code);
});

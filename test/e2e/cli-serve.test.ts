import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import {
  type OnEnd,
  type ServingProcess,
  startCommand,
  startServing,
  until,
} from '../support/command-process.ts';

const LOGON = ['--user', 'DEMO', '--password', 'Demo1234'];
const REGIONS =
  'SELECT SALES_REGION, SUM(NET_AMOUNT) AS TOTAL, COUNT(*) AS N FROM SALES.TRANSACTIONS GROUP BY SALES_REGION ORDER BY 1';

const Regions = z.array(z.object({ SALES_REGION: z.string(), TOTAL: z.string(), N: z.string() }));

const serve = (args: readonly string[] = [], onEnd?: OnEnd): Promise<ServingProcess> =>
  startServing(['serve', '--listen', '127.0.0.1:0', '--sandbox-rows', '5000', ...args], {}, onEnd);

async function query(server: string, sql: string, args: readonly string[] = []) {
  const command = startCommand(['query', sql, '--server', server, ...LOGON, ...args]);
  const { code } = await command.ended;
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

/** Process id of the sandbox that a server started: its only child. */
function innerSandboxOf(server: ServingProcess): number {
  const { pid } = server.process;
  return Number(execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }));
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** True while a process with this id exists. */
function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function listeningSomewhere(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('serve without a HANA', () => {
  let server: ServingProcess;
  beforeAll(async () => {
    server = await serve([], (cleanUp) => void cleanUps.push(cleanUp));
  });
  const cleanUps: (() => Promise<void> | void)[] = [];
  afterAll(async () => {
    for (const cleanUp of cleanUps) await cleanUp();
  });

  test('writes its addresses to the ready file and greets with all it takes to connect', () => {
    expect(server.readyText).toBe(`${JSON.stringify(server.ready)}\n`);
    expect(server.ready.flight).toMatch(/^grpc:\/\/127\.0\.0\.1:\d+$/);
    expect(server.ready.hana).toMatch(/^hdbsql:\/\/127\.0\.0\.1:\d+$/);
    const { port } = new URL(server.ready.flight);
    const banner = server.stdout();
    for (const expected of [
      server.ready.flight,
      server.ready.hana,
      'DEMO',
      'Demo1234',
      `npx hana-flight query --server ${server.ready.flight} --user DEMO --password Demo1234`,
      `flight.connect("${server.ready.flight}"`,
      `jdbc:arrow-flight-sql://127.0.0.1:${port}/?useEncryption=false&user=DEMO`,
    ]) {
      expect(banner).toContain(expected);
    }
    expect(server.stderr()).toContain('no --secret-file');
  });

  test('answers the query of its banner', async () => {
    const { code, stdout, stderr } = await query(server.ready.flight, REGIONS, [
      '--format',
      'json',
    ]);
    expect(stderr).toMatch(/^\d+ rows in /);
    expect(code).toBe(0);
    const rows = Regions.parse(JSON.parse(stdout));
    expect(rows.reduce((total, row) => total + Number(row.N), 0)).toBe(5000);
    expect(rows.every((row) => /^-?\d+\.\d\d$/.test(row.TOTAL))).toBe(true);
  });

  test('answers a wrong password, an unknown table and a syntax error with their exit codes', async () => {
    const { ready } = server;
    const wrong = ['query', 'SELECT 1 FROM DUMMY', '--server', ready.flight, '--user', 'DEMO'];
    const refused = startCommand([...wrong, '--password', 'no']);
    expect(await refused.ended).toEqual({ code: 3, signal: null });
    const unknown = await query(ready.flight, 'SELECT * FROM SALES.NOTHING');
    expect(unknown.stderr).toMatch(/^error: .*259.*\n$/);
    expect(unknown.code).toBe(5);
    const syntax = await query(ready.flight, 'SELECT FROM WHERE');
    expect(syntax.stderr).toMatch(/^error: .*257.*\n$/);
    expect(syntax.code).toBe(5);
  });

  test('explains a query, and executes no statement that is to be explained', async () => {
    const { flight } = server.ready;
    const explain = (sql: string) => startCommand(['explain', sql, '--server', flight, ...LOGON]);
    const explained = explain('SELECT * FROM SALES.TRANSACTIONS');
    expect(await explained.ended).toEqual({ code: 0, signal: null });
    expect(explained.stdout()).toMatch(/endpoint/);
    const refused = explain('DELETE FROM SALES.TRANSACTIONS');
    expect(await refused.ended).toEqual({ code: 5, signal: null });
    expect(refused.stderr()).toContain('explain executes nothing');
    const { stdout } = await query(flight, 'SELECT COUNT(*) AS N FROM SALES.TRANSACTIONS');
    expect(stdout).toContain('5000');
  });

  test('is checked by hana-flight check', async () => {
    const check = startCommand(['check', '--server', server.ready.flight, ...LOGON]);
    expect(await check.ended).toEqual({ code: 0, signal: null });
    expect(check.stdout()).toMatch(/^ok +logon +DEMO at grpc:/);
    expect(check.stdout()).not.toContain('failed');
  });
});

describe('the sandbox inside', () => {
  test('is missed in the log when it dies, and queries are answered UNAVAILABLE', async () => {
    const server = await serve();
    process.kill(innerSandboxOf(server), 'SIGKILL');
    await until(() => server.stderr().includes('the sandbox is gone'));
    const { code, stderr } = await query(server.ready.flight, REGIONS);
    expect(stderr).toMatch(/^error: /);
    expect(code).toBe(4);
  });

  test('ends with the server when that is killed', async () => {
    const server = await serve();
    const sandbox = innerSandboxOf(server);
    expect(alive(sandbox)).toBe(true);
    server.process.kill('SIGKILL');
    await until(() => !alive(sandbox));
    expect(alive(sandbox)).toBe(false);
  });

  test('may break off a result, which then is an error and leaves no file', async () => {
    const { ready } = await serve(['--reset-after-rows', '2000']);
    const output = join(temporaryFolder(), 'rows.csv');
    const sql = 'SELECT * FROM SALES.TRANSACTIONS';
    const { code, stderr } = await query(ready.flight, sql, ['--format', 'csv', '-o', output]);
    expect(stderr).toMatch(/^error: /);
    expect(code).toBe(4);
    expect(existsSync(output)).toBe(false);
  });
});

describe('a signal', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends serve with code 0', async (signal) => {
    const server = await serve();
    server.process.kill(signal);
    expect(await server.ended).toEqual({ code: 0, signal: null });
    expect(server.stderr()).toContain('draining');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends the sandbox with code 0', async (signal) => {
    const sandbox = await startServing(['sandbox', '--sandbox-rows', '10']);
    sandbox.process.kill(signal);
    expect(await sandbox.ended).toEqual({ code: 0, signal: null });
  });
});

test('SIGTERM to npm itself ends the server too, although its shell keeps the signal', async () => {
  const readyFile = join(temporaryFolder(), 'ready.json');
  const npm = spawn(
    'npm',
    ['start', '--', '--listen', '127.0.0.1:0', '--sandbox-rows', '10', '--ready-file', readyFile],
    { cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  onTestFinished(() => void npm.kill('SIGKILL'));
  let log = '';
  npm.stderr.on('data', (text: Buffer) => (log += text.toString()));
  // The pipe closes when the last process that writes to it has ended: the server.
  const ended = once(npm.stderr, 'close');
  await until(() => existsSync(readyFile));
  npm.kill('SIGTERM');
  await ended;
  expect(log).toContain('npm ended');
});

test('a settings file and variables configure serve', async () => {
  const server = await startServing(['serve'], {
    HANA_FLIGHT_LISTEN: '127.0.0.1:0',
    HANA_FLIGHT_SANDBOX_ROWS: '10',
    HANA_FLIGHT_SECRET: 'a secret of more than thirty-two characters',
  });
  expect(server.stderr()).not.toContain('no --secret-file');
  const { stdout } = await query(
    server.ready.flight,
    'SELECT COUNT(*) AS N FROM SALES.TRANSACTIONS',
    ['--format', 'csv'],
  );
  expect(stdout).toBe('N\r\n10\r\n');
});

test('an address in use is a clear error', async () => {
  const port = await listeningSomewhere();
  const server = startCommand(['serve', '--listen', `127.0.0.1:${port}`, '--sandbox-rows', '10']);
  expect(await server.ended).toEqual({ code: 4, signal: null });
  expect(server.stderr()).toMatch(new RegExp(`error: .*127\\.0\\.0\\.1:${port}`));
  const sandbox = startCommand(['sandbox', '--sandbox-port', String(port), '--sandbox-rows', '10']);
  expect(await sandbox.ended).toEqual({ code: 4, signal: null });
  expect(sandbox.stderr()).toMatch(/error: sandbox at .*EADDRINUSE/);
});

test('the ready file of sandbox holds only the address of HANA', async () => {
  const sandbox = await startServing(['sandbox', '--sandbox-rows', '10']);
  expect(sandbox.readyText).toMatch(/^{"hana":"hdbsql:\/\/127\.0\.0\.1:\d+"}\n$/);
  expect(sandbox.stdout()).toContain(sandbox.ready.hana);
});

test('a mistyped flag is told at once, with exit code 2', async () => {
  const command = startCommand(['serve', '--listn', '127.0.0.1:0']);
  expect(await command.ended).toEqual({ code: 2, signal: null });
  expect(command.stderr()).toContain('Did you mean --listen?');
});

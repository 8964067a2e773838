import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { reportSkip } from '../support/skip-report.ts';
import { provide } from '../support/toolchain.ts';
import { ForeignProgram } from './foreign-program.ts';
import { DEMO, HanaFlightProcess } from './hana-flight-process.ts';

const SCRIPT = fileURLToPath(new URL('./python/read_through.py', import.meta.url));
const TABLE = 'SALES.TRANSACTION_HISTORY';
const SMALL_ROWS = 1_000_000;
const LARGE_ROWS = 10_000_000;
/** How far apart the peaks may be. */
const TOLERANCE = 0.1;
const SLOW_SECONDS = 20;

interface Totals {
  readonly rows: number;
  readonly sum: string;
}

const python = await provide('python');
const title = 'memory of the server';
const skipped = python.state === 'missing' || process.platform !== 'linux';
if (skipped) {
  const reason = python.state === 'missing' ? `python: ${python.reason}` : 'it needs /proc';
  reportSkip(inject('skipReport'), { suite: title, reason, cases: 2 });
}

describe.skipIf(skipped)(title, () => {
  const executable = python.state === 'ready' ? python.executable : '';
  const running: { stop(): Promise<void> }[] = [];
  let large: HanaFlightProcess | undefined;

  beforeAll(async () => {
    large = await startSandbox(LARGE_ROWS);
  });
  afterAll(async () => {
    for (const each of running.toReversed()) await each.stop();
  });

  async function startSandbox(rows: number): Promise<HanaFlightProcess> {
    const sandbox = await HanaFlightProcess.start('sandbox', '--sandbox-rows', String(rows));
    running.push(sandbox);
    return sandbox;
  }

  /** A server before a sandbox in another process, so that only the server is measured. */
  async function serve(sandbox: HanaFlightProcess): Promise<HanaFlightProcess> {
    // It is one stream that is looked at.
    const hana = ['--hana', `hdbsql://${sandbox.hana}`, '--endpoints', 'off'];
    const server = await HanaFlightProcess.start('serve', '--listen', '127.0.0.1:0', ...hana);
    running.push(server);
    return server;
  }

  function read(server: HanaFlightProcess, ...pace: string[]): ForeignProgram {
    const args = ['-B', SCRIPT, server.flight, DEMO.user, DEMO.password, TABLE, ...pace];
    const program = new ForeignProgram(executable, args);
    running.push(program);
    return program;
  }

  /** Reads the table once; rows and sum must be HANA's. Returns the highest RSS of the server so far. */
  async function peakOfWholeRead(server: HanaFlightProcess, rows: number): Promise<number> {
    const client = read(server);
    const byHana = await client.expectLine<Totals>();
    const arrived = await client.expectLine<Totals>();
    expect(byHana.rows).toBe(rows);
    expect(arrived).toEqual(byHana);
    const peak = await statusKiB(server.pid, 'VmHWM');
    print(`${rows} rows, sum ${arrived.sum}: peak RSS ${inMiB(peak)} MiB`);
    return peak;
  }

  /** The middle peak of three fresh servers: a single one depends on when the collector happens to run. */
  async function typicalPeak(sandbox: HanaFlightProcess, rows: number): Promise<number> {
    const peaks: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      peaks.push(await peakOfWholeRead(await serve(sandbox), rows));
    }
    return peaks.toSorted((one, other) => one - other)[1] ?? Number.NaN;
  }

  test('is the same for ten times the rows, and no row or cent is lost', async () => {
    const small = await typicalPeak(await startSandbox(SMALL_ROWS), SMALL_ROWS);
    const peak = await typicalPeak(defined(large), LARGE_ROWS);
    expect(Math.abs(peak - small) / small).toBeLessThan(TOLERANCE);
  });

  test('does not grow while a client reads one batch a second', async () => {
    const server = await serve(defined(large));
    const peak = await peakOfWholeRead(server, LARGE_ROWS);
    const client = read(server, String(SLOW_SECONDS), '1');
    const sizes: number[] = [];
    for (let batch = 1; batch <= SLOW_SECONDS; batch += 1) {
      expect(await client.expectLine()).toEqual({ batch });
      sizes.push(await statusKiB(server.pid, 'VmRSS'));
    }
    print(`one batch a second: RSS ${sizes.map(inMiB).join(' ')} MiB`);
    expect(Math.max(...sizes)).toBeLessThan(peak * (1 + TOLERANCE));
  });
});

function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the sandbox did not start');
  return value;
}

/** A field of the kernel's account of a process, in KiB. */
async function statusKiB(pid: number, field: 'VmHWM' | 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
  if (match === null) throw new Error(`no ${field} in the status of process ${pid}`);
  return Number(match[1]);
}

function inMiB(kib: number): string {
  return (kib / 1024).toFixed(0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

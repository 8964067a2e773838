import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { reportSkip } from '../support/skip-report.ts';
import { provide } from '../support/toolchain.ts';
import { ForeignProgram } from './foreign-program.ts';
import { DEMO, HanaFlightProcess } from './hana-flight-process.ts';

const ROWS = 1_000_000;
const SCRIPT = fileURLToPath(new URL('./python/broken_stream.py', import.meta.url));
const ALL_ROWS = 'SELECT * FROM SALES.TRANSACTION_HISTORY';

interface End {
  readonly rows: number;
  readonly outcome: string;
  readonly text: string;
}

const python = await provide('python');
const title = 'a stream whose HANA breaks, read with pyarrow';
if (python.state === 'missing') {
  reportSkip(inject('skipReport'), { suite: title, reason: `python: ${python.reason}`, cases: 3 });
}

describe.skipIf(python.state === 'missing')(title, () => {
  const executable = python.state === 'ready' ? python.executable : '';
  const running: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of running.splice(0).toReversed()) await each.stop();
  });

  /** Reads the table; `meanwhile` runs after the first batch. */
  async function read(
    faults: readonly string[],
    meanwhile: (sandbox: HanaFlightProcess) => Promise<void>,
  ): Promise<End> {
    const rows = ['--sandbox-rows', String(ROWS)];
    const sandbox = await HanaFlightProcess.start('sandbox', ...rows, ...faults);
    running.push(sandbox);
    // It is one stream that is looked at.
    const hana = ['--hana', `hdbsql://${sandbox.hana}`, '--endpoints', 'off'];
    const server = await HanaFlightProcess.start('serve', '--listen', '127.0.0.1:0', ...hana);
    running.push(server);
    const args = ['-B', SCRIPT, server.flight, DEMO.user, DEMO.password, ALL_ROWS];
    const client = new ForeignProgram(executable, args);
    running.push(client);
    const first = await client.expectLine<{ rows: number }>();
    expect(first.rows).toBeGreaterThan(0);
    await meanwhile(sandbox);
    client.resume();
    return client.expectLine<End>();
  }

  test('is UNAVAILABLE, never a short result, when the process of HANA is killed', async () => {
    const end = await read([], (sandbox) => sandbox.stop('SIGKILL'));
    expect(end).toMatchObject({ outcome: 'FlightUnavailableError' });
    expect(end.rows).toBeLessThan(ROWS);
  });

  test('is UNAVAILABLE, never a short result, when HANA resets the connection', async () => {
    const end = await read(['--reset-after-rows', '700000'], async () => {});
    expect(end).toMatchObject({ outcome: 'FlightUnavailableError' });
    expect(end.rows).toBeLessThanOrEqual(700_000);
  });

  test('ends with the error that HANA reports in the middle, with its code', async () => {
    const end = await read(['--error-at-row', '700000'], async () => {});
    expect(end.outcome).not.toBe('complete');
    expect(end.text).toMatch(/HANA|SQL/);
    expect(end.rows).toBeLessThan(ROWS);
  });
});

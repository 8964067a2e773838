import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CITIES, memoryProducer } from '../../../examples/memory-producer.ts';
import { HanaFlightError } from '../../../src/core/errors.ts';
import type { FlightSqlProducer } from '../../../src/flight/producer.ts';
import { PASSWORD, startServer, USER } from '../../support/flight-server.ts';
import { type CommandInput, type CommandResult, run } from './memory-terminal.ts';

const cities = memoryProducer(new Map([['CITIES', CITIES]]));

interface Question extends CommandInput {
  readonly producer?: FlightSqlProducer;
  readonly password?: string;
}

async function query(args: readonly string[], question: Question = {}): Promise<CommandResult> {
  const server = await startServer({ producer: question.producer ?? cities });
  const logon = [
    '--server',
    server.url,
    '--user',
    USER,
    '--password',
    question.password ?? PASSWORD,
  ];
  return run(['query', ...logon, ...args], question);
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'query-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A producer whose result breaks after its first batch. */
const breaking: FlightSqlProducer = {
  ...cities,
  openStatement: async () => ({
    schema: CITIES.schema,
    batches: (async function* () {
      yield* CITIES.batches.slice(0, 1);
      throw new HanaFlightError('unavailable', 'HANA went away');
    })(),
  }),
};

describe('the result', () => {
  test('is a table on standard output; the summary goes to standard error', async () => {
    const { exitCode, stdout, stderr } = await query(['CITIES']);
    expect(stdout).toBe(
      [
        'NAME        FOUNDED   AREA',
        '──────────  ───────  ─────',
        'Walldorf        770   19.9',
        'Heidelberg     1196  108.8',
        'Köln           NULL    405',
        '',
      ].join('\n'),
    );
    expect(stderr).toMatch(/^3 rows in \d+\.\d\d s\n$/);
    expect(exitCode).toBe(0);
  });

  test('is written to a file, which appears only once it is whole', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'cities.arrow');
    const { exitCode, stdout } = await query(['CITIES', '--format', 'arrow', '-o', path]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('');
    expect(tableFromIPC(readFileSync(path)).numRows).toBe(3);
    expect(readdirSync(folder)).toEqual(['cities.arrow']);
  });

  test.each(['csv', 'parquet'])(
    'as %s leaves no file when the server fails in mid-result',
    async (format) => {
      const folder = temporaryFolder();
      const args = ['CITIES', '--format', format, '-o', join(folder, 'cities')];
      const { exitCode, stderr } = await query(args, { producer: breaking });
      expect(stderr).toBe('error: HANA went away\n');
      expect(exitCode).toBe(4);
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test('stops at the rows a table may have', async () => {
    const { stdout, stderr } = await query(['CITIES', '--table-rows', '2']);
    expect(stdout.trimEnd().split('\n')).toHaveLength(4);
    expect(stderr).toContain('only the first 2 rows are shown');
  });

  test('is cancelled at the server when a table has its rows', async () => {
    const producer: FlightSqlProducer = {
      ...cities,
      openStatement: async () => ({
        schema: CITIES.schema,
        batches: (async function* () {
          for (;;) yield* CITIES.batches;
        })(),
      }),
    };
    const server = await startServer({ producer });
    const logon = ['--server', server.url, '--user', USER, '--password', PASSWORD];
    const { exitCode } = await run(['query', 'CITIES', '--table-rows', '2', ...logon]);
    expect(exitCode).toBe(0);
    await expect
      .poll(() => server.ended.at(-1))
      .toMatchObject({ rpc: 'DoGet', error: { code: 'cancelled' } });
  });

  test('of an update is a count', async () => {
    const producer: FlightSqlProducer = {
      planStatement: async () => ({
        schema: { fields: [] },
        endpoints: [],
        totalRecords: 1,
        ordered: true,
      }),
    };
    const { stdout, stderr } = await query(['DELETE'], { producer });
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^1 row affected in /);
  });

  test('is not sent to a terminal that cannot show it', async () => {
    const { exitCode, stderr } = await query(['CITIES', '--format', 'arrow'], {
      terminalWidth: 80,
    });
    expect(stderr).toBe('error: format arrow is not for a terminal: give -o FILE\n');
    expect(exitCode).toBe(2);
  });
});

test('SQL is read from standard input', async () => {
  const { stdout } = await query(['-', '--format', 'csv'], { stdin: 'CITIES' });
  expect(stdout).toBe(
    'NAME,FOUNDED,AREA\r\nWalldorf,770,19.9\r\nHeidelberg,1196,108.8\r\nKöln,,405\r\n',
  );
});

describe('a failure is one line and an exit code of its class', () => {
  test.each([
    {
      failure: 'a wrong password',
      args: ['CITIES'],
      question: { password: 'no' },
      exitCode: 3,
      text: /^error: wrong user or password\n$/,
    },
    {
      failure: 'an unknown table',
      args: ['TOWNS'],
      exitCode: 5,
      text: /^error: there is no table TOWNS\n$/,
    },
    {
      failure: 'an empty statement',
      args: [' '],
      exitCode: 2,
      text: /^error: expected an SQL statement, got an empty text\n$/,
    },
    {
      failure: 'a file that cannot be made',
      args: ['CITIES', '-o', '/nowhere/x'],
      exitCode: 2,
      text: /^error: \/nowhere\/x: ENOENT/,
    },
  ])('of $failure', async ({ args, question, exitCode, text }) => {
    const result = await query(args, question);
    expect(result.stderr).toMatch(text);
    expect(result.stdout).toBe('');
    expect(result.exitCode).toBe(exitCode);
  });

  test("with HANA's number", async () => {
    const hana = { code: 259, sqlState: 'HY000', position: 15 };
    const producer: FlightSqlProducer = {
      planStatement: () =>
        Promise.reject(new HanaFlightError('not-found', 'invalid table\nname: X', { hana })),
    };
    const { stderr } = await query(['SELECT'], { producer });
    expect(stderr).toBe('error: invalid table name: X (HANA error 259)\n');
  });

  test.each([
    [['--server', 'grpc://127.0.0.1:1', '--user', 'A', '--password', 'B'], 4, /^error: /],
    [['--server', 'http://127.0.0.1:1', '--user', 'A', '--password', 'B'], 2, /expected grpc:/],
    [['--server', 'grpc://127.0.0.1:1', '--user', 'A'], 2, /^error: no password/],
    [['--server', 'grpc://127.0.0.1:1'], 2, /^error: no user/],
  ])('of the connection: %j', async (args, exitCode, text) => {
    const result = await run(['query', 'CITIES', ...args]);
    expect(result.stderr).toMatch(text);
    expect(result.exitCode).toBe(exitCode);
  });
});

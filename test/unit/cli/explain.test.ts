import { describe, expect, test } from 'vitest';
import { CITIES } from '../../../examples/memory-producer.ts';
import { readPartitionReport } from '../../../src/cli/partition-report.ts';
import type { Call, FlightSqlProducer, StatementPlan } from '../../../src/flight/producer.ts';
import { PASSWORD, startServer, USER } from '../../support/flight-server.ts';
import { type CommandInput, type CommandResult, run } from './memory-terminal.ts';

const REPORT = {
  strategy: 'sample',
  reason: 'TRANSACTION_ID is the primary key, and the table has more than 500,000 rows',
  key: ['TRANSACTION_ID'],
  bounds: ['1000', '2000'],
  rows: 3_000_000,
  ordered: false,
  consistency: { asked: 'snapshot', reached: 'statement', why: 'the stamps differed' },
  endpoints: [
    { share: 'TRANSACTION_ID below 1000, or NULL', rows: 1_000_000 },
    { share: 'TRANSACTION_ID from 1000 up to 2000', rows: 1_000_000 },
    { share: 'TRANSACTION_ID from 2000', rows: null },
  ],
  version: 7,
};

interface Question extends CommandInput {
  readonly appMetadata?: string | undefined;
  readonly plan?: Partial<StatementPlan>;
}

/** A server that knows one query and one update, and what it was asked. */
async function setUp({ appMetadata = JSON.stringify(REPORT), plan = {} }: Question) {
  const planned: { readonly sql: string; readonly call: Call }[] = [];
  const producer: FlightSqlProducer = {
    describeStatement: async ({ sql }) => (sql === 'DELETE' ? { fields: [] } : CITIES.schema),
    planStatement: async ({ sql }, call) => {
      planned.push({ sql, call });
      return {
        schema: CITIES.schema,
        endpoints: REPORT.endpoints.map((_, at) => ({ handle: Uint8Array.of(at) })),
        totalRecords: -1,
        ordered: false,
        ...(appMetadata !== '' && { appMetadata: Buffer.from(appMetadata) }),
        ...plan,
      };
    },
    openStatement: async () => ({ schema: CITIES.schema, batches: (async function* () {})() }),
  };
  const server = await startServer({ producer });
  const logon = ['--server', server.url, '--user', USER, '--password', PASSWORD];
  return { server, planned, logon };
}

async function explain(args: readonly string[], question: Question = {}): Promise<CommandResult> {
  const { logon } = await setUp(question);
  return run(['explain', ...logon, ...args], question);
}

describe('the explanation', () => {
  test('tells what and why, and a line for each endpoint', async () => {
    const { exitCode, stdout, stderr } = await explain(['SELECT']);
    expect(stdout).toBe(
      [
        'strategy     sample',
        'reason       TRANSACTION_ID is the primary key, and the table has more than 500,000 rows',
        'key          TRANSACTION_ID',
        'bounds       1000, 2000',
        'rows         about 3,000,000',
        'ordered      no',
        'consistency  statement, although snapshot was asked for',
        '',
        'endpoint             rows  share',
        '────────  ───────────────  ───────────────────────────────────',
        '       1  about 1,000,000  TRANSACTION_ID below 1000, or NULL',
        '       2  about 1,000,000  TRANSACTION_ID from 1000 up to 2000',
        '       3          unknown  TRANSACTION_ID from 2000',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  test('keeps to the width of a terminal and shows no control characters', async () => {
    const report = { ...REPORT, endpoints: [{ share: `\u001b[2J${'x'.repeat(200)}`, rows: 1 }] };
    const { stdout } = await explain(['SELECT'], {
      terminalWidth: 60,
      appMetadata: JSON.stringify(report),
    });
    const last = stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(last).toHaveLength(60);
    expect(stdout).not.toContain('\u001b');
  });

  test('of many bounds shows the first ones', async () => {
    const report = { ...REPORT, bounds: Array.from({ length: 15 }, (_, at) => `${at}`) };
    const { stdout } = await explain(['SELECT'], { appMetadata: JSON.stringify(report) });
    expect(stdout).toContain('bounds       0, 1, 2, 3, 4, 5, 6, 7, … (15 in all)\n');
  });

  test('of a single endpoint needs no more than strategy and reason', async () => {
    const report = { strategy: 'single', reason: 'it is small', endpoints: [{ share: 'all' }] };
    const { stdout } = await explain(['SELECT'], { appMetadata: JSON.stringify(report) });
    expect(stdout).toMatch(/^strategy +single\nreason +it is small\nkey +none\nbounds +none\n/);
    expect(stdout).toContain('consistency  unknown\n');
  });

  test('with --json is what the server sent, to the letter', async () => {
    const appMetadata = `{ "strategy": "single", "reason": "", "endpoints": [], "more": 1.0 }`;
    const { stdout } = await explain(['SELECT', '--json'], { appMetadata });
    expect(stdout).toBe(`${appMetadata}\n`);
  });

  test.each([
    ['nothing', '', {}, '3 endpoints; the server does not say why\n'],
    ['no JSON', '\u0001\u0002', { ordered: true }, '3 endpoints in order; '],
    ['something else', '{"rows":3}', { endpoints: [{ handle: Uint8Array.of(1) }] }, '1 endpoint; '],
  ])('of a server that says %s is short', async (_what, appMetadata, plan, text) => {
    const { exitCode, stdout } = await explain(['SELECT'], { appMetadata, plan });
    expect(stdout).toContain(text);
    expect(exitCode).toBe(0);
    const { stdout: json } = await explain(['SELECT', '--json'], { appMetadata, plan });
    expect(json).toBe('null\n');
  });
});

test('the query is only planned: GetSchema, then GetFlightInfo', async () => {
  const { server, logon } = await setUp({});
  await run(['explain', ...logon, '-'], { stdin: 'SELECT' });
  expect(server.ended.map(({ rpc }) => rpc)).toEqual(['Handshake', 'GetSchema', 'GetFlightInfo']);
});

test('a statement that returns no rows is refused before it could be executed', async () => {
  const { server, planned, logon } = await setUp({});
  const { exitCode, stdout, stderr } = await run(['explain', ...logon, 'DELETE']);
  expect(stderr).toBe(
    'error: explain executes nothing: expected a query, got a statement that returns no rows\n',
  );
  expect(stdout).toBe('');
  expect(exitCode).toBe(5);
  expect(planned).toEqual([]);
  expect(server.ended.map(({ rpc }) => rpc)).toEqual(['Handshake', 'GetSchema']);
});

describe('what is asked of partitioning', () => {
  const asked = Object.entries({
    '--endpoints': '16',
    '--column': 'region,"Id"',
    '--strategy': 'hash',
    '--bounds': "1,'a b'",
    '--consistency': 'snapshot',
  }).flat();

  test.each(['explain', 'query'])('goes along with %s as headers', async (name) => {
    const { planned, logon } = await setUp({});
    const { exitCode } = await run([name, ...logon, 'SELECT', ...asked]);
    expect(exitCode).toBe(0);
    const headers = [...(planned[0]?.call.headers ?? [])];
    expect(
      Object.fromEntries(headers.filter(([header]) => header.startsWith('x-flight-'))),
    ).toEqual({
      'x-flight-compression': 'none',
      'x-flight-endpoints': '16',
      'x-flight-column': 'region,"Id"',
      'x-flight-strategy': 'hash',
      'x-flight-bounds': "1,'a b'",
      'x-flight-consistency': 'snapshot',
    });
  });

  test('is nothing without these flags, whatever is set for the server', async () => {
    const { planned, logon } = await setUp({});
    await run(['query', ...logon, 'SELECT']);
    const headers = [...(planned[0]?.call.headers.keys() ?? [])];
    expect(headers.filter((header) => header.startsWith('x-flight-'))).toEqual([
      'x-flight-compression',
    ]);
  });

  test.each([
    [['--endpoints', '300'], '--endpoints: expected auto, off or a whole number from 1 to 256'],
    [['--strategy', 'magic'], '--strategy: expected one of parts, histogram'],
    [['--column', '"Größe"'], '--column: expected ASCII, as it travels in a header'],
    [['--endpoint', '3'], "unknown option '--endpoint'\n(Did you mean --endpoints?)"],
  ])('wrongly in %j is told before anything is sent', async (flags, message) => {
    const { server, logon } = await setUp({});
    const { exitCode, stderr } = await run(['explain', ...logon, 'SELECT', ...flags]);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
    expect(server.ended).toEqual([]);
  });
});

test('what a report holds besides is kept', () => {
  const received = readPartitionReport(Buffer.from(JSON.stringify(REPORT)));
  expect(received?.report).toEqual(REPORT);
});

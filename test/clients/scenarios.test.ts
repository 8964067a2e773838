import { spawn } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { SCENARIO_NAMES, serveScenario } from '../scenarios/scenarios.ts';
import { reportSkip } from '../support/skip-report.ts';
import { ARROW_JAVA_CLIENT, provide, type ToolchainName } from '../support/toolchain.ts';

/** The client's half of the scenarios. */
interface ScenarioClient {
  readonly title: string;
  readonly toolchain: ToolchainName;
  /** Program in the folder of the toolchain. */
  readonly program: string;
  readonly args: (port: number, scenario: string) => readonly string[];
  /** Why the program may be absent though the toolchain is there. */
  readonly absent?: string;
}

const officialArgs: ScenarioClient['args'] = (port, scenario) => [
  '-host',
  'localhost',
  '-port',
  String(port),
  '-scenario',
  scenario,
];

const CLIENTS: readonly ScenarioClient[] = [
  {
    title: "arrow-go's integration client",
    toolchain: 'go',
    program: 'arrow-flight-integration-client',
    args: officialArgs,
  },
  {
    title: "arrow-java's integration client",
    toolchain: 'java',
    program: ARROW_JAVA_CLIENT,
    args: officialArgs,
    absent: 'it is in no registry; ARROW_JAVA_CHECKOUT names a checkout of apache/arrow-java',
  },
  {
    title: "arrow-java's FlightSqlClient",
    toolchain: 'java',
    program: 'scenario-client',
    args: (port, scenario) => [String(port), scenario],
  },
];

const ENDS_WITHIN_MS = 120_000;

/** What each scenario came to, by client. */
const results = new Map<string, Map<string, string>>();

for (const client of CLIENTS) {
  const provision = await provide(client.toolchain);
  const program = provision.state === 'ready' ? join(provision.folder, client.program) : '';
  const reason = await reasonToSkip(
    client,
    provision.state === 'ready' ? undefined : provision.reason,
    program,
  );
  const outcomes = new Map<string, string>();
  results.set(client.title, outcomes);
  if (reason !== undefined) {
    const cases = SCENARIO_NAMES.length;
    reportSkip(inject('skipReport'), { suite: client.title, reason, cases });
    for (const scenario of SCENARIO_NAMES) outcomes.set(scenario, 'not run');
  }
  describe.skipIf(reason !== undefined)(`${client.title} passes`, () => {
    test.for(SCENARIO_NAMES)('%s', async (scenario) => {
      const server = await serveScenario(scenario, 0);
      outcomes.set(scenario, 'FAIL');
      try {
        const { code, output } = await runClient(program, client.args(server.port, scenario));
        expect(code, output).toBe(0);
        outcomes.set(scenario, 'pass');
      } finally {
        await server.close();
      }
    });
  });
}

afterAll(() => {
  const clients = [...results.keys()];
  const rows = SCENARIO_NAMES.map((scenario) => [
    scenario,
    ...clients.map((client) => results.get(client)?.get(scenario) ?? 'not run'),
  ]);
  const table = [['scenario', ...clients], ['---', ...clients.map(() => '---')], ...rows];
  process.stderr.write(`\n${table.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`);
});

describe('npm run scenario', () => {
  test('prints where it listens and nothing else, and ends well at SIGTERM', async () => {
    const child = spawn('npm', ['run', '--silent', 'scenario', '--', '--scenario', 'ordered'], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: ENDS_WITHIN_MS,
    });
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    while (!printed.endsWith('\n') && child.exitCode === null) await pause(50);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(printed).toMatch(/^Server listening on localhost:\d+\n$/);
  });

  test('a scenario that does not exist is refused with the names of those that do', async () => {
    await expect(serveScenario('no_such_scenario', 0)).rejects.toThrow(
      /expected a scenario of flight_sql, .*; got no_such_scenario/,
    );
  });
});

async function reasonToSkip(
  client: ScenarioClient,
  missing: string | undefined,
  program: string,
): Promise<string | undefined> {
  if (missing !== undefined) return `${client.toolchain}: ${missing}`;
  if (client.absent === undefined) return undefined;
  return access(program).then(
    () => undefined,
    () => client.absent,
  );
}

function runClient(
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: ENDS_WITHIN_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const gather = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout.on('data', gather);
    child.stderr.on('data', gather);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

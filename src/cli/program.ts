import { Command, CommanderError } from 'commander';
import { EXIT_CODES } from './exit-codes.ts';
import { addPartitionFlags, partitionHeaders } from './partition-flags.ts';
import { addSettingFlags, settingsOf } from './setting-flags.ts';
import { abortOnInterrupt } from './signals.ts';
import type { Terminal } from './terminal.ts';
import { packageVersions } from './version.ts';

/**
 * Runs the command line and gives the exit code. Commands load what they need only when they run, so
 * that `--help` and a mistyped flag answer at once.
 * @throws what the command threw; mistakes in the command line itself are told and give code 2.
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await makeProgram(terminal).parseAsync(args, { from: 'user' });
    return EXIT_CODES.ok.code;
  } catch (error) {
    // Commander has written what it has to say: a help text, or what is wrong with the command line.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.usage.code;
  }
}

function makeProgram(terminal: Terminal): Command {
  const program = new Command('hana-flight')
    .description('Arrow Flight SQL for SAP HANA.')
    .version(packageVersions().server, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      getOutHelpWidth: () => terminal.stdout.columns ?? 100,
      getErrHelpWidth: () => terminal.stderr.columns ?? 100,
    })
    .showSuggestionAfterError()
    .addHelpText('after', `\n${exitCodeHelp()}`);
  addServe(program, terminal);
  addSandbox(program, terminal);
  addQuery(program, terminal);
  addExplain(program, terminal);
  addCheck(program, terminal);
  return program;
}

function addServe(program: Command, terminal: Terminal): void {
  const command = program
    .command('serve')
    .description('serve Flight SQL for a HANA, or for a sandbox with demo data when none is named');
  addSettingFlags(command, 'serve').action(async () => {
    const settings = settingsOf(command, 'serve');
    const { runServe } = await import('./commands/serve.ts');
    await runServe(settings, terminal);
  });
}

function addSandbox(program: Command, terminal: Terminal): void {
  const command = program
    .command('sandbox')
    .description("run only the sandbox, which speaks HANA's wire protocol to any HANA client");
  addSettingFlags(command, 'sandbox').action(async () => {
    const settings = settingsOf(command, 'sandbox');
    const { runSandbox } = await import('./commands/sandbox.ts');
    await runSandbox(settings, terminal);
  });
}

function addQuery(program: Command, terminal: Terminal): void {
  const command = program
    .command('query')
    .description('run an SQL statement through a Flight SQL server and write its result')
    .argument('<SQL>', 'the statement; - reads it from standard input');
  addSettingFlags(addPartitionFlags(command), 'query').action(async (sql: string) => {
    const settings = settingsOf(command, 'query');
    const headers = partitionHeaders(command.opts());
    const { runQuery } = await import('./commands/query.ts');
    await abortOnInterrupt((signal) => runQuery({ sql, settings, headers, terminal, signal }));
  });
}

function addExplain(program: Command, terminal: Terminal): void {
  const command = program
    .command('explain')
    .description('tell how a server divides the result of a query into endpoints, and why')
    .argument('<SQL>', 'the query, which is not executed; - reads it from standard input')
    .option('--json', "print the server's report as it came");
  addSettingFlags(addPartitionFlags(command), 'explain').action(async (sql: string) => {
    const settings = settingsOf(command, 'explain');
    const flags = command.opts();
    const headers = partitionHeaders(flags);
    const json = flags['json'] === true;
    const { runExplain } = await import('./commands/explain.ts');
    await abortOnInterrupt((signal) =>
      runExplain({ sql, settings, headers, json, terminal, signal }),
    );
  });
}

function addCheck(program: Command, terminal: Terminal): void {
  const command = program
    .command('check')
    .description('log on to a Flight SQL server and tell what works behind it');
  addSettingFlags(command, 'check').action(async () => {
    const settings = settingsOf(command, 'check');
    const { runCheck } = await import('./commands/check.ts');
    await runCheck(settings, terminal);
  });
}

function exitCodeHelp(): string {
  const rows = Object.values(EXIT_CODES).map(
    ({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`,
  );
  return ['Exit codes:', ...rows].join('\n');
}

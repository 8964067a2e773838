import { ACTIONS } from '../../src/flight/sql/actions.ts';
import type { CommandRow } from '../../src/flight/sql/command-table.ts';
import { COMMANDS } from '../../src/flight/sql/commands.ts';
import { HanaProducer } from '../../src/proxy/hana-producer.ts';
import { SESSION_OPTIONS } from '../../src/proxy/sessions/session-options.ts';
import { markdownTable } from './markdown-table.ts';
import type { Page } from './page.ts';

const INTRODUCTION = `<!-- Made by \`npm run generate\` from the tables of commands and actions in src/flight/sql; edit those, not this page. -->

# What hana-flight offers of Flight SQL

Every command and action of the specification, and in which calls it works. What is not offered is answered with
UNIMPLEMENTED. How to use it from each client is told in [clients.md](clients.md).

PollFlightInfo takes the commands that GetFlightInfo takes, and answers with the complete plan at once: compiling a
statement is quick, and a query runs only when its endpoint is read.
`;

const RPCS = ['GetFlightInfo', 'GetSchema', 'DoGet', 'DoPut'] as const;

/** Why something of the specification is not offered. */
const REASONS: Readonly<Record<string, string>> = {
  CommandStatementSubstraitPlan: 'HANA takes SQL only; SqlInfo 5 says so',
  CreatePreparedSubstraitPlan: 'HANA takes SQL only; SqlInfo 5 says so',
};

/** docs/flight-sql-coverage.md: commands, actions, session options. */
export const flightSqlCoveragePage: Page = {
  path: 'docs/flight-sql-coverage.md',
  render: () =>
    [
      INTRODUCTION,
      '## Commands\n',
      markdownTable(['command', 'for', ...RPCS], COMMANDS.map(commandRow)),
      '## Actions\n',
      markdownTable(
        ['action', 'for', 'offered'],
        ACTIONS.map(({ type, doc, needs }) => [`\`${type}\``, doc, offered(type, needs)]),
      ),
      '## Session options\n',
      'Set and read with SetSessionOptions and GetSessionOptions; ADBC sets them with `adbc.connection.db_schema`,',
      'JDBC with `catalog=`.\n',
      markdownTable(
        ['option', 'meaning'],
        Object.entries(SESSION_OPTIONS).map(([name, { doc }]) => [`\`${name}\``, doc]),
      ),
    ].join('\n'),
};

function commandRow(row: CommandRow): string[] {
  const cells = RPCS.map((rpc) => {
    const needs = row.needs[rpc];
    return needs === undefined ? '' : offered(row.name, needs);
  });
  return [`\`${row.name}\``, row.doc, ...cells];
}

function offered(name: string, method: string | undefined): string {
  if (method !== undefined && method in HanaProducer.prototype) return 'yes';
  const reason = REASONS[name];
  return reason === undefined ? 'no' : `no: ${reason}`;
}

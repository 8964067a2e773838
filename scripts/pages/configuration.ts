import { CONFIG_VARIABLE } from '../../src/config/load-settings.ts';
import { environmentName, flagName, printDefault, type Section } from '../../src/config/setting.ts';
import { SETTING_NAMES, type SettingName, settingRow } from '../../src/config/settings.ts';
import type { Page } from './page.ts';

const SECTION_TITLES: Readonly<Record<Section, string>> = {
  addresses: 'Address and transport',
  HANA: 'HANA',
  results: 'Results',
  partitioning: 'Partitioning',
  sessions: 'Tickets and sessions',
  client: 'The client: `query`, `explain` and `check`',
  sandbox: 'The sandbox',
  running: 'Running and logging',
};

const INTRODUCTION = `<!-- Made by \`npm run generate\` from src/config/settings.ts; edit that table, not this page. -->

# Settings

Each setting can be given in three places. The first that has it wins:

1. a flag: \`--pool-max 16\`
2. an environment variable: \`HANA_FLIGHT_POOL_MAX=16\`
3. a settings file, named by \`--config FILE\` or \`${CONFIG_VARIABLE}\`: one JSON object whose keys are the flags
   without their dashes, such as \`{"listen": "0.0.0.0:32010", "pool-max": 16}\`

A name that does not exist is an error wherever it stands, and the nearest known name is offered. Variables and
settings files may name settings of other commands, so that one file serves all of them.

SIZE is a number of bytes, plain or with \`KiB\`, \`MiB\` or \`GiB\`. TIME has a unit: \`250ms\`, \`30s\`, \`5m\`, \`8h\`.
`;

/** docs/configuration.md: the settings table for people. */
export const configurationPage: Page = {
  path: 'docs/configuration.md',
  render: () => [INTRODUCTION, ...sections().map(renderSection)].join('\n'),
};

function sections(): Section[] {
  return [...new Set(SETTING_NAMES.map((name) => settingRow(name).section))];
}

function renderSection(section: Section): string {
  const names = SETTING_NAMES.filter((name) => settingRow(name).section === section);
  return [
    `## ${SECTION_TITLES[section]}`,
    '',
    '| flag | variable | default | commands | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...names.map(renderRow),
    '',
  ].join('\n');
}

function renderRow(name: SettingName): string {
  const row = settingRow(name);
  const written = printDefault(row);
  const cells = [
    flagCell(name),
    `\`${environmentName(name)}\``,
    written === undefined ? 'unset' : `\`${written}\``,
    row.commands.join(', '),
    row.doc,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function flagCell(name: SettingName): string {
  const { environmentOnly, kind, short } = settingRow(name);
  if (environmentOnly === true) return 'variable only';
  const flag = [`--${flagName(name)}`, kind.syntax].filter((part) => part !== undefined).join(' ');
  return short === undefined ? `\`${flag}\`` : `\`-${short}\`, \`${flag}\``;
}

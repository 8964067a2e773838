import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SETTING_NAMES } from '../../src/config/settings.ts';
import { CLIENT_RULES, UNKNOWN_CLIENT } from '../../src/proxy/partitioning/client-endpoints.ts';
import {
  OPTION_NAMES,
  type OptionName,
  PARTITION_OPTIONS,
} from '../../src/proxy/partitioning/partition-options.ts';
import { HEADER_PREFIX, SESSION_PREFIX } from '../../src/proxy/partitioning/partition-request.ts';
import { markdownTable } from './markdown-table.ts';
import type { Page } from './page.ts';

const PATH = 'docs/partitioning.md';

/** The tables inside the page, by the name in their marks; the text around them is written by hand. */
const TABLES: Readonly<Record<string, () => string>> = {
  options: () =>
    markdownTable(
      ['option', 'values', 'header', 'session option', 'flag of `serve`', 'meaning'],
      OPTION_NAMES.map(optionRow),
    ),
  clients: () =>
    markdownTable(
      ['`user-agent` contains', 'clients', 'endpoints', 'because'],
      [
        ...CLIENT_RULES.map(({ pattern, clients, endpoints, reason }) => [
          `\`${pattern}\``,
          clients,
          `\`${endpoints}\``,
          reason,
        ]),
        ['', UNKNOWN_CLIENT.clients, `\`${UNKNOWN_CLIENT.endpoints}\``, UNKNOWN_CLIENT.reason],
      ],
    ),
};

/** docs/partitioning.md: prose by hand, with tables that are made. */
export const partitioningPage: Page = {
  path: PATH,
  render: () => {
    const page = readFileSync(resolve(import.meta.dirname, '../..', PATH), 'utf8');
    return Object.entries(TABLES).reduce(
      (text, [name, table]) => replaceBetweenMarks(text, name, table()),
      page,
    );
  },
};

function optionRow(name: OptionName): readonly string[] {
  const { syntax, doc } = PARTITION_OPTIONS[name];
  const setting = SETTING_NAMES.find((each) => each === name);
  return [
    `\`${name}\``,
    `\`${syntax.replaceAll('|', '\\|')}\``,
    `\`${HEADER_PREFIX}${name}\``,
    `\`${SESSION_PREFIX}${name}\``,
    setting === undefined ? '' : `\`--${setting}\``,
    doc,
  ];
}

function replaceBetweenMarks(text: string, name: string, table: string): string {
  const begin = `<!-- ${name}:begin -->\n`;
  const start = text.indexOf(begin) + begin.length;
  const end = text.indexOf(`<!-- ${name}:end -->`);
  if (!text.includes(begin) || end < start) {
    throw new Error(`${PATH}: expected the marks ${name}:begin and ${name}:end, found none`);
  }
  return text.slice(0, start) + table + text.slice(end);
}

import { HANA_URL_OPTIONS } from '../../src/driver/hana-url.ts';
import type { Page } from './page.ts';

const INTRODUCTION = `<!-- Made by \`npm run generate\` from src/driver/hana-url.ts; edit that table, not this page. -->

# The HANA URL

\`\`\`
hdbsql://[user:password@]host:port[?option=value&option=value]
hdbsqls://…    the same over TLS, as HANA Cloud wants it (port 443)
\`\`\`

Characters with a meaning in URLs (\`: / ? # @ % &\` and blanks) are percent-encoded in user, password and values.
Names of options may be in any case; a name that is not in this table is an error. Wherever the URL is printed, user
and password are left out.
`;

/** docs/hana-url.md: how to write the address of a HANA. */
export const hanaUrlPage: Page = {
  path: 'docs/hana-url.md',
  render: () =>
    [
      INTRODUCTION,
      '| option | value | meaning |',
      '| --- | --- | --- |',
      ...HANA_URL_OPTIONS.map(
        ({ name, value, doc, tls }) =>
          `| \`${name}\` | ${value} | ${doc}${tls === true ? ' (`hdbsqls://` only)' : ''} |`,
      ),
      '',
    ].join('\n'),
};

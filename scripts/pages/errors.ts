import { status as GrpcStatus } from '@grpc/grpc-js';
import { ERROR_CODES, type ErrorCode, HanaFlightError } from '../../src/core/errors.ts';
import {
  CLIENT_FAILURES,
  HANA_ERRORS,
  type HanaErrorRow,
  RETRY,
} from '../../src/driver/error-codes.ts';
import { HANA_TRAILERS, statusOf } from '../../src/flight/status.ts';
import { markdownTable } from './markdown-table.ts';
import type { Page } from './page.ts';

const INTRODUCTION = `<!-- Made by \`npm run generate\` from src/core/errors.ts and src/driver/error-codes.ts; edit those, not this page. -->

# Errors

Every failure has one of the codes below, and each code one gRPC status. An error of HANA keeps what HANA said in
its text, because many clients show nothing else:

\`\`\`
HANA 259 (SQLSTATE HY000) at position 15: invalid table name: Could not find table/view ORDERZ in schema SALES
\`\`\`

Programs find the same in the trailers \`${HANA_TRAILERS.code}\`, \`${HANA_TRAILERS.sqlState}\` and
\`${HANA_TRAILERS.position}\`. A failure after the first rows ends the stream with its status: a result that ends
without an error is complete.
`;

/** docs/errors.md: what each failure becomes. */
export const errorsPage: Page = {
  path: 'docs/errors.md',
  render: () =>
    [
      INTRODUCTION,
      '## Codes\n',
      markdownTable(['code', 'gRPC status', 'meaning'], codeRows()),
      "## HANA's errors\n",
      'HANA\'s error numbers that mean more than "something failed". Any other number becomes `internal`, unless',
      'the class of its SQLSTATE tells more.\n',
      markdownTable(['HANA', 'meaning', 'code', 'gRPC status', 'retry'], HANA_ERRORS.map(hanaRow)),
      'What the last column says:\n',
      ...Object.entries(RETRY).map(([retry, meaning]) => `- ${retry}: ${meaning}`),
      '\n## Failures on the way to HANA\n',
      markdownTable(
        ['what', 'code', 'gRPC status'],
        CLIENT_FAILURES.map((row) => [row.meaning, `\`${row.code}\``, statusName(row.code)]),
      ),
    ].join('\n'),
};

function codeRows(): string[][] {
  return Object.entries(ERROR_CODES).map(([code, meaning]) => [
    `\`${code}\``,
    isErrorCode(code) ? statusName(code) : '',
    meaning,
  ]);
}

function hanaRow(row: HanaErrorRow): string[] {
  const codes = [row.code, ...(row.unless === undefined ? [] : [row.unless.code])];
  const exception = row.unless && `\`${row.unless.code}\` ${row.unless.reason}`;
  const notes = [row.reason, exception, row.endsSession && 'the connection is closed'];
  const note = notes.filter((text) => text !== undefined).join('; ');
  return [
    String(row.hana),
    note === '' ? row.meaning : `${row.meaning} (${note})`,
    codes.map((code) => `\`${code}\``).join(' or '),
    codes.map(statusName).join(' or '),
    row.retry,
  ];
}

function statusName(code: ErrorCode): string {
  return GrpcStatus[statusOf(new HanaFlightError(code, '')).code] ?? '';
}

function isErrorCode(code: string): code is ErrorCode {
  return code in ERROR_CODES;
}

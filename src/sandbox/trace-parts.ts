import { cesu8ToString } from '../driver/values/cesu8.ts';
import { codeName } from '../driver/wire/code-name.ts';
import type { Part } from '../driver/wire/message.ts';
import { PartKind } from '../driver/wire/part-kind.ts';
import { decodeAuthentication } from '../driver/wire/parts/authentication.ts';
import { ClientContextOption } from '../driver/wire/parts/client-context.ts';
import { decodeClientId } from '../driver/wire/parts/client-id.ts';
import { decodeClientInfo } from '../driver/wire/parts/client-info.ts';
import { decodeCommand } from '../driver/wire/parts/command.ts';
import { ConnectOption } from '../driver/wire/parts/connect-options.ts';
import { DbConnectInfoOption } from '../driver/wire/parts/db-connect-info.ts';
import { decodeErrors } from '../driver/wire/parts/error.ts';
import { decodeFetchSize } from '../driver/wire/parts/fetch-size.ts';
import { decodeOptions, type OptionValue } from '../driver/wire/parts/options.ts';
import { decodeParameterMetadata } from '../driver/wire/parts/parameter-metadata.ts';
import { decodeReadLobReply } from '../driver/wire/parts/read-lob-reply.ts';
import { decodeReadLobRequest } from '../driver/wire/parts/read-lob-request.ts';
import { decodeResultSetId } from '../driver/wire/parts/result-set-id.ts';
import { decodeResultSetMetadata } from '../driver/wire/parts/result-set-metadata.ts';
import { decodeRowsAffected } from '../driver/wire/parts/rows-affected.ts';
import { StatementContextOption } from '../driver/wire/parts/statement-context.ts';
import { decodeStatementId } from '../driver/wire/parts/statement-id.ts';
import { TransactionFlag } from '../driver/wire/parts/transaction-flags.ts';
import { decodeWriteLobReply } from '../driver/wire/parts/write-lob-reply.ts';
import { decodeWriteLobRequests } from '../driver/wire/parts/write-lob-request.ts';
import { TypeCode } from '../driver/wire/type-code.ts';

const MAX_TEXT = 2000;

/**
 * The content of a part in one line of text; undefined for kinds whose bytes say nothing without the
 * statement they belong to. Throws `malformed-packet`.
 */
export function describePart(part: Part): string | undefined {
  return DESCRIPTIONS.get(part.kind)?.(part);
}

/** Parts that are lists of options, with the names of their ids. */
const OPTION_PARTS: readonly (readonly [number, Readonly<Record<string, number>>])[] = [
  [PartKind.CONNECTOPTIONS, ConnectOption],
  [PartKind.CLIENTCONTEXT, ClientContextOption],
  [PartKind.DBCONNECTINFO, DbConnectInfoOption],
  [PartKind.STATEMENTCONTEXT, StatementContextOption],
  [PartKind.TRANSACTIONFLAGS, TransactionFlag],
  [PartKind.COMMITOPTIONS, { HOLD_CURSORS_OVER_COMMIT: 1 }],
  [PartKind.FETCHOPTIONS, { RESULTSET_POSITION: 1 }],
  [PartKind.LOBFLAGS, { IMPLICIT_STREAMING: 0 }],
  [PartKind.COMMANDINFO, { LINE_NUMBER: 1, SOURCE_MODULE: 2 }],
  [
    PartKind.SESSIONCONTEXT,
    {
      PRIMARY_CONNECTION_ID: 1,
      PRIMARY_HOST: 2,
      PRIMARY_PORT: 3,
      ANCHOR_CONNECTION_ID: 4,
      ANCHOR_HOST: 5,
      ANCHOR_PORT: 6,
    },
  ],
];

const DESCRIPTIONS: ReadonlyMap<number, (part: Part) => string> = new Map<
  number,
  (part: Part) => string
>([
  ...OPTION_PARTS.map(([kind, names]): [number, (part: Part) => string] => [
    kind,
    (part) => describeOptions(part, names),
  ]),
  [PartKind.AUTHENTICATION, describeAuthentication],
  [PartKind.COMMAND, (part) => quote(maskPasswords(decodeCommand(part)))],
  [PartKind.CLIENTID, (part) => describeClientId(part)],
  [PartKind.CLIENTINFO, describeClientInfo],
  [PartKind.STATEMENTID, (part) => String(decodeStatementId(part))],
  [PartKind.RESULTSETID, (part) => String(decodeResultSetId(part))],
  [PartKind.FETCHSIZE, (part) => `${decodeFetchSize(part)} rows`],
  [PartKind.ROWSAFFECTED, (part) => decodeRowsAffected(part).join(', ')],
  [PartKind.RESULTSETMETADATA, describeColumns],
  [PartKind.PARAMETERMETADATA, describeParameters],
  [PartKind.ERROR, describeErrors],
  [PartKind.READLOBREQUEST, describeReadLobRequest],
  [PartKind.READLOBREPLY, describeReadLobReply],
  [PartKind.WRITELOBREQUEST, describeWriteLobRequests],
  [PartKind.WRITELOBREPLY, (part) => decodeWriteLobReply(part).map(locator).join(', ')],
]);

function describeOptions(part: Part, names: Readonly<Record<string, number>>): string {
  const entries = [...decodeOptions(part)].map(
    ([id, option]) => `${codeName(names, id) ?? `?? ${id} ??`}=${describeOption(option)}`,
  );
  return entries.join(' ');
}

function describeOption(option: OptionValue): string {
  if (option.type === 'string') return quote(option.value);
  if (option.type === 'bytes') return Buffer.from(option.value).toString('hex');
  return String(option.value);
}

/**
 * A request is user, method, data, method, data …; a reply is method, data. The data is not shown:
 * challenge and proof together let others guess the password at leisure.
 */
function describeAuthentication(part: Part): string {
  const fields = decodeAuthentication(part);
  const isRequest = fields.length % 2 === 1;
  const shown = fields.map((field, index) => {
    const isData = isRequest ? index > 0 && index % 2 === 0 : index % 2 === 1;
    return isData ? `<${field.length} bytes>` : quote(cesu8ToString(field));
  });
  return shown.join(' ');
}

function describeClientId(part: Part): string {
  const { pid, host } = decodeClientId(part);
  return `pid ${pid} on ${quote(host)}`;
}

function describeClientInfo(part: Part): string {
  const variables = [...decodeClientInfo(part)].map(([name, value]) => `${name}=${quote(value)}`);
  return variables.join(' ');
}

function describeColumns(part: Part): string {
  const columns = decodeResultSetMetadata(part).map(
    ({ displayName, typeCode, length, scale, nullable }) =>
      `${displayName} ${typeName(typeCode)}(${length},${scale})${nullable ? '' : ' NOT NULL'}`,
  );
  return columns.join(', ');
}

function describeParameters(part: Part): string {
  const parameters = decodeParameterMetadata(part).map(
    ({ mode, name, typeCode, length, scale }) =>
      `${mode} ${name ?? '?'} ${typeName(typeCode)}(${length},${scale})`,
  );
  return parameters.join(', ');
}

function describeErrors(part: Part): string {
  const errors = decodeErrors(part).map(
    ({ level, code, sqlState, position, text }) =>
      `${level} ${code} ${sqlState} at ${position}: ${quote(text)}`,
  );
  return errors.join('; ');
}

function describeReadLobRequest(part: Part): string {
  const request = decodeReadLobRequest(part);
  return `${locator(request.locator)} from ${request.offset}, ${request.length}`;
}

function describeReadLobReply(part: Part): string {
  const reply = decodeReadLobReply(part);
  return `${locator(reply.locator)} ${reply.data.length} bytes${reply.last ? ', last' : ''}`;
}

function describeWriteLobRequests(part: Part): string {
  const pieces = decodeWriteLobRequests(part).map(
    (piece) => `${locator(piece.locator)} ${piece.data.length} bytes${piece.last ? ', last' : ''}`,
  );
  return pieces.join('; ');
}

function locator(bytes: Uint8Array): string {
  return `locator ${Buffer.from(bytes).toString('hex')}`;
}

function typeName(code: number): string {
  return codeName(TypeCode, code) ?? `?? ${code} ??`;
}

/** In one line, whatever it contains. */
function quote(text: string): string {
  return JSON.stringify(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
}

/** `CREATE USER … PASSWORD "…"`, `CONNECT … PASSWORD '…'`. */
function maskPasswords(sql: string): string {
  return sql.replace(/\b(PASSWORD\s+)("(?:[^"]|"")*"|'(?:[^']|'')*'|\S+)/gi, '$1***');
}

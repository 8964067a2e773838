import { MAX_ENDPOINTS } from '../core/endpoint-count.ts';
import { type Command, optional, required, type Setting } from './setting.ts';
import {
  byteCount,
  clientEndpoints,
  duration,
  endpointCount,
  floatingDecimal,
  hostPort,
  integer,
  laneCount,
  oneOf,
  plainText,
  secretText,
  toggle,
} from './value-kinds.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** HANA refuses a FETCHSIZE above the largest positive 16-bit number. */
const MAX_FETCH_ROWS = 32_767;

/**
 * Every setting of every command. The flag, the variable and the key in a settings file follow from the
 * name; help texts and docs/configuration.md are made from these rows.
 */
const SETTINGS = {
  listen: required(
    hostPort,
    { host: '127.0.0.1', port: 32_010 },
    {
      section: 'addresses',
      commands: ['serve'],
      doc: 'Address of the Flight SQL server. Port 0 takes a free one.',
    },
  ),
  tlsCert: optional(plainText('PATH'), {
    section: 'addresses',
    commands: ['serve'],
    doc: 'Certificate chain of the Flight SQL server, PEM. With --tls-key the server speaks TLS only.',
  }),
  tlsKey: optional(plainText('PATH'), {
    section: 'addresses',
    commands: ['serve'],
    doc: 'Private key of --tls-cert, PEM.',
  }),
  maxMessageBytes: required(byteCount(64 * KIB, GIB), 4 * MIB, {
    section: 'addresses',
    commands: ['serve'],
    doc: 'Largest message sent to a client. 4 MiB is what most clients accept; a batch that passes it, as one huge row may, ends its query with RESOURCE_EXHAUSTED.',
  }),
  maxReceiveBytes: required(byteCount(64 * KIB, GIB), 64 * MIB, {
    section: 'addresses',
    commands: ['serve'],
    doc: 'Largest message accepted from a client; a larger one, such as an SQL text, is refused with RESOURCE_EXHAUSTED.',
  }),

  hana: optional(secretText('URL'), {
    section: 'HANA',
    commands: ['serve'],
    doc: 'The HANA to serve: `hdbsql://host:port`, or `hdbsqls://` for TLS, with options after `?`. Callers log on with their own HANA user; with `user:password@` those who bring none share that logon, as long as --listen is a loopback address. Unset: a sandbox with demo data is started inside.',
  }),
  poolMax: required(integer(1, 10_000), 16, {
    section: 'HANA',
    commands: ['serve'],
    doc: 'Most connections to HANA at a time that one user has.',
  }),
  poolTotal: required(integer(1, 30_000), 128, {
    section: 'HANA',
    commands: ['serve'],
    doc: 'Most connections to HANA at a time, over all users.',
  }),
  poolSpare: required(integer(0, 10_000), 1, {
    section: 'HANA',
    commands: ['serve'],
    doc: 'Connections, of each user and in all, that the endpoints of large results leave free, so that a client may ask something else while it reads. Only the lowest unfinished endpoint of a query may take them, and does when there are no others.',
  }),
  acquireTimeout: required(duration(1, HOUR), 30 * SECOND, {
    section: 'HANA',
    commands: ['serve'],
    doc: 'Longest wait for one of them to become free; then the call ends with RESOURCE_EXHAUSTED. For an endpoint of a large result it does not count while a lower one is read, and starts anew whenever its user gets a connection.',
  }),
  idleTimeout: required(duration(SECOND, 24 * HOUR), 5 * MINUTE, {
    section: 'HANA',
    commands: ['serve'],
    doc: 'A connection that nobody used for this long is closed.',
  }),
  communicationTimeout: required(duration(SECOND, 24 * HOUR), 10 * MINUTE, {
    section: 'HANA',
    commands: ['serve'],
    doc: 'Longest silence of HANA after a request; then the connection is given up. Must be longer than the slowest query takes to its first row.',
  }),
  fetchSize: required(integer(1, MAX_FETCH_ROWS), MAX_FETCH_ROWS, {
    section: 'HANA',
    commands: ['serve'],
    doc: 'Rows asked for with each fetch.',
  }),

  batchRows: required(integer(1, 1_048_576), 65_536, {
    section: 'results',
    commands: ['serve'],
    doc: 'Most rows in one Arrow record batch.',
  }),
  batchBytes: required(byteCount(64 * KIB, 64 * MIB), 2 * MIB, {
    section: 'results',
    commands: ['serve'],
    doc: 'Size at which a record batch is cut; half of --max-message-bytes leaves room for one long row.',
  }),
  compression: required(oneOf(['none', 'lz4', 'zstd']), 'none', {
    section: 'results',
    commands: ['serve'],
    doc: 'Compression of record batches: worth it where the network is slower than a few 100 MB/s. A client that sends the header `x-flight-compression` with one of the values decides for its call.',
  }),
  maxLobBytes: required(byteCount(1, 2 * GIB - 1), 4 * MIB, {
    section: 'results',
    commands: ['serve'],
    doc: 'Largest LOB value that is read; a larger one ends the query with RESOURCE_EXHAUSTED. Values near or above --max-message-bytes need that one raised too, and a client that takes such messages.',
  }),
  readerTimeout: required(duration(SECOND, 24 * HOUR), 10 * MINUTE, {
    section: 'results',
    commands: ['serve'],
    doc: "A client that takes nothing of a query for this long, although there is something to take, is given up with DEADLINE_EXCEEDED. Keep it shorter than HANA's limit on idle cursors, which closes the connection.",
  }),
  memoryBudget: required(byteCount(MIB, 1024 * GIB), 512 * MIB, {
    section: 'results',
    commands: ['serve'],
    doc: 'What results that are being read may hold in memory, all together: further endpoints wait until they fit, but one is always read. A result counts as 2 packets from HANA and 4 batches of --batch-bytes; a packet as large as the largest so far or, before the first full one, as --fetch-size rows of the expected width (a query that is not divided: 1 MiB in all). What is read of LOBs after their first part is not counted.',
  }),
  floatingDecimal: required(
    floatingDecimal,
    { kind: 'float64' },
    {
      section: 'results',
      commands: ['serve'],
      doc: 'Arrow type of DECIMAL without precision and of SMALLDECIMAL, which have no fixed scale.',
    },
  ),
  timestampUnit: required(oneOf(['us', 'ns']), 'us', {
    section: 'results',
    commands: ['serve'],
    doc: 'Unit of TIMESTAMP. HANA stores 100 ns; `ns` keeps them, but ends a query with an error on dates outside 1677 to 2262, such as 9999-12-31.',
  }),

  emptyDate: required(oneOf(['null', 'error']), 'null', {
    section: 'results',
    commands: ['serve'],
    doc: "What HANA's empty date (`''`, which SAP applications store for \"not set\") becomes: NULL, or the end of the query with an error.",
  }),

  endpoints: required(endpointCount, 'auto', {
    section: 'partitioning',
    commands: ['serve'],
    doc: 'Endpoints of a query whose caller asks for nothing: `auto`, as its size suggests; `off`, one; or a number, which callers that cannot take several do not get. See docs/partitioning.md.',
  }),
  endpointMinRows: required(integer(1, 2_000_000_000), 500_000, {
    section: 'partitioning',
    commands: ['serve'],
    doc: 'A smaller result is one endpoint with `auto`, and `auto` makes no endpoint smaller than this.',
  }),
  autoEndpoints: required(integer(1, MAX_ENDPOINTS), 8, {
    section: 'partitioning',
    commands: ['serve'],
    doc: 'Most endpoints that `auto` makes.',
  }),
  consistency: required(oneOf(['statement', 'snapshot', 'as-of']), 'statement', {
    section: 'partitioning',
    commands: ['serve'],
    doc: 'What the endpoints of a query show together when its caller asks for nothing: each what is committed when it is read, all one snapshot, or all one moment of a system-versioned table.',
  }),
  snapshotMaxAge: required(duration(SECOND, 24 * HOUR), 5 * MINUTE, {
    section: 'partitioning',
    commands: ['serve'],
    doc: 'How long the connections of a `snapshot` wait for their endpoints to be read; HANA keeps old row versions that long.',
  }),
  factsMaxAge: required(duration(0, 24 * HOUR), MINUTE, {
    section: 'partitioning',
    commands: ['serve'],
    doc: 'How long sizes, keys and partitions of tables are remembered before the catalog is asked again.',
  }),
  clientEndpoints: optional(clientEndpoints, {
    section: 'partitioning',
    commands: ['serve'],
    doc: 'What clients can take, by a text in their user agent, before the rules in docs/partitioning.md: `one` endpoint, one for results with an order (`ordered-one`), or `many`. Example: `grpc-c++=many,my-app=one`.',
  }),

  secretFile: optional(plainText('PATH'), {
    section: 'sessions',
    commands: ['serve'],
    doc: 'File with the secrets that seal tickets and session tokens: one a line, newest first, 32 characters or more. Every server with the same secrets can serve the same clients. Unset: a random secret that dies with the process.',
  }),
  secret: optional(secretText('TEXT'), {
    section: 'sessions',
    commands: ['serve'],
    environmentOnly: true,
    doc: 'The secrets themselves in place of --secret-file, one a line; the path of an existing file is read as --secret-file.',
  }),
  tokenLifetime: required(duration(MINUTE, 30 * 24 * HOUR), 8 * HOUR, {
    section: 'sessions',
    commands: ['serve'],
    doc: 'How long session tokens, tickets and prepared statements are good for; then the client must log on again.',
  }),
  transactionIdleTimeout: required(duration(SECOND, 24 * HOUR), 5 * MINUTE, {
    section: 'sessions',
    commands: ['serve'],
    doc: 'A transaction that nobody used for this long is rolled back and its connection given up. One that had changed nothing goes on unnoticed.',
  }),
  sessionIdleTimeout: required(duration(SECOND, 30 * 24 * HOUR), HOUR, {
    section: 'sessions',
    commands: ['serve'],
    doc: 'A connection that a session made its own, by SET or a temporary table, is given up when the session was idle for this long.',
  }),

  server: required(plainText('URI'), 'grpc://127.0.0.1:32010', {
    section: 'client',
    commands: ['query', 'explain', 'check'],
    doc: 'Flight SQL server to ask: `grpc://host:port`, or `grpc+tls://host:port` for TLS.',
  }),
  user: optional(plainText('NAME'), {
    section: 'client',
    commands: ['query', 'explain', 'check'],
    doc: 'User to log on with.',
  }),
  password: optional(secretText('TEXT'), {
    section: 'client',
    commands: ['query', 'explain', 'check'],
    doc: 'Password of --user. Better given as variable: other users of the machine can read a command line.',
  }),
  tlsRoots: optional(plainText('PATH'), {
    section: 'client',
    commands: ['query', 'explain', 'check'],
    doc: 'Certificates, PEM, that the TLS certificate of --server is checked with, in place of the usual authorities.',
  }),
  format: required(oneOf(['table', 'csv', 'json', 'arrow', 'parquet']), 'table', {
    section: 'client',
    commands: ['query'],
    doc: 'How the result is written: a table for people, CSV (RFC 4180; NULL is an empty field, an empty text is `""`), JSON (one array of objects, an object a line), an Arrow IPC stream, or Parquet.',
  }),
  output: optional(plainText('PATH'), {
    section: 'client',
    commands: ['query'],
    short: 'o',
    doc: 'File to write to in place of standard output.',
  }),
  tableRows: required(integer(1, 1_000_000), 1000, {
    section: 'client',
    commands: ['query'],
    doc: 'Most rows that a printed table shows; reading stops there. The other formats write every row.',
  }),

  sandboxRows: required(integer(0, 1_000_000_000), 100_000, {
    section: 'sandbox',
    commands: ['serve', 'sandbox'],
    doc: 'Rows in SALES.TRANSACTIONS and SALES.TRANSACTION_HISTORY of the demo data.',
  }),
  sandboxHost: required(plainText('HOST'), '127.0.0.1', {
    section: 'sandbox',
    commands: ['sandbox'],
    doc: 'Address the sandbox listens on. Its users have known passwords: keep it on loopback.',
  }),
  sandboxPort: required(integer(0, 65_535), 0, {
    section: 'sandbox',
    commands: ['serve', 'sandbox'],
    doc: 'Port of the sandbox; 0 takes a free one.',
  }),
  latencyMs: required(integer(0, 60_000), 0, {
    section: 'sandbox',
    commands: ['serve', 'sandbox'],
    doc: 'Delay of each reply, in milliseconds: a HANA far away.',
  }),
  bytesPerSecond: optional(byteCount(1, 100 * GIB), {
    section: 'sandbox',
    commands: ['serve', 'sandbox'],
    doc: 'Bandwidth of each connection. Unset: no limit.',
  }),
  replayBytes: required(byteCount(0, 64 * GIB), 0, {
    section: 'sandbox',
    commands: ['serve', 'sandbox'],
    doc: 'Memory for results that are served again as they were encoded, so that the sandbox is fast enough to measure what reads it. 0: every result is computed.',
  }),
  resetAfterRows: optional(integer(0, Number.MAX_SAFE_INTEGER), {
    section: 'sandbox',
    commands: ['serve', 'sandbox'],
    doc: 'Fault: break the connection once this many rows of a result were sent.',
  }),
  errorAtRow: optional(integer(0, Number.MAX_SAFE_INTEGER), {
    section: 'sandbox',
    commands: ['serve', 'sandbox'],
    doc: 'Fault: answer with an error once a result reaches this row.',
  }),
  stallAfterRows: optional(integer(0, Number.MAX_SAFE_INTEGER), {
    section: 'sandbox',
    commands: ['serve', 'sandbox'],
    doc: 'Fault: fall silent once this many rows of a result were sent.',
  }),
  trace: required(toggle, false, {
    section: 'sandbox',
    commands: ['sandbox'],
    doc: "Print every packet's parts, decoded, on standard error. Shows SQL text and values.",
  }),

  readyFile: optional(plainText('PATH'), {
    section: 'running',
    commands: ['serve', 'sandbox'],
    doc: 'File that is written once start-up is done: one line of JSON with the addresses.',
  }),
  drainGrace: required(duration(0, HOUR), 30 * SECOND, {
    section: 'running',
    commands: ['serve'],
    doc: 'On SIGTERM or SIGINT: how long running streams may go on before they are cut. A second signal cuts them at once.',
  }),
  lanes: required(laneCount, 'auto', {
    section: 'running',
    commands: ['serve'],
    doc: 'Threads that have the connections to HANA, decode results and encode messages, while the main thread serves the clients; 0: all in the main thread. `auto`: one for each processor, at most 8.',
  }),
  logLevel: required(oneOf(['debug', 'info', 'warn', 'error', 'silent']), 'info', {
    section: 'running',
    commands: ['serve', 'sandbox'],
    doc: 'Least weight of what is logged, on standard error.',
  }),
  logSqlTextDangerously: required(toggle, false, {
    section: 'running',
    commands: ['serve'],
    doc: "Let the log show HANA's error texts, which quote SQL text and customers' values.",
  }),
} satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingName = keyof typeof SETTINGS;

/** The settings of one command, complete and frozen. */
export type Settings<C extends Command> = {
  readonly [Name in SettingName as C extends (typeof SETTINGS)[Name]['commands'][number]
    ? Name
    : never]: (typeof SETTINGS)[Name]['default'];
};

/** The names in the order of the table, which is the order of the documentation. */
export const SETTING_NAMES: readonly SettingName[] = Object.keys(SETTINGS).filter(
  (name): name is SettingName => name in SETTINGS,
);

/** The row of a setting, with the type of its value left open. */
export function settingRow(name: SettingName): Setting<unknown> {
  return SETTINGS[name];
}

/** The names of the settings that a command reads. */
export function namesOf(command: Command): readonly SettingName[] {
  return SETTING_NAMES.filter((name) => settingRow(name).commands.includes(command));
}

import { afterAll, beforeAll } from 'vitest';
import type { ClientLimits } from './all-types.ts';
import { describeForeign } from './foreign-suite.ts';
import { DEMO, HanaFlightProcess } from './hana-flight-process.ts';
import { pythonArguments, pythonSuite } from './python-programs.ts';

/** Enough rows that a stream is still running when a client gives it up. */
const ROWS = 500_000;

const ARROW: ClientLimits = {
  typeOf: (column) => column.arrowType,
  alwaysNullable: true,
  timestampDigits: 6,
  floatingDecimalIsDouble: true,
};

await describeForeign(
  pythonSuite(
    // Its cases follow single streams; partitioned.test.ts is about several.
    { program: 'pyarrow_flight.py', rows: ROWS, flags: ['--endpoints', 'off'] },
    {
      title: 'pyarrow.flight',
      cases: [
        'a handshake with Basic answers a Bearer token',
        'Basic on each call needs no handshake, padded or not',
        'no credentials, wrong ones and a made-up token are UNAUTHENTICATED',
        'FlightInfo, GetSchema, prepared statement and stream have one schema, all of it nullable',
        'a prepared statement runs as often as asked, and is unknown once closed',
        'GetSqlInfo decodes, whole and by id',
        'an empty result keeps its schema',
        'every row of a large table arrives, in batches below 4 MiB',
        'bodies compressed by LZ4 and by ZSTD hold the same rows, and an unknown way is refused',
        "an unknown table is NOT_FOUND with HANA's 259",
        "a syntax error is INVALID_ARGUMENT with HANA's 257 and the position",
        "a missing privilege is PERMISSION_DENIED with HANA's 258",
        'garbage in place of a command or a ticket gets a status, and the server goes on',
        'an SQL text of 10 MB gets a status, and the server goes on',
        'a client that cancels in mid-stream leaves the server and HANA free',
        'a client that vanishes in mid-stream leaves the server and HANA free',
        'a deadline that passes in mid-stream is DEADLINE_EXCEEDED',
        'two streams of one connection do not wait for each other',
        'a statement that changes data runs once, at GetFlightInfo',
        'an update by DoPut runs once and is answered before the client half-closes',
      ],
      allTypes: { name: 'reads ALL_TYPES', limits: ARROW },
    },
  ),
);

await describeForeign(
  pythonSuite(
    { program: 'adbc.py', rows: ROWS },
    {
      title: 'the ADBC Flight SQL driver',
      cases: [
        'logs on with user and password',
        'logs on with an authorization header, without a handshake',
        'accepts the flightsql:// form of the address',
        'a wrong password is UNAUTHENTICATED',
        'fetchall gives Python values',
        'description and fetchone follow the DB-API',
        'fetch_record_batch reads a large table in full',
        'an empty result has its columns and no rows',
        'adbc_execute_schema tells the schema without running the statement',
        'adbc_execute_partitions gives tickets that any connection reads',
        'adbc_execute_partitions asks step by step, by PollFlightInfo, until nothing is left',
        'adbc_get_info names the server and the driver',
        "errors carry the status and HANA's code",
        'an INSERT through execute runs once',
        'execute of DDL and DML tells the rows affected, and each runs once',
        'executescript and execute_update run a statement that was not prepared',
        'adbc_cancel ends a running read',
        'many connections read at the same time',
      ],
      allTypes: { name: 'fetch_arrow_table reads ALL_TYPES', limits: ARROW },
    },
  ),
);

await describeForeign(
  pythonSuite(
    { program: 'data_frames.py', rows: ROWS },
    {
      title: 'Polars and DuckDB over ADBC',
      cases: [
        'Polars read_database over a connection',
        'Polars reads ALL_TYPES without loss of a row',
        'Polars write_database creates, appends, replaces and fails, and what it reads back is equal',
        'Polars write_database with a schema, and append to a table that is not there',
        'Polars writes a large frame and reads it back whole',
        'DuckDB queries the reader of a result',
        'DuckDB reads ALL_TYPES without loss of a row',
      ],
    },
  ),
);

let sandbox: HanaFlightProcess | undefined;
beforeAll(async () => {
  sandbox = await HanaFlightProcess.start('sandbox', '--sandbox-rows', '1000');
});
afterAll(() => sandbox?.stop());

await describeForeign({
  title: 'Polars against a server with a logon of its own',
  toolchain: 'python',
  start: () => {
    const hana = `hdbsql://${DEMO.user}:${DEMO.password}@${sandbox?.hana}`;
    return HanaFlightProcess.start('serve', '--listen', '127.0.0.1:0', '--hana', hana);
  },
  args: (server) => pythonArguments('polars_uri.py', server),
  cases: ['Polars read_database_uri'],
});

import { join } from 'node:path';
import { arrowLimits, flightTarget, serve } from './arrow-clients.ts';
import { describeForeign } from './foreign-suite.ts';

const LIMITS = arrowLimits({
  string: 'Utf8',
  double: 'Float64',
  float: 'Float32',
  bool: 'Boolean',
  binary: 'Binary',
  int16: 'Int16',
  int32: 'Int32',
  int64: 'Int64',
  'date32[day]': 'Date32',
  'time32[s]': 'Time32(s)',
  'timestamp[s]': 'Timestamp(s)',
  'timestamp[us]': 'Timestamp(µs)',
  'decimal128(15, 2)': 'Decimal128(15, 2)',
  'decimal128(28, 10)': 'Decimal128(28, 10)',
  'decimal128(38, 0)': 'Decimal128(38, 0)',
  'fixed_size_list<item: float>[3]': 'FixedSizeList(3 x Float32)',
});

await describeForeign({
  title: 'arrow-flight in Rust: FlightSqlServiceClient and flight_sql_client',
  toolchain: 'rust',
  program: 'debug/flight-client',
  start: serve,
  args: (server, folder) => [...flightTarget(server), join(folder, 'debug/flight_sql_client')],
  cases: [
    'logs on',
    'is refused with a wrong password',
    'reads a large table within 4 MiB a message',
    'binds rows of parameters to a query',
    'binds rows of parameters to an update',
    'updates with counts',
    'ingests in every mode',
    'commits and rolls back',
    'reads the metadata commands',
    'a dropped stream ends its query inside HANA',
    "an error carries HANA's code",
    'flight_sql_client statement-query',
    'flight_sql_client prepared-statement-query',
    'flight_sql_client catalogs',
    'flight_sql_client db-schemas',
    'flight_sql_client tables',
    'flight_sql_client table-types',
    'flight_sql_client exits with an error for a wrong statement',
  ],
  allTypes: { name: 'reads ALL_TYPES', limits: LIMITS },
});

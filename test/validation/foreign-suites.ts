import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEMO } from '../clients/hana-flight-process.ts';
import type { KnownFailures } from './outcomes.ts';

/** A suite of pytest that others wrote, and what it needs to be pointed at a server. */
export interface ForeignSuite {
  /** Option of the command line that names a checkout of it. */
  readonly option: string;
  readonly title: string;
  /** Folder in which pytest starts. */
  readonly folder: (checkout: string) => string;
  readonly pytest: readonly string[];
  readonly environment: (checkout: string, server: string) => Readonly<Record<string, string>>;
  readonly knownFailures: KnownFailures;
}

const OURS = fileURLToPath(new URL('./python/', import.meta.url));

const DRIVER_STATEMENT =
  'the driver keeps what was ingested bound to the statement and refuses the query itself';

/** Every suite; its cases stay where they are. */
export const FOREIGN_SUITES: readonly ForeignSuite[] = [
  {
    option: 'checkout',
    title: 'adbc-drivers/validation',
    folder: () => OURS,
    // The lint of the suite's own cases needs no server.
    pytest: ['-k', 'not test_lint_query'],
    environment: (checkout, server) => ({
      PYTHONPATH: `${checkout}:${OURS}`,
      SERVER_URI: server,
      SERVER_USER: DEMO.user,
      SERVER_PASSWORD: DEMO.password,
    }),
    knownFailures: {
      'test_connection.py::TestConnection::test_get_info[hana-flight:sandbox]':
        'the driver of PyPI calls its own version "(unknown or development build)"',
      'test_connection.py::TestConnection::test_get_objects_catalog[hana-flight:sandbox]':
        'HANA has no catalogs, so none is listed; the suite expects one',
      'test_ingest.py::TestIngest::test_ingest_then_query[hana-flight:sandbox:ingest/string]':
        DRIVER_STATEMENT,
    },
  },
  {
    option: 'arrow-adbc',
    title: 'apache/arrow-adbc, python/adbc_driver_flightsql',
    folder: (checkout) => join(checkout, 'python/adbc_driver_flightsql/tests'),
    // The two other files talk to a test server of their own by words of magic.
    // Else the driver's package beside the tests would be taken, which has no library.
    pytest: [
      '--import-mode=importlib',
      '-p',
      'translated',
      'test_bulk_ingest.py',
      'test_dbapi.py',
      'test_lowlevel.py',
    ],
    environment: (_checkout, server) => ({
      PYTHONPATH: OURS,
      ADBC_GIZMOSQL_URI: server,
      ADBC_GIZMOSQL_USER: DEMO.user,
      ADBC_GIZMOSQL_PASSWORD: DEMO.password,
      ADBC_DREMIO_FLIGHTSQL_URI: server,
      ADBC_DREMIO_FLIGHTSQL_USER: DEMO.user,
      ADBC_DREMIO_FLIGHTSQL_PASS: DEMO.password,
    }),
    knownFailures: {
      'tests/test_dbapi.py::test_query_partitioned':
        'expects a column name that only Dremio makes up',
    },
  },
];

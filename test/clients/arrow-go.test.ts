import { arrowLimits, flightTarget, serve } from './arrow-clients.ts';
import { describeForeign } from './foreign-suite.ts';

const LIMITS = arrowLimits({
  string: 'utf8',
  double: 'float64',
  float: 'float32',
  'date32[day]': 'date32',
  'decimal128(15, 2)': 'decimal(15, 2)',
  'decimal128(28, 10)': 'decimal(28, 10)',
  'decimal128(38, 0)': 'decimal(38, 0)',
  'fixed_size_list<item: float>[3]': 'fixed_size_list<item: float32, nullable>[3]',
});

await describeForeign({
  title: 'arrow-go: Flight SQL client and database/sql driver',
  toolchain: 'go',
  program: 'flight-client',
  start: serve,
  args: flightTarget,
  cases: [
    'logs on',
    'is refused with a wrong password',
    'reads a large table within 4 MiB a message',
    'binds rows of parameters to a query',
    'binds rows of parameters to an update',
    'updates with counts',
    'ingests in every mode',
    'commits and rolls back',
    'rolls back to a savepoint',
    'ingests inside a transaction',
    'sets, gets and removes session options',
    'polls a query',
    'CancelFlightInfo ends a query inside HANA',
    'a cancelled context ends a query inside HANA',
    'every metadata command has its reference schema',
    "an error carries a status and HANA's code",
    'database/sql queries and scans',
    'database/sql binds parameters',
    'database/sql inserts, updates and deletes with counts',
    'database/sql commits and rolls back',
    'database/sql cancels by its context',
  ],
  allTypes: { name: 'reads ALL_TYPES', limits: LIMITS },
});

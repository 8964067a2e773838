import { arrowLimits, flightTarget, serve } from './arrow-clients.ts';
import { describeForeign } from './foreign-suite.ts';

/** The driver names types by java.sql.Types. */
const LIMITS = arrowLimits({
  string: 'VARCHAR',
  double: 'DOUBLE',
  float: 'FLOAT',
  bool: 'BOOLEAN',
  binary: 'VARBINARY',
  int16: 'SMALLINT',
  int32: 'INTEGER',
  int64: 'BIGINT',
  'date32[day]': 'DATE',
  'time32[s]': 'TIME',
  'timestamp[s]': 'TIMESTAMP',
  'timestamp[us]': 'TIMESTAMP',
  'decimal128(15, 2)': 'DECIMAL',
  'decimal128(28, 10)': 'DECIMAL',
  'decimal128(38, 0)': 'DECIMAL',
  'fixed_size_list<item: float>[3]': 'ARRAY',
});

await describeForeign({
  title: "Arrow's Flight SQL JDBC driver",
  toolchain: 'java',
  start: serve,
  args: flightTarget,
  cases: [
    'logs on',
    'is refused with a wrong password',
    'reads a result of many batches',
    'an empty result has its columns and no rows',
    'calls every method of DatabaseMetaData',
    'finds schemas, tables, columns and keys',
    'describes the columns of a result',
    'binds every type that can be set',
    'binds parameters of a query, again and again',
    'inserts, updates and deletes with counts',
    'inserts a batch',
    'Statement.execute tells queries from updates',
    'an unknown connection property disturbs nothing',
    "an error carries HANA's code and text",
    'Statement.cancel ends the statement inside HANA',
  ],
  allTypes: {
    name: 'reads ALL_TYPES',
    limits: {
      ...LIMITS,
      hidesNullability: true,
      shown: {
        // The driver does not tell SECONDDATE from TIMESTAMP.
        C_SECONDDATE: (value) => (value === null ? value : `${String(value)}.000000000`),
      },
    },
  },
});

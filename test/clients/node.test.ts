import { arrowLimits, flightTarget, serve } from './arrow-clients.ts';
import { describeForeign } from './foreign-suite.ts';

const LIMITS = arrowLimits({
  string: 'Utf8',
  double: 'Float64',
  float: 'Float32',
  bool: 'Bool',
  binary: 'Binary',
  int16: 'Int16',
  int32: 'Int32',
  int64: 'Int64',
  'date32[day]': 'Date32<DAY>',
  'time32[s]': 'Time32<SECOND>',
  'timestamp[s]': 'Timestamp<SECOND>',
  'timestamp[us]': 'Timestamp<MICROSECOND>',
  'decimal128(15, 2)': 'Decimal[15e+2]',
  'decimal128(28, 10)': 'Decimal[28e+10]',
  'decimal128(38, 0)': 'Decimal[38e0]',
  'fixed_size_list<item: float>[3]': 'FixedSizeList[3]<Float32>',
});

await describeForeign({
  title: 'Flight SQL clients of the npm registry',
  toolchain: 'node',
  start: serve,
  args: flightTarget,
  cases: [
    '@lancedb: logs on and queries',
    '@lancedb: is refused with a wrong password',
    '@lancedb: reads a large table within 4 MiB a message',
    '@lancedb: an empty result has no rows',
    "@lancedb: an error carries HANA's code",
    '@firetiger-oss: logs on and queries',
    '@firetiger-oss: lists tables',
    "@firetiger-oss: an error carries HANA's code",
  ],
  allTypes: { name: '@lancedb: reads ALL_TYPES', limits: LIMITS },
});

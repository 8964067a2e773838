import { describe, expect, it } from 'vitest';
import type { ArrowType } from '../../../../src/arrow/types.ts';
import { parameterEncoder } from '../../../../src/driver/parameters/parameter-encoder.ts';
import type { ParameterMetadata } from '../../../../src/driver/wire/metadata.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { thrownBy } from '../../../support/failure.ts';
import { type RawValue, rawBatchOf } from '../../../support/raw-columns.ts';
import { parameter } from '../../../support/scripted-engine.ts';
import { NO_LIMITS, sent } from './sent-values.ts';
import {
  BINARY,
  BOOL,
  bigint,
  boolean,
  bytes,
  DATE,
  DAY,
  daydate,
  decimal,
  double,
  fixed8,
  float,
  floating,
  int,
  integer,
  listOf,
  longdate,
  MAX_INT64,
  nvarchar,
  real,
  scaled,
  seconddate,
  secondtime,
  smallint,
  time32,
  time64,
  timestamp,
  tinyint,
  UTF8,
  uint,
  vectorOf,
} from './vocabulary.ts';

type Refused = readonly [ArrowType, ParameterMetadata, RawValue, string];

const refused: readonly Refused[] = [
  [int(32), tinyint, 300, '300 does not fit TINYINT (0 to 255)'],
  [int(8), tinyint, -1, '-1 does not fit TINYINT (0 to 255)'],
  [int(32), smallint, 32_768, '32768 does not fit SMALLINT (-32768 to 32767)'],
  [uint(32), integer, 2 ** 31, '2147483648 does not fit INTEGER (-2147483648 to 2147483647)'],
  [int(64), integer, MAX_INT64, '9223372036854775807 does not fit INTEGER'],
  [uint(64), bigint, 2n ** 63n, '9223372036854775808 does not fit BIGINT'],
  [float(64), integer, 1.5, '1.5 does not fit INTEGER'],
  [float(64), bigint, 2 ** 63, '9223372036854776000 does not fit BIGINT'],
  [float(64), bigint, Number.NaN, 'NaN does not fit BIGINT'],
  [float(64), double, Number.POSITIVE_INFINITY, 'Infinity does not fit DOUBLE (finite numbers)'],
  [float(64), double, Number.NaN, 'NaN does not fit DOUBLE'],
  [float(64), real, 1e39, '1e+39 does not fit REAL (finite numbers up to 3.4e38)'],
  [int(32), boolean, 2, '2 does not fit BOOLEAN (true, false, 0 and 1)'],
  [
    decimal(15, 3),
    fixed8,
    1001,
    '1.001 does not fit DECIMAL(15,2) (up to 15 digits, 2 of them a fraction)',
  ],
  [decimal(18, 2), fixed8, 10n ** 15n, '10000000000000.00 does not fit DECIMAL(15,2)'],
  [decimal(18, 2), fixed8, -(10n ** 15n), '-10000000000000.00 does not fit DECIMAL(15,2)'],
  [int(64), fixed8, 10n ** 13n, '10000000000000 does not fit DECIMAL(15,2)'],
  [float(64), fixed8, 0.001, '0.001 does not fit DECIMAL(15,2)'],
  [float(64), fixed8, Number.NaN, 'NaN does not fit DECIMAL(15,2)'],
  [decimal(38, 3), scaled, 10n ** 30n + 1n, '1000000000000000000000000000.001 does not fit'],
  [float(64), floating, Number.NEGATIVE_INFINITY, '-Infinity does not fit DECIMAL'],
  [
    decimal(38, 0),
    floating,
    10n ** 38n - 1n,
    `${'9'.repeat(38)} does not fit DECIMAL (finite numbers of up to 34 digits)`,
  ],
  [decimal(10, 2), integer, 150, '1.50 does not fit INTEGER (whole numbers from -2147483648'],
  [decimal(38, 0), bigint, 2n ** 63n, '9223372036854775808 does not fit BIGINT'],
  [
    DATE,
    daydate,
    -719_163,
    'day -719163 from 1970-01-01 does not fit DATE (0001-01-01 to 9999-12-31',
  ],
  [DATE, daydate, 2_932_897, 'day 2932897 from 1970-01-01 does not fit DATE'],
  [DATE, daydate, -141_437, 'day -141437 from 1970-01-01 does not fit DATE'],
  [
    timestamp('us'),
    longdate,
    253_402_300_800_000_000n,
    'does not fit TIMESTAMP (0001-01-01 to 9999-12-31',
  ],
  [timestamp('s'), longdate, MAX_INT64, 'does not fit TIMESTAMP'],
  [timestamp('us'), longdate, -(2n ** 63n), 'does not fit TIMESTAMP'],
  [
    timestamp('ns'),
    longdate,
    1n,
    '1970-01-01 00:00:00.000000001 does not fit TIMESTAMP (multiples of 100 ns)',
  ],
  [
    timestamp('us'),
    seconddate,
    1n,
    '1970-01-01 00:00:00.000001 does not fit SECONDDATE (whole seconds)',
  ],
  [
    timestamp('s'),
    daydate,
    1n,
    '1970-01-01 00:00:01 does not fit DATE (dates with the time 00:00:00)',
  ],
  [
    time64('us'),
    secondtime,
    1n,
    '00:00:00.000001 does not fit TIME (whole seconds from 00:00:00 to 23:59:59)',
  ],
  [time32('s'), secondtime, DAY, 'value 86400 does not fit TIME'],
  [DATE, nvarchar, 2_932_897, 'value 2932897 does not fit NVARCHAR (dates of the years 1 to 9999'],
  [
    listOf(float(32)),
    parameter(TypeCode.REAL_VECTOR),
    [Number.NaN],
    'a list with NaN does not fit REAL_VECTOR',
  ],
  [
    listOf(float(64)),
    parameter(TypeCode.REAL_VECTOR),
    [1e39],
    'a list with 1e+39 does not fit REAL_VECTOR',
  ],
];

describe('a value that does not fit', () => {
  it.each(refused)('of %o for %o is refused: %o', (type, target, value, text) => {
    const refusal = thrownBy(() => sent(type, target, [null, value]));
    expect(refusal.message).toContain(`row 2, column 1 "C": `);
    expect(refusal.message).toContain(text);
    expect(refusal.code).toBe('invalid-argument');
  });

  it('is not looked at when it lies under a NULL', () => {
    const { schema, batch } = rawBatchOf(['C', int(32), [300, 1]]);
    const hidden = {
      ...batch,
      nodes: [{ length: 2, nullCount: 1 }],
      buffers: [bytes(2), ...batch.buffers.slice(1)],
    };
    const { bytes: data } = parameterEncoder([tinyint], schema).encode(hidden, 0, NO_LIMITS);
    expect(Buffer.from(data).toString('hex')).toBe('810101');
  });

  it('of text is one that is not UTF-8, wherever it is cut', () => {
    const { schema, batch } = rawBatchOf(['C', UTF8, ['ü', 'ä']]);
    const [validity = bytes(), , data = bytes()] = batch.buffers;
    const cutInside = new Uint8Array(Int32Array.of(0, 1, 4).buffer);
    const broken = { ...batch, buffers: [validity, cutInside, data] };
    const encoder = parameterEncoder([nvarchar], schema);
    expect(thrownBy(() => encoder.encode(broken, 0, NO_LIMITS)).message).toBe(
      'row 1, column 1 "C": text that is not UTF-8 does not fit NVARCHAR (valid UTF-8)',
    );
  });
});

describe('a type that cannot go into a parameter', () => {
  it.each<readonly [ArrowType, ParameterMetadata, string]>([
    [BINARY, integer, 'field "C" of type binary cannot go into parameter 1 of type INTEGER'],
    [int(32), daydate, 'field "C" of type int32 cannot go into parameter 1 of type DATE'],
    [DATE, secondtime, 'of type date32 cannot go into parameter 1 of type TIME'],
    [timestamp('us'), integer, 'of type timestamp[us] cannot go'],
    [
      { kind: 'timestamp', unit: 'ns', timezone: 'UTC' },
      fixed8,
      'timestamp[ns, UTC] cannot go into parameter 1 of type DECIMAL(15,2)',
    ],
    [time32('ms'), longdate, 'of type time32[ms] cannot go'],
    [listOf(float(32)), nvarchar, 'of type list<float32> cannot go'],
    [
      vectorOf(3, float(64)),
      parameter(TypeCode.BLOB),
      'of type fixed_size_list<float64>[3] cannot go',
    ],
    [BOOL, double, 'of type bool cannot go'],
    [decimal(5, 2), boolean, 'of type decimal128(5, 2) cannot go'],
    [BINARY, nvarchar, 'of type binary cannot go'],
  ])('is refused before any value: %o for %o', (type, target, message) => {
    const { schema } = rawBatchOf(['C', type, []]);
    const refusal = thrownBy(() => parameterEncoder([target], schema));
    expect(refusal.code).toBe('invalid-argument');
    expect(refusal.message).toContain(message);
  });

  it('is one that nobody knows', () => {
    const { schema } = rawBatchOf(['C', UTF8, []]);
    expect(thrownBy(() => parameterEncoder([parameter(45)], schema)).code).toBe('unimplemented');
  });
});

import type { ArrowType } from '../../../../src/arrow/types.ts';
import type { ParameterMetadata } from '../../../../src/driver/wire/metadata.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import type { RawValue } from '../../../support/raw-columns.ts';
import { parameter } from '../../../support/scripted-engine.ts';
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
  fixed12,
  fixed16,
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
  varchar,
  vectorOf,
} from './vocabulary.ts';

/** An Arrow type, a parameter, values, and what the server reads when it is written differently. */
type Sent = readonly [ArrowType, ParameterMetadata, readonly RawValue[], (readonly unknown[])?];

export const numbers: readonly Sent[] = [
  [int(8), smallint, [-128, 127]],
  [int(8), tinyint, [0, 127]],
  [uint(8), tinyint, [0, 255]],
  [int(16), tinyint, [0, 255]],
  [int(16), smallint, [-32_768, 32_767]],
  [uint(16), integer, [0, 65_535]],
  [int(32), smallint, [-32_768, 32_767]],
  [int(32), integer, [-(2 ** 31), 2 ** 31 - 1]],
  [int(32), bigint, [-(2 ** 31), 2 ** 31 - 1, -1], [-(2n ** 31n), 2n ** 31n - 1n, -1n]],
  [uint(32), bigint, [0, 2 ** 32 - 1], [0n, 2n ** 32n - 1n]],
  [uint(32), integer, [0, 2 ** 31 - 1]],
  [int(64), bigint, [-(2n ** 63n), MAX_INT64, 0n, -1n, 2n ** 32n]],
  [uint(64), bigint, [0n, MAX_INT64]],
  [int(64), integer, [-(2n ** 31n), 2n ** 31n - 1n], [-(2 ** 31), 2 ** 31 - 1]],
  [int(64), tinyint, [255n], [255]],
  [int(32), real, [-1, 2 ** 24]],
  [int(32), double, [-(2 ** 31), 2 ** 31 - 1]],
  [int(64), double, [-(2n ** 53n), 2n ** 60n], [-(2 ** 53), 2 ** 60]],
  [uint(64), double, [2n ** 63n], [2 ** 63]],
  [int(32), boolean, [0, 1], [false, true]],
  [int(64), boolean, [0n, 1n], [false, true]],
  [BOOL, boolean, [true, false]],
  [BOOL, tinyint, [true, false], [1, 0]],
  [BOOL, bigint, [true, false], [1n, 0n]],
  [float(32), real, [1.5, -3.4028234663852886e38, 1e-45].map(Math.fround)],
  [float(32), double, [1.5, Math.fround(0.1)]],
  [float(64), double, [0.1, -1.7976931348623157e308, 5e-324]],
  [float(64), real, [0.1], [Math.fround(0.1)]],
  [float(64), integer, [-3, 2_147_483_647]],
  [float(64), bigint, [-(2 ** 63), 2 ** 62], [-(2n ** 63n), 2n ** 62n]],
  [float(64), boolean, [0, 1], [false, true]],
];

export const decimals: readonly Sent[] = [
  [
    decimal(15, 2),
    fixed8,
    [150, -7, 0, 10n ** 15n - 1n],
    ['1.5', '-0.07', '0', '9999999999999.99'],
  ],
  [decimal(15, 0), fixed8, [7, -7], ['7', '-7']],
  [decimal(15, 4), fixed8, [12_300, -100], ['1.23', '-0.01']],
  [decimal(5, -2), fixed8, [7], ['700']],
  [
    decimal(18, 2),
    parameter(TypeCode.FIXED8, { length: 18, scale: 2 }),
    [10n ** 18n - 1n, 1n - 10n ** 18n],
    ['9999999999999999.99', '-9999999999999999.99'],
  ],
  [
    decimal(28, 2),
    fixed12,
    [-1, 10n ** 28n - 1n, -(2n ** 64n)],
    ['-0.01', '99999999999999999999999999.99', '-184467440737095516.16'],
  ],
  [
    decimal(38, 2),
    fixed16,
    [-1, 10n ** 38n - 1n, 1n - 10n ** 38n],
    ['-0.01', `${'9'.repeat(36)}.99`, `-${'9'.repeat(36)}.99`],
  ],
  [decimal(38, 20), fixed16, [10n ** 20n], ['1']],
  [int(64), fixed16, [MAX_INT64, -(2n ** 63n)], ['9223372036854775807', '-9223372036854775808']],
  [uint(64), fixed16, [2n ** 64n - 1n], ['18446744073709551615']],
  [int(32), fixed8, [-5], ['-5']],
  [float(64), fixed8, [0.1, -12.25, 1e12], ['0.1', '-12.25', '1000000000000']],
  [float(32), fixed8, [0.1, 16_777_216].map(Math.fround), ['0.1', '16777216']],
  [decimal(15, 2), floating, [150, -7, 0], ['1.5', '-0.07', '0']],
  [decimal(38, 38), floating, [1], [`0.${'0'.repeat(37)}1`]],
  [decimal(38, -4), floating, [1], ['10000']],
  [
    decimal(38, 0),
    floating,
    [-(10n ** 37n), 2n ** 113n - 1n],
    [`-1${'0'.repeat(37)}`, String(2n ** 113n - 1n)],
  ],
  [float(64), floating, [0.1, 1e300, -5e-324], ['0.1', '1E+300', '-5E-324']],
  [int(64), floating, [MAX_INT64], ['9223372036854775807']],
  [decimal(15, 4), scaled, [12_300, -7_000_000], ['1.23', '-700']],
  [decimal(38, 10), scaled, [10n ** 22n], ['1000000000000']],
  [int(32), scaled, [-5], ['-5']],
  [float(64), scaled, [0.25], ['0.25']],
  [decimal(10, 2), integer, [-700], [-7]],
  [decimal(38, 30), tinyint, [255n * 10n ** 30n], [255]],
  [decimal(38, 2), bigint, [-700, MAX_INT64 * 100n], [-7n, MAX_INT64]],
  [decimal(15, 2), double, [1, -150], [0.01, -1.5]],
  [decimal(38, 10), double, [10n ** 37n + 1n], [1e27]],
  [decimal(15, 2), real, [10], [Math.fround(0.1)]],
];

const EPOCH_MICROS = 1_764_000_000_123_456n;

export const temporals: readonly Sent[] = [
  [
    DATE,
    daydate,
    [0, -719_162, 2_932_896, -141_427, -141_438],
    ['1970-01-01', '0001-01-01', '9999-12-31', '1582-10-15', '1582-10-04'],
  ],
  [DATE, seconddate, [0, -719_162], ['1970-01-01 00:00:00', '0001-01-01 00:00:00']],
  [
    DATE,
    longdate,
    [2_932_896, -141_438],
    ['9999-12-31 00:00:00.0000000', '1582-10-04 00:00:00.0000000'],
  ],
  [
    timestamp('s'),
    seconddate,
    [0n, -1n, 253_402_300_799n],
    ['1970-01-01 00:00:00', '1969-12-31 23:59:59', '9999-12-31 23:59:59'],
  ],
  [timestamp('us'), seconddate, [-1_000_000n], ['1969-12-31 23:59:59']],
  [timestamp('ns'), seconddate, [1_000_000_000n], ['1970-01-01 00:00:01']],
  [timestamp('s'), longdate, [-62_135_596_800n], ['0001-01-01 00:00:00.0000000']],
  [
    timestamp('ms'),
    longdate,
    [-1n, 253_402_300_799_999n],
    ['1969-12-31 23:59:59.9990000', '9999-12-31 23:59:59.9990000'],
  ],
  [
    timestamp('us'),
    longdate,
    [EPOCH_MICROS, -1n, -62_135_596_800_000_000n, 253_402_300_799_999_999n],
    [
      '2025-11-24 16:00:00.1234560',
      '1969-12-31 23:59:59.9999990',
      '0001-01-01 00:00:00.0000000',
      '9999-12-31 23:59:59.9999990',
    ],
  ],
  [
    timestamp('ns'),
    longdate,
    [100n, -100n, -(2n ** 63n) + 8n, MAX_INT64 - 7n],
    [
      '1970-01-01 00:00:00.0000001',
      '1969-12-31 23:59:59.9999999',
      '1677-09-21 00:12:43.1452242',
      '2262-04-11 23:47:16.8547758',
    ],
  ],
  [
    { kind: 'timestamp', unit: 'us', timezone: 'Europe/Berlin' },
    longdate,
    [0n],
    ['1970-01-01 00:00:00.0000000'],
  ],
  [
    timestamp('us'),
    daydate,
    [0n, -86_400_000_000n, -62_135_596_800_000_000n],
    ['1970-01-01', '1969-12-31', '0001-01-01'],
  ],
  [time32('s'), secondtime, [0, DAY - 1], ['00:00:00', '23:59:59']],
  [time32('ms'), secondtime, [1000], ['00:00:01']],
  [time64('us'), secondtime, [86_399_000_000n], ['23:59:59']],
  [time64('ns'), secondtime, [1_000_000_000n], ['00:00:01']],
  [DATE, parameter(TypeCode.DATE), [0], ['1970-01-01']],
  [time32('s'), parameter(TypeCode.TIME), [59], ['00:00:59']],
  [timestamp('ms'), parameter(TypeCode.TIMESTAMP), [1n], ['1970-01-01 00:00:00.001']],
];

const LONG = 'x'.repeat(70_000);

export const texts: readonly Sent[] = [
  [UTF8, nvarchar, ['', 'a', 'ü', '😀 and 𝄞', 'x'.repeat(245), 'x'.repeat(246), LONG]],
  [UTF8, varchar, ['a', '😀']],
  ...[TypeCode.CHAR, TypeCode.NCHAR, TypeCode.SHORTTEXT, TypeCode.ALPHANUM, TypeCode.STRING].map(
    (code): Sent => [UTF8, parameter(code), ['ab']],
  ),
  [
    UTF8,
    parameter(TypeCode.NCLOB),
    ['', '😀', LONG],
    ['lob ', `lob ${cesu8('😀')}`, `lob ${LONG}`],
  ],
  [UTF8, parameter(TypeCode.CLOB), ['a'], ['lob a']],
  [UTF8, parameter(TypeCode.LOCATOR), ['a'], ['lob a']],
  [UTF8, parameter(TypeCode.BLOB), ['a'], ['lob 61']],
  ...[integer, bigint, double, boolean, floating, fixed8, daydate, secondtime, longdate].map(
    (target): Sent => [UTF8, target, ['12']],
  ),
  [UTF8, parameter(TypeCode.ST_GEOMETRY), ['POINT (1 2)']],
  [UTF8, parameter(TypeCode.VARBINARY), ['ab']],
  [BINARY, parameter(TypeCode.VARBINARY), [bytes(), bytes(0, 255)], ['', '00ff']],
  [BINARY, parameter(TypeCode.BINARY), [bytes(1)], ['01']],
  [BINARY, parameter(TypeCode.ST_POINT), [bytes(1)], ['01']],
  [BINARY, parameter(TypeCode.BLOB), [bytes(), bytes(0, 255)], ['lob ', 'lob 00ff']],
  [BINARY, parameter(TypeCode.LOCATOR), [bytes(7)], ['lob 07']],
  [BOOL, nvarchar, [true, false], ['TRUE', 'FALSE']],
  [int(8), nvarchar, [-128], ['-128']],
  [int(64), nvarchar, [MAX_INT64, -1n], [String(MAX_INT64), '-1']],
  [uint(64), varchar, [2n ** 64n - 1n], ['18446744073709551615']],
  [float(64), nvarchar, [0.1, 1e21, -0.5], ['0.1', '1e+21', '-0.5']],
  [float(32), nvarchar, [Math.fround(0.1), 16_777_216], ['0.1', '16777216']],
  [decimal(15, 2), nvarchar, [150, -7, 0], ['1.50', '-0.07', '0.00']],
  [decimal(5, -2), nvarchar, [3], ['300']],
  [DATE, nvarchar, [0], ['1970-01-01']],
  [time32('ms'), nvarchar, [1], ['00:00:00.001']],
  [time64('ns'), nvarchar, [86_399_999_999_999n], ['23:59:59.999999999']],
  [timestamp('s'), nvarchar, [0n], ['1970-01-01 00:00:00']],
  [timestamp('us'), nvarchar, [EPOCH_MICROS], ['2025-11-24 16:00:00.123456']],
  [timestamp('ns'), nvarchar, [-1n], ['1969-12-31 23:59:59.999999999']],
  [int(32), parameter(TypeCode.NCLOB), [12], ['lob 12']],
];

/** The bytes of CESU-8, read as a lenient decoder of UTF-8 shows them. */
function cesu8(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  const coded = units.flatMap((unit) => [
    0xe0 | (unit >>> 12),
    0x80 | ((unit >>> 6) & 0x3f),
    0x80 | (unit & 0x3f),
  ]);
  return Buffer.from(coded).toString('utf8');
}

export const vectors: readonly Sent[] = [
  [listOf(float(32)), parameter(TypeCode.REAL_VECTOR), [[1, 2.5], [], [3]]],
  [listOf(float(64)), parameter(TypeCode.REAL_VECTOR), [[0.1]], [[Math.fround(0.1)]]],
  [
    vectorOf(2, float(32)),
    parameter(TypeCode.REAL_VECTOR),
    [
      [1, 2.5],
      [3, 4],
    ],
  ],
  [
    vectorOf(100, float(32)),
    parameter(TypeCode.REAL_VECTOR),
    [Array.from({ length: 100 }, (_, at) => at)],
  ],
];

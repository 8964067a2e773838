import type { EngineValue } from '../../engine.ts';
import { SYSTEM_USER } from '../catalog/catalog.ts';
import { type ColumnDefinition, type NewTable, newTable } from '../catalog/definitions.ts';
import {
  FLOATING_DECIMAL,
  type HanaType,
  type HanaTypeName,
  hanaType,
} from '../types/hana-type.ts';
import { wellKnownBinary } from '../well-known-text.ts';
import { DEMO_SCHEMA } from './demo-schema.ts';

/** Characters or bytes of the LOBs of row 7: more than a packet of any client's default size. */
const LARGE_LOB_LENGTH = 300_000;

const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex');
const pattern = (text: string): string =>
  text.repeat(Math.ceil(LARGE_LOB_LENGTH / text.length)).slice(0, LARGE_LOB_LENGTH);
const LARGE_BLOB = Uint8Array.from({ length: LARGE_LOB_LENGTH }, (_, index) => index % 251);

/** Values of a column in the rows of ALL_TYPES. */
interface TypeRow {
  readonly column: string;
  readonly type: HanaType;
  readonly minimum: EngineValue;
  readonly maximum: EngineValue;
  readonly typical: EngineValue;
  /** Empty where the type knows empty values, zero otherwise. */
  readonly empty: EngineValue;
  /** Whatever tends to go wrong. */
  readonly awkward: EngineValue;
  /** Like `typical` but for LOBs. */
  readonly large?: EngineValue;
}

const row = (
  name: HanaTypeName | readonly [column: string, type: HanaType],
  ...[minimum, maximum, typical, empty, awkward, large]: readonly EngineValue[]
): TypeRow => {
  const [column, type] = typeof name === 'string' ? [name, hanaType(name)] : name;
  return {
    column: `C_${column}`,
    type,
    minimum: minimum ?? null,
    maximum: maximum ?? null,
    typical: typical ?? null,
    empty: empty ?? null,
    awkward: awkward ?? null,
    large: large ?? typical ?? null,
  };
};

const sized = (name: HanaTypeName, length: number): readonly [string, HanaType] => [
  name,
  hanaType(name, length),
];
const decimal = (length: number, scale: number): readonly [string, HanaType] => [
  `DECIMAL_${length}_${scale}`,
  { name: 'DECIMAL', length, scale },
];

const NINES = '9'.repeat(38);
const GRINNING = '😀';
const POINT = wellKnownBinary('POINT(1.5 -2.25)');
const ORIGIN = wellKnownBinary('POINT(0 0)');
const SQUARE = wellKnownBinary('POLYGON((0 0, 4 0, 4 4, 0 4, 0 0))');
const LINE = wellKnownBinary('LINESTRING(0 0, 1 1, 2 -1)');

/** The columns, each with its minimum, maximum, typical, empty, awkward and large value. */
const TYPE_ROWS: readonly TypeRow[] = [
  row('TINYINT', 0, 255, 42, 0, 128),
  row('SMALLINT', -32_768, 32_767, -1234, 0, -1),
  row('INTEGER', -2_147_483_648, 2_147_483_647, 123_456, 0, -1),
  row('BIGINT', -(2n ** 63n), 2n ** 63n - 1n, 9_007_199_254_740_993n, 0n, -1n),
  row(decimal(15, 2), '-9999999999999.99', '9999999999999.99', '1234.50', '0', '-0.01'),
  row(
    decimal(28, 10),
    `-${NINES.slice(20)}.${NINES.slice(28)}`,
    `${NINES.slice(20)}.${NINES.slice(28)}`,
    '3.1415926535',
    '0',
    '-0.0000000001',
  ),
  row(decimal(38, 0), `-${NINES}`, NINES, '12345678901234567890123', '0', '-1'),
  row(
    ['DECIMAL', FLOATING_DECIMAL],
    '-99999999999999999999999',
    '99999999999999999999999',
    '123.456',
    '0',
    '-0.000000000000001',
  ),
  row(
    ['SMALLDECIMAL', { name: 'SMALLDECIMAL', length: 16, scale: undefined }],
    '-9999999999999999',
    '9999999999999999',
    '0.5',
    '0',
    '-1234.5678',
  ),
  row(
    'REAL',
    -3.402_823_466_385_288_6e38,
    3.402_823_466_385_288_6e38,
    1.5,
    0,
    1.401_298_464_324_817e-45,
  ),
  row('DOUBLE', -Number.MAX_VALUE, Number.MAX_VALUE, 1.234_567_890_123_456_7, 0, 5e-324),
  row('BOOLEAN', false, true, true, false, true),
  row('DATE', '0001-01-01', '9999-12-31', '2024-02-29', '1970-01-01', '1582-10-04'),
  row('TIME', '00:00:00', '23:59:59', '12:34:56', '00:00:00', '00:00:01'),
  row(
    'SECONDDATE',
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59',
    '2024-02-29 12:34:56',
    '1970-01-01 00:00:00',
    '1582-10-04 23:59:59',
  ),
  row(
    'TIMESTAMP',
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59.999999',
    '2024-02-29 12:34:56.789012',
    '1970-01-01 00:00:00',
    '1582-10-15 00:00:00.000001',
  ),
  row(
    'LONGDATE',
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59.9999999',
    '2024-02-29 12:34:56.7890123',
    '1970-01-01 00:00:00',
    '1582-10-04 23:59:59.9999999',
  ),
  row(sized('CHAR', 10), '!', '~~~~~~~~~~', 'abc', '', 'a b'),
  row(sized('VARCHAR', 50), '!', '~'.repeat(50), 'plain text', '', "it's"),
  row(sized('NCHAR', 10), '!', '\uffee'.repeat(10), 'Grüße', '', 'ẞ'),
  row(sized('NVARCHAR', 50), '!', '\uffee'.repeat(50), 'Müller & Söhne', '', `a${GRINNING}b`),
  row(sized('SHORTTEXT', 50), '!', '\uffee'.repeat(50), 'short text', '', GRINNING),
  row(sized('ALPHANUM', 10), '0', 'ZZZZZZZZZZ', 'ABC123', '', '0000004711'),
  row(
    sized('BINARY', 8),
    bytes('0000000000000000'),
    bytes('ffffffffffffffff'),
    bytes('0102030405060708'),
    bytes('0000000000000000'),
    bytes('00ff00ff00ff00ff'),
  ),
  row(
    sized('VARBINARY', 50),
    bytes('00'),
    bytes('ff'.repeat(50)),
    bytes('deadbeef'),
    bytes(''),
    bytes('0000'),
  ),
  row('BLOB', bytes('00'), bytes('ff'), bytes('cafebabe'), bytes(''), bytes('00ff00'), LARGE_BLOB),
  row('CLOB', '!', '~', 'character LOB', '', 'line 1\nline 2', pattern('0123456789ABCDEF')),
  row(
    'NCLOB',
    '!',
    '\uffee',
    'Zürich – Genève',
    '',
    `x${GRINNING}y`,
    pattern(`Grüße ${GRINNING} `),
  ),
  row('TEXT', '!', '\uffee', 'full text', '', GRINNING, pattern('lorem ipsum ')),
  row('BINTEXT', '!', '\uffee', 'binary text', '', GRINNING, pattern('dolor sit amet ')),
  row('ST_POINT', ORIGIN, POINT, POINT, ORIGIN, wellKnownBinary('POINT(-180 90)')),
  row('ST_GEOMETRY', ORIGIN, SQUARE, LINE, ORIGIN, SQUARE),
  row(
    sized('REAL_VECTOR', 3),
    Float32Array.of(-1, -1, -1),
    Float32Array.of(1, 1, 1),
    Float32Array.of(0.25, -0.5, 0.75),
    Float32Array.of(0, 0, 0),
    Float32Array.of(1e-38, 3e38, -3e38),
  ),
];

const id: ColumnDefinition = { name: 'ID', type: hanaType('INTEGER'), nullable: false };

/** One column per type of HANA. docs/sandbox.md states its rows value by value. */
export const ALL_TYPES: NewTable = newTable({
  schemaName: DEMO_SCHEMA,
  name: 'ALL_TYPES',
  owner: SYSTEM_USER,
  columns: [id, ...TYPE_ROWS.map(({ column, type }) => ({ name: column, type, nullable: true }))],
  keys: [{ name: '_SYS_TREE_CS_#ALL_TYPES_#0_#P0', columns: ['ID'], primary: true }],
  comment: 'One column per type, one row per kind of value',
});

/** Rows 1 to 7: NULL, minimum, maximum, typical, empty, awkward, large. */
export const ALL_TYPES_ROWS: readonly (readonly EngineValue[])[] = [
  () => null,
  (type: TypeRow) => type.minimum,
  (type: TypeRow) => type.maximum,
  (type: TypeRow) => type.typical,
  (type: TypeRow) => type.empty,
  (type: TypeRow) => type.awkward,
  (type: TypeRow) => type.large ?? null,
].map((valueOf, index) => [index + 1, ...TYPE_ROWS.map(valueOf)]);

import { expect, test } from 'vitest';
import { makePart, type Part } from '../../../../../src/driver/wire/message.ts';
import type { PartKind } from '../../../../../src/driver/wire/part-kind.ts';
import { PartKind as Kind } from '../../../../../src/driver/wire/part-kind.ts';
import {
  decodeAuthentication,
  decodeFields,
  encodeAuthentication,
  encodeFields,
} from '../../../../../src/driver/wire/parts/authentication.ts';
import { decodeClientId, encodeClientId } from '../../../../../src/driver/wire/parts/client-id.ts';
import {
  decodeClientInfo,
  encodeClientInfo,
} from '../../../../../src/driver/wire/parts/client-info.ts';
import { decodeCommand, encodeCommand } from '../../../../../src/driver/wire/parts/command.ts';
import {
  decodeErrors,
  type ErrorRecord,
  encodeErrors,
} from '../../../../../src/driver/wire/parts/error.ts';
import {
  decodeFetchSize,
  encodeFetchSize,
} from '../../../../../src/driver/wire/parts/fetch-size.ts';
import {
  decodeOptions,
  encodeOptions,
  intOption,
  type OptionValue,
  stringOption,
} from '../../../../../src/driver/wire/parts/options.ts';
import {
  decodeParameterMetadata,
  encodeParameterMetadata,
} from '../../../../../src/driver/wire/parts/parameter-metadata.ts';
import {
  decodeReadLobReply,
  encodeReadLobReply,
} from '../../../../../src/driver/wire/parts/read-lob-reply.ts';
import {
  decodeReadLobRequest,
  encodeReadLobRequest,
} from '../../../../../src/driver/wire/parts/read-lob-request.ts';
import {
  decodeResultSet,
  encodeResultSet,
} from '../../../../../src/driver/wire/parts/result-set.ts';
import {
  decodeResultSetId,
  encodeResultSetId,
} from '../../../../../src/driver/wire/parts/result-set-id.ts';
import {
  decodeResultSetMetadata,
  encodeResultSetMetadata,
} from '../../../../../src/driver/wire/parts/result-set-metadata.ts';
import {
  decodeRowsAffected,
  encodeRowsAffected,
} from '../../../../../src/driver/wire/parts/rows-affected.ts';
import {
  decodeStatementId,
  encodeStatementId,
} from '../../../../../src/driver/wire/parts/statement-id.ts';
import {
  decodeWriteLobReply,
  encodeWriteLobReply,
} from '../../../../../src/driver/wire/parts/write-lob-reply.ts';
import {
  decodeWriteLobRequests,
  encodeWriteLobRequests,
} from '../../../../../src/driver/wire/parts/write-lob-request.ts';
import { TypeCode } from '../../../../../src/driver/wire/type-code.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(/[\s|]/g, ''), 'hex');
const ascii = (text: string) => Buffer.from(text).toString('hex');
const locator = bytes('0102030405060708');

interface Golden<T> {
  readonly value: T;
  readonly encode: (value: T) => Part;
  readonly decode: (part: Part) => T;
  readonly kind: PartKind;
  readonly count: number;
  readonly hex: string;
  readonly attributes?: number;
}

/** Keeps the value's type known to both functions of a row. */
const golden = <T>(row: Golden<T>): Golden<unknown> => ({
  ...row,
  encode: (value) => row.encode(value as T),
});

const GOLDEN: Readonly<Record<string, Golden<unknown>>> = {
  'COMMAND in CESU-8: a supplementary character is two surrogates of three bytes': golden({
    value: 'SELECT 😀',
    encode: encodeCommand,
    decode: decodeCommand,
    kind: Kind.COMMAND,
    count: 1,
    hex: `${ascii('SELECT ')} eda0bd edb880`,
  }),
  STATEMENTID: golden({
    value: 0x0102030405060708n,
    encode: encodeStatementId,
    decode: decodeStatementId,
    kind: Kind.STATEMENTID,
    count: 1,
    hex: '0807060504030201',
  }),
  RESULTSETID: golden({
    value: 0x4en,
    encode: encodeResultSetId,
    decode: decodeResultSetId,
    kind: Kind.RESULTSETID,
    count: 1,
    hex: '4e00000000000000',
  }),
  FETCHSIZE: golden({
    value: 32_767,
    encode: encodeFetchSize,
    decode: decodeFetchSize,
    kind: Kind.FETCHSIZE,
    count: 1,
    hex: 'ff7f0000',
  }),
  'ROWSAFFECTED: one row, a failed row, two rows': golden({
    value: [1, -3, 2],
    encode: encodeRowsAffected,
    decode: decodeRowsAffected,
    kind: Kind.ROWSAFFECTED,
    count: 3,
    hex: '01000000 fdffffff 02000000',
  }),
  'RESULTSET that ends and is closed': golden({
    value: { bytes: bytes('0101000000'), rowCount: 1, last: true, closed: true, empty: false },
    encode: encodeResultSet,
    decode: decodeResultSet,
    kind: Kind.RESULTSET,
    count: 1,
    attributes: 0x11,
    hex: '0101000000',
  }),
  'RESULTSET without any row': golden({
    value: { bytes: bytes(''), rowCount: 0, last: true, closed: true, empty: true },
    encode: encodeResultSet,
    decode: decodeResultSet,
    kind: Kind.RESULTSET,
    count: 0,
    attributes: 0x19,
    hex: '',
  }),
  'CLIENTINFO as alternating key and value': golden({
    value: new Map([['LOCALE', 'en_US']]),
    encode: encodeClientInfo,
    decode: decodeClientInfo,
    kind: Kind.CLIENTINFO,
    count: 2,
    hex: `06 ${ascii('LOCALE')} 05 ${ascii('en_US')}`,
  }),
  'options of every wire type': golden({
    value: new Map<number, OptionValue>([
      [1, { type: 'int', value: 0x1267 }],
      [2, { type: 'boolean', value: true }],
      [3, { type: 'string', value: 'HXE' }],
      [4, { type: 'bigint', value: -1n }],
      [5, { type: 'double', value: 1.5 }],
      [6, { type: 'bytes', value: bytes('beef') }],
      [7, { type: 'tinyint', value: 200 }],
    ]),
    encode: (value) => encodeOptions(Kind.CONNECTOPTIONS, value),
    decode: decodeOptions,
    kind: Kind.CONNECTOPTIONS,
    count: 7,
    hex: `01 03 67120000 | 02 1c 01 | 03 1d 0300 ${ascii('HXE')} | 04 04 ffffffffffffffff
      | 05 07 000000000000f83f | 06 21 0200 beef | 07 01 c8`,
  }),
  'RESULTSETMETADATA of SELECT DUMMY FROM DUMMY: column and alias share a name': golden({
    value: [
      {
        typeCode: TypeCode.CHAR,
        nullable: true,
        length: 1,
        scale: 0,
        schemaName: undefined,
        tableName: 'DUMMY',
        columnName: 'COL',
        displayName: 'COL',
      },
    ],
    encode: encodeResultSetMetadata,
    decode: decodeResultSetMetadata,
    kind: Kind.RESULTSETMETADATA,
    count: 1,
    hex: `02 08 0000 0100 0000 00000000 ffffffff 06000000 06000000
      | 05 ${ascii('DUMMY')} 03 ${ascii('COL')}`,
  }),
  'RESULTSETMETADATA with a LOB length of -1 and a scale': golden({
    value: [
      {
        typeCode: TypeCode.FIXED8,
        nullable: false,
        length: 15,
        scale: 2,
        schemaName: 'S',
        tableName: 'T',
        columnName: 'A',
        displayName: 'B',
      },
      {
        typeCode: TypeCode.NCLOB,
        nullable: true,
        length: -1,
        scale: 0,
        schemaName: 'S',
        tableName: 'T',
        columnName: 'B',
        displayName: 'B',
      },
    ],
    encode: encodeResultSetMetadata,
    decode: decodeResultSetMetadata,
    kind: Kind.RESULTSETMETADATA,
    count: 2,
    hex: `01 51 0200 0f00 0000 00000000 02000000 04000000 06000000
      | 02 1a 0000 ffff 0000 00000000 02000000 06000000 06000000
      | 01 ${ascii('T')} 01 ${ascii('S')} 01 ${ascii('A')} 01 ${ascii('B')}`,
  }),
  'RESULTSETMETADATA of an array, and of an identity column that cannot be written': golden({
    value: [
      {
        typeCode: TypeCode.INT,
        nullable: true,
        array: true,
        length: 10,
        scale: 0,
        schemaName: undefined,
        tableName: undefined,
        columnName: 'A',
        displayName: 'A',
      },
      {
        typeCode: TypeCode.BIGINT,
        nullable: false,
        readOnly: true,
        autoIncrement: true,
        length: 19,
        scale: 0,
        schemaName: undefined,
        tableName: undefined,
        columnName: 'B',
        displayName: 'B',
      },
    ],
    encode: encodeResultSetMetadata,
    decode: decodeResultSetMetadata,
    kind: Kind.RESULTSETMETADATA,
    count: 2,
    hex: `42 03 0000 0a00 0000 ffffffff ffffffff 00000000 00000000
      | 31 04 0000 1300 0000 ffffffff ffffffff 02000000 02000000
      | 01 ${ascii('A')} 01 ${ascii('B')}`,
  }),
  'PARAMETERMETADATA: length before scale, names not shared': golden({
    value: [
      { typeCode: TypeCode.FIXED8, nullable: true, mode: 'in', length: 15, scale: 2, name: 'P' },
      { typeCode: TypeCode.INT, nullable: false, mode: 'out', length: 10, scale: 0, name: 'P' },
      { typeCode: 11, nullable: true, mode: 'inout', length: 20, scale: 0, name: undefined },
    ] as const,
    encode: encodeParameterMetadata,
    decode: decodeParameterMetadata as never,
    kind: Kind.PARAMETERMETADATA,
    count: 3,
    hex: `02 51 01 00 00000000 0f00 0200 00000000
      | 01 03 04 00 02000000 0a00 0000 00000000
      | 02 0b 02 00 ffffffff 1400 0000 00000000
      | 01 ${ascii('P')} 01 ${ascii('P')}`,
  }),
  'READLOBREQUEST from character 1': golden({
    value: { locator, offset: 1n, length: 65_536 },
    encode: encodeReadLobRequest,
    decode: decodeReadLobRequest,
    kind: Kind.READLOBREQUEST,
    count: 1,
    hex: '0102030405060708 0100000000000000 00000100 00000000',
  }),
  'READLOBREPLY with the last piece': golden({
    value: { locator, data: bytes('616263'), last: true },
    encode: encodeReadLobReply,
    decode: decodeReadLobReply,
    kind: Kind.READLOBREPLY,
    count: 1,
    hex: '0102030405060708 06 03000000 000000 616263',
  }),
  'WRITELOBREQUEST for two LOBs, the way hdbconnect appends': golden({
    value: [
      { locator, offset: -1n, data: bytes('6162'), last: false },
      { locator: bytes('1112131415161718'), offset: 0n, data: bytes(''), last: true },
    ],
    encode: encodeWriteLobRequests,
    decode: decodeWriteLobRequests,
    kind: Kind.WRITELOBREQUEST,
    count: 2,
    hex: `0102030405060708 02 ffffffffffffffff 02000000 6162
      | 1112131415161718 06 0000000000000000 00000000`,
  }),
  'WRITELOBREPLY with nothing left to write': golden({
    value: [],
    encode: encodeWriteLobReply,
    decode: decodeWriteLobReply,
    kind: Kind.WRITELOBREPLY,
    count: 0,
    hex: '',
  }),
  CLIENTID: golden({
    value: { pid: 4711, host: 'box' },
    encode: ({ pid, host }) => encodeClientId(pid, host),
    decode: decodeClientId,
    kind: Kind.CLIENTID,
    count: 1,
    hex: ascii('4711@box'),
  }),
  'AUTHENTICATION with a proof': golden({
    value: [Buffer.from('SCRAMPBKDF2SHA256'), bytes('010020')],
    encode: encodeAuthentication,
    decode: (part) => decodeAuthentication(part).map((field) => Buffer.from(field)),
    kind: Kind.AUTHENTICATION,
    count: 1,
    hex: `0200 11 ${ascii('SCRAMPBKDF2SHA256')} 03 010020`,
  }),
};

const rows = Object.entries(GOLDEN);

test.each(rows)('%s: encodes to the golden bytes', (_, row) => {
  const part = row.encode(row.value);
  expect({
    kind: part.kind,
    argumentCount: part.argumentCount,
    attributes: part.attributes,
    data: Buffer.from(part.data).toString('hex'),
  }).toEqual({
    kind: row.kind,
    argumentCount: row.count,
    attributes: row.attributes ?? 0,
    data: bytes(row.hex).toString('hex'),
  });
});

test.each(rows)('%s: decodes from the golden bytes', (_, row) => {
  const part = makePart(row.kind, row.count, bytes(row.hex), row.attributes ?? 0);
  expect(row.decode(part)).toEqual(row.value);
});

const FIXED_SIZE_OR_COUNTED = rows.filter(([, row]) => row.hex !== '' && row.count > 0);
const ENDS_ANYWHERE: ReadonlySet<number> = new Set([Kind.COMMAND, Kind.RESULTSET, Kind.CLIENTID]);

test.each(FIXED_SIZE_OR_COUNTED.filter(([, row]) => !ENDS_ANYWHERE.has(row.kind)))(
  '%s: cut short, it is refused with the place',
  (_, row) => {
    const data = bytes(row.hex);
    const part = makePart(row.kind, row.count, data.subarray(0, data.length - 1));
    expect(() => row.decode(part)).toThrow(expect.objectContaining({ code: 'malformed-packet' }));
    expect(() => row.decode(part)).toThrow(/part: .*, at offset \d+$|^length indicator: .* \d+$/);
  },
);

test('CLIENTINFO, CONNECTOPTIONS: the argument count does not matter, drivers count differently', () => {
  const info = encodeClientInfo(new Map([['A', 'B']]));
  expect(decodeClientInfo({ ...info, argumentCount: 1 })).toEqual(new Map([['A', 'B']]));
  const options = encodeOptions(Kind.CLIENTCONTEXT, new Map([[1, { type: 'int', value: 5 }]]));
  expect(decodeOptions({ ...options, argumentCount: 99 }).size).toBe(1);
});

test('an option of an unknown type is refused with its id', () => {
  const part = makePart(Kind.CONNECTOPTIONS, 1, bytes('0c 05 00000000'));
  expect(() => decodeOptions(part)).toThrow(
    'CONNECTOPTIONS part: option 12: expected an option type, got 5, at offset 1',
  );
});

test('an option is read by its type only', () => {
  const options = new Map<number, OptionValue>([
    [1, { type: 'string', value: 'x' }],
    [2, { type: 'int', value: 7 }],
  ]);
  expect([intOption(options, 1), intOption(options, 2), intOption(options, 3)]).toEqual([
    undefined,
    7,
    undefined,
  ]);
  expect([stringOption(options, 1), stringOption(options, 2)]).toEqual(['x', undefined]);
});

const clientIdPart = (text: string) => makePart(Kind.CLIENTID, 1, Buffer.from(text));

test('a CLIENTID may have a blank in front and need not make sense', () => {
  expect(decodeClientId(clientIdPart(' 12@box'))).toEqual({ pid: 12, host: 'box' });
  expect(decodeClientId(clientIdPart('what?'))).toEqual({ pid: 0, host: '' });
});

test('authentication fields: a field above 245 bytes is written with 255 and a big-endian length', () => {
  const long = Buffer.alloc(300, 7);
  const encoded = encodeFields([long]);
  expect(Buffer.from(encoded.subarray(0, 5)).toString('hex')).toBe('0100ff012c');
  expect(decodeFields(encoded, 'fields').map((field) => field.length)).toEqual([300]);
});

test.each([
  ['one byte', '01', 1],
  ['246 and a u16', 'f6 2c01', 300],
  ['247 and a u32', 'f7 2c010000', 300],
  ['255 and a big-endian u16', 'ff 012c', 300],
  ['246 as the length itself, as go-hdb writes it', 'f6', 246],
  ['247 as the length itself, as go-hdb writes it', 'f7', 247],
  ['250 as the length itself, as go-hdb writes it', 'fa', 250],
])('authentication fields: a length in %s is read', (_, indicator, length) => {
  const list = Buffer.concat([bytes('0100'), bytes(indicator), Buffer.alloc(length, 9)]);
  expect(decodeFields(list, 'fields').map((field) => field.length)).toEqual([length]);
});

test('authentication fields: more fields than bytes are refused by the usual reading', () => {
  expect(() => decodeFields(bytes('ffff 01 61'), 'method data')).toThrow(
    'method data: expected 1 byte for length of field 2, 0 left, at offset 4',
  );
});

const error = (text: string): ErrorRecord => ({
  code: 301,
  position: 0,
  level: 'error',
  sqlState: '23000',
  text,
});

test('a single error ends in one NUL that counts as data, whatever its length', () => {
  for (let length = 0; length < 16; length++) {
    const part = encodeErrors([error('x'.repeat(length))]);
    expect(part.data.length).toBe(18 + length + 1);
    expect(part.data.at(-1)).toBe(0);
  }
});

test('of several errors none is a multiple of 8 before its padding, and all are after it', () => {
  // 18 + 6 = 24 would be a multiple of 8: a blank is added.
  const part = encodeErrors([error('sixsix'), error('seven77')]);
  expect(part.argumentCount).toBe(2);
  expect(part.data.length).toBe(32 + 32);
  expect(decodeErrors(part).map((one) => one.text)).toEqual(['sixsix ', 'seven77']);
});

test('warnings and fatal errors keep their level and position', () => {
  const records: ErrorRecord[] = [
    { ...error('one'), level: 'warning', position: 17 },
    { ...error('two'), level: 'fatal' },
  ];
  expect(decodeErrors(encodeErrors(records))).toEqual(records);
});

test('a name longer than a metadata part can say is refused', () => {
  const column = {
    typeCode: TypeCode.INT,
    nullable: true,
    length: 10,
    scale: 0,
    schemaName: undefined,
    tableName: undefined,
    columnName: undefined,
    displayName: 'x'.repeat(256),
  };
  expect(() => encodeResultSetMetadata([column])).toThrow(
    'name in metadata: expected at most 255 bytes, got 256',
  );
});

test('a name offset outside the name area is refused', () => {
  const part = makePart(
    Kind.RESULTSETMETADATA,
    1,
    bytes('02 03 0000 0000 0000 ffffffff ffffffff ffffffff 09000000 | 01 41'),
  );
  expect(() => decodeResultSetMetadata(part)).toThrow(
    'RESULTSETMETADATA part: expected a name in the 2 bytes of names, got name offset 9',
  );
});

import {
  Binary,
  BinaryView,
  Bool,
  type DataType,
  DateDay,
  DateMillisecond,
  Dictionary,
  Field,
  FixedSizeBinary,
  FixedSizeList,
  Float16,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  LargeBinary,
  LargeList,
  LargeUtf8,
  List,
  Null,
  Table,
  TimeMicrosecond,
  TimeMillisecond,
  TimeNanosecond,
  TimeSecond,
  TimestampMicrosecond,
  TimestampMillisecond,
  TimestampNanosecond,
  TimestampSecond,
  tableToIPC,
  Uint8,
  Uint16,
  Uint32,
  Uint64,
  Utf8,
  Utf8View,
  vectorFromArray,
} from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import { BatchReader } from '../../../src/arrow/batch-reader.ts';
import { encodeSchemaHeader } from '../../../src/arrow/ipc-schema.ts';
import type { ArrowSchema, ArrowType } from '../../../src/arrow/types.ts';
import { readColumns } from '../../support/arrow-values.ts';
import { ipcMessages, messageOf, readStream } from '../../support/ipc-messages.ts';

/** What apache-arrow makes of the values: an IPC stream of one column "c". */
function streamOf(type: DataType, values: readonly unknown[]): Uint8Array {
  const vector = vectorFromArray(values, type);
  return tableToIPC(new Table({ c: vector }), 'stream');
}

const LONG = 'more than the twelve bytes that a view holds';
const item = (type: DataType) => Field.new('item', type, true);
const float32Item = { name: 'item', type: { kind: 'float', bits: 32 }, nullable: true } as const;

type Case = readonly [DataType, readonly unknown[], ArrowType, (readonly unknown[])?];

/** A type of apache-arrow with values, the plain type it becomes, and the values when they change. */
const cases: readonly Case[] = [
  [new Bool(), [true, null, false], { kind: 'bool' }],
  [new Int8(), [-128, null, 127], { kind: 'int', bits: 8, signed: true }],
  [new Int16(), [-32_768, null, 32_767], { kind: 'int', bits: 16, signed: true }],
  [new Int32(), [-(2 ** 31), null, 2 ** 31 - 1], { kind: 'int', bits: 32, signed: true }],
  [new Int64(), [-(2n ** 63n), null, 2n ** 63n - 1n], { kind: 'int', bits: 64, signed: true }],
  [new Uint8(), [0, null, 255], { kind: 'int', bits: 8, signed: false }],
  [new Uint16(), [0, null, 65_535], { kind: 'int', bits: 16, signed: false }],
  [new Uint32(), [0, null, 2 ** 32 - 1], { kind: 'int', bits: 32, signed: false }],
  [new Uint64(), [0n, null, 2n ** 64n - 1n], { kind: 'int', bits: 64, signed: false }],
  [new Float16(), [1.5, null, -0.25], { kind: 'float', bits: 32 }],
  [new Float32(), [1.5, null, -0.25], { kind: 'float', bits: 32 }],
  [new Float64(), [0.1, null, -1e300], { kind: 'float', bits: 64 }],
  [new Utf8(), ['a', null, 'ü😀', '', LONG], { kind: 'utf8' }],
  [new LargeUtf8(), ['a', null, 'ü😀', '', LONG], { kind: 'utf8' }],
  [new Utf8View(), ['a', null, 'ü😀', '', LONG], { kind: 'utf8' }],
  [new Binary(), [Uint8Array.of(1, 255), null], { kind: 'binary' }, ['01ff', null]],
  [new LargeBinary(), [Uint8Array.of(1, 255), null], { kind: 'binary' }, ['01ff', null]],
  [
    new BinaryView(),
    [Uint8Array.of(1), null, new Uint8Array(13).fill(7)],
    { kind: 'binary' },
    ['01', null, '07'.repeat(13)],
  ],
  [new FixedSizeBinary(2), [Uint8Array.of(1, 2), null], { kind: 'binary' }, ['0102', null]],
  [new DateDay(), [new Date('2026-11-24'), null], { kind: 'date32' }, ['2026-11-24', null]],
  [
    new DateMillisecond(),
    [new Date('1969-12-31'), null, new Date('9999-12-31')],
    { kind: 'date32' },
    ['1969-12-31', null, '9999-12-31'],
  ],
  [new TimeSecond(), [86_399, null], { kind: 'time32', unit: 's' }, ['23:59:59', null]],
  [new Null(), [null, null], { kind: 'null' }],
  [
    new FixedSizeList(2, item(new Float32())),
    [[1, 2], null, [3, 4]],
    { kind: 'fixed-size-list', size: 2, item: float32Item },
  ],
  [new List(item(new Float32())), [[1, 2], null, []], { kind: 'list', item: float32Item }],
  [new LargeList(item(new Float32())), [[1, 2], null, [3]], { kind: 'list', item: float32Item }],
  [new List(item(new Float16())), [[1.5], null], { kind: 'list', item: float32Item }],
  [new Dictionary(new Utf8(), new Int8()), ['a', 'b', null, 'a'], { kind: 'utf8' }],
  [new Dictionary(new LargeUtf8(), new Uint16()), ['a', 'b', null, 'a'], { kind: 'utf8' }],
  [new Dictionary(new Utf8View(), new Int32()), [LONG, 'b', null, LONG], { kind: 'utf8' }],
  [new Dictionary(new Float64(), new Int32()), [0.5, null, 2, 0.5], { kind: 'float', bits: 64 }],
  [new Dictionary(new Bool(), new Int32()), [true, null, false], { kind: 'bool' }],
  [
    new Dictionary(new DateMillisecond(), new Int32()),
    [new Date('2026-11-24'), null],
    { kind: 'date32' },
    ['2026-11-24', null],
  ],
];

const completed = cases.map(
  ([type, values, plain, expected = values]) => [type, values, plain, expected] as const,
);

describe('a column that apache-arrow wrote', () => {
  it.each(completed)('of %s with %o becomes %o', (type, values, plain, expected) => {
    const { reader, batches } = readStream(streamOf(type, values));
    expect(reader.schema.fields).toMatchObject([{ name: 'c', type: plain }]);
    expect(readColumns(reader.schema, batches).columns).toEqual([expected]);
  });

  it.each(completed)(
    'of %s with %o begins at multiples of 8 bytes, wherever it came',
    (type, values) => {
      const stream = streamOf(type, values);
      for (let shift = 0; shift < 8; shift++) {
        const place = new Uint8Array(stream.length + shift).subarray(shift);
        place.set(stream);
        const { batches } = readStream(place);
        const buffers = batches.flatMap((batch) => batch.buffers);
        const odd = buffers.filter(({ length, byteOffset }) => length > 0 && byteOffset % 8 !== 0);
        expect(odd).toEqual([]);
      }
    },
  );

  it.each([
    [new TimeMillisecond(), { kind: 'time32', unit: 'ms' }],
    [new TimeMicrosecond(), { kind: 'time64', unit: 'us' }],
    [new TimeNanosecond(), { kind: 'time64', unit: 'ns' }],
    [new TimestampSecond(), { kind: 'timestamp', unit: 's' }],
    [new TimestampMillisecond(), { kind: 'timestamp', unit: 'ms' }],
    [
      new TimestampMicrosecond('Europe/Berlin'),
      { kind: 'timestamp', unit: 'us', timezone: 'Europe/Berlin' },
    ],
    [new TimestampNanosecond('UTC'), { kind: 'timestamp', unit: 'ns', timezone: 'UTC' }],
  ] as const)('of %s has the type %o, as has what we write ourselves', (type, plain) => {
    const { reader } = readStream(streamOf(type, [null]));
    expect(reader.schema.fields[0]?.type).toEqual(plain);
    expect(new BatchReader(encodeSchemaHeader(reader.schema)).schema).toEqual(reader.schema);
  });
});

describe('a batch', () => {
  it('without columns keeps its row count', () => {
    const reader = new BatchReader(encodeSchemaHeader({ fields: [] }));
    const { header, body } = messageOf({ rowCount: 5, nodes: [], buffers: [] });
    expect(reader.read(header, body)).toEqual({ rowCount: 5, nodes: [], buffers: [] });
  });

  it('without rows may come without offsets', () => {
    const { reader, batches } = readStream(streamOf(new Utf8(), []));
    expect(readColumns(reader.schema, batches).columns).toEqual([[]]);
  });

  it('of many columns keeps their order', () => {
    const table = new Table({
      a: vectorFromArray([1, 2], new Int32()),
      b: vectorFromArray(['x', null], new Utf8View()),
      c: vectorFromArray(['x', 'y'], new Dictionary(new Utf8(), new Int8())),
      d: vectorFromArray([null, null], new Null()),
      e: vectorFromArray([LONG, 'z'], new BinaryView()),
      f: vectorFromArray([[1], [2, 3]], new List(item(new Float64()))),
    });
    const { reader, batches } = readStream(tableToIPC(table, 'stream'));
    expect(reader.schema.fields.map(({ name }) => name).join('')).toBe('abcdef');
    expect(readColumns(reader.schema, batches).columns.slice(0, 4)).toEqual([
      [1, 2],
      ['x', null],
      ['x', 'y'],
      [null, null],
    ]);
  });

  it('copies nothing when its buffers are plain and lie well', () => {
    const schema: ArrowSchema = {
      fields: [{ name: 'c', type: { kind: 'utf8' }, nullable: false }],
    };
    const [message] = ipcMessages(streamOf(new Utf8(), ['abc'])).slice(1);
    const header = message?.header ?? new Uint8Array(0);
    const body = new Uint8Array(message?.body ?? []);
    const batch = new BatchReader(encodeSchemaHeader(schema)).read(header, body);
    expect(batch?.buffers.at(-1)?.buffer).toBe(body.buffer);
  });
});

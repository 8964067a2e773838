import { type Field, RecordBatchReader, tableFromIPC } from 'apache-arrow';
import { describe, expect, it } from 'vitest';
import type { ArrowBatch } from '../../../src/arrow/batch.ts';
import {
  binaryColumn,
  boolColumn,
  denseUnionColumn,
  float64Column,
  int32Column,
  int64Column,
  listColumn,
  makeBatch,
  structColumn,
  utf8Column,
} from '../../../src/arrow/columns.ts';
import { BatchBody, encodeBatch } from '../../../src/arrow/ipc-batch.ts';
import { END_OF_STREAM, encapsulateMessage, paddedLength } from '../../../src/arrow/ipc-message.ts';
import { encodeSchemaHeader, encodeSchemaMessage } from '../../../src/arrow/ipc-schema.ts';
import type { ArrowField, ArrowSchema, ArrowType } from '../../../src/arrow/types.ts';
import { rowsOf } from '../../support/arrow-rows.ts';

function field(name: string, type: ArrowType, nullable = true): ArrowField {
  return { name, type, nullable };
}

const UTF8: ArrowType = { kind: 'utf8' };
const INT32: ArrowType = { kind: 'int', bits: 32, signed: true };
const entries = field(
  'entries',
  { kind: 'struct', fields: [field('key', INT32, false), field('value', UTF8)] },
  false,
);

/** Every kind of type with the name that apache-arrow gives it. */
const types: readonly (readonly [ArrowType, string])[] = [
  [{ kind: 'null' }, 'Null'],
  [{ kind: 'bool' }, 'Bool'],
  [{ kind: 'int', bits: 8, signed: true }, 'Int8'],
  [{ kind: 'int', bits: 8, signed: false }, 'Uint8'],
  [{ kind: 'int', bits: 16, signed: true }, 'Int16'],
  [INT32, 'Int32'],
  [{ kind: 'int', bits: 32, signed: false }, 'Uint32'],
  [{ kind: 'int', bits: 64, signed: true }, 'Int64'],
  [{ kind: 'float', bits: 32 }, 'Float32'],
  [{ kind: 'float', bits: 64 }, 'Float64'],
  [{ kind: 'decimal128', precision: 38, scale: 10 }, 'Decimal[38e+10]'],
  [UTF8, 'Utf8'],
  [{ kind: 'binary' }, 'Binary'],
  [{ kind: 'date32' }, 'Date32<DAY>'],
  [{ kind: 'time32', unit: 's' }, 'Time32<SECOND>'],
  [{ kind: 'timestamp', unit: 's' }, 'Timestamp<SECOND>'],
  [{ kind: 'timestamp', unit: 'us' }, 'Timestamp<MICROSECOND>'],
  [{ kind: 'timestamp', unit: 'ns' }, 'Timestamp<NANOSECOND>'],
  [
    { kind: 'fixed-size-list', size: 3, item: field('item', { kind: 'float', bits: 32 }) },
    'FixedSizeList[3]<Float32>',
  ],
  [{ kind: 'list', item: field('item', UTF8) }, 'List<Utf8>'],
  [{ kind: 'struct', fields: [field('a', INT32), field('b', UTF8)] }, 'Struct<{a:Int32, b:Utf8}>'],
  [{ kind: 'map', entries }, 'Map<{key:Int32, value:Utf8}>'],
  [
    { kind: 'dense-union', members: [field('s', UTF8, false), field('i', INT32, false)] },
    'Union<Utf8 | Int32>',
  ],
];

function stream(schema: ArrowSchema, batches: readonly ArrowBatch[]): Uint8Array {
  const pieces = batches.flatMap((batch) => {
    const { header, body } = encodeBatch(batch);
    const bytes = new Uint8Array(body.byteLength).fill(0xee);
    body.writeTo(bytes, 0);
    return [encapsulateMessage(header), bytes];
  });
  return Buffer.concat([encodeSchemaMessage(schema), ...pieces, END_OF_STREAM]);
}

function childrenOf(parent: Field | undefined): readonly Field[] {
  const type = parent?.type as { children: readonly Field[] } | undefined;
  return type?.children ?? [];
}

/** What a list, a struct, a map or bytes hold, as an array. */
function items(value: unknown): unknown {
  return value === null ? null : [...(value as Iterable<unknown>)];
}

describe('the schema message', () => {
  it.each(types)('holds %o, which apache-arrow reads as %s', (type, name) => {
    const bytes = encodeSchemaMessage({ fields: [field('C', type), field('D', type, false)] });
    const { fields } = RecordBatchReader.from(bytes).open().schema;
    expect(fields.map((read) => String(read.type))).toEqual([name, name]);
    expect(fields.map((read) => [read.name, read.nullable])).toEqual([
      ['C', true],
      ['D', false],
    ]);
  });

  it('holds names and nullability of children', () => {
    const schema = RecordBatchReader.from(
      encodeSchemaMessage({ fields: [field('M', { kind: 'map', entries })] }),
    ).open().schema;
    const [child] = childrenOf(schema.fields[0]);
    expect([child?.name, child?.nullable]).toEqual(['entries', false]);
    expect(childrenOf(child).map((read) => [read.name, read.nullable])).toEqual([
      ['key', false],
      ['value', true],
    ]);
  });

  it('holds field metadata and nothing where there is none', () => {
    const metadata = { 'ARROW:FLIGHT:SQL:TYPE_NAME': 'DECIMAL', ü: '„x“' };
    const schema = RecordBatchReader.from(
      encodeSchemaMessage({ fields: [{ ...field('A', UTF8), metadata }, field('B', UTF8)] }),
    ).open().schema;
    expect(Object.fromEntries(schema.fields[0]?.metadata ?? [])).toEqual(metadata);
    expect(schema.fields[1]?.metadata.size).toBe(0);
    expect(schema.metadata.size).toBe(0);
  });

  it('is the same for equal schemas', () => {
    const all: ArrowSchema = { fields: types.map(([type], at) => field(`C${at}`, type)) };
    expect(encodeSchemaHeader(structuredClone(all))).toEqual(encodeSchemaHeader(all));
  });

  it('is valid without fields, and with a thousand', () => {
    const none = RecordBatchReader.from(encodeSchemaMessage({ fields: [] })).open();
    expect(none.schema.fields).toHaveLength(0);
    const fields = Array.from({ length: 1000 }, (_, at) => field(`COLUMN_${at}`, UTF8));
    const many = RecordBatchReader.from(encodeSchemaMessage({ fields })).open();
    expect(many.schema.names.at(-1)).toBe('COLUMN_999');
  });
});

describe('a record batch', () => {
  it('is read back by apache-arrow, NULLs included', () => {
    const schema: ArrowSchema = {
      fields: [
        field('S', UTF8),
        field('I', INT32),
        field('L', { kind: 'int', bits: 64, signed: true }),
        field('F', { kind: 'float', bits: 64 }),
        field('B', { kind: 'bool' }),
        field('X', { kind: 'binary' }),
        field('T', { kind: 'list', item: field('item', UTF8) }),
        field('R', { kind: 'struct', fields: [field('a', INT32)] }),
        field('U', { kind: 'dense-union', members: [field('s', UTF8), field('i', INT32)] }, false),
      ],
    };
    const batch = makeBatch(3, [
      utf8Column(['a', null, 'ü😀']),
      int32Column([1, -2_147_483_648, null]),
      int64Column([null, -1n, 2n ** 63n - 1n]),
      float64Column([0.5, null, -0]),
      boolColumn([true, null, false]),
      binaryColumn([Uint8Array.of(0, 255), new Uint8Array(0), null]),
      listColumn([['x', null], null, []], utf8Column),
      structColumn(3, [int32Column([7, null, 9])]),
      denseUnionColumn(
        [
          { typeId: 1, offset: 0 },
          { typeId: 0, offset: 0 },
          { typeId: 1, offset: 1 },
        ],
        [utf8Column(['u']), int32Column([5, 6])],
      ),
    ]);
    const table = tableFromIPC(stream(schema, [batch, batch]));
    expect(table.numRows).toBe(6);
    const rows = rowsOf(table).map(({ X, T, R, ...row }) => ({
      ...row,
      X: items(X),
      T: items(T),
      R: items(R),
    }));
    expect(rows.slice(3)).toEqual([
      { S: 'a', I: 1, L: null, F: 0.5, B: true, X: [0, 255], T: ['x', null], R: [['a', 7]], U: 5 },
      {
        S: null,
        I: -2_147_483_648,
        L: -1n,
        F: null,
        B: null,
        X: [],
        T: null,
        R: [['a', null]],
        U: 'u',
      },
      {
        S: 'ü😀',
        I: null,
        L: 2n ** 63n - 1n,
        F: -0,
        B: false,
        X: null,
        T: [],
        R: [['a', 9]],
        U: 6,
      },
    ]);
  });

  it('holds fixed-size lists, decimals and maps as their buffers say', () => {
    const schema: ArrowSchema = {
      fields: [
        field('V', { kind: 'fixed-size-list', size: 2, item: field('item', INT32) }),
        field('D', { kind: 'decimal128', precision: 38, scale: 2 }),
        field('M', { kind: 'map', entries }),
      ],
    };
    const decimals = Int32Array.of(123, 0, 0, 0, -1, -1, -1, -1);
    const vectors = int32Column([1, 2, 3, 4]);
    const batch: ArrowBatch = makeBatch(2, [
      {
        nodes: [{ length: 2, nullCount: 0 }, ...vectors.nodes],
        buffers: [new Uint8Array(0), ...vectors.buffers],
      },
      {
        nodes: [{ length: 2, nullCount: 0 }],
        buffers: [new Uint8Array(0), new Uint8Array(decimals.buffer)],
      },
      listColumn([[1, 2], []], (keys) =>
        structColumn(keys.length, [int32Column(keys), utf8Column(keys.map((key) => `v${key}`))]),
      ),
    ]);
    const table = tableFromIPC(stream(schema, [batch]));
    const column = (name: string) => rowsOf(table).map((row) => items(row[name]));
    expect(column('V')).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(column('D')).toEqual([
      [123, 0, 0, 0],
      [4_294_967_295, 4_294_967_295, 4_294_967_295, 4_294_967_295],
    ]);
    expect(column('M')).toEqual([
      [
        [1, 'v1'],
        [2, 'v2'],
      ],
      [],
    ]);
  });

  it('pads each buffer to 8 bytes with zeros, in place', () => {
    const body = new BatchBody([Uint8Array.of(1), new Uint8Array(0), new Uint8Array(8).fill(2)]);
    expect(body.byteLength).toBe(16);
    const target = new Uint8Array(20).fill(0xee);
    body.writeTo(target, 2);
    const parts = ['eeee', '0100000000000000', '0202020202020202', 'eeee'];
    expect(Buffer.from(target).toString('hex')).toBe(parts.join(''));
  });

  it('may have no columns at all', () => {
    const { body } = encodeBatch({ rowCount: 5, nodes: [], buffers: [] });
    expect(body.byteLength).toBe(0);
    const table = tableFromIPC(stream({ fields: [] }, [makeBatch(5, [])]));
    expect(table.numRows).toBe(5);
  });
});

describe('the frame of a message', () => {
  it('is a mark, a length that counts the padding, the header and the padding', () => {
    const parts = [
      'ffffffff', // continuation mark
      '08000000', // length of header and padding
      '010203', // header
      '0000000000', // padding
    ];
    const message = encapsulateMessage(Uint8Array.of(1, 2, 3));
    expect(Buffer.from(message).toString('hex')).toBe(parts.join(''));
  });

  it('ends a stream with length zero', () => {
    expect([...END_OF_STREAM]).toEqual([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
  });

  it.each([
    [0, 0],
    [1, 8],
    [8, 8],
    [9, 16],
  ])('pads %i bytes to %i', (length, padded) => {
    expect(paddedLength(length)).toBe(padded);
  });
});

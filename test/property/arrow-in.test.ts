import {
  Bool,
  Dictionary,
  Field,
  Float16,
  Int8,
  Int32,
  LargeUtf8,
  List,
  Table,
  tableToIPC,
  Utf8,
  Utf8View,
  vectorFromArray,
} from 'apache-arrow';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchReader } from '../../src/arrow/batch-reader.ts';
import {
  type ArrowColumn,
  binaryColumn,
  boolColumn,
  float64Column,
  int32Column,
  int64Column,
  listColumn,
  makeBatch,
  uint32Column,
  utf8Column,
} from '../../src/arrow/columns.ts';
import { encodeSchemaHeader } from '../../src/arrow/ipc-schema.ts';
import type { ArrowField, ArrowType } from '../../src/arrow/types.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import { type IpcMessage, ipcMessages, messageOf } from '../support/ipc-messages.ts';

const float64: ArrowType = { kind: 'float', bits: 64 };

/** A column of so many rows with its type. */
type RandomColumn = readonly [ArrowType, ArrowColumn];

function columnOf<T>(
  type: ArrowType,
  value: fc.Arbitrary<T>,
  build: (values: (T | null)[]) => ArrowColumn,
) {
  return (rows: number): fc.Arbitrary<RandomColumn> =>
    fc
      .array(fc.option(value), { minLength: rows, maxLength: rows })
      .map((values) => [type, build(values)]);
}

const kinds = [
  columnOf({ kind: 'bool' }, fc.boolean(), boolColumn),
  columnOf({ kind: 'int', bits: 32, signed: true }, fc.integer(), int32Column),
  columnOf({ kind: 'int', bits: 32, signed: false }, fc.nat(), uint32Column),
  columnOf({ kind: 'int', bits: 64, signed: true }, fc.bigInt(-9n, 9n), int64Column),
  columnOf(float64, fc.double(), float64Column),
  columnOf({ kind: 'utf8' }, fc.string({ unit: 'binary' }), utf8Column),
  columnOf({ kind: 'binary' }, fc.uint8Array(), binaryColumn),
  columnOf(
    { kind: 'list', item: { name: 'item', type: float64, nullable: true } },
    fc.array(fc.double()),
    (lists) => listColumn(lists, float64Column),
  ),
] as const;

const batches = fc
  .tuple(fc.nat({ max: 20 }), fc.array(fc.constantFrom(...kinds), { maxLength: 5 }))
  .chain(([rows, columns]) =>
    fc.record({
      rows: fc.constant(rows),
      columns: fc.tuple(...columns.map((column) => column(rows))),
    }),
  );

test('every batch is read back as it was written', () => {
  fc.assert(
    fc.property(batches, ({ rows, columns }) => {
      const fields = columns.map(
        ([type], index): ArrowField => ({ name: `C${index}`, type, nullable: true }),
      );
      const reader = new BatchReader(encodeSchemaHeader({ fields }));
      const batch = makeBatch(
        rows,
        columns.map(([, column]) => column),
      );
      const { header, body } = messageOf(batch);
      const read = reader.read(header, body);
      expect(reader.schema).toEqual({ fields });
      expect({ ...read, buffers: read?.buffers.map((bytes) => new Uint8Array(bytes)) }).toEqual({
        ...batch,
        buffers: batch.buffers.map((bytes) => new Uint8Array(bytes)),
      });
    }),
  );
});

/** A stream with every kind of layout that is converted. */
function convertedStream(): readonly IpcMessage[] {
  const item = Field.new('item', new Float16(), true);
  const table = new Table({
    a: vectorFromArray(['x', null, 'a text of more than twelve bytes'], new Utf8View()),
    b: vectorFromArray(['x', 'y', null], new Dictionary(new Utf8(), new Int8())),
    c: vectorFromArray(['x', 'yy', null], new LargeUtf8()),
    d: vectorFromArray([[1], null, [2, 3]], new List(item)),
    e: vectorFromArray([true, null, false], new Dictionary(new Bool(), new Int32())),
    f: vectorFromArray([1, null, 3], new Int32()),
  });
  return ipcMessages(new Uint8Array(tableToIPC(table, 'stream')));
}

test('flipped bytes are read or refused, never a crash', () => {
  const messages = convertedStream();
  const flip = fc.record({
    message: fc.nat({ max: messages.length - 1 }),
    inHeader: fc.boolean(),
    at: fc.nat(),
    value: fc.constantFrom(0, 1, 4, 8, 0x7f, 0x80, 0xfe, 0xff),
  });
  fc.assert(
    fc.property(fc.array(flip, { minLength: 1, maxLength: 4 }), (flips) => {
      const copy = messages.map(({ header, body }) => ({
        header: new Uint8Array(header),
        body: new Uint8Array(body),
      }));
      for (const { message, inHeader, at, value } of flips) {
        const bytes = inHeader ? copy[message]?.header : copy[message]?.body;
        if (bytes !== undefined && bytes.length > 0) bytes[at % bytes.length] = value;
      }
      expect(isReadOrRefused(copy)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

function isReadOrRefused([schema, ...rest]: readonly IpcMessage[]): boolean {
  try {
    const reader = new BatchReader(schema?.header ?? new Uint8Array(0));
    for (const { header, body } of rest) reader.read(header, body);
    return true;
  } catch (thrown) {
    if (thrown instanceof HanaFlightError) return true;
    throw thrown;
  }
}

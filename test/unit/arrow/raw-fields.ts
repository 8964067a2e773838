import { Bool } from 'apache-arrow/fb/bool';
import { Decimal } from 'apache-arrow/fb/decimal';
import { Int } from 'apache-arrow/fb/int';
import { LargeUtf8 } from 'apache-arrow/fb/large-utf8';
import { Type } from 'apache-arrow/fb/type';
import { Utf8 } from 'apache-arrow/fb/utf8';
import { Utf8View } from 'apache-arrow/fb/utf8-view';
import { BatchReader } from '../../../src/arrow/batch-reader.ts';
import { readColumns } from '../../support/arrow-values.ts';
import { thrownBy } from '../../support/failure.ts';
import { type RawBatch, type RawField, rawSchema } from '../../support/ipc-builder.ts';
import type { IpcMessage } from '../../support/ipc-messages.ts';

export const UTF8: RawField = { name: 'c', tag: Type.Utf8, type: (b) => Utf8.createUtf8(b) };
export const LARGE: RawField = {
  name: 'c',
  tag: Type.LargeUtf8,
  type: (b) => LargeUtf8.createLargeUtf8(b),
};
export const VIEW: RawField = {
  name: 'c',
  tag: Type.Utf8View,
  type: (b) => Utf8View.createUtf8View(b),
};
export const BOOL: RawField = { name: 'c', tag: Type.Bool, type: (b) => Bool.createBool(b) };
export const INT32: RawField = {
  name: 'c',
  tag: Type.Int,
  type: (b) => Int.createInt(b, 32, true),
};
export const CODED: RawField = { ...UTF8, dictionary: { id: 7n, bits: 8, signed: true } };

export const none = new Uint8Array(0);

export function decimalField(precision: number, scale: number, bits: number): RawField {
  return {
    name: 'c',
    tag: Type.Decimal,
    type: (b) => Decimal.createDecimal(b, precision, scale, bits),
  };
}

/** The values of the one column after reading all messages. */
export function valuesOf(field: RawField, messages: readonly IpcMessage[]) {
  const reader = new BatchReader(rawSchema([field]));
  const batches = messages.flatMap(({ header, body }) => reader.read(header, body) ?? []);
  return readColumns(reader.schema, batches).columns[0];
}

export function refusalOf(field: RawField, ...messages: readonly IpcMessage[]) {
  return thrownBy(() => valuesOf(field, messages));
}

/** A utf8 array of ASCII values. */
export function textArray(...values: readonly string[]): RawBatch {
  const ends = Int32Array.from([
    0,
    ...values.map((_, row) => values.slice(0, row + 1).join('').length),
  ]);
  const buffers = [none, new Uint8Array(ends.buffer), Buffer.from(values.join(''))];
  return { length: values.length, nodes: [[values.length, 0]], buffers };
}

export function indices(...values: readonly number[]): RawBatch {
  const bytes = new Uint8Array(Int8Array.from(values).buffer);
  return { length: values.length, nodes: [[values.length, 0]], buffers: [none, bytes] };
}

import { expect, test } from 'vitest';
import { HanaFlightError } from '../../../../../src/core/errors.ts';
import type { Part } from '../../../../../src/driver/wire/message.ts';
import {
  columnsFromText,
  metadataText,
  resultSetColumns,
} from '../../../../../src/driver/wire/parts/result-set-columns.ts';
import {
  decodeResultSetMetadata,
  encodeResultSetMetadata,
} from '../../../../../src/driver/wire/parts/result-set-metadata.ts';
import { intColumn } from '../../../../support/scripted-tables.ts';

/** The part as the next packet brings it: the same bytes, elsewhere. */
const again = (part: Part): Part => ({ ...part, data: Uint8Array.from(part.data) });

const partOf = (...names: readonly string[]): Part => encodeResultSetMetadata(names.map(intColumn));

test('equal metadata gives one array, and other metadata another', () => {
  const part = partOf('A', 'Ä and 漢字');
  const columns = resultSetColumns(part);
  expect(columns).toEqual(decodeResultSetMetadata(part));
  expect(resultSetColumns(again(part))).toBe(columns);
  expect(resultSetColumns(partOf('A', 'B'))).not.toBe(columns);
  expect(resultSetColumns({ ...partOf('A', 'Ä and 漢字'), argumentCount: 1 })).toHaveLength(1);
});

test('columns are kept although the memory of their packet is used again', () => {
  const part = again(partOf('KEPT'));
  const columns = resultSetColumns(part);
  part.data.fill(0);
  expect(resultSetColumns(partOf('KEPT'))).toBe(columns);
  expect(columns[0]?.displayName).toBe('KEPT');
});

test('columns come back from the text that goes to another thread', () => {
  const part = partOf('TEXT', '😀');
  const text = metadataText(resultSetColumns(part));
  expect(text).toBeDefined();
  expect(columnsFromText(text ?? '')).toEqual(decodeResultSetMetadata(part));
  expect(metadataText([])).toBeUndefined();
});

test('more than is remembered is decoded anew, and has its text all the same', () => {
  const wide = partOf(...Array.from({ length: 3000 }, (_, index) => `COLUMN_${index}`));
  const columns = resultSetColumns(wide);
  expect(resultSetColumns(wide)).not.toBe(columns);
  expect(columnsFromText(metadataText(columns) ?? '')).toEqual(columns);
  const first = resultSetColumns(partOf('FIRST'));
  for (let index = 0; index < 300; index++) resultSetColumns(partOf(`OTHER_${index}`));
  expect(resultSetColumns(partOf('FIRST'))).not.toBe(first);
  expect(resultSetColumns(partOf('FIRST'))).toEqual(first);
});

test('malformed metadata is refused each time', () => {
  const part = { ...partOf('A'), argumentCount: 9 };
  for (let time = 0; time < 2; time++) {
    expect(() => resultSetColumns(part)).toThrow(HanaFlightError);
  }
});

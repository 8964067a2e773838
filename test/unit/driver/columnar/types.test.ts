import { describe, expect, it } from 'vitest';
import { compileDecoder } from '../../../../src/driver/columnar/result-decoder.ts';
import {
  DEFAULT_TYPE_OPTIONS,
  TYPE_MAPPING,
} from '../../../../src/driver/columnar/type-mapping.ts';
import { TYPE_CASES } from '../../../cases/types/all.ts';
import type { TypeCase } from '../../../cases/types/case.ts';
import { readColumns } from '../../../support/arrow-values.ts';
import { column, hex } from '../../../support/columns.ts';
import { thrownBy } from '../../../support/failure.ts';

function decode(golden: TypeCase, packets: readonly Uint8Array[], maxRows = 1000) {
  const { typeCode, length = 0, scale = 0 } = golden;
  const decoder = compileDecoder([column(typeCode, { length, scale, displayName: golden.name })], {
    types: { ...DEFAULT_TYPE_OPTIONS, ...golden.types },
    ...golden.decoder,
    maxRows,
  });
  const batches = packets.flatMap((packet) => [...decoder.decode(packet)]);
  const rest = decoder.finish();
  const decoded = rest === undefined ? batches : [...batches, rest];
  return readColumns(
    decoder.schema,
    decoded.map(({ batch }) => batch),
  );
}

describe.each(TYPE_CASES)('$name', (golden) => {
  const expected = golden.values.map((value) => value.expected);

  it('becomes its Arrow type', () => {
    expect(decode(golden, []).types).toEqual([golden.arrow]);
  });

  it.each(golden.values)('reads $note', ({ wire, expected: value }) => {
    expect(decode(golden, [hex(wire)]).columns).toEqual([[value]]);
  });

  it('reads all values as rows of one packet', () => {
    const packet = hex(golden.values.map(({ wire }) => wire).join(''));
    expect(decode(golden, [packet]).columns).toEqual([expected]);
  });

  it('reads all values in a packet each, two rows a batch', () => {
    const packets = golden.values.map(({ wire }) => hex(wire));
    expect(decode(golden, packets, 2).columns).toEqual([expected]);
  });

  for (const { note, wire, code, message } of golden.refused ?? []) {
    it(`refuses ${note}`, () => {
      const packet = hex(`${golden.values[0]?.wire ?? ''}${wire}`);
      const failure = thrownBy(() => decode(golden, [packet]));
      expect(failure.code).toBe(code);
      expect(failure.message).toContain(`row 2, column 1 "${golden.name}"`);
      expect(failure.message).toMatch(message);
    });
  }
});

it('has golden bytes for every type code of the mapping', () => {
  const tested = new Set(TYPE_CASES.map(({ typeCode }) => typeCode));
  expect([...tested].toSorted((a, b) => a - b)).toEqual(Object.keys(TYPE_MAPPING).map(Number));
});

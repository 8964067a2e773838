import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ArrowType } from '../../src/arrow/types.ts';
import { HanaFlightError } from '../../src/core/errors.ts';
import { parameterEncoder } from '../../src/driver/parameters/parameter-encoder.ts';
import { SECONDDATE_UNIX_EPOCH } from '../../src/driver/values/temporal.ts';
import { makePart } from '../../src/driver/wire/message.ts';
import type { ParameterMetadata } from '../../src/driver/wire/metadata.ts';
import { PartKind } from '../../src/driver/wire/part-kind.ts';
import {
  decodeParameters,
  encodeParameters,
  type ParameterValue,
} from '../../src/driver/wire/parts/parameters.ts';
import { formatSecondDate } from '../../src/driver/wire/temporal-text.ts';
import { TypeCode } from '../../src/driver/wire/type-code.ts';
import { type RawValue, rawBatchOf } from '../support/raw-columns.ts';
import { parameter } from '../support/scripted-engine.ts';

/** A kind of column: values for Arrow, and the same for the encoder of single values. */
interface Kind {
  readonly type: ArrowType;
  readonly parameter: ParameterMetadata;
  readonly value: fc.Arbitrary<RawValue>;
  readonly object: (value: Exclude<RawValue, null>) => ParameterValue;
}

const price = parameter(TypeCode.FIXED12, { length: 28, scale: 3 });
const floating = parameter(TypeCode.DECIMAL, { length: 34, scale: 32_767 });
const same = (value: Exclude<RawValue, null>) => value as ParameterValue;
const TEN_TO_28 = 10n ** 28n;

const kinds: readonly Kind[] = [
  {
    type: { kind: 'int', bits: 64, signed: true },
    parameter: parameter(TypeCode.BIGINT),
    value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    object: same,
  },
  {
    type: { kind: 'int', bits: 32, signed: true },
    parameter: parameter(TypeCode.INT),
    value: fc.integer(),
    object: same,
  },
  {
    type: { kind: 'int', bits: 16, signed: true },
    parameter: parameter(TypeCode.SMALLINT),
    value: fc.integer({ min: -32_768, max: 32_767 }),
    object: same,
  },
  {
    type: { kind: 'int', bits: 8, signed: false },
    parameter: parameter(TypeCode.TINYINT),
    value: fc.nat({ max: 255 }),
    object: same,
  },
  {
    type: { kind: 'bool' },
    parameter: parameter(TypeCode.BOOLEAN),
    value: fc.boolean(),
    object: same,
  },
  {
    type: { kind: 'float', bits: 64 },
    parameter: parameter(TypeCode.DOUBLE),
    value: fc.double({ noNaN: true, noDefaultInfinity: true }),
    object: same,
  },
  {
    type: { kind: 'utf8' },
    parameter: parameter(TypeCode.NVARCHAR),
    value: fc.string({ unit: 'binary', maxLength: 400 }),
    object: same,
  },
  {
    type: { kind: 'binary' },
    parameter: parameter(TypeCode.VARBINARY),
    value: fc.uint8Array({ maxLength: 300 }),
    object: same,
  },
  {
    type: { kind: 'decimal128', precision: 28, scale: 3 },
    parameter: price,
    value: fc.bigInt(1n - TEN_TO_28, TEN_TO_28 - 1n),
    object: (value) => `${String(value)}e-3`,
  },
  {
    type: { kind: 'decimal128', precision: 38, scale: 5 },
    parameter: floating,
    value: fc.bigInt(-(2n ** 113n) + 1n, 2n ** 113n - 1n),
    object: (value) => `${String(value)}e-5`,
  },
];

const rows = fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 6 }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    values: fc.array(fc.tuple(...columns.map(({ value }) => fc.option(value))), {
      minLength: 1,
      maxLength: 30,
    }),
    maxBytes: fc.integer({ min: 1, max: 4000 }),
  }),
);

test('columns mean what the same values mean one by one', () => {
  fc.assert(
    fc.property(rows, ({ columns, values, maxBytes }) => {
      const parameters = columns.map((kind) => kind.parameter);
      const { schema, batch } = rawBatchOf(
        ...columns.map(
          ({ type }, index) => ['C', type, values.map((row) => row[index] ?? null)] as const,
        ),
      );
      const objects = values.map((row) =>
        row.map((value, index) => {
          return value === null ? null : (columns[index]?.object(value) ?? null);
        }),
      );
      const encoder = parameterEncoder(parameters, schema);
      const read: unknown[] = [];
      for (let at = 0; at < batch.rowCount; ) {
        const { rowCount, bytes } = encoder.encode(batch, at, { maxBytes, maxRows: 100 });
        const part = makePart(PartKind.PARAMETERS, rowCount, bytes);
        read.push(...decodeParameters(part, parameters));
        at += rowCount;
      }
      expect(read).toEqual(decodeParameters(encodeParameters(objects, parameters), parameters));
    }),
  );
});

const instants = fc.record({
  unit: fc.constantFrom('s' as const, 'ms' as const, 'us' as const, 'ns' as const),
  value: fc.oneof(
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    fc.bigInt(-62_135_596_800n, 253_402_300_799n),
    fc.bigInt(-62_135_596_800n, 253_402_300_799n).map((seconds) => seconds * 1_000_000n + 1n),
  ),
});
const NANOSECONDS = { s: 1_000_000_000n, ms: 1_000_000n, us: 1000n, ns: 1n } as const;
const FIRST_GREGORIAN_SECOND = -12_219_292_800n;
const END_OF_TIME = 253_402_300_800n;

test('every timestamp that TIMESTAMP holds is sent exactly, any other is refused', () => {
  fc.assert(
    fc.property(instants, ({ unit, value }) => {
      const nanoseconds = value * NANOSECONDS[unit];
      const seconds = (nanoseconds - modulo(nanoseconds, NANOSECONDS.s)) / NANOSECONDS.s;
      // Dates before the change of calendars have cases of their own.
      fc.pre(seconds >= FIRST_GREGORIAN_SECOND || seconds < -62_200_000_000n);
      const expected =
        seconds >= FIRST_GREGORIAN_SECOND && seconds < END_OF_TIME && nanoseconds % 100n === 0n
          ? `${formatSecondDate(seconds + BigInt(SECONDDATE_UNIX_EPOCH))}.${ticksOf(nanoseconds)}`
          : 'refused';
      expect(sentTimestamp(unit, value)).toBe(expected);
    }),
    { numRuns: 1000 },
  );
});

function sentTimestamp(unit: 's' | 'ms' | 'us' | 'ns', value: bigint): unknown {
  const target = parameter(TypeCode.LONGDATE);
  const { schema, batch } = rawBatchOf(['C', { kind: 'timestamp', unit }, [value]]);
  try {
    const { bytes } = parameterEncoder([target], schema).encode(batch, 0, {
      maxBytes: 100,
      maxRows: 1,
    });
    return decodeParameters(makePart(PartKind.PARAMETERS, 1, bytes), [target])[0]?.[0];
  } catch (thrown) {
    if (thrown instanceof HanaFlightError && thrown.code === 'invalid-argument') return 'refused';
    throw thrown;
  }
}

function ticksOf(nanoseconds: bigint): string {
  return String(modulo(nanoseconds, NANOSECONDS.s) / 100n).padStart(7, '0');
}

function modulo(value: bigint, divisor: bigint): bigint {
  return ((value % divisor) + divisor) % divisor;
}

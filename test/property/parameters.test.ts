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

/** A pair of types that many rows are converted for at once, with values that each needs a look of its own. */
interface BulkKind {
  readonly type: ArrowType;
  readonly parameter: ParameterMetadata;
  readonly usual: fc.Arbitrary<RawValue>;
  readonly unusual: fc.Arbitrary<RawValue>;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const finite = { noNaN: true, noDefaultInfinity: true } as const;
const NOT_FINITE = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const;

const timestampKind = (unit: 'ms' | 'us' | 'ns', perSecond: bigint): BulkKind => ({
  type: { kind: 'timestamp', unit },
  parameter: parameter(TypeCode.LONGDATE),
  usual: fc
    .bigInt(-8_000_000_000n * perSecond, 9_000_000_000n * perSecond)
    .map((value) => (unit === 'ns' ? value - modulo(value, 100n) : value)),
  unusual: fc.bigInt(INT64_MIN, INT64_MAX),
});

const decimalKind = (
  precision: number,
  typeCode: TypeCode,
  [length, scale]: readonly [length: number, scale: number],
): BulkKind => ({
  type: { kind: 'decimal128', precision, scale: 2 },
  parameter: parameter(typeCode, { length, scale }),
  usual: fc.bigInt(-(10n ** 11n), 10n ** 11n),
  unusual: fc.bigInt(-(10n ** BigInt(precision)) + 1n, 10n ** BigInt(precision) - 1n),
});

const bulkKinds: readonly BulkKind[] = [
  {
    type: { kind: 'int', bits: 64, signed: false },
    parameter: parameter(TypeCode.BIGINT),
    usual: fc.bigInt(0n, INT64_MAX),
    unusual: fc.bigInt(2n ** 63n, 2n ** 64n - 1n),
  },
  {
    type: { kind: 'float', bits: 64 },
    parameter: parameter(TypeCode.DOUBLE),
    usual: fc.double(finite),
    unusual: fc.constantFrom(...NOT_FINITE),
  },
  {
    type: { kind: 'float', bits: 32 },
    parameter: parameter(TypeCode.REAL),
    usual: fc.float(finite),
    unusual: fc.constantFrom(...NOT_FINITE),
  },
  {
    type: { kind: 'date32' },
    parameter: parameter(TypeCode.DAYDATE),
    usual: fc.integer({ min: -141_427, max: 2_932_896 }),
    unusual: fc.integer(),
  },
  timestampKind('ms', 1000n),
  timestampKind('us', 1_000_000n),
  timestampKind('ns', 1_000_000_000n),
  decimalKind(18, TypeCode.FIXED8, [15, 2]),
  decimalKind(28, TypeCode.FIXED12, [28, 4]),
  decimalKind(38, TypeCode.FIXED16, [38, 5]),
  decimalKind(38, TypeCode.DECIMAL, [34, 6]),
];

const bulkColumn = fc
  .constantFrom(...bulkKinds)
  .chain(({ type, parameter: target, usual, unusual }) =>
    fc.record({
      type: fc.constant(type),
      target: fc.constant(target),
      usual: fc.array(fc.option(usual), { minLength: 1, maxLength: 40 }),
      unusual: fc.array(unusual, { maxLength: 2 }),
    }),
  );

test('many rows at once are sent as each of them is alone, and refused as it is', () => {
  fc.assert(
    fc.property(bulkColumn, ({ type, target, usual, unusual }) => {
      const values = [...usual, ...unusual];
      const alone = values.map((value) => sentBytes(type, target, [value]));
      const refused = alone.includes('refused');
      expect(sentBytes(type, target, values)).toBe(refused ? 'refused' : alone.join(''));
      // One that needs a look of its own has all rows looked at one by one.
      const usualAlone = alone.slice(0, usual.length);
      if (!usualAlone.includes('refused')) {
        expect(sentBytes(type, target, usual)).toBe(usualAlone.join(''));
      }
    }),
    { numRuns: 1000 },
  );
});

test('what lies below a NULL is neither sent nor refused', () => {
  fc.assert(
    fc.property(fc.constantFrom(...bulkKinds), fc.infiniteStream(fc.nat(255)), (kind, garbage) => {
      const { type, parameter: target } = kind;
      const { schema, batch } = rawBatchOf(['C', type, [null, null]]);
      const [validity, values] = batch.buffers;
      const buffers = [validity ?? new Uint8Array(), (values ?? new Uint8Array()).slice()];
      buffers[1]?.set(Array.from(buffers[1], () => Number(garbage.next().value)));
      const { bytes } = parameterEncoder([target], schema).encode({ ...batch, buffers }, 0, MANY);
      expect(decodeParameters(makePart(PartKind.PARAMETERS, 2, bytes), [target])).toEqual([
        [null],
        [null],
      ]);
    }),
  );
});

const MANY = { maxBytes: 1e6, maxRows: 1000 };

function sentBytes(
  type: ArrowType,
  target: ParameterMetadata,
  values: readonly RawValue[],
): string {
  const { schema, batch } = rawBatchOf(['C', type, values]);
  try {
    return Buffer.from(parameterEncoder([target], schema).encode(batch, 0, MANY).bytes).toString(
      'hex',
    );
  } catch (thrown) {
    if (thrown instanceof HanaFlightError && thrown.code === 'invalid-argument') return 'refused';
    throw thrown;
  }
}

import { describe, expect, it } from 'vitest';
import { parameterEncoder } from '../../../../src/driver/parameters/parameter-encoder.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { rawBatchOf } from '../../../support/raw-columns.ts';
import { parameter } from '../../../support/scripted-engine.ts';
import { decimals, numbers, temporals, texts, vectors } from './accepted-values.ts';
import { NO_LIMITS, sent } from './sent-values.ts';

describe.each([
  ['numbers', numbers],
  ['decimals', decimals],
  ['dates and times', temporals],
  ['text and bytes', texts],
  ['vectors', vectors],
])('%s', (_what, cases) => {
  it.each(
    cases.map(([type, target, values, expected = values]) => ({ type, target, values, expected })),
  )(
    'of $type.kind go into type code $target.typeCode, NULL among them',
    ({ type, target, values, expected }) => {
      expect(sent(type, target, values)).toEqual(expected);
      const [first = null] = values;
      expect(sent(type, target, [null, first, null])).toEqual([null, expected[0], null]);
    },
  );
});

describe('the null type', () => {
  const codes: readonly (readonly [keyof typeof TypeCode, string])[] = [
    ['TINYINT', '81'],
    ['BIGINT', '84'],
    ['DECIMAL', '85'],
    ['FIXED16', 'cc'],
    ['BOOLEAN', '9c'],
    ['VARCHAR', '9d'],
    ['NVARCHAR', '9e'],
    ['VARBINARY', '8c'],
    ['ST_GEOMETRY', '8c'],
    ['REAL_VECTOR', '8c'],
    ['DAYDATE', '8e'],
    ['SECONDTIME', '8f'],
    ['SECONDDATE', '90'],
    ['LONGDATE', '90'],
    ['CLOB', '99'],
    ['NCLOB', '9a'],
    ['TEXT', '9a'],
    ['BLOB', '9b'],
  ];

  it.each(codes)('goes into %s as the one byte that SAP drivers send: %s', (name, code) => {
    const { schema, batch } = rawBatchOf(['C', { kind: 'null' }, [null, null]]);
    const encoder = parameterEncoder([parameter(TypeCode[name])], schema);
    expect(Buffer.from(encoder.encode(batch, 0, NO_LIMITS).bytes).toString('hex')).toBe(
      code + code,
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { ArrowField, ArrowType } from '../../../../src/arrow/types.ts';
import {
  columnDefinition,
  longestValue,
} from '../../../../src/driver/parameters/column-definition.ts';
import { thrownBy } from '../../../support/failure.ts';
import { rawBatchOf } from '../../../support/raw-columns.ts';
import {
  BINARY,
  BOOL,
  DATE,
  decimal,
  float,
  int,
  listOf,
  time32,
  time64,
  timestamp,
  UTF8,
  uint,
  vectorOf,
} from './vocabulary.ts';

const field = (type: ArrowType, more: Partial<ArrowField> = {}): ArrowField => ({
  name: 'C',
  type,
  nullable: true,
  ...more,
});

describe('the type of a new column', () => {
  it.each<readonly [ArrowType, string]>([
    [BOOL, 'BOOLEAN'],
    [int(8), 'SMALLINT'],
    [int(16), 'SMALLINT'],
    [int(32), 'INTEGER'],
    [int(64), 'BIGINT'],
    [uint(8), 'TINYINT'],
    [uint(16), 'INTEGER'],
    [uint(32), 'BIGINT'],
    [uint(64), 'DECIMAL(20,0)'],
    [float(32), 'REAL'],
    [float(64), 'DOUBLE'],
    [decimal(15, 2), 'DECIMAL(15,2)'],
    [decimal(5, -2), 'DECIMAL(7,0)'],
    [decimal(2, 5), 'DECIMAL(5,5)'],
    [UTF8, 'NVARCHAR(5000)'],
    [BINARY, 'VARBINARY(5000)'],
    [DATE, 'DATE'],
    [time32('s'), 'TIME'],
    [time64('ns'), 'TIME'],
    [timestamp('s'), 'SECONDDATE'],
    [timestamp('ms'), 'TIMESTAMP'],
    [timestamp('ns'), 'TIMESTAMP'],
    [{ kind: 'timestamp', unit: 'us', timezone: 'UTC' }, 'TIMESTAMP'],
    [vectorOf(3, float(32)), 'REAL_VECTOR(3)'],
    [listOf(float(64)), 'REAL_VECTOR'],
    [{ kind: 'null' }, 'NVARCHAR(5000)'],
  ])('for %o is %s', (type, sql) => {
    expect(columnDefinition(field(type), 0)).toBe(sql);
  });

  it('is a LOB where a value was seen that nothing else holds', () => {
    expect(columnDefinition(field(UTF8), 5000)).toBe('NVARCHAR(5000)');
    expect(columnDefinition(field(UTF8), 5001)).toBe('NCLOB');
    expect(columnDefinition(field(BINARY), 5001)).toBe('BLOB');
  });

  it('is a geometry for what GeoArrow marks as well-known binary', () => {
    const metadata = { 'ARROW:extension:name': 'geoarrow.wkb' };
    expect(columnDefinition(field(BINARY, { metadata }), 9999)).toBe('ST_GEOMETRY');
    expect(columnDefinition(field(UTF8, { metadata }), 0)).toBe('NVARCHAR(5000)');
  });

  it.each<readonly [ArrowType, string]>([
    [{ kind: 'struct', fields: [] }, 'struct'],
    [listOf(UTF8), 'list<utf8>'],
  ])('does not exist for %o', (type, name) => {
    expect(thrownBy(() => columnDefinition(field(type), 0))).toMatchObject({
      code: 'unimplemented',
      message: `field "C": expected a type that a column of HANA can hold, got ${name}`,
    });
  });
});

describe('the longest value', () => {
  const { schema, batch } = rawBatchOf(
    ['A', int(32), [1, 2, 3]],
    ['B', UTF8, ['abc', null, '']],
    ['C', UTF8, ['aüü', '😀😀', 'abc']],
    ['D', BINARY, [new Uint8Array(7), null, new Uint8Array(2)]],
    ['E', UTF8, [null, null, null]],
  );

  it.each([
    ['of numbers is not measured', 0, 0],
    ['of ASCII text is its characters', 1, 3],
    ['of text is its UTF-16 units', 2, 4],
    ['of binary is its bytes', 3, 7],
    ['of nothing is 0', 4, 0],
  ])('%s', (_what, index, longest) => {
    expect(longestValue(schema.fields, batch, index)).toBe(longest);
  });
});

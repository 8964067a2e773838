import { describe, expect, it } from 'vitest';
import { parameterField, resultSchema } from '../../../../src/driver/columnar/result-schema.ts';
import { DEFAULT_TYPE_OPTIONS } from '../../../../src/driver/columnar/type-mapping.ts';
import { TypeCode } from '../../../../src/driver/wire/type-code.ts';
import { column } from '../../../support/columns.ts';
import { thrownBy } from '../../../support/failure.ts';

const flightSql = (metadata: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [`ARROW:FLIGHT:SQL:${key}`, value]),
  );

describe('resultSchema', () => {
  it('makes every field nullable, also of a NOT NULL column', () => {
    const { fields } = resultSchema([column(TypeCode.INT, { nullable: false })]);
    expect(fields.map(({ nullable }) => nullable)).toEqual([true]);
  });

  it('names fields by what the user sees, duplicates included', () => {
    const named = column(TypeCode.INT, { displayName: 'TOTAL' });
    expect(resultSchema([named, named]).fields.map(({ name }) => name)).toEqual(['TOTAL', 'TOTAL']);
  });

  it('tells Flight SQL clients about a column of a table', () => {
    const [field] = resultSchema([
      column(TypeCode.FIXED8, { length: 15, scale: 2, autoIncrement: true }),
    ]).fields;
    expect(field?.metadata).toEqual(
      flightSql({
        TYPE_NAME: 'DECIMAL',
        SCHEMA_NAME: 'SALES',
        DB_SCHEMA_NAME: 'SALES',
        TABLE_NAME: 'T',
        PRECISION: '15',
        SCALE: '2',
        IS_CASE_SENSITIVE: '0',
        IS_AUTO_INCREMENT: '1',
        IS_READ_ONLY: '0',
        IS_SEARCHABLE: '1',
      }),
    );
  });

  it('marks an expression read-only and leaves out what it does not have', () => {
    const [field] = resultSchema([
      column(TypeCode.NCLOB, { length: -1, schemaName: undefined, tableName: undefined }),
    ]).fields;
    expect(field?.metadata).toEqual(
      flightSql({
        TYPE_NAME: 'NCLOB',
        IS_CASE_SENSITIVE: '1',
        IS_AUTO_INCREMENT: '0',
        IS_READ_ONLY: '1',
        IS_SEARCHABLE: '0',
      }),
    );
  });

  it('marks geometries for GeoArrow readers', () => {
    const [field] = resultSchema([column(TypeCode.ST_POINT)]).fields;
    expect(field?.metadata).toMatchObject({
      'ARROW:extension:name': 'geoarrow.wkb',
      'ARROW:extension:metadata': '{}',
    });
  });

  it('gives a floating decimal no scale, and tells SMALLDECIMAL from DECIMAL by its precision', () => {
    const fields = resultSchema([
      column(TypeCode.DECIMAL, { length: 34, scale: 32_767 }),
      column(TypeCode.DECIMAL, { length: 16, scale: 32_767 }),
    ]).fields;
    expect(fields.map(({ metadata }) => metadata?.['ARROW:FLIGHT:SQL:TYPE_NAME'])).toEqual([
      'DECIMAL',
      'SMALLDECIMAL',
    ]);
    expect(fields[0]?.metadata).not.toHaveProperty('ARROW:FLIGHT:SQL:SCALE');
  });

  it.each([
    [column(99, { displayName: 'ODD' }), /^column 2 "ODD": no Arrow type for HANA type code 99/],
    [
      column(TypeCode.INT, { displayName: 'LIST', array: true }),
      /^column 2 "LIST": .*arrays.*code 3/,
    ],
  ])('refuses a column it cannot read, by name and code', (odd, message) => {
    const failure = thrownBy(() => resultSchema([column(TypeCode.INT), odd]));
    expect(failure.code).toBe('unimplemented');
    expect(failure.message).toMatch(message);
  });
});

describe('parameterField', () => {
  const parameter = { nullable: true, mode: 'in', length: 20, scale: 0, name: undefined } as const;

  it('numbers parameters without a name', () => {
    const field = parameterField({ ...parameter, typeCode: TypeCode.NVARCHAR }, 1);
    expect(field).toMatchObject({ name: '2', type: { kind: 'utf8' }, nullable: true });
  });

  it('follows the options', () => {
    const options = { ...DEFAULT_TYPE_OPTIONS, timestampUnit: 'ns' } as const;
    const named = { ...parameter, typeCode: TypeCode.LONGDATE, name: 'SINCE' };
    expect(parameterField(named, 0, options)).toMatchObject({
      name: 'SINCE',
      type: { kind: 'timestamp', unit: 'ns' },
    });
  });

  it('refuses an unknown type', () => {
    expect(() => parameterField({ ...parameter, typeCode: 99 }, 0)).toThrow(
      /parameter 1: no Arrow type for HANA type code 99/,
    );
  });
});
